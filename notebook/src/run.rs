//! How a study ran.

use std::fmt;

use serde_json::Value;

use crate::display::Rich;
use crate::html;

/// How a study ran: counts, and the folder of its records.
#[derive(Clone, PartialEq, Eq)]
pub struct Run {
    /// Runs with results.
    pub done: u64,
    /// Runs of the study.
    pub total: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Folder of the records; open it with [`crate::Study::open`].
    pub folder: String,
}

impl Run {
    pub(crate) fn of(answer: Value) -> Self {
        let count = |name: &str| answer[name].as_u64().unwrap_or_default();
        Self {
            done: count("done"),
            total: count("total"),
            failed: count("failed"),
            folder: answer["folder"].as_str().unwrap_or_default().into(),
        }
    }

    /// Shown by the kernel when a run is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} runs done", self.done, self.total)?;
        if self.failed > 0 {
            write!(f, ", {} failed: `table(\"runs\")` says why", self.failed)?;
        }
        write!(f, "; records in {}", html::shown_path(&self.folder))
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Run {
    fn plain(&self) -> String {
        self.to_string()
    }

    fn html(&self) -> String {
        format!("<p class=\"transfolio\">{}</p>", html::escape(&self.to_string()))
    }
}

//! A comparison of the levels of a factor.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::display::{Rich, preformatted};
use crate::error::Result;
use crate::options::Compare;
use crate::study::Study;
use crate::table::Table;

/// A comparison: its tests with verdicts, and every table beside them.
#[derive(Clone)]
pub struct Comparison {
    study: Study,
    options: Arc<Compare>,
    tests: Table,
    text: Arc<str>,
}

impl Comparison {
    pub(crate) fn new(study: Study, options: Compare) -> Result<Self> {
        let tests = study.compared_table("tests", &options)?;
        let text = written(&study, &options, "text")?;
        Ok(Self { study, options: Arc::new(options), tests, text: text.into() })
    }

    /// The tests: one row per pair of levels, with estimate, interval, adjusted
    /// p and verdict.
    pub fn tests(&self) -> Table {
        self.tests.clone()
    }

    /// A table by name: `tests`, `summary`, `claims`, `robustness`, `cases` or
    /// `ledger`.
    pub fn table(&self, name: &str) -> Result<Table> {
        self.study.compared_table(name, &self.options)
    }

    /// Everything in a format: `text`, `md`, `latex`, `csv` or `json`.
    pub fn write(&self, format: &str) -> Result<String> {
        written(&self.study, &self.options, format)
    }

    /// Shown by the kernel when a comparison is the last expression of a cell.
    pub fn evcxr_display(&self) {
        self.show();
    }

    pub(crate) fn options(&self) -> &Compare {
        &self.options
    }

    pub(crate) fn study(&self) -> &Study {
        &self.study
    }
}

fn written(study: &Study, options: &Compare, format: &str) -> Result<String> {
    let mut request = study.request();
    request.insert("format".into(), format.into());
    request.insert("options".into(), Json::Object(options.fields.clone()));
    let answer = study.ask("compare", request)?;
    Ok(answer["text"].as_str().unwrap_or_default().to_owned())
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

impl fmt::Debug for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Comparison {
    fn plain(&self) -> String {
        self.to_string()
    }

    fn html(&self) -> String {
        format!(
            "{}<details><summary>all of it as text</summary>{}</details>",
            self.tests.html(),
            preformatted(&self.to_string())
        )
    }
}

//! Text of a cell, with the values that cells gave a name.

use std::fmt;

use crate::display::{Bundle, Rich};
use crate::html;

/// Markdown: `{{ gain }}` in it becomes the bound value of that name, and
/// `[[fig-gain]]` the number of the figure that a cell is labelled with.
///
/// Cells of text are filled in on the page that `transfolio render` writes and in
/// JupyterLab; this says the same where neither is at hand, as in VS Code or a
/// console.
#[derive(Clone, PartialEq, Eq)]
pub struct Markdown(String);

impl Markdown {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Shown by the kernel when it is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        f.write_str(&self.0)
    }
}

impl Rich for Markdown {
    fn plain(&self) -> String {
        self.0.clone()
    }

    fn html(&self) -> String {
        format!("<p>{}</p>", html::escape(&self.0))
    }

    fn outputs(&self) -> Vec<Bundle> {
        vec![vec![("text/markdown", self.0.clone()), ("text/plain", self.0.clone())]]
    }
}

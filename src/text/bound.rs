//! Numbers that know what they are.

use std::sync::Arc;

use serde::Serialize;

/// A shown number with all that is needed to check it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bound {
    /// What it is: `tests.phantom.resnet18.0.1.fine-coarse.adjusted_p`. The
    /// part before the last dot names a row, the part after it a column. Empty
    /// until somebody says which row of which page a cell stands in.
    pub id: String,
    /// As a reader sees it.
    pub shown: String,
    /// At full precision; two numbers for an interval. Empty where there is none.
    pub value: String,
    /// The method, in words.
    pub how: String,
    /// What went in: cells, runs.
    pub of: Arc<str>,
    /// How many of what went in: `5 seeds`. Empty where that says nothing.
    pub n: Arc<str>,
    /// Seed of what is random.
    pub seed: Option<u64>,
}

/// A number written so that it reads back the same.
pub trait Full {
    /// The text; empty for no number.
    fn full(&self) -> String;
}

impl Full for f64 {
    fn full(&self) -> String {
        self.to_string()
    }
}

impl Full for usize {
    fn full(&self) -> String {
        self.to_string()
    }
}

/// What is as it is written.
impl Full for &str {
    fn full(&self) -> String {
        (*self).to_string()
    }
}

impl Full for String {
    fn full(&self) -> String {
        self.clone()
    }
}

impl<T: Full> Full for Option<T> {
    fn full(&self) -> String {
        self.as_ref().map_or(String::new(), Full::full)
    }
}

impl Full for (f64, f64) {
    fn full(&self) -> String {
        format!("{} {}", self.0, self.1)
    }
}

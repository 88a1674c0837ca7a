//! What a cell can ask of a comparison and of a run.

use serde_json::{Map, Value};

/// What is compared and how; whatever is not said is the study's, or the
/// program's default. A `&str` is a baseline, `()` asks for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compare {
    pub(crate) fields: Map<String, Value>,
}

impl Compare {
    /// Compares every level with this one.
    pub fn against(baseline: impl Into<String>) -> Self {
        Self::default().with("baseline", baseline.into())
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// Metric.
    pub fn metric(self, name: impl Into<String>) -> Self {
        self.with("metric", name.into())
    }

    /// Level that the others are compared with.
    pub fn baseline(self, name: impl Into<String>) -> Self {
        self.with("baseline", name.into())
    }

    /// Factor whose levels are compared: `init` or `model`.
    pub fn factor(self, name: impl Into<String>) -> Self {
        self.with("factor", name.into())
    }

    /// Two-sided significance level.
    pub fn alpha(self, alpha: f64) -> Self {
        self.with("alpha", alpha)
    }

    /// Largest difference that does not matter in practice.
    pub fn margin(self, margin: f64) -> Self {
        self.with("margin", margin)
    }

    /// Family of tests: `t`, `wilcoxon` or `permutation`.
    pub fn test(self, name: impl Into<String>) -> Self {
        self.with("test", name.into())
    }

    /// Adjustment of p: `holm`, `hochberg`, `hommel`, `bonferroni`,
    /// `benjamini-hochberg`, `benjamini-yekutieli` or `none`.
    pub fn adjustment(self, name: impl Into<String>) -> Self {
        self.with("adjustment", name.into())
    }

    /// Interval of a mean: `t`, `percentile`, `basic`, `bca` or `studentized`.
    pub fn interval(self, name: impl Into<String>) -> Self {
        self.with("interval", name.into())
    }
}

impl From<()> for Compare {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<&str> for Compare {
    fn from(baseline: &str) -> Self {
        Self::against(baseline)
    }
}

impl From<String> for Compare {
    fn from(baseline: String) -> Self {
        Self::against(baseline)
    }
}

/// Where and how a study runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunOptions {
    pub(crate) fields: Map<String, Value>,
    pub(crate) set: Map<String, Value>,
}

impl RunOptions {
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// Runs at a time, each in a process of its own.
    pub fn jobs(self, jobs: u16) -> Self {
        self.with("jobs", jobs)
    }

    /// Compute threads of each job.
    pub fn threads(self, threads: u16) -> Self {
        self.with("threads", threads)
    }

    /// `auto`, `cpu`, `cuda` or `cuda:N`.
    pub fn device(self, device: impl Into<String>) -> Self {
        self.with("device", device.into())
    }

    /// Folder of the records.
    pub fn output(self, folder: impl Into<String>) -> Self {
        self.with("output", folder.into())
    }

    /// Runs those again that failed for good.
    pub fn retry_failed(self) -> Self {
        self.with("retry_failed", true)
    }

    /// Gives a parameter of the study file (`[parameters]`) another value.
    pub fn set(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.set.insert(name.into(), value.to_string().into());
        self
    }
}

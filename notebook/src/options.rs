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

    /// One item more in a list; a name counts once.
    fn adding(mut self, list: &str, name: String) -> Self {
        let known = self.fields.entry(list).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(names) = known
            && !names.iter().any(|other| *other == name)
        {
            names.push(name.into());
        }
        self
    }

    /// Metric, by any of its names.
    pub fn metric(self, name: impl Into<String>) -> Self {
        self.with("metric", name.into())
    }

    /// Level that the others are compared with, of whichever factor is compared.
    pub fn baseline(self, name: impl Into<String>) -> Self {
        self.with("baseline", name.into())
    }

    /// Level of one factor that its others are compared with; may be said for
    /// several factors. Where two factors are compared and one has a baseline,
    /// the other keeps its level: `init = "random"` compares `fine / adam` with
    /// `random / adam`. Takes the place of [`Self::baseline`].
    pub fn baseline_of(mut self, factor: impl Into<String>, level: impl Into<String>) -> Self {
        let stated = self.fields.entry("baseline").or_insert_with(|| Value::Null);
        if !stated.is_object() {
            *stated = Value::Object(Map::new());
        }
        if let Value::Object(levels) = stated {
            levels.insert(factor.into(), level.into().into());
        }
        self
    }

    /// Factor whose levels are compared: `init`, `model`, `label_fraction`, `task`
    /// or any other column of the table that tells runs apart, such as
    /// `optimizer`. Said again for another factor, combinations of their levels
    /// are compared. Unless said, the first that varies.
    pub fn factor(self, name: impl Into<String>) -> Self {
        self.adding("factors", name.into())
    }

    /// Several factors at once: combinations of their levels are compared.
    pub fn factors<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Self {
        names.into_iter().fold(self, |asked, name| asked.factor(name))
    }

    /// A metric whose smaller values are better; may be said for several. Nothing
    /// is called better of a metric that is neither stated here nor known.
    pub fn lower_is_better(self, metric: impl Into<String>) -> Self {
        self.adding("lower_is_better", metric.into())
    }

    /// A metric whose larger values are better; may be said for several.
    pub fn higher_is_better(self, metric: impl Into<String>) -> Self {
        self.adding("higher_is_better", metric.into())
    }

    /// Two-sided significance level.
    pub fn alpha(self, alpha: f64) -> Self {
        self.with("alpha", number(alpha))
    }

    /// Largest difference that does not matter in practice.
    pub fn margin(self, margin: f64) -> Self {
        self.with("margin", number(margin))
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

/// A number; JSON has none for what is not finite, and must not drop it.
fn number(value: f64) -> Value {
    if value.is_finite() { value.into() } else { value.to_string().into() }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn factors_and_directions_gather_and_baselines_replace() {
        let asked = Compare::against("random")
            .factors(["init", "optimizer"])
            .factor("init")
            .lower_is_better("volume")
            .higher_is_better("sharpness");
        assert_eq!(
            Value::Object(asked.fields.clone()),
            json!({
                "baseline": "random",
                "factors": ["init", "optimizer"],
                "lower_is_better": ["volume"],
                "higher_is_better": ["sharpness"],
            })
        );
        let each = asked.baseline_of("init", "random").baseline_of("optimizer", "sgd");
        assert_eq!(each.fields["baseline"], json!({ "init": "random", "optimizer": "sgd" }));
        assert_eq!(each.baseline("fine").fields["baseline"], json!("fine"));
    }
}

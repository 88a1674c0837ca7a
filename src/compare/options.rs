//! What is compared where nobody says otherwise.

use super::error::CompareError;
use super::types::{CompareOptions, Comparison};
use crate::scores::canonical;
use crate::spec::ComparisonSpec;

/// The metric to compare, among those that there are: the one asked for by any
/// of its names, else the study's, else `auc`, else the first.
pub fn choose_metric(
    asked: Option<&str>,
    spec: Option<&ComparisonSpec>,
    there: &[String],
) -> Result<String, CompareError> {
    let has = |name: &str| there.iter().find(|metric| **metric == canonical(name)).cloned();
    let of_study = spec.map(|spec| spec.metric.as_str()).filter(|m| *m != ComparisonSpec::AUTO);
    if let Some(name) = asked.or(of_study) {
        return has(name).ok_or_else(|| CompareError::UnknownMetric {
            got: name.into(),
            known: there.join(", "),
        });
    }
    has("auc")
        .or_else(|| there.first().cloned())
        .ok_or_else(|| CompareError::UnknownMetric { got: String::new(), known: String::new() })
}

impl CompareOptions {
    /// The options of a study, or the defaults.
    pub fn of_study(spec: Option<&ComparisonSpec>) -> Self {
        spec.map_or_else(Self::default, Self::of)
    }
}

impl Comparison {
    /// The notes without the one about an unknown direction, which stands at the
    /// head of whatever shows the comparison.
    pub fn further_notes(&self) -> impl Iterator<Item = &String> {
        let head = self.options.metric.undirected();
        self.notes.iter().filter(move |note| Some(*note) != head.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_has_many_names() {
        let there = ["dice".to_string(), "auc".into()];
        let chosen = |asked| choose_metric(asked, None, &there);
        assert_eq!(chosen(Some("DSC")).expect("known"), "dice");
        assert_eq!(chosen(None).expect("a default"), "auc");
        assert!(chosen(Some("iou")).is_err_and(|e| e.to_string().contains("dice, auc")));
    }
}

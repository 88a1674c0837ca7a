//! What a user says of a metric: `[metrics.NAME]`, `--lower-is-better NAME`, a
//! column `direction`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::known::{Better, canonical};

/// What is stated of one metric; whatever is absent is that of the field's
/// metric of the name, or unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricRule {
    /// `"higher"` or `"lower"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
    /// Title for figures and tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Unit of the values: `mm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether values are in percent; told from the values where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<bool>,
    /// Smallest and largest value that there can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
}

impl MetricRule {
    /// What is stated here, over what is stated there.
    fn over(self, other: &Self) -> Self {
        Self {
            better: self.better.or(other.better),
            title: self.title.or_else(|| other.title.clone()),
            unit: self.unit.or_else(|| other.unit.clone()),
            percent: self.percent.or(other.percent),
            range: self.range.or(other.range),
        }
    }
}

/// What is stated, by metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricRules(BTreeMap<String, MetricRule>);

impl MetricRules {
    /// Whether nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// States something, over what was stated of the metric before.
    pub fn add(&mut self, name: &str, rule: MetricRule) {
        let key = canonical(name);
        let before = self.0.remove(&key).unwrap_or_default();
        self.0.insert(key, rule.over(&before));
    }

    /// States a direction.
    pub fn direct(&mut self, name: &str, better: Better) {
        self.add(name, MetricRule { better: Some(better), ..MetricRule::default() });
    }

    /// Everything that is stated elsewhere, over what is stated here.
    pub fn extend(&mut self, other: &Self) {
        for (name, rule) in &other.0 {
            self.add(name, rule.clone());
        }
    }

    /// What is stated of a metric.
    pub fn of(&self, key: &str) -> MetricRule {
        self.0.get(key).cloned().unwrap_or_default()
    }

    /// Names that something is stated of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_one_metric_and_the_last_word_counts() {
        let mut rules = MetricRules::default();
        rules.add("DSC", MetricRule { unit: Some("x".into()), ..MetricRule::default() });
        rules.direct("dice", Better::Lower);
        rules.direct("Dice score", Better::Higher);
        let rule = rules.of("dice");
        assert_eq!((rule.better, rule.unit.as_deref()), (Some(Better::Higher), Some("x")));
        assert_eq!(rules.names().collect::<Vec<_>>(), ["dice"]);
    }
}

//! A metric as a comparison has it: what it is called, which end is good, how
//! its values are written.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::decimals::decimals;
use super::known::{Better, Known, Range, canonical, known};
use super::rules::MetricRules;
use super::scale::Scale;
use crate::text::fixed;

/// A metric with what is known of it and what its values need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The name in results; of a metric of the field its key.
    pub key: String,
    /// The good end.
    pub better: Better,
    /// How values are written.
    #[serde(default)]
    pub scale: Scale,
    /// Decimals that its values are shown with.
    #[serde(default = "four")]
    pub decimals: usize,
    /// Title that somebody gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Unit that somebody stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

fn four() -> usize {
    4
}

/// The cells of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricCells {
    /// The metric.
    pub metric: Metric,
    /// Its cells.
    pub cells: Vec<Cell>,
}

impl Metric {
    /// A metric by a name, before its values are seen.
    pub fn named(name: &str) -> Self {
        Self::of(name, &MetricRules::default(), &[])
    }

    /// A metric with what is stated of it and what its cells need. Values outside
    /// of its range are for the reader of the table to refuse
    /// ([`Scale::of`]); here they make it a plain number.
    pub fn of(name: &str, rules: &MetricRules, cells: &[Cell]) -> Self {
        let (known, key) = (known(name), canonical(name));
        let rule = rules.of(&key);
        let means = cells.iter().filter_map(|cell| Some(cell.summary?.mean));
        let values: Vec<f64> =
            cells.iter().flat_map(|cell| cell.values.iter().copied()).chain(means).collect();
        let scale = Scale::of(&key, &rule, &values).unwrap_or_default();
        Self {
            better: rule.better.or(known.map(|known| known.better)).unwrap_or_default(),
            decimals: decimals(scale, cells.iter().map(|cell| cell.values.as_slice())),
            title: rule.title,
            unit: rule.unit,
            scale,
            key,
        }
    }

    /// What the field knows of it.
    pub fn known(&self) -> Option<&'static Known> {
        known(&self.key)
    }

    /// As words name it: `AUC`, `HD95`.
    pub fn title(&self) -> &str {
        let known = self.known().filter(|known| known.key == self.key);
        self.title.as_deref().or(known.map(|known| known.title)).unwrap_or(&self.key)
    }

    /// `%`, `mm`; none of shares and of what nobody stated.
    pub fn unit(&self) -> Option<&str> {
        match self.scale {
            Scale::Percent => Some("%"),
            Scale::Share | Scale::Plain => self.unit.as_deref(),
        }
    }

    /// As axes name it: `AUC (%)`, `HD95 (mm)`.
    pub fn axis(&self) -> String {
        match self.unit() {
            Some(unit) => format!("{} ({unit})", self.title()),
            None => self.title().into(),
        }
    }

    /// Smallest value there can be, in the values' own scale.
    pub fn lowest(&self) -> Option<f64> {
        match (self.scale, self.known()?.range) {
            (Scale::Share, Range::Share { low }) => Some(low),
            (Scale::Percent, Range::Share { low }) => Some(low * 100.0),
            (Scale::Plain, Range::Positive) => Some(0.0),
            _ => None,
        }
    }

    /// Largest value there can be, in the values' own scale.
    pub fn highest(&self) -> Option<f64> {
        match (self.scale, self.known()?.range) {
            (Scale::Share, _) | (Scale::Plain, Range::BelowOne) => Some(1.0),
            (Scale::Percent, _) => Some(100.0),
            (Scale::Plain, _) => None,
        }
    }

    /// What guessing gives, in the values' own scale.
    pub fn chance(&self) -> Option<f64> {
        let chance = self.known()?.chance?;
        Some(if self.scale == Scale::Percent { chance * 100.0 } else { chance })
    }

    /// 1 where larger is better, -1 where smaller is; none where unknown.
    pub fn sign(&self) -> Option<f64> {
        self.better.sign()
    }

    /// Whether which end is good is known.
    pub fn is_directed(&self) -> bool {
        self.better != Better::Unknown
    }

    /// As captions name it once: `HD95 (mm, lower is better)`.
    pub fn in_full(&self) -> String {
        let unit = self.unit().map_or_else(String::new, |unit| format!("{unit}, "));
        format!("{} ({unit}{})", self.title(), self.better.words())
    }

    /// Why nothing is ranked or called better; none where the direction is known.
    pub fn undirected(&self) -> Option<String> {
        (!self.is_directed()).then(|| {
            format!(
                "whether higher or lower values of {} are better is not known, so nothing is \
                 ranked, bold or called better: say --higher-is-better {:?} or --lower-is-better \
                 {:?}, or state better = \"lower\" under [metrics] of the study",
                self.title(),
                self.key,
                self.key
            )
        })
    }

    /// A value with the decimals of the metric; an en dash where there is none.
    pub fn text(&self, value: Option<f64>) -> String {
        fixed(value, self.decimals)
    }

    /// `[low, high]`.
    pub fn ends(&self, low: f64, high: f64) -> String {
        format!("[{}, {}]", self.text(Some(low)), self.text(Some(high)))
    }

    /// A value with its sign, for differences.
    pub fn signed(&self, value: Option<f64>) -> String {
        match value {
            Some(v) if v > 0.0 => format!("+{}", self.text(value)),
            _ => self.text(value),
        }
    }

    /// A value with its unit, for sentences.
    pub fn with_unit(&self, value: Option<f64>) -> String {
        match self.unit().filter(|_| value.is_some()) {
            Some(unit) => format!("{} {unit}", self.text(value)),
            None => self.text(value),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

impl Default for Metric {
    fn default() -> Self {
        Self::named("auc")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::MetricRule;

    fn cells(values: &[f64]) -> Vec<Cell> {
        vec![Cell { values: values.to_vec(), ..Cell::default() }]
    }

    #[test]
    fn a_known_metric_brings_its_title_direction_and_decimals() {
        let auc = Metric::of("ROC AUC", &MetricRules::default(), &cells(&[0.71, 0.72]));
        assert_eq!((auc.key.as_str(), auc.title(), auc.chance()), ("auc", "AUC", Some(0.5)));
        assert_eq!(auc.text(Some(0.712_34)), "0.7123");
        let percent = Metric::of("auc", &MetricRules::default(), &cells(&[71.0, 72.0]));
        assert_eq!((percent.axis(), percent.chance()), ("AUC (%)".into(), Some(50.0)));
        assert_eq!(percent.text(Some(71.5)), "71.50");
        assert_eq!((percent.lowest(), percent.highest()), (Some(0.0), Some(100.0)));
        let hd = Metric::of("HD95", &MetricRules::default(), &cells(&[9.1, 8.7]));
        assert_eq!(
            (hd.better, hd.axis(), hd.text(Some(-0.001))),
            (Better::Lower, "HD95".into(), "0.00".into())
        );
        assert_eq!((hd.lowest(), hd.highest()), (Some(0.0), None));
    }

    #[test]
    fn an_unknown_metric_is_what_is_stated_of_it() {
        let mut rules = MetricRules::default();
        assert!(Metric::of("volume", &rules, &[]).undirected().is_some());
        rules.direct("volume", Better::Lower);
        rules.add("volume", MetricRule { unit: Some("ml".into()), ..MetricRule::default() });
        let metric = Metric::of("volume", &rules, &cells(&[1200.0, 1350.0]));
        assert_eq!((metric.sign(), metric.axis().as_str()), (Some(-1.0), "volume (ml)"));
        assert_eq!(metric.with_unit(Some(1250.4)), "1250 ml");
        assert!(metric.undirected().is_none());
        assert_eq!(metric.in_full(), "volume (ml, lower is better)");
    }
}

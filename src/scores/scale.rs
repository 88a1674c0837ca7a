//! Whether the values of a metric are shares, percent or plain numbers, and
//! whether they can be values of it at all.

use serde::{Deserialize, Serialize};

use super::known::{Range, known};
use super::rules::MetricRule;

/// How the values of a metric are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// In units of its own.
    #[default]
    Plain,
    /// Up to 1.
    Share,
    /// Up to 100.
    Percent,
}

/// A value that cannot stand where it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its place among the values given.
    pub at: usize,
    /// What was expected in its place.
    pub expected: String,
}

/// Rounding of a value that was computed in single precision.
const ROUNDING: f64 = 1e-6;

impl Scale {
    /// The scale of values of a metric; all of them count, for a share and a
    /// percentage are told apart by the whole column.
    pub fn of(name: &str, rule: &MetricRule, values: &[f64]) -> Result<Self, Fault> {
        if let Some([low, high]) = rule.range {
            within(values, low, high, name)?;
        }
        let Some(known) = known(name) else {
            let percent = rule.percent == Some(true);
            return Ok(if percent { Self::Percent } else { Self::Plain });
        };
        let range = if rule.range.is_some() { Range::Any } else { known.range };
        let Range::Share { low } = range else {
            let (low, high) = range.ends();
            within(values, low, high, known.title)?;
            return Ok(Self::Plain);
        };
        let above = values.iter().position(|v| v.abs() > 1.0 + ROUNDING);
        match (rule.percent, above) {
            (Some(false), _) | (None, None) => {
                within(values, low, 1.0, known.title).map(|()| Self::Share)
            }
            (Some(true), _) => {
                within(values, low * 100.0, 100.0, known.title).map(|()| Self::Percent)
            }
            (None, Some(at)) => {
                within(values, low * 100.0, 100.0, known.title)?;
                let small = values.iter().find(|v| **v != 0.0 && v.abs() <= 1.0 + ROUNDING);
                small.map_or(Ok(Self::Percent), |small| Err(mixed(at, *small, known.title)))
            }
        }
    }
}

fn within(values: &[f64], low: f64, high: f64, title: &str) -> Result<(), Fault> {
    let slack = |end: f64| if end.is_finite() { end.abs().max(1.0) * ROUNDING } else { 0.0 };
    let (least, most) = (low - slack(low), high + slack(high));
    let outside = |v: &f64| v.is_finite() && !(least..=most).contains(v);
    let Some(at) = values.iter().position(outside) else { return Ok(()) };
    let expected = match (low.is_finite(), high.is_finite()) {
        (true, true) => format!("{title} between {low} and {high}"),
        (true, false) => format!("{title} of {low} or more"),
        _ => format!("{title} of {high} or less"),
    };
    Err(Fault { at, expected })
}

fn mixed(at: usize, small: f64, title: &str) -> Fault {
    Fault {
        at,
        expected: format!(
            "{title} on one scale: other rows have values such as {small}. Write all as shares up \
             to 1, or all in percent (and where values below 1 % are meant, say so with --percent \
             or `percent = true` in [metrics])"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, values: &[f64]) -> Result<Scale, Fault> {
        Scale::of(name, &MetricRule::default(), values)
    }

    #[test]
    fn shares_and_percent_are_told_apart_and_never_mixed() {
        assert_eq!(of("auc", &[0.7, 1.0]), Ok(Scale::Share));
        assert_eq!(of("accuracy", &[75.6, 0.0, 100.0]), Ok(Scale::Percent));
        assert_eq!(of("kappa", &[-0.1, 0.5]), Ok(Scale::Share));
        let fault = of("auc", &[0.706, 75.6]).expect_err("two scales");
        assert!(fault.at == 1 && fault.expected.contains("0.706"), "{fault:?}");
        assert_eq!(of("auc", &[70.0, 101.0]).expect_err("too large").at, 1);
        assert_eq!(of("auc", &[0.7, -0.1]).expect_err("too small").at, 1);
        let percent = MetricRule { percent: Some(true), ..MetricRule::default() };
        assert_eq!(Scale::of("accuracy", &percent, &[0.4, 75.6]), Ok(Scale::Percent));
    }

    #[test]
    fn distances_are_not_negative_and_unknown_metrics_are_free() {
        assert_eq!(of("hd95", &[0.0, 412.5]), Ok(Scale::Plain));
        assert!(of("hd95", &[3.0, -1.0]).is_err_and(|f| f.expected.contains("0 or more")));
        assert_eq!(of("r2", &[-7.0, 0.9]), Ok(Scale::Plain));
        assert!(of("r2", &[1.2]).is_err());
        assert_eq!(of("my score", &[-7.0, 900.0]), Ok(Scale::Plain));
        let rule = MetricRule { range: Some([0.0, 10.0]), ..MetricRule::default() };
        assert!(Scale::of("my score", &rule, &[11.0]).is_err());
    }
}

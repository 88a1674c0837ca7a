//! Data efficiency: the label fraction at which a curve reaches a score.
//!
//! [`efficiency`]: the smallest fraction at which the mean curve, piecewise
//! linear in `log10(fraction)`, reaches the mean score of a baseline ("reaches
//! the baseline with 9 % of the labels"): the first crossing, the smallest
//! fraction when it is reached there already, none when it is never reached.
//! [`label_ratio`]: how many times the labels another curve needs for the same
//! score.
//!
//! Intervals: percentile bootstrap over the runs of both sides
//! ([`super::redraw`]). A resample that never reaches the score counts as beyond the
//! largest fraction; an end that lies there is open, and the share of resamples
//! that reach is reported. A resample in which neither side of a ratio reaches
//! the score leaves the ratio unknown: the interval is then undefined. One run
//! on each side: undefined. Cost O(B runs fractions).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Resampling;
use super::curve::Curve;
use super::pair::CurvePair;
use super::redraw::{FractionBounds, Resamples};
use crate::stats::Outcome;
use crate::stats::describe::mean;

/// Where a curve reaches a baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Efficiency {
    /// The baseline's mean score.
    pub target: f64,
    /// The fraction; none when it is never reached.
    pub fraction: Option<f64>,
    /// The score is reached at the smallest fraction already: `fraction` is an
    /// upper limit.
    pub at_smallest: bool,
    /// Bootstrap interval over runs.
    pub interval: Outcome<FractionBounds>,
}

impl fmt::Display for FractionBounds {
    /// As percentages; an open end as `...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |end: Option<f64>| end.map_or("...".into(), percent);
        write!(f, "[{}, {}]", end(self.low), end(self.high))
    }
}

impl fmt::Display for Efficiency {
    /// "reaches the baseline with 9.4 % of the labels [6.1 %, 14 %]".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fraction {
            None => f.write_str("does not reach the baseline")?,
            Some(fraction) => {
                let at_most = if self.at_smallest { "at most " } else { "" };
                let share = percent(fraction);
                write!(f, "reaches the baseline with {at_most}{share} of the labels")?;
            }
        }
        match self.interval.any() {
            Some(interval) => write!(f, " {interval}"),
            None => Ok(()),
        }
    }
}

/// Two significant digits.
fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    let digits = (1.0 - percent.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{percent:.digits$} %")
}

/// How many times the labels of `a` does `b` need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelRatio {
    /// Fraction at which `a` reaches the target.
    pub fraction_a: Option<f64>,
    /// Fraction at which `b` reaches the target.
    pub fraction_b: Option<f64>,
    /// `fraction_b / fraction_a`; none when one is missing.
    pub ratio: Option<f64>,
    /// Bootstrap interval over runs; a missing low end is 0 (`a` may not reach
    /// the target), a missing high end is unbounded (`b` may not).
    pub interval: Outcome<FractionBounds>,
}

/// Where `curve` reaches the mean of `baseline`, the scores of another model's runs.
pub fn efficiency(curve: &Curve, baseline: &[f64], how: &Resampling) -> Outcome<Efficiency> {
    reach(curve, baseline, |redrawn| {
        let baseline: Vec<Vec<f64>> = baseline.iter().map(|score| vec![*score]).collect();
        let resamples = Resamples::of(curve.runs(), &baseline, how);
        resamples.map(redrawn).bounds(how.confidence)
    })
}

/// Labels that `b` needs for the score `target`, in multiples of those of `a`.
pub fn label_ratio(a: &Curve, b: &Curve, target: f64, how: &Resampling) -> Outcome<LabelRatio> {
    CurvePair::new(a, b, *how).label_ratio(target)
}

impl CurvePair<'_> {
    /// Where the first curve reaches the second's score at its largest fraction.
    pub fn efficiency(&self) -> Outcome<Efficiency> {
        reach(self.a, &self.b.at_largest(), |redrawn| {
            self.resamples().map(redrawn).bounds(self.how.confidence)
        })
    }

    /// Where the second curve reaches the first's score at its largest fraction.
    pub fn reverse_efficiency(&self) -> Outcome<Efficiency> {
        if !self.how.pairs(self.a.runs().len(), self.b.runs().len()) {
            // The order in which the sides are drawn belongs to the question.
            return CurvePair::new(self.b, self.a, self.how).efficiency();
        }
        reach(self.b, &self.a.at_largest(), |redrawn| {
            let swapped = |first: &[f64], second: &[f64]| redrawn(second, first);
            self.resamples().map(swapped).bounds(self.how.confidence)
        })
    }

    /// [`label_ratio`] of the two.
    pub fn label_ratio(&self, target: f64) -> Outcome<LabelRatio> {
        if !target.is_finite() {
            return Outcome::undefined("the target is not finite");
        }
        let (a, b) = (self.a, self.b);
        let (log_a, log_b) = (logs(a), logs(b));
        let redrawn = |scores: &[f64], others: &[f64]| {
            let of_a = reaching(&log_a, scores, target);
            let of_b = reaching(&log_b, others, target);
            match (of_a, of_b) {
                (Some(a), Some(b)) => b - a,
                (Some(_), None) => f64::INFINITY,
                (None, Some(_)) => f64::NEG_INFINITY,
                (None, None) => f64::NAN,
            }
        };
        let interval = if self.single_runs() {
            Outcome::undefined("one run on each side has no spread")
        } else {
            self.resamples().map(redrawn).bounds(self.how.confidence)
        };
        let fraction_a = reaching(&log_a, &a.mean(), target).map(|x| fraction(a, x));
        let fraction_b = reaching(&log_b, &b.mean(), target).map(|x| fraction(b, x));
        let ratio = fraction_a.zip(fraction_b).map(|(a, b)| b / a);
        Outcome::of(LabelRatio { fraction_a, fraction_b, ratio, interval })
    }
}

/// `interval` applies its function to every resample: mean scores of the curve,
/// and mean scores of the baseline, of which the last is the one to be reached.
fn reach(
    curve: &Curve,
    baseline: &[f64],
    interval: impl FnOnce(&dyn Fn(&[f64], &[f64]) -> f64) -> Outcome<FractionBounds>,
) -> Outcome<Efficiency> {
    if baseline.is_empty() || baseline.iter().any(|v| !v.is_finite()) {
        return Outcome::undefined("the baseline has no score, or one that is not finite");
    }
    let target = mean(baseline);
    let log_fractions = logs(curve);
    let means = curve.mean();
    let redrawn = |scores: &[f64], baseline: &[f64]| {
        let target = baseline.last().copied().unwrap_or(f64::NAN);
        reaching(&log_fractions, scores, target).unwrap_or(f64::INFINITY)
    };
    let interval = if curve.runs().len() < 2 && baseline.len() < 2 {
        Outcome::undefined("one run on each side has no spread")
    } else {
        interval(&redrawn)
    };
    Outcome::of(Efficiency {
        target,
        fraction: reaching(&log_fractions, &means, target).map(|x| fraction(curve, x)),
        at_smallest: means.first().is_some_and(|first| *first >= target),
        interval,
    })
}

fn logs(curve: &Curve) -> Vec<f64> {
    curve.fractions().iter().map(|f| f.log10()).collect()
}

/// `10^x`, exact where `x` is the logarithm of one of the curve's fractions.
fn fraction(curve: &Curve, x: f64) -> f64 {
    let known = curve.fractions().iter().find(|f| f.log10() == x);
    known.copied().unwrap_or_else(|| 10f64.powf(x))
}

/// Logarithm of the first fraction at which `scores` reach `target`.
fn reaching(log_fractions: &[f64], scores: &[f64], target: f64) -> Option<f64> {
    let at = scores.iter().position(|score| *score >= target)?;
    if at == 0 {
        return log_fractions.first().copied();
    }
    let (x0, x1) = (log_fractions[at - 1], log_fractions[at]);
    let (y0, y1) = (scores[at - 1], scores[at]);
    Some(if y1 == target { x1 } else { x0 + (target - y0) / (y1 - y0) * (x1 - x0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(runs: &[Vec<f64>]) -> Curve {
        Curve::of(&[0.01, 0.1, 1.0], runs).any().expect("a curve").clone()
    }

    fn how() -> Resampling {
        Resampling { resamples: 500, ..Resampling::default() }
    }

    #[test]
    fn the_first_crossing_counts() {
        let zigzag = curve(&[vec![0.0, 1.0, 0.5]]);
        let got = |target: f64| {
            efficiency(&zigzag, &[target], &how()).value().expect("an efficiency").clone()
        };
        assert!((got(0.5).fraction.expect("reached") - 10f64.powf(-1.5)).abs() < 1e-15);
        assert_eq!(got(1.0).fraction, Some(0.1));
        assert_eq!(got(1.1).fraction, None);
        assert_eq!((got(-1.0).fraction, got(-1.0).at_smallest), (Some(0.01), true));
        assert!(got(0.5).interval.any().is_none());
    }

    #[test]
    fn a_pair_answers_as_each_question_by_itself() {
        let runs = |shift: f64, n: usize| -> Vec<Vec<f64>> {
            let run = |i: usize| vec![0.2 + shift, 0.5 + 0.03 * (i * i % 7) as f64, 0.8 - shift];
            (0..n).map(run).collect()
        };
        // 5 paired runs have 126 different resamples: all, or 100 drawn.
        for (paired_runs, resamples, n) in
            [(true, 126, 5), (true, 100, 5), (false, 2000, 3), (false, 100, 4)]
        {
            let how = Resampling { resamples, paired_runs, ..Resampling::default() };
            let (a, b) = (curve(&runs(0.0, 5)), curve(&runs(0.1, n)));
            let pair = CurvePair::new(&a, &b, how);
            assert_eq!(pair.efficiency(), efficiency(&a, &b.at_largest(), &how));
            assert_eq!(pair.reverse_efficiency(), efficiency(&b, &a.at_largest(), &how));
            assert_eq!(pair.label_ratio(0.6), label_ratio(&a, &b, 0.6, &how));
        }
    }

    #[test]
    fn reads_as_a_sentence() {
        let curve = curve(&[vec![0.0, 1.0, 0.5], vec![0.2, 1.0, 0.5]]);
        let text = |target: f64| {
            efficiency(&curve, &[target], &how()).value().expect("an efficiency").to_string()
        };
        assert!(text(0.5).starts_with("reaches the baseline with 2.8 % of the labels [2."));
        assert_eq!(text(3.0), "does not reach the baseline");
        assert!(text(-1.0).starts_with("reaches the baseline with at most 1.0 % of the labels"));
    }

    #[test]
    fn an_end_beyond_all_labels_is_open() {
        let runs = [vec![0.1, 0.4, 0.9], vec![0.1, 0.4, 0.5], vec![0.1, 0.4, 0.7]];
        let got = efficiency(&curve(&runs), &[0.68, 0.68], &how());
        let interval = *got.value().expect("an efficiency").interval.value().expect("an interval");
        assert!(interval.low.is_some_and(|low| low > 0.1 && low < 1.0), "{interval:?}");
        assert_eq!(interval.high, None);
        assert!(interval.share_found > 0.3 && interval.share_found < 0.9);
    }

    #[test]
    fn ten_times_the_labels() {
        let a = curve(&[vec![0.5, 0.6, 0.7], vec![0.5, 0.6, 0.7]]);
        let b = curve(&[vec![0.4, 0.5, 0.6], vec![0.4, 0.5, 0.6]]);
        let got = label_ratio(&a, &b, 0.55, &how());
        let got = got.value().expect("a ratio");
        assert!((got.ratio.expect("both reach") - 10.0).abs() < 1e-9);
        let interval = got.interval.value().expect("an interval");
        assert!(interval.low.zip(interval.high).is_some_and(|(l, h)| (h - l).abs() < 1e-9));
    }

    proptest! {
        #[test]
        fn a_higher_target_needs_more_labels_and_nothing_panics(
            runs in prop::collection::vec(prop::collection::vec(any::<f64>(), 3), 1..4),
            targets in (any::<f64>(), any::<f64>()), paired: bool,
        ) {
            let how = Resampling { resamples: 20, paired_runs: paired, ..Resampling::default() };
            if let Some(curve) = Curve::of(&[0.01, 0.1, 1.0], &runs).any() {
                let (low, high) = (targets.0.min(targets.1), targets.0.max(targets.1));
                let at = |t: f64| efficiency(curve, &[t], &how).any().and_then(|e| e.fraction);
                if let (Some(a), Some(b)) = (at(low), at(high)) { prop_assert!(a <= b * (1.0 + 1e-12)); }
                let _ = label_ratio(curve, curve, high, &how);
            }
        }
    }
}

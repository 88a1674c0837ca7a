//! Calibration: do cases called with probability p turn out right p of the
//! time?
//!
//! Cases are put into bins of equal width by confidence, `(lo, hi]`: the index
//! is `ceil(confidence bins) - 1`, kept within the bins, so that 0 goes to the
//! first. With `n_b` cases, mean confidence `c_b` and accuracy `a_b` in a bin,
//! the expected calibration error is `sum n_b / n |a_b - c_b|` and the maximum
//! one `max |a_b - c_b|` over bins with cases (Naeini 2015; Guo et al. 2017).
//!
//! *Top label* (multi-class): confidence is the highest probability, right when
//! its class is the true one; of equal probabilities the first class counts.
//! *Binary*: confidence is the probability of "positive", right when the case
//! is positive. Binned estimates depend on the bins and are biased upward in
//! small samples: their number belongs with the number of cases and bins.
//!
//! Undefined without cases or bins, with a probability outside 0..=1 or NaN.
//! Cost O(n K + bins).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::brier::check_rows;

/// One bin of a reliability curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Lower end, exclusive (inclusive in the first bin).
    pub low: f64,
    /// Upper end, inclusive.
    pub high: f64,
    /// Cases in the bin.
    pub cases: usize,
    /// Mean confidence; NaN in an empty bin.
    pub confidence: f64,
    /// Share of right cases; NaN in an empty bin.
    pub accuracy: f64,
}

/// A reliability curve and its summaries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Expected calibration error.
    pub expected_error: f64,
    /// Maximum calibration error.
    pub maximum_error: f64,
    /// All bins by rising confidence, empty ones included.
    pub bins: Vec<ReliabilityBin>,
}

/// More bins than this are no summary, and would be a way to exhaust memory.
const MAX_BINS: usize = 1 << 20;

/// Calibration of the probability of "positive".
pub fn binary<S: Copy + Into<f64>>(
    probabilities: &[S],
    labels: &[bool],
    bins: usize,
) -> Outcome<Calibration> {
    if probabilities.len() != labels.len() {
        return Outcome::undefined(format!(
            "{} probabilities for {} labels",
            probabilities.len(),
            labels.len()
        ));
    }
    let cases = probabilities.iter().zip(labels).map(|(p, label)| ((*p).into(), *label));
    binned(cases, bins)
}

/// Calibration of the most probable class of each row.
pub fn top_label<R: AsRef<[f64]>>(
    probabilities: &[R],
    labels: &[usize],
    bins: usize,
) -> Outcome<Calibration> {
    if let Err(reason) = check_rows(probabilities, labels) {
        return Outcome::undefined(reason);
    }
    let cases = probabilities.iter().zip(labels).map(|(row, label)| {
        let (class, confidence) = top(row.as_ref());
        (confidence, class == *label)
    });
    binned(cases, bins)
}

/// The first of the highest probabilities.
fn top(row: &[f64]) -> (usize, f64) {
    let higher =
        |best: (usize, f64), (k, p): (usize, &f64)| if *p > best.1 { (k, *p) } else { best };
    row.iter().enumerate().fold((0, f64::NEG_INFINITY), higher)
}

fn binned(cases: impl Iterator<Item = (f64, bool)>, bins: usize) -> Outcome<Calibration> {
    if bins == 0 || bins > MAX_BINS {
        return Outcome::undefined(format!("{bins} bins, expected 1 to {MAX_BINS}"));
    }
    let mut sums = vec![(0usize, 0.0, 0usize); bins];
    let mut n = 0usize;
    for (confidence, right) in cases {
        if !(0.0..=1.0).contains(&confidence) {
            return Outcome::undefined(format!("{confidence} is not a probability"));
        }
        let index = ((confidence * bins as f64).ceil() as usize).saturating_sub(1).min(bins - 1);
        let (cases, sum, hits) = &mut sums[index];
        *cases += 1;
        *sum += confidence;
        *hits += usize::from(right);
        n += 1;
    }
    if n == 0 {
        return Outcome::undefined("there are no test cases");
    }
    let bin = |(index, (cases, sum, hits)): (usize, &(usize, f64, usize))| ReliabilityBin {
        low: index as f64 / bins as f64,
        high: (index + 1) as f64 / bins as f64,
        cases: *cases,
        confidence: sum / *cases as f64,
        accuracy: *hits as f64 / *cases as f64,
    };
    let bins: Vec<ReliabilityBin> = sums.iter().enumerate().map(bin).collect();
    let gaps = || {
        let filled = bins.iter().filter(|bin| bin.cases > 0);
        filled.map(|bin| (bin.cases as f64 / n as f64, (bin.accuracy - bin.confidence).abs()))
    };
    Outcome::of(Calibration {
        expected_error: gaps().map(|(share, gap)| share * gap).sum(),
        maximum_error: gaps().map(|(_, gap)| gap).fold(0.0, f64::max),
        bins,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edges_belong_to_the_bin_below() {
        let got = binary(&[0.0, 0.1, 0.100_001, 1.0], &[true; 4], 10);
        let cases: Vec<usize> = got.value().unwrap().bins.iter().map(|b| b.cases).collect();
        assert_eq!(cases, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn a_calibrated_forecast_has_no_error() {
        let got = binary(&[0.25; 4], &[true, false, false, false], 15);
        assert_eq!(got.value().unwrap().expected_error, 0.0);
    }

    proptest! {
        #[test]
        fn errors_are_bounded(cases in prop::collection::vec((0.0..=1.0f64, any::<bool>()), 1..40),
                              bins in 1usize..20) {
            let p: Vec<f64> = cases.iter().map(|c| c.0).collect();
            let y: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let got = binary(&p, &y, bins);
            let got = got.value().unwrap();
            prop_assert!(got.expected_error <= got.maximum_error + 1e-12 && got.maximum_error <= 1.0);
            prop_assert_eq!(got.bins.iter().map(|b| b.cases).sum::<usize>(), y.len());
            // One bin: the error is the gap of the means.
            let one = binary(&p, &y, 1);
            let mean = p.iter().sum::<f64>() / p.len() as f64;
            let share = y.iter().filter(|y| **y).count() as f64 / y.len() as f64;
            prop_assert!((one.value().unwrap().expected_error - (mean - share).abs()).abs() < 1e-12);
            prop_assert!(got.expected_error >= (mean - share).abs() - 1e-12);
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..5),
                          labels in prop::collection::vec(0usize..5, 0..5),
                          p in prop::collection::vec(any::<f64>(), 0..5),
                          y in prop::collection::vec(any::<bool>(), 0..5),
                          bins in any::<usize>()) {
            for bins in [bins, 10] {
                let _ = (top_label(&rows, &labels, bins), binary(&p, &y, bins));
            }
        }
    }
}

//! The label fraction at which one mean curve overtakes another.
//!
//! Both mean curves are piecewise linear in `log10(fraction)`, so their
//! difference is too, with knots at the fractions of either within the range of
//! both. The crossover is the first change of its sign (where it stays zero:
//! the first fraction at which it is); touching without a change is none.
//!
//! Interval: percentile bootstrap over the runs of both curves
//! ([`super::redraw`]). A resample
//! without a crossover in the observed direction says on which side it lies:
//! when the curve that leads at few labels leads throughout, it is beyond the
//! largest fraction, else below the smallest. Ends there are open. Equal
//! throughout, or no common range: undefined. Cost O(B runs fractions).

use serde::{Deserialize, Serialize};

use super::Resampling;
use super::curve::{Curve, Place};
use super::pair::CurvePair;
use super::redraw::FractionBounds;
use crate::stats::Outcome;

/// Where two curves cross.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossover {
    /// Fraction of the first crossover; none when one curve leads throughout.
    pub fraction: Option<f64>,
    /// Curve `a` leads at the smallest common fraction (or throughout).
    pub a_leads_first: bool,
    /// Number of crossovers; with more than one the first says little.
    pub crossings: usize,
    /// Bootstrap interval of the first crossover.
    pub interval: Outcome<FractionBounds>,
}

/// The first crossover of `a` and `b`.
pub fn crossover(a: &Curve, b: &Curve, how: &Resampling) -> Outcome<Crossover> {
    CurvePair::new(a, b, *how).crossover()
}

impl CurvePair<'_> {
    /// [`crossover`] of the two.
    pub fn crossover(&self) -> Outcome<Crossover> {
        let (a, b) = (self.a, self.b);
        let common = Common::of(a, b);
        if common.x.len() < 2 {
            return Outcome::undefined("the curves have no common range of fractions");
        }
        let (mean_a, mean_b) = (a.mean(), b.mean());
        let Some(a_leads_first) = leader(common.differences(&mean_a, &mean_b)) else {
            return Outcome::undefined("the curves are equal throughout");
        };
        let crossings: Vec<f64> =
            signs_changed(&common.x, common.differences(&mean_a, &mean_b)).collect();
        let redrawn = |scores: &[f64], others: &[f64]| {
            if leader(common.differences(scores, others)) != Some(a_leads_first) {
                return f64::NEG_INFINITY;
            }
            let first = signs_changed(&common.x, common.differences(scores, others)).next();
            first.unwrap_or(f64::INFINITY)
        };
        let interval = if crossings.is_empty() {
            Outcome::undefined("one curve leads throughout")
        } else if self.single_runs() {
            Outcome::undefined("one run on each side has no spread")
        } else {
            self.resamples().map(redrawn).bounds(self.how.confidence)
        };
        Outcome::of(Crossover {
            fraction: crossings.first().map(|x| 10f64.powf(*x)),
            a_leads_first,
            crossings: crossings.len(),
            interval,
        })
    }
}

/// Logarithms of the fractions of both curves in their common range, and where
/// each lies among those of either.
struct Common {
    x: Vec<f64>,
    places: Vec<[Place; 2]>,
}

impl Common {
    fn of(a: &Curve, b: &Curve) -> Self {
        let logs = |c: &Curve| c.fractions().iter().map(|f| f.log10()).collect::<Vec<f64>>();
        let (of_a, of_b) = (logs(a), logs(b));
        let (Some(first_a), Some(first_b)) = (of_a.first(), of_b.first()) else {
            return Self { x: Vec::new(), places: Vec::new() };
        };
        let low = first_a.max(*first_b);
        let high = of_a[of_a.len() - 1].min(of_b[of_b.len() - 1]);
        let mut x: Vec<f64> =
            of_a.iter().chain(&of_b).copied().filter(|x| low <= *x && *x <= high).collect();
        x.sort_unstable_by(f64::total_cmp);
        x.dedup();
        let places = x.iter().map(|x| [Place::of(&of_a, *x), Place::of(&of_b, *x)]).collect();
        Self { x, places }
    }

    fn differences(&self, a: &[f64], b: &[f64]) -> impl Iterator<Item = f64> {
        self.places.iter().map(|[of_a, of_b]| of_a.score(a) - of_b.score(b))
    }
}

/// Whether the first difference that is not zero is positive.
fn leader(mut differences: impl Iterator<Item = f64>) -> Option<bool> {
    differences.find(|d| *d != 0.0).map(|d| d > 0.0)
}

/// Where the sign changes, ascending.
fn signs_changed(x: &[f64], differences: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    let mut last: Option<(usize, f64)> = None;
    differences.enumerate().filter(|(_, d)| *d != 0.0).filter_map(move |(at, d)| {
        let (before, other) = last.replace((at, d))?;
        ((other > 0.0) != (d > 0.0)).then(|| {
            if at == before + 1 {
                let share = other / (other - d);
                x[before] + share * (x[at] - x[before])
            } else {
                // Zero at the knots between.
                x[before + 1]
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(fractions: &[f64], runs: &[Vec<f64>]) -> Curve {
        Curve::of(fractions, runs).any().expect("a curve").clone()
    }

    fn how() -> Resampling {
        Resampling { resamples: 400, ..Resampling::default() }
    }

    #[test]
    fn known_crossing_with_interval() {
        let a = curve(&[0.01, 1.0], &[vec![0.6, 0.8], vec![0.62, 0.8], vec![0.58, 0.8]]);
        let b = curve(&[0.01, 0.1, 1.0], &[vec![0.5, 0.7, 0.9], vec![0.5, 0.7, 0.9]]);
        let got = crossover(&a, &b, &how());
        let got = got.value().expect("a crossover");
        assert!((got.fraction.expect("crosses") - 0.1).abs() < 1e-12);
        assert!(got.a_leads_first && got.crossings == 1);
        let interval = got.interval.value().expect("an interval");
        let (low, high) = interval.low.zip(interval.high).expect("closed");
        assert!(0.07 < low && low < 0.1 && 0.1 < high && high < 0.14, "{interval:?}");
    }

    #[test]
    fn touching_is_no_crossing_and_zero_stretches_count_once() {
        let x = [0.0, 1.0, 2.0, 3.0];
        let changes = |d: [f64; 4]| signs_changed(&x, d.into_iter()).collect::<Vec<f64>>();
        assert!(changes([1.0, 0.0, 2.0, 1.0]).is_empty());
        assert_eq!(changes([1.0, 0.0, 0.0, -1.0]), [1.0]);
        assert_eq!(changes([1.0, -1.0, -1.0, 3.0]), [0.5, 2.25]);
    }

    #[test]
    fn curves_that_cannot_be_compared() {
        let a = curve(&[0.01, 0.1], &[vec![0.6, 0.8]]);
        let b = curve(&[0.2, 1.0], &[vec![0.5, 0.9]]);
        assert!(crossover(&a, &b, &how()).any().is_none());
        assert!(crossover(&a, &a, &how()).any().is_none());
    }

    proptest! {
        #[test]
        fn swapping_the_curves_keeps_the_crossing(
            a in prop::collection::vec(prop::collection::vec(-9i8..9, 3), 1..4),
            b in prop::collection::vec(prop::collection::vec(-9i8..9, 3), 1..4),
        ) {
            let of = |runs: Vec<Vec<i8>>| curve(&[0.01, 0.1, 1.0],
                &runs.into_iter().map(|r| r.into_iter().map(f64::from).collect()).collect::<Vec<_>>());
            let (a, b) = (of(a), of(b));
            let how = Resampling { resamples: 20, ..Resampling::default() };
            let (ab, ba) = (crossover(&a, &b, &how), crossover(&b, &a, &how));
            prop_assert_eq!(ab.any().is_some(), ba.any().is_some());
            if let (Some(ab), Some(ba)) = (ab.any(), ba.any()) {
                prop_assert_eq!(ab.crossings, ba.crossings);
                prop_assert!(ab.a_leads_first != ba.a_leads_first);
                if let (Some(x), Some(y)) = (ab.fraction, ba.fraction) { prop_assert!((x / y - 1.0).abs() < 1e-12); }
            }
        }

        #[test]
        fn nothing_panics(runs in prop::collection::vec(prop::collection::vec(any::<f64>(), 2), 2..4)) {
            let how = Resampling { resamples: 10, ..Resampling::default() };
            let a = Curve::of(&[0.1, 1.0], &runs[..1]);
            let b = Curve::of(&[0.1, 1.0], &runs[1..]);
            if let (Some(a), Some(b)) = (a.any(), b.any()) { let _ = crossover(a, b, &how); }
        }
    }
}

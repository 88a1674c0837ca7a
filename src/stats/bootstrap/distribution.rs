//! Percentile, basic and BCa intervals of a bootstrap distribution.
//!
//! With resampled statistics `t_1..t_B` of an estimate `t`: *percentile* takes
//! the quantiles `a/2` and `1 - a/2` of the `t_b`; *basic* reflects them at
//! `t`; *BCa* (Efron 1987) moves the two levels by the bias `z0 = Phi^-1((#{t_b
//! < t} + #{t_b <= t}) / 2B)` and by the acceleration, from the jackknife. A
//! resample equal to the sample up to rounding counts as tied with it: sums in
//! another order differ in their last bits, and that alone would move `z0`.
//! Quantiles are of type 7. Reference: scipy 1.17 `stats.bootstrap`.
//!
//! Assumes independent cases. Constant data: percentile and basic are a point
//! (degenerate), BCa is undefined, as it is without a jackknife. Non-finite or
//! empty data: undefined. Cost O(B n + B log B), plus at most 1,000 statistics
//! for the jackknife; the mean's own is O(n).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::draw::Draws;
use super::jackknife::{acceleration, jackknife};
use crate::stats::Outcome;
use crate::stats::bounds::{Bounds, confidence_error};
use crate::stats::describe::{mean, quantile_sorted, sd};
use crate::stats::distributions::normal;

/// How the ends of the interval are taken from the resamples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Quantiles of the resampled statistics.
    Percentile,
    /// The same, reflected at the estimate.
    Basic,
    /// Bias-corrected and accelerated.
    Bca,
}

/// A bootstrap distribution: the estimate, its resamples, its jackknife.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    estimate: f64,
    /// Ascending.
    resampled: Vec<f64>,
    /// Empty: none was computed.
    jackknife: Vec<f64>,
    finite: bool,
}

/// Two statistics within this relative distance are the same one, rounded.
const TIE: f64 = 1e-12;

impl Bootstrap {
    /// Resampled values of a statistic, computed elsewhere; without a
    /// jackknife (see [`Bootstrap::with_jackknife`]) there is no BCa interval.
    pub fn from_resamples(estimate: f64, mut resampled: Vec<f64>) -> Self {
        let finite = estimate.is_finite()
            && !resampled.is_empty()
            && resampled.iter().all(|v| v.is_finite());
        resampled.par_sort_unstable_by(f64::total_cmp);
        Self { estimate, resampled, jackknife: Vec::new(), finite }
    }

    /// Adds the statistic without each case, or its influence values up to sign
    /// and scale `-1 / (n - 1)`.
    #[must_use]
    pub fn with_jackknife(self, jackknife: Vec<f64>) -> Self {
        Self { jackknife, ..self }
    }

    /// Resamples given as indices into `x`, one list per resample.
    pub fn from_indices(
        x: &[f64],
        indices: &[Vec<usize>],
        statistic: impl Fn(&[f64]) -> f64,
    ) -> Self {
        let resample = |list: &Vec<usize>| {
            let values: Vec<f64> = list.iter().filter_map(|i| x.get(*i).copied()).collect();
            statistic(&values)
        };
        Self::of_sample(x, indices.iter().map(resample).collect(), &statistic)
    }

    /// `resamples` drawn by `seed` as described in [`Draws`].
    pub fn draw(
        x: &[f64],
        resamples: usize,
        seed: u64,
        statistic: impl Fn(&[f64]) -> f64 + Sync,
    ) -> Self {
        let one = |values: &mut Vec<f64>, b: usize| {
            values.clear();
            Draws::of(seed, b).indices(x.len(), x.len(), |i| values.push(x[i]));
            statistic(values)
        };
        let resampled =
            (0..resamples).into_par_iter().map_init(|| Vec::with_capacity(x.len()), one).collect();
        Self::of_sample(x, resampled, &statistic)
    }

    /// [`Bootstrap::draw`] of the mean: sums in place, jackknife in O(n).
    pub fn draw_mean(x: &[f64], resamples: usize, seed: u64) -> Self {
        let n = x.len() as f64;
        let one = |b: usize| Draws::of(seed, b).sum(x) / n;
        let resampled = (0..resamples).into_par_iter().map(one).collect();
        Self::from_resamples(mean(x), resampled).with_jackknife(jackknife_of_mean(x))
    }

    fn of_sample(x: &[f64], resampled: Vec<f64>, statistic: &dyn Fn(&[f64]) -> f64) -> Self {
        if x.is_empty() {
            return Self::from_resamples(f64::NAN, resampled);
        }
        let mut rest = Vec::with_capacity(x.len());
        let jackknife = jackknife(x.len(), |kept| {
            rest.clear();
            rest.extend(kept.iter().map(|i| x[*i]));
            statistic(&rest)
        });
        let mut result = Self::from_resamples(statistic(x), resampled).with_jackknife(jackknife);
        // A median of data with an infinity is finite; its interval is not to be trusted.
        result.finite &= x.iter().all(|v| v.is_finite());
        result
    }

    /// The statistic of the sample itself.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// The resampled statistics, ascending.
    pub fn resampled(&self) -> &[f64] {
        &self.resampled
    }

    /// Standard deviation of the resampled statistics.
    pub fn standard_error(&self) -> f64 {
        sd(&self.resampled)
    }

    /// The interval at a confidence level in (0, 1).
    pub fn interval(&self, method: Method, confidence: f64) -> Outcome<Bounds> {
        if !self.finite {
            return Outcome::undefined("the sample is empty or a value is not finite");
        }
        if let Some(error) = confidence_error(confidence) {
            return Outcome::undefined(error);
        }
        let alpha = (1.0 - confidence) / 2.0;
        let constant = self.resampled.first() == self.resampled.last();
        let bounds = match method {
            Method::Percentile => self.quantiles(alpha, 1.0 - alpha),
            Method::Basic => {
                let p = self.quantiles(alpha, 1.0 - alpha);
                Bounds { low: 2.0 * self.estimate - p.high, high: 2.0 * self.estimate - p.low }
            }
            Method::Bca if self.jackknife.is_empty() => {
                return Outcome::undefined("BCa needs a jackknife, and this resampling has none");
            }
            Method::Bca if constant => {
                return Outcome::undefined("all resamples are equal: BCa has no acceleration");
            }
            Method::Bca => match self.bca(alpha) {
                Some(bounds) => bounds,
                None => {
                    return Outcome::undefined(
                        "every resample lies on one side of the estimate, or the jackknife is constant",
                    );
                }
            },
        };
        if constant {
            return Outcome::degenerate(bounds, "all resamples are equal: the interval is a point");
        }
        Outcome::of(bounds)
    }

    fn quantiles(&self, low: f64, high: f64) -> Bounds {
        Bounds {
            low: quantile_sorted(&self.resampled, low),
            high: quantile_sorted(&self.resampled, high),
        }
    }

    fn bca(&self, alpha: f64) -> Option<Bounds> {
        // Relative to the largest statistic: an estimate near 0 has no scale.
        let ends = [self.estimate, *self.resampled.first()?, *self.resampled.last()?];
        let slack = TIE * ends.into_iter().fold(0.0, |scale, v| v.abs().max(scale));
        let below = self.resampled.partition_point(|t| *t < self.estimate - slack);
        let not_above = self.resampled.partition_point(|t| *t <= self.estimate + slack);
        let share = (below + not_above) as f64 / (2.0 * self.resampled.len() as f64);
        let z0 = normal::quantile(share);
        let a = acceleration(&self.jackknife);
        if !z0.is_finite() || !a.is_finite() {
            return None;
        }
        let level = |z: f64| normal::cdf(z0 + (z0 + z) / (1.0 - a * (z0 + z)));
        let z = normal::quantile(alpha);
        Some(self.quantiles(level(z), level(-z)))
    }
}

/// The mean without each value, in O(n).
pub(crate) fn jackknife_of_mean(x: &[f64]) -> Vec<f64> {
    let n = x.len() as f64;
    let total = mean(x) * n;
    x.iter().map(|v| (total - v) / (n - 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    #[test]
    fn the_fast_mean_is_the_mean() {
        let x: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17)).collect();
        let (fast, slow) = (Bootstrap::draw_mean(&x, 500, 3), Bootstrap::draw(&x, 500, 3, mean));
        let ends = |b: &Bootstrap| *b.interval(Method::Bca, 0.9).value().expect("an interval");
        assert!((ends(&fast).low - ends(&slow).low).abs() < 1e-9);
        assert!((ends(&fast).high - ends(&slow).high).abs() < 1e-9);
    }

    /// pitfall: resamples that are permutations of the sample tie with the estimate
    /// only up to rounding, and the rounding moves a BCa interval of few values.
    #[test]
    fn rounding_does_not_move_an_interval_of_few_values() {
        let x = [0.1, 0.2, 0.3, 0.4, 0.6];
        let backwards: Vec<f64> = x.iter().rev().copied().collect();
        let sum_backwards = |x: &[f64]| x.iter().rev().sum::<f64>() / x.len() as f64;
        let estimate = mean(&x);
        let indices: Vec<Vec<usize>> = (0..400)
            .map(|b| {
                let mut list = Vec::new();
                Draws::of(3, b).indices(5, 5, |i| list.push(i));
                list
            })
            .collect();
        let ends = |found: Bootstrap| *found.interval(Method::Bca, 0.95).value().expect("ends");
        let one = ends(Bootstrap::from_indices(&x, &indices, mean));
        let other = ends(Bootstrap::from_indices(&x, &indices, sum_backwards));
        assert!((one.low - other.low).abs() < 1e-12 && (one.high - other.high).abs() < 1e-12);
        assert!((mean(&backwards) - estimate).abs() < 1e-15);
    }

    #[test]
    fn coverage_is_near_its_level() {
        let mut hits = 0;
        for trial in 0..200u64 {
            let mut rng = ChaCha8Rng::seed_from_u64(trial);
            let x: Vec<f64> =
                (0..40).map(|_| f64::from(rng.next_u32()) / f64::from(u32::MAX)).collect();
            let bounds = Bootstrap::draw_mean(&x, 400, trial).interval(Method::Bca, 0.9);
            hits += usize::from(bounds.value().is_some_and(|b| b.low < 0.5 && 0.5 < b.high));
        }
        assert!((165..=193).contains(&hits), "{hits} of 200 at 90 %");
    }

    proptest! {
        #[test]
        fn percentiles_lie_within_the_data_and_nothing_panics(
            x in prop::collection::vec(any::<f64>(), 0..8), confidence in any::<f64>(),
        ) {
            let bootstrap = Bootstrap::draw_mean(&x, 50, 1);
            for method in [Method::Percentile, Method::Basic, Method::Bca] {
                let _ = bootstrap.interval(method, confidence);
            }
            let median = Bootstrap::draw(&x, 50, 1, crate::stats::describe::median);
            if let Some(bounds) = median.interval(Method::Percentile, 0.9).any() {
                let (low, high) = x.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
                prop_assert!(low <= bounds.low && bounds.low <= bounds.high && bounds.high <= high);
            }
        }
    }
}

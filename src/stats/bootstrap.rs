//! Percentile, basic and BCa bootstrap intervals.
//!
//! With resampled statistics `t_1..t_B` of an estimate `t`: *percentile* takes
//! the quantiles `a/2` and `1 - a/2` of the `t_b`; *basic* reflects them at
//! `t`; *BCa* (Efron 1987) moves the two levels by the bias `z0 = Phi^-1((#{t_b
//! < t} + #{t_b <= t}) / 2B)` and by the acceleration, from the jackknife. A
//! resample equal to the sample up to rounding counts as tied with it: sums in
//! another order differ in their last bits, and that alone would move `z0`.
//! Quantiles are of type 7.
//!
//! Assumes independent cases. Constant data: percentile and basic are a point,
//! BCa is undefined. Non-finite or empty data: undefined. Cost O(B n), plus
//! O(n) statistics for the jackknife.

use super::Outcome;
use super::describe::{mean, quantile_sorted, sd};
use super::distributions::normal;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// How the ends of the interval are taken from the resamples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Percentile,
    Basic,
    Bca,
}

/// Two-sided interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A bootstrap distribution: the estimate, its resamples, its jackknife.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    estimate: f64,
    /// Ascending.
    resampled: Vec<f64>,
    jackknife: Vec<f64>,
    finite: bool,
}

/// Two statistics within this relative distance are the same one, rounded.
const TIE: f64 = 1e-12;

impl Bootstrap {
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
        Self::new(
            x,
            statistic_on(x, &statistic),
            indices.iter().map(resample).collect(),
            &statistic,
        )
    }

    /// `resamples` drawn with a generator seeded by `seed`: resample `b` uses
    /// stream `b` of ChaCha8, so the result does not depend on threads.
    pub fn draw(
        x: &[f64],
        resamples: usize,
        seed: u64,
        statistic: impl Fn(&[f64]) -> f64 + Sync,
    ) -> Self {
        let one = |b: usize| {
            let mut values = Vec::with_capacity(x.len());
            draw_indices(x.len(), seed, b, |i| values.push(x[i]));
            statistic(&values)
        };
        let resampled = (0..resamples).into_par_iter().map(one).collect();
        Self::new(x, statistic_on(x, &statistic), resampled, &statistic)
    }

    /// [`Bootstrap::draw`] of the mean: sums in place, jackknife in O(n).
    pub fn draw_mean(x: &[f64], resamples: usize, seed: u64) -> Self {
        let n = x.len() as f64;
        let one = |b: usize| {
            let mut sum = 0.0;
            draw_indices(x.len(), seed, b, |i| sum += x[i]);
            sum / n
        };
        let resampled: Vec<f64> = (0..resamples).into_par_iter().map(one).collect();
        let estimate = mean(x);
        let total = estimate * n;
        let jackknife = x.iter().map(|v| (total - v) / (n - 1.0)).collect();
        Self::sorted(x, estimate, resampled, jackknife)
    }

    fn new(
        x: &[f64],
        estimate: f64,
        resampled: Vec<f64>,
        statistic: &dyn Fn(&[f64]) -> f64,
    ) -> Self {
        let mut rest = x.to_vec();
        let jackknife = (0..x.len())
            .map(|i| {
                let taken = rest.remove(i);
                let value = statistic(&rest);
                rest.insert(i, taken);
                value
            })
            .collect();
        Self::sorted(x, estimate, resampled, jackknife)
    }

    fn sorted(x: &[f64], estimate: f64, mut resampled: Vec<f64>, jackknife: Vec<f64>) -> Self {
        let finite = !x.is_empty()
            && estimate.is_finite()
            && !resampled.is_empty()
            && x.iter().chain(&resampled).all(|v| v.is_finite());
        resampled.sort_unstable_by(f64::total_cmp);
        Self { estimate, resampled, jackknife, finite }
    }

    /// The statistic of the sample itself.
    pub fn estimate(&self) -> f64 {
        self.estimate
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
        if !(confidence > 0.0 && confidence < 1.0) {
            return Outcome::undefined(format!("confidence {confidence} is not in (0, 1)"));
        }
        let alpha = (1.0 - confidence) / 2.0;
        let constant = self.resampled.first() == self.resampled.last();
        let bounds = match method {
            Method::Percentile => self.quantiles(alpha, 1.0 - alpha),
            Method::Basic => {
                let p = self.quantiles(alpha, 1.0 - alpha);
                Bounds { low: 2.0 * self.estimate - p.high, high: 2.0 * self.estimate - p.low }
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
        let ends = [self.estimate, self.resampled[0], self.resampled[self.resampled.len() - 1]];
        let slack = TIE * ends.into_iter().fold(0.0, |scale, v| v.abs().max(scale));
        let below = self.resampled.partition_point(|t| *t < self.estimate - slack);
        let not_above = self.resampled.partition_point(|t| *t <= self.estimate + slack);
        let share = (below + not_above) as f64 / (2.0 * self.resampled.len() as f64);
        let z0 = normal::quantile(share);
        let a = self.acceleration();
        if !z0.is_finite() || !a.is_finite() {
            return None;
        }
        let level = |z: f64| normal::cdf(z0 + (z0 + z) / (1.0 - a * (z0 + z)));
        let z = normal::quantile(alpha);
        Some(self.quantiles(level(z), level(-z)))
    }

    /// `sum d^3 / (6 (sum d^2)^1.5)` with `d` the jackknife's mean minus its values.
    fn acceleration(&self) -> f64 {
        let centre = mean(&self.jackknife);
        let (mut squares, mut cubes) = (0.0, 0.0);
        for value in &self.jackknife {
            let d = centre - value;
            squares += d * d;
            cubes += d * d * d;
        }
        cubes / (6.0 * squares.powf(1.5))
    }
}

fn statistic_on(x: &[f64], statistic: &dyn Fn(&[f64]) -> f64) -> f64 {
    if x.is_empty() { f64::NAN } else { statistic(x) }
}

/// Calls `take` with `n` indices below `n` of resample `b`.
///
/// A 32-bit word times `n`, upper half: the bias of at most `n / 2^32` is far
/// below the Monte-Carlo error of any number of resamples one would draw.
fn draw_indices(n: usize, seed: u64, b: usize, mut take: impl FnMut(usize)) {
    const WORDS: usize = 256;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(b as u64);
    let mut buffer = [0u8; WORDS * 4];
    let mut left = n;
    while left > 0 {
        let count = left.min(WORDS);
        rng.fill_bytes(&mut buffer[..count * 4]);
        for word in buffer[..count * 4].chunks_exact(4) {
            let word = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
            take(((u64::from(word) * n as u64) >> 32) as usize);
        }
        left -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_fast_mean_is_the_mean() {
        let x: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17)).collect();
        let (fast, slow) = (Bootstrap::draw_mean(&x, 500, 3), Bootstrap::draw(&x, 500, 3, mean));
        let ends = |b: &Bootstrap| *b.interval(Method::Bca, 0.9).value().expect("an interval");
        assert!((ends(&fast).low - ends(&slow).low).abs() < 1e-9);
        assert!((ends(&fast).high - ends(&slow).high).abs() < 1e-9);
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
            let median = Bootstrap::draw(&x, 50, 1, super::super::describe::median);
            if let Some(bounds) = median.interval(Method::Percentile, 0.9).any() {
                let (low, high) = x.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
                prop_assert!(low <= bounds.low && bounds.low <= bounds.high && bounds.high <= high);
            }
        }
    }
}

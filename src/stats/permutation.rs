//! Permutation tests of a difference of means.
//!
//! *Paired*: under the hypothesis every difference `x_i - y_i` has either sign
//! with probability 1/2; *independent*: every split of the pooled values into
//! groups of the given sizes is as likely (Fisher 1935, Pitman 1937). The
//! statistic is `mean x - mean y`; no assumption on the shape of the
//! distributions. p one-sided: the share of arrangements with a statistic as
//! low or as high, the observed one included. Two-sided in two conventions:
//! twice the smaller tail (scipy), and the share with a magnitude as large.
//!
//! Statistics within `max(100 eps |T|, N eps max|v|)` of the observed one count
//! as equal to it: sums in another order differ in their last bits.
//!
//! *Exact* up to [`Effort::exact_up_to`] arrangements (at most [`MOST_EXACT`]);
//! beyond, *Monte Carlo*: with b of m drawn arrangements as extreme, `p = (b + 1)
//! / (m + 1)`, which is never zero and keeps the level (Phipson and Smyth 2010).
//! Arrangement i uses stream i of ChaCha8. The result says which was used.
//! Non-finite, empty or unpaired input: undefined. Cost O(arrangements), or O(N m).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bootstrap::Draws;
use super::describe::mean;
use super::p_values::PValues;

/// Arrangements that are never exceeded by an exact test.
pub const MOST_EXACT: u64 = 1 << 24;

/// How many arrangements to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// All arrangements are enumerated if there are no more than this.
    pub exact_up_to: u64,
    /// Else so many are drawn.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { exact_up_to: 1 << 20, draws: 9_999, seed: 0 }
    }
}

/// Result of a permutation test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permutation {
    /// `mean x - mean y`.
    pub statistic: f64,
    /// p of each alternative; two-sided by doubling.
    pub p: PValues,
    /// Two-sided p by magnitude.
    pub p_magnitude: f64,
    /// Arrangements looked at.
    pub arrangements: u64,
    /// Whether these are all there are.
    pub exact: bool,
}

/// Tests paired samples by flipping signs.
pub fn paired(x: &[f64], y: &[f64], effort: &Effort) -> Outcome<Permutation> {
    if x.len() != y.len() {
        return Outcome::undefined(format!("{} values paired with {}", x.len(), y.len()));
    }
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    let d: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
    let n = d.len() as f64;
    let statistic = mean(&d);
    let all = if d.len() < 63 { 1u64 << d.len() } else { u64::MAX };
    let observed = Observed::new(statistic, x, y);
    let counts = if all <= effort.exact_up_to.min(MOST_EXACT) {
        let mut counts = Counts::default();
        flip(&d, 0.0, &mut |sum| counts.add(&observed, sum / n));
        Ok(counts)
    } else {
        Err(draw(effort, &observed, |draws| {
            let (mut sum, mut i) = (0.0, 0);
            draws.indices(2, d.len(), |sign| {
                sum += if sign == 0 { d[i] } else { -d[i] };
                i += 1;
            });
            sum / n
        }))
    };
    finish(statistic, counts, effort)
}

/// Tests independent samples by regrouping.
pub fn independent(x: &[f64], y: &[f64], effort: &Effort) -> Outcome<Permutation> {
    if let Some(reason) = unusable(x, y) {
        return Outcome::undefined(reason);
    }
    let pooled: Vec<f64> = x.iter().chain(y).copied().collect();
    let (n, m) = (x.len() as f64, y.len() as f64);
    let total: f64 = pooled.iter().sum();
    // From the sum of the x group of an arrangement.
    let difference = |sum: f64| sum / n - (total - sum) / m;
    let statistic = mean(x) - mean(y);
    let observed = Observed::new(statistic, x, y);
    let all = binomial_coefficient(pooled.len() as u64, x.len() as u64);
    let counts = if all <= effort.exact_up_to.min(MOST_EXACT) {
        let mut counts = Counts::default();
        choose(&pooled, x.len(), 0.0, &mut |sum| counts.add(&observed, difference(sum)));
        Ok(counts)
    } else {
        Err(draw(effort, &observed, |draws| {
            // A partial shuffle: the first places get a random x group.
            let mut shuffled = pooled.clone();
            for i in 0..x.len() {
                draws.indices(shuffled.len() - i, 1, |j| shuffled.swap(i, i + j));
            }
            difference(shuffled[..x.len()].iter().sum())
        }))
    };
    finish(statistic, counts, effort)
}

/// The observed statistic with its slack.
struct Observed {
    statistic: f64,
    slack: f64,
}

impl Observed {
    fn new(statistic: f64, x: &[f64], y: &[f64]) -> Self {
        let largest = x.iter().chain(y).fold(0.0f64, |l, v| l.max(v.abs()));
        let rounding = (x.len() + y.len()) as f64 * f64::EPSILON * largest;
        Self { statistic, slack: rounding.max(100.0 * f64::EPSILON * statistic.abs()) }
    }
}

/// Arrangements as low, as high, as far from zero.
#[derive(Clone, Copy, Default)]
struct Counts {
    all: u64,
    low: u64,
    high: u64,
    far: u64,
}

impl Counts {
    fn add(&mut self, observed: &Observed, t: f64) {
        let Observed { statistic, slack } = *observed;
        self.all += 1;
        self.low += u64::from(t <= statistic + slack);
        self.high += u64::from(t >= statistic - slack);
        self.far += u64::from(t.abs() >= statistic.abs() - slack);
    }

    fn plus(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            low: self.low + other.low,
            high: self.high + other.high,
            far: self.far + other.far,
        }
    }
}

fn draw(effort: &Effort, observed: &Observed, one: impl Fn(&mut Draws) -> f64 + Sync) -> Counts {
    (0..effort.draws)
        .into_par_iter()
        .map(|b| {
            let mut counts = Counts::default();
            counts.add(observed, one(&mut Draws::of(effort.seed, b)));
            counts
        })
        .reduce(Counts::default, Counts::plus)
}

/// All sums of the values with either sign.
fn flip(d: &[f64], sum: f64, visit: &mut impl FnMut(f64)) {
    match d {
        [] => visit(sum),
        [first, rest @ ..] => {
            flip(rest, sum + first, visit);
            flip(rest, sum - first, visit);
        }
    }
}

/// All sums of `n` of the values.
fn choose(values: &[f64], n: usize, sum: f64, visit: &mut impl FnMut(f64)) {
    match values {
        _ if n == 0 => visit(sum),
        [first, rest @ ..] => {
            choose(rest, n - 1, sum + first, visit);
            if rest.len() >= n {
                choose(rest, n, sum, visit);
            }
        }
        [] => {}
    }
}

/// Saturating at the top: more than can be enumerated is all that matters.
fn binomial_coefficient(n: u64, k: u64) -> u64 {
    let mut c = 1u128;
    for i in 0..k.min(n - k) {
        c = c * u128::from(n - i) / u128::from(i + 1);
        if c > u128::from(u64::MAX) {
            return u64::MAX;
        }
    }
    c as u64
}

/// Counts are `Ok` of all arrangements, `Err` of drawn ones.
fn finish(statistic: f64, counts: Result<Counts, Counts>, effort: &Effort) -> Outcome<Permutation> {
    if !statistic.is_finite() {
        return Outcome::undefined("the values are too large for their mean");
    }
    let exact = counts.is_ok();
    let (Ok(counts) | Err(counts)) = counts;
    if counts.all == 0 {
        let limit = effort.exact_up_to.min(MOST_EXACT);
        return Outcome::undefined(format!("more than {limit} arrangements, and none drawn"));
    }
    let own = u64::from(!exact);
    let share = |b: u64| (b + own) as f64 / (counts.all + own) as f64;
    Outcome::of(Permutation {
        statistic,
        p: PValues::doubled(share(counts.low), share(counts.high)),
        p_magnitude: share(counts.far),
        arrangements: counts.all,
        exact,
    })
}

fn unusable(x: &[f64], y: &[f64]) -> Option<String> {
    if x.is_empty() || y.is_empty() {
        return Some("one side has no values".into());
    }
    x.iter().chain(y).any(|v| !v.is_finite()).then(|| "a value is not finite".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DRAWN: Effort = Effort { exact_up_to: 0, draws: 20_000, seed: 7 };

    /// pitfall: arrangements that tie with the observed one only up to rounding.
    #[test]
    fn decimals_in_another_order_are_the_same_sum() {
        // 0.1 + 0.2 + 0.3 in any order and sign: the observed sum occurs twice.
        let result = paired(&[0.1, 0.2, 0.3], &[0.0; 3], &Effort::default());
        assert_eq!(result.value().map(|r| (r.p.greater, r.p_magnitude)), Some((0.125, 0.25)));
        let result = paired(&[0.1, 0.2, -0.3], &[0.0; 3], &Effort::default());
        assert_eq!(result.value().map(|r| r.p_magnitude), Some(1.0));
    }

    /// pitfall: p = 0 from drawn arrangements.
    #[test]
    fn a_drawn_p_is_never_zero() {
        let x: Vec<f64> = (0..80).map(|i| 10.0 + f64::from(i)).collect();
        for result in [paired(&x, &[0.0; 80], &DRAWN), independent(&x, &[0.0; 80], &DRAWN)] {
            let r = result.value().expect("a test");
            assert!(!r.exact);
            assert_eq!(r.p.greater, 1.0 / 20_001.0);
        }
    }

    #[test]
    fn results_do_not_depend_on_threads() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i * i % 11)).collect();
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let one = alone.install(|| independent(&x[..18], &x[18..], &DRAWN));
        assert_eq!(one, independent(&x[..18], &x[18..], &DRAWN));
    }

    #[test]
    fn binomial_coefficients() {
        assert_eq!(binomial_coefficient(11, 5), 462);
        assert_eq!(binomial_coefficient(500, 250), u64::MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn drawn_meets_exact(x in prop::collection::vec(-9i8..9, 2..7), y in prop::collection::vec(-9i8..9, 2..7)) {
            let x: Vec<f64> = x.into_iter().map(f64::from).collect();
            let y: Vec<f64> = y.into_iter().map(f64::from).collect();
            let n = x.len().min(y.len());
            for (a, b) in [
                (independent(&x, &y, &Effort::default()), independent(&x, &y, &DRAWN)),
                (paired(&x[..n], &y[..n], &Effort::default()), paired(&x[..n], &y[..n], &DRAWN)),
            ] {
                let (Some(a), Some(b)) = (a.value(), b.value()) else { panic!("finite data") };
                prop_assert!(a.exact && !b.exact);
                // Five standard errors of a share at 20,000 draws.
                prop_assert!((a.p.less - b.p.less).abs() < 0.018, "{} {}", a.p.less, b.p.less);
                prop_assert!((a.p_magnitude - b.p_magnitude).abs() < 0.018);
            }
        }

        #[test]
        fn nothing_panics(x in prop::collection::vec(any::<f64>(), 0..6),
                          y in prop::collection::vec(any::<f64>(), 0..6), draws in 0usize..9) {
            for effort in [Effort::default(), Effort { exact_up_to: 3, draws, seed: 1 }] {
                for result in [paired(&x, &y, &effort), independent(&x, &y, &effort)] {
                    if let Some(r) = result.any() {
                        prop_assert!(r.p.two_sided > 0.0 && r.p.two_sided <= 1.0, "{:?}", r);
                    }
                }
            }
        }
    }
}

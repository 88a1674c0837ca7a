//! The shift that a test on ranks, signs or arrangements detects.
//!
//! For normal values of standard deviation 1, shifted by `delta`, the test is
//! significant from some `delta` on, and for a given sample that one is known:
//! *signed-rank*: the `c`-th smallest Walsh average plus `delta` is positive
//! when the rank sum is among the `c` largest; *sign-flip*: the same with the
//! means of all subsets (Hartigan 1969); *rank-sum*: with the differences
//! `x_i - y_j`; *two-sample permutation*: with `mean A - mean B` over subsets `A`
//! of x and `B` of y of one size. So one simulation of samples gives the whole
//! curve of power, and the shift with power `q` is the quantile `q` of these
//! thresholds (Monte-Carlo error about half a percent, the same number always:
//! the seed is fixed). The *sign test* needs no simulation: its count is
//! binomial with `Phi(delta)`.
//!
//! Significance in the wrong direction is not counted. Beyond the reach of the
//! exact distributions ([`MOST_SUBSETS`], `AUTO_EXACT` of the rank tests) the
//! shift is that of the t test over the root of the asymptotic relative
//! efficiency: `3/pi` for ranks, `2/pi` for signs, 1 for permutations (Lehmann
//! 1975). Results scale with the standard deviation, so what is remembered is
//! asked for by sizes, level and power alone.
//!
//! `None` where the least p is not below the level ([`super::attainable`]).
//! Cost once per sizes, level and power: some four million values.

use std::f64::consts::PI;

use super::attainable::{
    PairedTest, TwoSampleTest, beyond_exact, least_p_paired, least_p_two_sample,
};
use super::distributions::{binomial, normal};
use super::memo::Memo;
use super::random::Random;
use super::rank_sum_counts::RankSumCounts;
use super::signed_rank_counts::SignedRankCounts;
use super::{power, root, wilcoxon};

/// Subsets that are enumerated in each simulated sample.
const MOST_SUBSETS: usize = 1 << 10;
/// Values of all samples together, and the fewest and most samples.
const VALUES: usize = 4_000_000;
const SAMPLES: (usize, usize) = (4_000, 40_000);
const SEED: u64 = 2024;
/// The sign test is exact up to this many pairs.
const MOST_SIGNS: usize = 2_000;

thread_local! {
    static SHIFTS: Memo<5, Option<f64>> = Memo::new();
}

/// In standard deviations of the differences; `None` where it cannot be
/// significant.
pub(super) fn paired(test: PairedTest, n: usize, alpha: f64, q: f64) -> Option<f64> {
    if alpha.is_nan() || least_p_paired(test, n) >= alpha {
        return None;
    }
    let (which, efficiency) = match test {
        PairedTest::T => (0.0, 1.0),
        PairedTest::SignedRank => (1.0, 3.0 / PI),
        PairedTest::SignFlip(_) => (2.0, 1.0),
        PairedTest::Sign => (3.0, 2.0 / PI),
    };
    let compute = || match test {
        PairedTest::SignedRank if n <= wilcoxon::AUTO_EXACT => signed_rank(n, alpha, q),
        PairedTest::SignFlip(_) if n < 20 && (1 << n) <= MOST_SUBSETS => sign_flip(n, alpha, q),
        PairedTest::Sign if n <= MOST_SIGNS => sign(n, alpha, q),
        _ => power::detectable_paired(n, 1.0, alpha, q).value().map(|v| v / efficiency.sqrt()),
    };
    SHIFTS.with(|known| known.get([which, n as f64, 0.0, alpha, q], compute))
}

/// In standard deviations of the values of either side.
pub(super) fn two_sample(
    test: TwoSampleTest,
    n: usize,
    m: usize,
    alpha: f64,
    q: f64,
) -> Option<f64> {
    if alpha.is_nan() || least_p_two_sample(test, n, m) >= alpha {
        return None;
    }
    let (which, efficiency) = match test {
        TwoSampleTest::Welch => (4.0, 1.0),
        TwoSampleTest::RankSum => (5.0, 3.0 / PI),
        TwoSampleTest::Permutation(_) => (6.0, 1.0),
    };
    let compute = || match test {
        TwoSampleTest::RankSum if !beyond_exact(n, m) => rank_sum(n, m, alpha, q),
        TwoSampleTest::Permutation(_) if n < 20 && m < 20 && splits(n, m) <= MOST_SUBSETS => {
            regrouped(n, m, alpha, q)
        }
        _ => power::detectable_welch((n, 1.0), (m, 1.0), alpha, q)
            .value()
            .map(|v| v / efficiency.sqrt()),
    };
    SHIFTS.with(|known| known.get([which, n as f64, m as f64, alpha, q], compute))
}

/// The level of one tail, which a p of the tests must stay below.
fn tail(alpha: f64) -> f64 {
    (alpha / 2.0).next_down()
}

fn signed_rank(n: usize, alpha: f64, q: f64) -> Option<f64> {
    let ranks: Vec<usize> = (1..=n).map(|rank| 2 * rank).collect();
    let (count, _) = SignedRankCounts::new(&ranks).below(tail(alpha));
    let mut z = vec![0.0; n];
    thresholds(n * (n + 1) / 2, count, q, |random, averages| {
        z.fill_with(|| random.normal());
        for i in 0..n {
            averages.extend(z[i..].iter().map(|other| f64::midpoint(z[i], *other)));
        }
    })
}

fn sign_flip(n: usize, alpha: f64, q: f64) -> Option<f64> {
    let all = 1usize << n;
    // Flipping the empty subset, which changes nothing, is one of those as extreme.
    thresholds(all - 1, below(all, alpha), q, |random, means| {
        let z: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        means.extend(subset_means(&z).into_iter().skip(1).map(|(_, mean)| mean));
    })
}

fn rank_sum(n: usize, m: usize, alpha: f64, q: f64) -> Option<f64> {
    let ranks: Vec<usize> = (1..=n + m).map(|rank| 2 * rank).collect();
    let (count, _) = RankSumCounts::new(&ranks, n.min(m)).below(tail(alpha));
    thresholds(n * m, count, q, |random, differences| {
        let x: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        for _ in 0..m {
            let y = random.normal();
            differences.extend(x.iter().map(|x| x - y));
        }
    })
}

fn regrouped(n: usize, m: usize, alpha: f64, q: f64) -> Option<f64> {
    thresholds(splits(n, m) - 1, below(splits(n, m), alpha), q, |random, differences| {
        let mut draw = |n: usize| -> Vec<f64> { (0..n).map(|_| random.normal()).collect() };
        let (x, y) = (subset_means(&draw(n)), subset_means(&draw(m)));
        for (size, mean) in x.into_iter().skip(1) {
            let same = y.iter().filter(|other| other.0 == size);
            differences.extend(same.map(|other| mean - other.1));
        }
    })
}

fn sign(n: usize, alpha: f64, q: f64) -> Option<f64> {
    let n = n as u64;
    let most = (0..=n).take_while(|k| binomial::cdf(*k, n, 0.5) <= tail(alpha)).last()?;
    let power = |delta: f64| binomial::cdf(most, n, normal::sf(delta));
    root::rising(|delta| power(delta) - q, 1.0, 1.0)
}

/// How many of `all` equally likely arrangements have a two-sided p below alpha.
fn below(all: usize, alpha: f64) -> usize {
    let share = tail(alpha) * all as f64;
    share.floor().min(all as f64) as usize
}

fn splits(n: usize, m: usize) -> usize {
    (0..n.min(m)).fold(1, |product, i| product * (n + m - i) / (i + 1))
}

/// Size and mean of every subset, the empty one first.
fn subset_means(z: &[f64]) -> Vec<(u32, f64)> {
    let mut sums = vec![(0u32, 0.0)];
    for value in z {
        for at in 0..sums.len() {
            let (size, sum) = sums[at];
            sums.push((size + 1, sum + value));
        }
    }
    sums.into_iter().map(|(size, sum)| (size, sum / f64::from(size.max(1)))).collect()
}

/// Quantile `q` of minus the `count`-th smallest of the `values` that `sample`
/// appends.
fn thresholds(
    values: usize,
    count: usize,
    q: f64,
    mut sample: impl FnMut(&mut Random, &mut Vec<f64>),
) -> Option<f64> {
    let at = count.checked_sub(1).filter(|at| *at < values)?;
    let samples = (VALUES / values).clamp(SAMPLES.0, SAMPLES.1);
    let mut random = Random::of(SEED, values);
    let mut drawn = Vec::with_capacity(values);
    let mut found: Vec<f64> = (0..samples)
        .map(|_| {
            drawn.clear();
            sample(&mut random, &mut drawn);
            -*drawn.select_nth_unstable_by(at, f64::total_cmp).1
        })
        .collect();
    let place = ((samples as f64 * q) as usize).min(samples - 1);
    Some(*found.select_nth_unstable_by(place, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::mann_whitney;
    use crate::stats::permutation::{self, Effort};
    use crate::stats::wilcoxon::{self, Method, Zeros};

    /// Six pairs are significant at 0.05 if all have one sign, of which the
    /// probability is `Phi(delta)^6`.
    #[test]
    fn all_of_one_sign_by_hand() {
        let want = normal::quantile(0.8f64.powf(1.0 / 6.0));
        assert!((want - 1.7929).abs() < 1e-3, "{want}");
        for test in
            [PairedTest::SignedRank, PairedTest::Sign, PairedTest::SignFlip(Effort::default())]
        {
            let got = paired(test, 6, 0.05, 0.8).expect("a shift");
            assert!((got / want - 1.0).abs() < 0.02, "{test:?}: {got} {want}");
        }
        assert_eq!(paired(PairedTest::SignedRank, 5, 0.05, 0.8), None);
        // Remembered, bit for bit.
        let again = || paired(PairedTest::SignedRank, 9, 0.05, 0.8).map(f64::to_bits);
        assert_eq!(again(), again());
    }

    /// Samples at the detectable shift, tested by the tests themselves.
    #[test]
    fn the_tests_have_the_promised_power() {
        let effort = Effort::default();
        let power = |significant: &dyn Fn(&mut Random) -> bool| {
            let mut random = Random::of(7, 0);
            (0..2_000).filter(|_| significant(&mut random)).count() as f64 / 2_000.0
        };
        let shifted = |random: &mut Random, n: usize, shift: f64| -> Vec<f64> {
            (0..n).map(|_| random.normal() + shift).collect()
        };
        let mut powers = Vec::new();
        for n in [7, 9] {
            let zeros = vec![0.0; n];
            let shift = paired(PairedTest::SignedRank, n, 0.05, 0.8).expect("a shift");
            powers.push(power(&|random| {
                let x = shifted(random, n, shift);
                let test = wilcoxon::of_differences(&x, Zeros::Wilcox, Method::Auto);
                test.value().is_some_and(|t| t.p.two_sided < 0.05)
            }));
            let shift = paired(PairedTest::SignFlip(effort), n, 0.05, 0.8).expect("a shift");
            powers.push(power(&|random| {
                let x = shifted(random, n, shift);
                let test = permutation::paired(&x, &zeros, &effort);
                test.value().is_some_and(|t| t.p.two_sided < 0.05)
            }));
        }
        for (n, m) in [(4, 4), (4, 7), (6, 5)] {
            let shift = two_sample(TwoSampleTest::RankSum, n, m, 0.05, 0.8).expect("a shift");
            powers.push(power(&|random| {
                let (x, y) = (shifted(random, n, shift), shifted(random, m, 0.0));
                let test = mann_whitney::mann_whitney(&x, &y, Method::Auto);
                test.value().is_some_and(|t| t.p.two_sided < 0.05)
            }));
            let test = TwoSampleTest::Permutation(effort);
            let shift = two_sample(test, n, m, 0.05, 0.8).expect("a shift");
            powers.push(power(&|random| {
                let (x, y) = (shifted(random, n, shift), shifted(random, m, 0.0));
                let test = permutation::independent(&x, &y, &effort);
                test.value().is_some_and(|t| t.p.two_sided < 0.05)
            }));
        }
        // Three standard errors of a share of 2,000.
        assert!(powers.iter().all(|p| (p - 0.8).abs() < 0.03), "{powers:?}");
    }

    /// Where simulation ends and the efficiency takes over, the two meet.
    #[test]
    fn large_samples_meet_the_efficiency() {
        for (test, n) in
            [(PairedTest::SignedRank, 50), (PairedTest::SignFlip(Effort::default()), 10)]
        {
            let inside = paired(test, n, 0.05, 0.8).expect("a shift") * (n as f64).sqrt();
            let beyond = paired(test, n + 1, 0.05, 0.8).expect("a shift") * (n as f64 + 1.0).sqrt();
            assert!((inside / beyond - 1.0).abs() < 0.04, "{test:?}: {inside} {beyond}");
        }
        let inside = two_sample(TwoSampleTest::RankSum, 35, 35, 0.05, 0.8).expect("a shift");
        let beyond = two_sample(TwoSampleTest::RankSum, 36, 36, 0.05, 0.8).expect("a shift");
        assert!((inside / beyond - 1.0).abs() < 0.04, "{inside} {beyond}");
    }
}

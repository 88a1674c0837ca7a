//! Detectable difference and further runs, of the test that decides.
//!
//! A t test at any level finds a large enough difference; a test on ranks or
//! arrangements with few runs finds none ([`super::attainable`]), and with a
//! level divided among many comparisons fewer runs still are too few. What is
//! said about power must be of the test whose p is shown, at the level it is
//! held against.
//!
//! *Detectable*: of the t tests as in [`super::power`], of the others under a
//! shift of normal values with one standard deviation (`shift_power`): simulated
//! once for sizes, level and power, then scaled. Two samples are taken to share
//! their pooled standard deviation unless the test is Welch's. *Further*: with
//! the estimate and standard deviation as they are, as many as the t interval
//! asks for ([`super::power::further_pairs`]), and never fewer than a p below
//! the level takes.
//!
//! Undefined, with the least p and the fewest runs in words, where the test
//! cannot become significant; and wherever [`super::power`] is. Zero standard
//! deviation: a degenerate 0, as there. Cost O(1) but for the first time.

use super::attainable::{
    PairedTest, TwoSampleTest, fewest_pairs, fewest_runs, least_p_paired, least_p_two_sample,
};
use super::{Outcome, power, shift_power};

/// Smallest mean difference of `n` pairs, of standard deviation `sd`, that the
/// test finds at `alpha`.
pub fn detectable_pairs(
    test: PairedTest,
    n: usize,
    sd: f64,
    alpha: f64,
    power: f64,
) -> Outcome<f64> {
    if test == PairedTest::T {
        return power::detectable_paired(n, sd, alpha, power);
    }
    if let Some(reason) = unusable(sd, alpha, power) {
        return Outcome::undefined(reason);
    }
    let least = least_p_paired(test, n);
    if least >= alpha {
        return Outcome::undefined(impossible(least, alpha, n, fewest_pairs(test, alpha), "pairs"));
    }
    scaled(sd, || shift_power::paired(test, n, alpha, power))
}

/// Smallest difference that the test finds; sides as (n, standard deviation).
pub fn detectable_runs(
    test: TwoSampleTest,
    x: (usize, f64),
    y: (usize, f64),
    alpha: f64,
    power: f64,
) -> Outcome<f64> {
    if test == TwoSampleTest::Welch {
        return power::detectable_welch(x, y, alpha, power);
    }
    let sd = pooled(x, y);
    if let Some(reason) = unusable(sd, alpha, power) {
        return Outcome::undefined(reason);
    }
    let least = least_p_two_sample(test, x.0, y.0);
    if least >= alpha {
        let fewest = fewest_runs(test, alpha);
        let n = x.0.min(y.0);
        return Outcome::undefined(impossible(least, alpha, n, fewest, "runs on each side"));
    }
    scaled(sd, || shift_power::two_sample(test, x.0, y.0, alpha, power))
}

/// Further pairs with which the test would decide: by the t interval at
/// `confidence`, and enough for a p below `level`.
pub fn further_pairs(
    test: PairedTest,
    n: usize,
    estimate: f64,
    sd: f64,
    margin: f64,
    confidence: f64,
    level: f64,
) -> Outcome<usize> {
    let by_t = power::further_pairs(n, estimate, sd, margin, confidence);
    at_least(by_t, n, fewest_pairs(test, level), level)
}

/// The same with further runs on each side; sides as (n, standard deviation).
pub fn further_runs(
    test: TwoSampleTest,
    x: (usize, f64),
    y: (usize, f64),
    estimate: f64,
    margin: f64,
    confidence: f64,
    level: f64,
) -> Outcome<usize> {
    let by_t = power::further_runs(x, y, estimate, margin, confidence);
    at_least(by_t, x.0.min(y.0), fewest_runs(test, level), level)
}

fn at_least(by_t: Outcome<usize>, n: usize, fewest: Option<usize>, level: f64) -> Outcome<usize> {
    match fewest {
        Some(fewest) => by_t.map(|further| further.max(fewest.saturating_sub(n))),
        None => Outcome::undefined(format!("no number of runs gives a p below {level}")),
    }
}

/// Of each side with two values or more.
fn pooled(x: (usize, f64), y: (usize, f64)) -> f64 {
    let sides = [x, y].map(|(n, sd)| (n as f64 - 1.0, sd));
    let sides = || sides.iter().filter(|(df, _)| *df > 0.0);
    let df: f64 = sides().map(|(df, _)| df).sum();
    let share =
        |(of_side, sd): &(f64, f64)| if *sd < 0.0 { f64::NAN } else { of_side / df * sd * sd };
    sides().map(share).sum::<f64>().sqrt()
}

fn unusable(sd: f64, alpha: f64, power: f64) -> Option<String> {
    if !(sd >= 0.0 && sd.is_finite()) {
        return Some(format!("the standard deviation is {sd}"));
    }
    let usable = alpha > 0.0 && alpha < 1.0 && power > alpha && power < 1.0;
    (!usable).then(|| format!("alpha is {alpha} and power {power}, expected 0 < alpha < power < 1"))
}

fn impossible(least: f64, alpha: f64, n: usize, fewest: Option<usize>, of: &str) -> String {
    let needed = match fewest {
        Some(fewest) if fewest > n => format!("it takes {fewest} {of}"),
        _ => "more arrangements have to be drawn".into(),
    };
    format!(
        "cannot become significant: the least p is {}, not below {}; {needed}",
        short(least),
        short(alpha)
    )
}

/// A probability with three significant digits.
fn short(p: f64) -> String {
    if p < 1e-4 {
        return format!("{p:.1e}");
    }
    let decimals = (2.0 - p.log10().floor()).max(0.0) as usize;
    let text = format!("{p:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn scaled(sd: f64, shift: impl FnOnce() -> Option<f64>) -> Outcome<f64> {
    if sd == 0.0 {
        return Outcome::degenerate(0.0, "no spread: any difference is detectable");
    }
    match shift() {
        Some(shift) => Outcome::of(shift * sd),
        None => Outcome::undefined("the power of this test could not be computed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::permutation::Effort;

    #[test]
    fn five_seeds_and_wilcoxon_find_nothing() {
        let found = detectable_pairs(PairedTest::SignedRank, 5, 0.02, 0.05, 0.8);
        assert!(found.any().is_none());
        assert!(
            found
                .note()
                .is_some_and(|n| n.contains("0.0625, not below 0.05") && n.contains("6 pairs"))
        );
        let found = detectable_pairs(PairedTest::SignedRank, 6, 0.02, 0.05, 0.8);
        assert!(found.value().is_some_and(|d| (d - 0.0359).abs() < 5e-4), "{found:?}");
        let t = detectable_pairs(PairedTest::T, 6, 0.02, 0.05, 0.8);
        assert!(t.value() < found.value());
    }

    #[test]
    fn a_divided_level_takes_more_runs() {
        let test = TwoSampleTest::RankSum;
        let at = |level: f64| detectable_runs(test, (5, 0.02), (5, 0.03), level, 0.8);
        assert!(at(0.05).value().is_some() && at(0.05 / 10.0).any().is_none());
        let drawn = TwoSampleTest::Permutation(Effort { exact_up_to: 10, draws: 99, seed: 0 });
        let found = detectable_runs(drawn, (9, 0.1), (9, 0.1), 0.01, 0.8);
        assert!(found.note().is_some_and(|n| n.contains("more arrangements")), "{found:?}");
    }

    #[test]
    fn further_runs_are_enough_for_a_p_below_the_level() {
        let further = |test| further_pairs(test, 5, 1.0, 0.02, 0.0, 0.95, 0.05);
        assert_eq!(further(PairedTest::T).value(), Some(&0));
        assert_eq!(further(PairedTest::SignedRank).value(), Some(&1));
        let runs = further_runs(TwoSampleTest::RankSum, (3, 0.01), (5, 0.01), 1.0, 0.0, 0.95, 0.05);
        assert_eq!(runs.value(), Some(&1));
        // Where t asks for more, it is t that counts.
        let (t, rank) = [PairedTest::T, PairedTest::SignedRank]
            .map(|test| further_pairs(test, 5, 0.01, 0.02, 0.0, 0.95, 0.05))
            .into();
        assert!(t.value() == rank.value() && t.value().is_some_and(|k| *k > 5));
    }
}

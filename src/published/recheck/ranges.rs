//! p from printed numbers, with what their precision leaves open.

use serde::Serialize;

use super::agreement::Agreement;
use super::types::{Claim, Rechecked, Side, Spread};
use crate::stats::t_summary::{self, Summary};
use crate::stats::t_test::Alternative;

/// A test that a paper may have used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Welch's t test, two-sided.
    Welch,
    /// Student's t test with pooled variance, two-sided.
    Pooled,
    /// Student's t test with pooled variance, one-sided towards the observed
    /// difference.
    OneSided,
}

impl Test {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Welch, Self::Pooled, Self::OneSided];

    /// The name in a table.
    pub fn short(self) -> &'static str {
        match self {
            Self::Welch => "Welch",
            Self::Pooled => "pooled",
            Self::OneSided => "one-sided",
        }
    }

    /// The name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Welch => "two-sided Welch",
            Self::Pooled => "two-sided pooled",
            Self::OneSided => "one-sided pooled",
        }
    }
}

/// How the printed standard deviation is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SdReading {
    /// Divided by n - 1 (or a standard error, which leaves no choice).
    Sample,
    /// Divided by n.
    Population,
}

/// p by one test and one reading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TestP {
    /// The test.
    pub test: Test,
    /// The reading of the spread.
    pub reading: SdReading,
    /// t of the second side against the first, from the numbers as printed.
    pub t: Option<f64>,
    /// p from the numbers as printed; absent where it is not defined.
    pub p: Option<f64>,
    /// Smallest p at the corners of what rounding and reading leave open.
    pub low: f64,
    /// Largest p there.
    pub high: f64,
    /// Whether the printed p meets the range.
    pub agrees: bool,
}

/// Recomputes a printed p. Cost O(1).
pub fn recheck(claim: &Claim) -> Rechecked {
    let readings: &[SdReading] = match claim.spread {
        Spread::Sd => &[SdReading::Sample, SdReading::Population],
        Spread::PopulationSd => &[SdReading::Population],
        Spread::StandardError => &[SdReading::Sample],
    };
    let pairs = readings.iter().flat_map(|reading| Test::ALL.map(|test| (*reading, test)));
    let tests: Vec<TestP> = pairs.map(|(reading, test)| one(claim, reading, test)).collect();
    let agreement = Agreement::of(&tests, &claim.printed);
    Rechecked { claim: claim.clone(), tests, agreement }
}

fn one(claim: &Claim, reading: SdReading, test: Test) -> TestP {
    let (a, b) = (&claim.a, &claim.b);
    let difference = b.mean - a.mean;
    let of = |difference: f64, sd_a: f64, sd_b: f64| {
        let x = summary(b.n, difference, sd_b, reading, claim.spread);
        let y = summary(a.n, 0.0, sd_a, reading, claim.spread);
        outcome(x, y, test)
    };
    let printed = of(difference, a.sd, b.sd);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let slack = a.mean_half + b.mean_half;
    let smallest = (difference.abs() - slack).max(0.0);
    for d in [smallest, difference.abs() + slack] {
        for sd_a in ends(a) {
            for sd_b in ends(b) {
                if let Some((_, p)) = of(d, sd_a, sd_b) {
                    (low, high) = (low.min(p), high.max(p));
                }
            }
        }
    }
    let meets = low <= claim.printed.high && claim.printed.low <= high;
    let (t, p) = printed.unzip();
    TestP { test, reading, t, p, low, high, agrees: p.is_some() && meets }
}

fn ends(side: &Side) -> [f64; 2] {
    [(side.sd - side.sd_half).max(0.0), side.sd + side.sd_half]
}

fn summary(n: usize, mean: f64, spread: f64, reading: SdReading, kind: Spread) -> Summary {
    match (kind, reading) {
        (Spread::StandardError, _) => Summary::of_standard_error(n, mean, spread),
        (_, SdReading::Population) => Summary::of_population_sd(n, mean, spread),
        (_, SdReading::Sample) => Summary { n, mean, sd: spread },
    }
}

/// t and p; `None` where the test is not defined.
fn outcome(x: Summary, y: Summary, test: Test) -> Option<(f64, f64)> {
    let two = Alternative::TwoSided;
    let outcome = match test {
        Test::Welch => t_summary::welch(x, y, two, 0.95),
        Test::Pooled => t_summary::student(x, y, two, 0.95),
        Test::OneSided => {
            let towards = if x.mean < y.mean { Alternative::Less } else { Alternative::Greater };
            t_summary::student(x, y, towards, 0.95)
        }
    };
    outcome.any().map(|test| (test.t, test.p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::recheck::PrintedP;
    use proptest::prelude::*;

    fn side(n: usize, mean: f64, sd: f64, half: f64) -> Side {
        Side {
            name: String::new(),
            n,
            mean,
            mean_half: half,
            sd,
            sd_half: half,
            decimals: 2,
            mean_digitised: false,
            sd_digitised: false,
        }
    }

    fn claim(a: Side, b: Side, p: &str) -> Claim {
        Claim {
            source: String::new(),
            context: String::new(),
            a,
            b,
            spread: Spread::Sd,
            printed: PrintedP::parse(p).expect("a p"),
            note: String::new(),
        }
    }

    #[test]
    fn a_one_sided_p_is_found_out() {
        let claim = claim(side(10, 67.93, 1.45, 0.005), side(10, 68.42, 0.9, 0.05), "1.9e-1");
        let checked = recheck(&claim);
        let agreeing: Vec<_> = checked.tests.iter().filter(|t| t.agrees).map(|t| t.test).collect();
        assert_eq!(agreeing, [Test::OneSided, Test::OneSided]);
        assert!(checked.words().contains("one-sided only"), "{}", checked.words());
    }

    #[test]
    fn without_precision_to_spare_the_range_is_a_point() {
        let checked = recheck(&claim(side(10, 1.0, 1.0, 0.0), side(10, 2.0, 1.5, 0.0), "0.1"));
        assert!(checked.tests.iter().all(|t| t.p == Some(t.low) && t.low == t.high));
    }

    #[test]
    fn one_run_or_no_spread_are_no_test_and_no_panic() {
        let checked = recheck(&claim(side(1, 1.0, 0.0, 0.0), side(10, 2.0, 1.5, 0.0), "0.1"));
        assert!(checked.tests.iter().all(|t| t.test != Test::Welch || !t.agrees));
        let checked = recheck(&claim(side(5, 1.0, 0.0, 0.0), side(5, 1.0, 0.0, 0.0), "0.1"));
        assert!(checked.words().contains("cannot be recomputed"), "{}", checked.words());
    }

    proptest! {
        /// The p of the printed numbers lies in its own range.
        #[test]
        fn ranges_hold_their_point(
            d in -5.0..5.0f64, s in 0.01..3.0f64, u in 0.01..3.0f64,
            h in 0.0..0.5f64, n in 2usize..20, m in 2usize..20,
        ) {
            for t in recheck(&claim(side(n, 0.0, s, h), side(m, d, u, h), "*")).tests {
                let p = t.p.expect("defined");
                // A Welch p need not be extreme at a corner, but nearly is.
                prop_assert!(t.low <= p * 1.02 + 1e-12 && p <= t.high * 1.02 + 1e-12, "{t:?}");
            }
        }
    }
}

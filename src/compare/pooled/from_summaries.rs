//! The contrast on one task where cells are known by mean, standard deviation and n.
//!
//! Nothing can be paired: per block the difference of means with the variance of
//! Welch's test, then their mean with the sum of the variances, degrees of freedom
//! after Welch and Satterthwaite ([`crate::stats::strata`]). Of one block it is
//! Welch's test. Where inits share seeds this is conservative, because what they
//! share stays in the variance. Cost O(blocks).

use crate::compare::estimate::{scale, settled};
use crate::stats::Outcome;
use crate::stats::distributions::student_t;
use crate::stats::strata::{Stratum, mean_of_strata};
use crate::stats::t_summary::{Summary, welch};
use crate::stats::t_test::{Alternative, TTest};

/// Level and reference of each block, tested together.
pub(super) fn from_summaries(blocks: &[[Summary; 2]], confidence: f64) -> Outcome<TTest> {
    let means = blocks.iter().flatten().map(|summary| summary.mean);
    let size = scale(means.collect::<Vec<_>>().iter());
    let test = |[level, reference]: &[Summary; 2]| {
        welch(*level, *reference, Alternative::TwoSided, confidence)
    };
    if let [only] = blocks {
        return settled(test(only), size);
    }
    let mut strata = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        match test(block) {
            Outcome::Value { value } => strata.push(stratum(&value, confidence)),
            other => {
                let why = other.note().unwrap_or("it has no spread").to_string();
                return Outcome::undefined(format!("block {} of {}: {why}", at + 1, blocks.len()));
            }
        }
    }
    settled(mean_of_strata(&strata, confidence), size)
}

/// Difference, squared standard error and degrees of freedom of a test.
fn stratum(test: &TTest, confidence: f64) -> Stratum {
    let half = (test.ci_high - test.ci_low) / 2.0;
    let error = half / student_t::quantile(0.5 + confidence / 2.0, test.df);
    Stratum { difference: test.estimate, variance: error * error, df: test.df }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_block_is_welchs_test_and_two_halve_the_error() {
        let block =
            [Summary { n: 5, mean: 0.80, sd: 0.02 }, Summary { n: 5, mean: 0.77, sd: 0.01 }];
        let one = from_summaries(&[block], 0.95);
        let one = one.value().expect("a test");
        let welch = welch(block[0], block[1], Alternative::TwoSided, 0.95);
        assert_eq!(Some(one), welch.value());
        let two = from_summaries(&[block, block], 0.95);
        let two = two.value().expect("a test");
        assert!((two.estimate - 0.03).abs() < 1e-12);
        // Twice the variance over four: the error falls by the root of two.
        assert!((two.t / one.t - 2f64.sqrt()).abs() < 1e-9, "{} {}", two.t, one.t);
        assert!((two.df - 2.0 * one.df).abs() < 1e-9);
        let flat = [Summary { n: 1, ..block[0] }, block[1]];
        assert!(from_summaries(&[block, flat], 0.95).value().is_none());
    }
}

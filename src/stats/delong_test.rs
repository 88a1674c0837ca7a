//! Tests of the difference of two AUCs by DeLong's method.
//!
//! *Paired* (same cases): `z = (AUC1 - AUC2) / sqrt(var1 + var2 - 2 cov)`,
//! normal (DeLong, DeLong and Clarke-Pearson 1988). *Unpaired* (other cases):
//! Student's t with the degrees of freedom of Welch and Satterthwaite, each
//! sample counting all its cases less one, as pROC 1.18 has it.
//!
//! The variance of the paired difference is formed in exact integers, so scores
//! that rank the cases alike (identical, or one a rising function of the other)
//! give exactly 0: no difference, degenerate with `z = 0`, `p = 1`. Zero
//! variance with unequal areas (perfect against constant scores, say):
//! degenerate, `z` infinite. One case in a class: undefined. Assumes
//! independent cases. Cost O(n log n).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bounds::confidence_error;
use super::delong::{ONE_CASE, delong, half_width};
use super::distributions::normal;
use super::distributions::student_t;
use super::placement::{Covariance, Placements};
use super::score_order::check_both;

/// Result of the paired test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// AUC of the first scores.
    pub auc1: f64,
    /// AUC of the second scores.
    pub auc2: f64,
    /// DeLong variance of the first AUC.
    pub variance1: f64,
    /// DeLong variance of the second AUC.
    pub variance2: f64,
    /// Covariance of the two.
    pub covariance: f64,
    /// `auc1 - auc2`.
    pub difference: f64,
    /// Lower end of the normal interval of the difference.
    pub ci_low: f64,
    /// Upper end of the normal interval of the difference.
    pub ci_high: f64,
    /// Difference over its standard error.
    pub z: f64,
    /// Two-sided p.
    pub p: f64,
}

/// Result of the unpaired test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unpaired {
    /// AUC of the first sample.
    pub auc1: f64,
    /// AUC of the second sample.
    pub auc2: f64,
    /// `auc1 - auc2`.
    pub difference: f64,
    /// Lower end of the t interval of the difference.
    pub ci_low: f64,
    /// Upper end of the t interval of the difference.
    pub ci_high: f64,
    /// Difference over its standard error.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p.
    pub p: f64,
}

/// Two score vectors of the same cases.
pub fn paired<S: Copy + Into<f64> + Sync>(
    scores1: &[S],
    scores2: &[S],
    labels: &[bool],
    confidence: f64,
) -> Outcome<Paired> {
    if let Some(reason) = confidence_error(confidence) {
        return Outcome::undefined(reason);
    }
    let classes = match check_both(scores1, labels).and_then(|_| check_both(scores2, labels)) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let (first, second) = rayon::join(
        || Placements::new(scores1, labels, classes),
        || Placements::new(scores2, labels, classes),
    );
    let [v1, v2, both] = [(&first, &first), (&second, &second), (&first, &second)]
        .map(|(a, b)| Covariance::new(a, b));
    let variance = Covariance::of_difference(v1, v2, both).value();
    compare(
        [first.auc(), second.auc()],
        [v1.value(), v2.value(), both.value()],
        variance,
        confidence,
    )
}

/// The paired test from areas, their variances and covariance, and the
/// variance of the difference.
pub(super) fn compare(
    [auc1, auc2]: [f64; 2],
    [variance1, variance2, covariance]: [f64; 3],
    variance: f64,
    confidence: f64,
) -> Outcome<Paired> {
    if variance.is_nan() {
        return Outcome::undefined(ONE_CASE);
    }
    let difference = auc1 - auc2;
    let se = variance.max(0.0).sqrt();
    let half = half_width(confidence) * se;
    let z = ratio(difference, se);
    let result = Paired {
        auc1,
        auc2,
        variance1,
        variance2,
        covariance,
        difference,
        ci_low: difference - half,
        ci_high: difference + half,
        z,
        p: (2.0 * normal::sf(z.abs())).min(1.0),
    };
    flagged(result, difference, se)
}

/// Two samples of cases that share none.
pub fn unpaired<S: Copy + Into<f64>>(
    scores1: &[S],
    labels1: &[bool],
    scores2: &[S],
    labels2: &[bool],
    confidence: f64,
) -> Outcome<Unpaired> {
    if let Some(reason) = confidence_error(confidence) {
        return Outcome::undefined(reason);
    }
    let one = |name: &str, scores, labels| match delong(scores, labels, confidence) {
        Outcome::Undefined { reason } => Err(format!("{name} sample: {reason}")),
        Outcome::Degenerate { value, .. } | Outcome::Value { value } => {
            if value.variance.is_nan() {
                Err(format!("{name} sample: {ONE_CASE}"))
            } else {
                Ok(value)
            }
        }
    };
    let (a, b) = match (one("first", scores1, labels1), one("second", scores2, labels2)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(reason), _) | (_, Err(reason)) => return Outcome::undefined(reason),
    };
    let difference = a.auc - b.auc;
    let variance = a.variance + b.variance;
    let se = variance.sqrt();
    let (n1, n2) = (labels1.len() as f64, labels2.len() as f64);
    // Shares of the variance instead of its squares, which could underflow.
    let (share1, share2) = (a.variance / variance, b.variance / variance);
    let satterthwaite = 1.0 / (share1 * share1 / (n1 - 1.0) + share2 * share2 / (n2 - 1.0));
    let df = if se == 0.0 { n1 + n2 - 2.0 } else { satterthwaite };
    let t = ratio(difference, se);
    let half = if se == 0.0 { 0.0 } else { student_t::critical(1.0 - confidence, df) * se };
    let result = Unpaired {
        auc1: a.auc,
        auc2: b.auc,
        difference,
        ci_low: difference - half,
        ci_high: difference + half,
        t,
        df,
        p: student_t::two_sided(t, df),
    };
    flagged(result, difference, se)
}

/// `difference / se`, 0 for no difference even without variance.
fn ratio(difference: f64, se: f64) -> f64 {
    if difference == 0.0 { 0.0 } else { difference / se }
}

fn flagged<T>(result: T, difference: f64, se: f64) -> Outcome<T> {
    if se > 0.0 {
        Outcome::of(result)
    } else if difference == 0.0 {
        Outcome::degenerate(result, "no variance and equal areas: no difference, p = 1")
    } else {
        Outcome::degenerate(result, "no variance and unequal areas: the statistic is infinite")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LABELS: [bool; 6] = [false, true, false, true, true, false];

    #[test]
    fn perfect_against_inverted_is_infinite_and_flagged() {
        let good = LABELS.map(|l| f64::from(u8::from(l)));
        let bad = good.map(|s| -s);
        let got = paired(&good, &bad, &LABELS, 0.95);
        let Outcome::Degenerate { value, .. } = got else { panic!("{got:?}") };
        assert_eq!((value.z, value.p, value.difference), (f64::INFINITY, 0.0, 1.0));
        let got = unpaired(&good, &LABELS, &good, &LABELS, 0.95);
        let Outcome::Degenerate { value, .. } = got else { panic!("{got:?}") };
        assert_eq!((value.t, value.p), (0.0, 1.0));
    }

    /// pitfall: a variance from one positive case cannot be estimated.
    #[test]
    fn a_single_positive_cannot_be_tested() {
        let labels = [true, false, false];
        assert!(paired(&[0.1, 0.2, 0.3], &[0.3, 0.2, 0.1], &labels, 0.95).any().is_none());
    }

    proptest! {
        /// Some packages report p = 0 here, the most significant of all results.
        /// pitfall: identical or equally ranking scores reported as the most significant of all
        /// results, p = 0.
        #[test]
        fn scores_that_rank_alike_do_not_differ(
            cases in prop::collection::vec((-20i8..20, any::<bool>()), 4..60)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.0) / 7.0).collect();
            let transformed: Vec<f64> = scores.iter().map(|s| s.exp() / 3.0 - 5.0).collect();
            for other in [&scores, &transformed] {
                let got = paired(&scores, other, &labels, 0.95);
                if let Some(got) = got.any() {
                    prop_assert_eq!((got.z, got.p, got.ci_low, got.ci_high), (0.0, 1.0, 0.0, 0.0));
                    prop_assert_eq!(got.variance1, got.covariance);
                }
                prop_assert!(got.value().is_none());
            }
        }

        #[test]
        fn swapping_the_models_changes_only_the_sign(
            cases in prop::collection::vec((0u8..9, 0u8..9, any::<bool>()), 4..60)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.2).collect();
            let a: Vec<f32> = cases.iter().map(|c| f32::from(c.0)).collect();
            let b: Vec<f32> = cases.iter().map(|c| f32::from(c.1)).collect();
            let (ab, ba) = (paired(&a, &b, &labels, 0.9), paired(&b, &a, &labels, 0.9));
            if let (Some(ab), Some(ba)) = (ab.value(), ba.value()) {
                prop_assert_eq!((ab.z, ab.p), (-ba.z, ba.p));
                prop_assert!(ab.p > 0.0 && ab.p <= 1.0);
                let variance = ab.variance1 + ab.variance2 - 2.0 * ab.covariance;
                prop_assert!((ab.difference / ab.z - variance.sqrt()).abs() < 1e-9 || ab.z == 0.0);
            }
        }

        #[test]
        fn nothing_panics(a in prop::collection::vec(any::<f64>(), 0..9),
                          b in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9),
                          confidence in any::<f64>()) {
            for confidence in [confidence, 0.95] {
                if let Some(got) = paired(&a, &b, &labels, confidence).any() {
                    prop_assert!((0.0..=1.0).contains(&got.p));
                }
                if let Some(got) = unpaired(&a, &labels, &b, &labels, confidence).any() {
                    prop_assert!((0.0..=1.0).contains(&got.p));
                }
            }
        }
    }
}

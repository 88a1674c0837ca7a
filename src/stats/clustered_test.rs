//! Tests of a mean paired difference over cases that come in clusters.
//!
//! Two models on the same images, several images per patient: `d_i = x_i - y_i`,
//! the mean over all `N` cases of `G` clusters is estimated, and clusters are the
//! independent units.
//!
//! *Cluster-robust t*: residuals `e_i = d_i - mean d` summed within clusters of
//! `n_g` cases give the variance of the mean `sum_g (sum_i e_i)^2 / (1 - n_g/N) /
//! N^2`, the bias-reduced CR2 of Bell and McCaffrey (2002), held against t with
//! their degrees of freedom, `(trace M)^2 / trace M^2` of the matrix that CR2 is a
//! quadratic form of (Satterthwaite, for independent cases of one variance):
//! `G - 1` for clusters of one size, fewer for unequal ones (Imbens and Kolesar
//! 2016; Pustejovsky and Tipton 2018). For clusters of one size it is the t test
//! of the cluster means. Reference: R clubSandwich `coef_test(vcov = "CR2")`.
//!
//! *Sign flips by cluster*: the sums of the clusters have either sign with
//! probability 1/2, all cases of one together ([`super::permutation::paired`]):
//! exact if the difference of a cluster is symmetric about 0, whatever the
//! dependence within. With `G` clusters its least p is `2 / 2^G`.
//!
//! Fewer than two clusters, unequal lengths, non-finite values: undefined; one
//! cluster with all cases but a few has less than one degree of freedom, and is
//! not refused. No spread: degenerate or undefined as in the t test. Cost O(N +
//! G log G).

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bootstrap::Strata;
use super::permutation::{self, Effort, Permutation};
use super::t_estimate::{TEstimate, differences};
use super::t_test::{Alternative, TTest};

/// Result of the cluster-robust t test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusteredTest {
    /// The test of the mean over cases, with its interval.
    pub test: TTest,
    /// Number of clusters.
    pub clusters: usize,
    /// Number of cases.
    pub cases: usize,
}

/// The cluster-robust t test of `x - y`; case `i` belongs to cluster `labels[i]`.
pub fn clustered_t<L: Ord>(
    x: &[f64],
    y: &[f64],
    labels: &[L],
    alternative: Alternative,
    confidence: f64,
) -> Outcome<ClusteredTest> {
    let strata = match clusters(x, y, labels) {
        Ok(strata) => strata,
        Err(reason) => return Outcome::undefined(reason),
    };
    let d = differences(x, y);
    let all = d.len() as f64;
    let centre = d.iter().sum::<f64>() / all;
    // By cluster: share of the cases, and sum of the residuals over N.
    let parts: Vec<(f64, f64)> = strata
        .groups()
        .iter()
        .map(|cluster| {
            let sum: f64 = cluster.iter().map(|i| (d[*i] - centre) / all).sum();
            (cluster.len() as f64 / all, sum)
        })
        .collect();
    let variance: f64 = parts.iter().map(|(share, sum)| sum * sum / (1.0 - share)).sum();
    let constant = d.iter().all(|v| *v == d[0]);
    let error = if constant { 0.0 } else { variance.sqrt() };
    let estimate = if constant { d[0] } else { centre };
    let estimate = TEstimate::of_parts(estimate, error, degrees_of_freedom(&parts));
    estimate.test(0.0, alternative, confidence).map(|test| ClusteredTest {
        test,
        clusters: parts.len(),
        cases: d.len(),
    })
}

/// `(trace M)^2 / trace M^2`; with shares `f` of the cases, and up to a factor,
/// `M` has `f` on its diagonal and `-f f' / sqrt((1 - f)(1 - f'))` beside it.
fn degrees_of_freedom(parts: &[(f64, f64)]) -> f64 {
    let weight = |share: f64| share * share / (1.0 - share);
    let (mut squares, mut weights, mut own) = (0.0, 0.0, 0.0);
    for (share, _) in parts {
        squares += share * share;
        weights += weight(*share);
        own += weight(*share) * weight(*share);
    }
    1.0 / (squares + weights * weights - own)
}

/// Flips the signs of whole clusters; the statistic is the mean over cases.
pub fn clustered_sign_flip<L: Ord>(
    x: &[f64],
    y: &[f64],
    labels: &[L],
    effort: &Effort,
) -> Outcome<Permutation> {
    let strata = match clusters(x, y, labels) {
        Ok(strata) => strata,
        Err(reason) => return Outcome::undefined(reason),
    };
    let sum = |v: &[f64]| -> Vec<f64> {
        strata.groups().iter().map(|cluster| cluster.iter().map(|i| v[*i]).sum()).collect()
    };
    let (x_sums, y_sums) = (sum(x), sum(y));
    let scale = x_sums.len() as f64 / x.len() as f64;
    permutation::paired(&x_sums, &y_sums, effort)
        .map(|found| Permutation { statistic: found.statistic * scale, ..found })
}

fn clusters<L: Ord>(x: &[f64], y: &[f64], labels: &[L]) -> Result<Strata, String> {
    if x.len() != y.len() || x.len() != labels.len() {
        return Err(format!(
            "{} values paired with {}, in clusters named for {}",
            x.len(),
            y.len(),
            labels.len()
        ));
    }
    if x.iter().chain(y).any(|v| !v.is_finite()) {
        return Err("a value is not finite".into());
    }
    let strata = Strata::of(labels);
    match strata.groups().len() {
        0 | 1 => Err(format!("needs two clusters, got {}", strata.groups().len())),
        _ => Ok(strata),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;
    use crate::stats::t_test::{one_sample, paired};
    use proptest::prelude::*;

    #[test]
    fn clusters_of_one_size_give_the_t_test_of_their_means() {
        let d = [0.1, 0.3, -0.1, 0.4, 0.2, 0.0, 0.5, 0.3];
        let labels = [1, 1, 2, 2, 3, 3, 4, 4];
        let got = clustered_t(&d, &[0.0; 8], &labels, Alternative::TwoSided, 0.95);
        let got = got.value().expect("a test").test;
        let means: Vec<f64> = d.chunks(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
        let want = one_sample(&means, 0.0, Alternative::TwoSided, 0.95);
        let want = want.value().expect("a test");
        assert!((got.t - want.t).abs() < 1e-12 && (got.df - 3.0).abs() < 1e-12, "{got:?}");
        assert!((got.p - want.p).abs() < 1e-12 && (got.ci_low - want.ci_low).abs() < 1e-12);
    }

    /// Clusters of 1 to 5 cases that share most of their variance: the level holds
    /// for clusters and is far off for cases.
    #[test]
    fn the_level_holds_where_that_of_cases_does_not() {
        let mut rejected = [0; 3];
        for trial in 0..2_000 {
            let mut random = Random::of(5, trial);
            let (mut d, mut labels) = (Vec::new(), Vec::new());
            for patient in 0..12 {
                let own = random.normal();
                for _ in 0..=(patient % 5) {
                    d.push(own + 0.5 * random.normal());
                    labels.push(patient);
                }
            }
            let zeros = vec![0.0; d.len()];
            let effort = Effort { exact_up_to: 0, draws: 199, seed: 1 };
            let p = [
                clustered_t(&d, &zeros, &labels, Alternative::TwoSided, 0.95)
                    .value()
                    .map_or(1.0, |t| t.test.p),
                if trial % 4 == 0 {
                    clustered_sign_flip(&d, &zeros, &labels, &effort)
                        .value()
                        .map_or(1.0, |t| t.p_magnitude)
                } else {
                    1.0
                },
                paired(&d, &zeros, Alternative::TwoSided, 0.95).value().map_or(1.0, |t| t.p),
            ];
            for (count, p) in rejected.iter_mut().zip(p) {
                *count += usize::from(p <= 0.05);
            }
        }
        // Of 2,000, 500 and 2,000, at 0.05.
        assert!((70..=135).contains(&rejected[0]), "{rejected:?}");
        assert!((10..=42).contains(&rejected[1]), "{rejected:?}");
        assert!(rejected[2] > 300, "{rejected:?}");
    }

    #[test]
    fn signs_flip_by_cluster() {
        let d = [0.1, 0.2, 0.3, 0.3];
        let found = clustered_sign_flip(&d, &[0.0; 4], &["a", "a", "b", "c"], &Effort::default());
        let found = found.value().expect("a test");
        assert_eq!((found.arrangements, found.p.two_sided), (8, 0.25));
        assert!((found.statistic - 0.225).abs() < 1e-15);
    }

    #[test]
    fn odd_input_is_undefined_or_degenerate() {
        let of = |x: &[f64], labels: &[u8]| {
            clustered_t(x, &vec![0.0; x.len()], labels, Alternative::TwoSided, 0.95)
        };
        assert!(of(&[1.0, 2.0], &[1, 1]).any().is_none());
        assert!(of(&[1.0, 2.0], &[1]).any().is_none());
        assert!(of(&[1.0, f64::NAN], &[1, 2]).any().is_none());
        assert!(of(&[0.0; 3], &[1, 2, 2]).any().is_none());
        assert!(matches!(of(&[0.1; 3], &[1, 2, 2]), Outcome::Degenerate { .. }));
    }

    proptest! {
        #[test]
        fn fewer_degrees_of_freedom_than_clusters(sizes in prop::collection::vec(1usize..9, 2..8)) {
            let labels: Vec<usize> =
                sizes.iter().enumerate().flat_map(|(g, n)| std::iter::repeat_n(g, *n)).collect();
            let d: Vec<f64> = (0..labels.len()).map(|i| ((i * 37) % 11) as f64).collect();
            let found = clustered_t(&d, &vec![0.0; d.len()], &labels, Alternative::TwoSided, 0.95);
            if let Some(found) = found.value() {
                prop_assert!(found.test.df > 0.0 && found.test.df <= sizes.len() as f64 - 1.0 + 1e-9);
            }
        }

        #[test]
        fn nothing_panics(
            x in prop::collection::vec(any::<f64>(), 0..6), labels in prop::collection::vec(0u8..3, 0..6), c: f64,
        ) {
            let y = vec![0.5; x.len()];
            let _ = clustered_t(&x, &y, &labels, Alternative::Less, c);
            let _ = clustered_t(&x, &y, &labels, Alternative::TwoSided, 0.95);
            let _ = clustered_sign_flip(&x, &y, &labels, &Effort::default());
        }
    }
}

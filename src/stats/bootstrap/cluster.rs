//! Bootstrap of cases in clusters: several images of a patient, several cases of
//! a hospital.
//!
//! Cases of one cluster are alike, and an interval that redraws cases one by one
//! is too short. Here whole clusters are redrawn with replacement, as many as
//! there are, with all their cases (Davison and Hinkley 1997, section 3.8; Field
//! and Welsh 2007). Clusters may differ in size: a resample then has another
//! number of cases, and a mean over cases is the ratio of two redrawn sums, not a
//! mean of cluster means. The jackknife leaves out a cluster at a time.
//!
//! Assumes independent clusters, and enough of them: with fewer than twenty
//! intervals are too short, as those of so few values are
//! ([`super`]); a test for few clusters is in [`super::super::clustered_test`].
//! Fewer than two clusters, unequal lengths, no resamples, non-finite values: the
//! interval is undefined. Cost O(B n) draws and B statistics, up to 1,000 more for
//! the jackknife; the mean's O(B clusters).

use rayon::prelude::*;

use super::distribution::Bootstrap;
use super::draw::{Draws, Strata};
use super::jackknife::jackknife;

/// Resamples of a statistic of case positions; case `i` belongs to cluster
/// `labels[i]`.
pub fn clustered<L: Ord>(
    labels: &[L],
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[usize]) -> f64 + Sync,
) -> Bootstrap {
    let clusters = Strata::of(labels);
    let clusters = clusters.groups();
    if clusters.len() < 2 {
        return Bootstrap::from_resamples(f64::NAN, Vec::new());
    }
    let one = |cases: &mut Vec<usize>, b: usize| {
        cases.clear();
        Draws::of(seed, b).indices(clusters.len(), clusters.len(), |g| cases.extend(&clusters[g]));
        statistic(cases)
    };
    let resampled = (0..resamples).into_par_iter().map_init(Vec::new, one).collect();
    let left_out = jackknife(clusters.len(), |kept| {
        let cases: Vec<usize> = kept.iter().flat_map(|g| &clusters[*g]).copied().collect();
        statistic(&cases)
    });
    let all: Vec<usize> = (0..labels.len()).collect();
    Bootstrap::from_resamples(statistic(&all), resampled).with_jackknife(left_out)
}

/// Resamples of the mean over cases of `x - y`: [`clustered`] of the mean, from
/// the sums of the clusters.
pub fn clustered_mean_difference<L: Ord>(
    x: &[f64],
    y: &[f64],
    labels: &[L],
    resamples: usize,
    seed: u64,
) -> Bootstrap {
    let finite = x.iter().chain(y).all(|v| v.is_finite());
    if x.len() != y.len() || x.len() != labels.len() || !finite {
        return Bootstrap::from_resamples(f64::NAN, Vec::new());
    }
    let strata = Strata::of(labels);
    let sums: Vec<f64> =
        strata.groups().iter().map(|cluster| cluster.iter().map(|i| x[*i] - y[*i]).sum()).collect();
    let sizes: Vec<usize> = strata.groups().iter().map(Vec::len).collect();
    let clusters: Vec<usize> = (0..sums.len()).collect();
    // Over clusters as cases: a case is a sum and a size.
    clustered(&clusters, resamples, seed, |drawn| {
        let sum: f64 = drawn.iter().map(|g| sums[*g]).sum();
        sum / drawn.iter().map(|g| sizes[*g]).sum::<usize>() as f64
    })
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Method;
    use super::super::paired_mean_difference;
    use super::*;
    use crate::stats::describe::mean;
    use crate::stats::random::Random;
    use proptest::prelude::*;

    #[test]
    fn the_fast_mean_is_the_mean_of_the_drawn_cases() {
        let labels = ["a", "a", "b", "c", "c", "c", "d", "e"];
        let x = [0.5, 0.7, 0.1, 0.9, 0.8, 0.85, 0.3, 0.4];
        let y = [0.4, 0.7, 0.3, 0.6, 0.8, 0.7, 0.1, 0.5];
        let d: Vec<f64> = x.iter().zip(y).map(|(a, b)| a - b).collect();
        let slow =
            clustered(&labels, 400, 5, |at| mean(&at.iter().map(|i| d[*i]).collect::<Vec<f64>>()));
        let fast = clustered_mean_difference(&x, &y, &labels, 400, 5);
        assert!((fast.estimate() - slow.estimate()).abs() < 1e-12);
        let ends = |b: &Bootstrap| *b.interval(Method::Bca, 0.9).value().expect("an interval");
        assert!((ends(&fast).low - ends(&slow).low).abs() < 1e-9);
        assert!((ends(&fast).high - ends(&slow).high).abs() < 1e-9);
    }

    /// pitfall: images of one patient redrawn as if they were patients.
    #[test]
    fn clusters_cover_where_cases_do_not() {
        let (mut by_cluster, mut by_case) = (0, 0);
        for trial in 0..200 {
            let mut random = Random::of(3, trial);
            let (mut d, mut labels) = (Vec::new(), Vec::new());
            for patient in 0..30 {
                let own = random.normal();
                for _ in 0..=(patient % 5) {
                    d.push(own + 0.3 * random.normal());
                    labels.push(patient);
                }
            }
            let zeros = vec![0.0; d.len()];
            let covers = |b: &Bootstrap| {
                let found = b.interval(Method::Percentile, 0.9);
                usize::from(found.value().is_some_and(|b| b.contains(0.0)))
            };
            by_cluster += covers(&clustered_mean_difference(&d, &zeros, &labels, 300, 1));
            by_case += covers(&paired_mean_difference(&d, &zeros, 300, 1));
        }
        assert!(by_cluster > 165 && by_case < 140, "{by_cluster} and {by_case} of 200 at 90 %");
    }

    #[test]
    fn one_cluster_has_no_interval() {
        let of = |labels: &[u8]| clustered_mean_difference(&[0.2, 0.4], &[0.1, 0.1], labels, 50, 1);
        assert!(of(&[1, 1]).interval(Method::Percentile, 0.9).any().is_none());
        assert!(of(&[1]).interval(Method::Percentile, 0.9).any().is_none());
        assert!(of(&[1, 2]).interval(Method::Percentile, 0.9).any().is_some());
    }

    proptest! {
        #[test]
        fn nothing_panics(
            x in prop::collection::vec(any::<f64>(), 0..6), labels in prop::collection::vec(0u8..3, 0..6),
        ) {
            let drawn = clustered_mean_difference(&x, &x, &labels, 20, 1);
            for method in [Method::Percentile, Method::Basic, Method::Bca] {
                let _ = drawn.interval(method, 0.9);
            }
        }
    }
}

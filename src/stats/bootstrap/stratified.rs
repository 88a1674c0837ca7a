//! Resamples of cases within strata, and of several groups of values.
//!
//! [`indexed`] hands the statistic the positions of the redrawn cases, so that
//! whatever belongs to a case (label, scores of several models, size) stays
//! together; [`Strata`] keeps the size of each group, [`Strata::whole`] is the
//! ordinary bootstrap. [`from_groups`] does the same for values that are in
//! groups already (runs per task, say). Davison and Hinkley (1997), section
//! 3.2.
//!
//! Assumes independent cases within strata. No cases, no groups or an empty
//! group: the interval is undefined. A NaN among the statistics: undefined.
//! Cost O(B n) draws and B statistics; the jackknife up to 1,000 more.

use rayon::prelude::*;

use super::distribution::Bootstrap;
use super::draw::{Draws, Strata};
use super::jackknife::jackknife;

/// Resamples of a statistic of case positions, without a jackknife: one costs
/// as much as the statistic on 1,000 resamples; [`Bootstrap::with_jackknife`]
/// adds [`super::jackknife()`] or cheaper influence values.
pub fn indexed(
    strata: &Strata,
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[usize]) -> f64 + Sync,
) -> Bootstrap {
    if strata.is_empty() {
        return Bootstrap::from_resamples(f64::NAN, Vec::new());
    }
    let one = |drawn: &mut Vec<usize>, b: usize| {
        strata.resample(&mut Draws::of(seed, b), drawn);
        statistic(drawn)
    };
    let resampled = (0..resamples).into_par_iter().map_init(Vec::new, one).collect();
    let all: Vec<usize> = (0..strata.len()).collect();
    Bootstrap::from_resamples(statistic(&all), resampled)
}

/// Resamples of a statistic of several groups, each redrawn within itself; the
/// jackknife leaves out one value of one group at a time.
pub fn from_groups(
    groups: &[&[f64]],
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[Vec<f64>]) -> f64 + Sync,
) -> Bootstrap {
    if groups.is_empty() || groups.iter().any(|g| g.is_empty()) {
        return Bootstrap::from_resamples(f64::NAN, Vec::new());
    }
    let one = |drawn: &mut Vec<Vec<f64>>, b: usize| {
        redraw(groups, &mut Draws::of(seed, b), drawn);
        statistic(drawn)
    };
    let empty = || vec![Vec::new(); groups.len()];
    let resampled = (0..resamples).into_par_iter().map_init(empty, one).collect();
    let whole: Vec<Vec<f64>> = groups.iter().map(|g| g.to_vec()).collect();
    let estimate = statistic(&whole);
    let member: Vec<usize> =
        groups.iter().enumerate().flat_map(|(g, v)| std::iter::repeat_n(g, v.len())).collect();
    let values: Vec<f64> = groups.concat();
    let mut rest = empty();
    let left_out = jackknife(values.len(), |kept| {
        rest.iter_mut().for_each(Vec::clear);
        for i in kept {
            rest[member[*i]].push(values[*i]);
        }
        statistic(&rest)
    });
    Bootstrap::from_resamples(estimate, resampled).with_jackknife(left_out)
}

/// One resample of every group into `drawn`.
pub(crate) fn redraw(groups: &[&[f64]], draws: &mut Draws, drawn: &mut [Vec<f64>]) {
    for (group, into) in groups.iter().zip(drawn) {
        into.clear();
        draws.indices(group.len(), group.len(), |i| into.push(group[i]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Method;
    use super::*;
    use crate::stats::describe::mean;
    use proptest::prelude::*;

    fn mean_at(x: &[f64], at: &[usize]) -> f64 {
        mean(&at.iter().map(|i| x[*i]).collect::<Vec<_>>())
    }

    #[test]
    fn one_stratum_is_the_ordinary_bootstrap() {
        let x = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0];
        let plain = Bootstrap::draw(&x, 300, 7, mean);
        let whole = indexed(&Strata::whole(7), 300, 7, |at| mean_at(&x, at));
        assert_eq!(plain.resampled(), whole.resampled());
        let grouped = from_groups(&[&x], 300, 7, |g| mean(&g[0]));
        let ends = |b: &Bootstrap| b.interval(Method::Bca, 0.95);
        assert_eq!(ends(&plain), ends(&grouped));
        assert!(ends(&whole).any().is_none());
    }

    #[test]
    fn strata_remove_the_variance_between_groups() {
        let x = [0.0, 0.0, 0.0, 10.0, 10.0, 10.0];
        let strata = Strata::of(&[0, 0, 0, 1, 1, 1]);
        let inner = indexed(&strata, 100, 1, |at| mean_at(&x, at));
        assert_eq!(inner.standard_error(), 0.0);
        let whole = indexed(&Strata::whole(6), 100, 1, |at| mean_at(&x, at));
        assert!(whole.standard_error() > 1.0);
    }

    proptest! {
        #[test]
        fn nothing_panics(a in prop::collection::vec(any::<f64>(), 0..5),
                          b in prop::collection::vec(any::<f64>(), 0..5)) {
            let drawn = from_groups(&[&a, &b], 20, 1, |g| mean(&g[0]) - mean(&g[1]));
            for method in [Method::Percentile, Method::Basic, Method::Bca] {
                let _ = drawn.interval(method, 0.9);
            }
            let drawn = indexed(&Strata::whole(a.len()), 20, 1, |at| mean_at(&a, at));
            let _ = drawn.interval(Method::Percentile, 0.9);
        }
    }
}

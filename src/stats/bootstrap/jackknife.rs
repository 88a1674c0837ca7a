//! The jackknife: a statistic without one case, or one group of cases, at a time.
//!
//! BCa takes its acceleration from it. Up to [`EXACT_UP_TO`] cases are left out
//! one by one. Beyond, cases are put at random into that many groups (with a
//! fixed seed, so the result repeats) and a group is left out at a time: the
//! second and third moments of the influence add up over independent cases, so
//! the acceleration estimates the same quantity (Shao and Tu 1995, section
//! 2.3, for the delete-d jackknife), at a bounded number of evaluations.
//!
//! Empty input gives an empty jackknife. NaN in, NaN out. Cost: at most
//! [`EXACT_UP_TO`] evaluations of the statistic.

use super::draw::Draws;

/// Most evaluations of the statistic; up to this many cases the jackknife is exact.
pub const EXACT_UP_TO: usize = 1000;

/// Stream of the grouping: beyond any number of resamples.
const STREAM: usize = usize::MAX;

/// The statistic on the indices `0..n` without one case or group at a time.
pub fn jackknife(n: usize, mut statistic: impl FnMut(&[usize]) -> f64) -> Vec<f64> {
    let order = if n <= EXACT_UP_TO { (0..n).collect() } else { shuffled(n) };
    let groups = n.min(EXACT_UP_TO);
    let mut rest = Vec::with_capacity(n);
    (0..groups)
        .map(|g| {
            let (from, to) = (g * n / groups, (g + 1) * n / groups);
            rest.clear();
            rest.extend(order[..from].iter().chain(&order[to..]).copied());
            statistic(&rest)
        })
        .collect()
}

/// Fisher and Yates.
fn shuffled(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut draws = Draws::of(0, STREAM);
    for last in (1..n).rev() {
        draws.indices(last + 1, 1, |i| order.swap(i, last));
    }
    order
}

/// `sum d^3 / (6 (sum d^2)^1.5)` with `d` the jackknife's mean minus its values.
pub(super) fn acceleration(jackknife: &[f64]) -> f64 {
    let centre = super::super::describe::mean(jackknife);
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in jackknife {
        let d = centre - value;
        squares += d * d;
        cubes += d * d * d;
    }
    cubes / (6.0 * squares.powf(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::describe::mean;

    fn of_mean(x: &[f64]) -> Vec<f64> {
        jackknife(x.len(), |kept| mean(&kept.iter().map(|i| x[*i]).collect::<Vec<_>>()))
    }

    #[test]
    fn leaves_out_one_at_a_time() {
        assert_eq!(of_mean(&[1.0, 2.0, 6.0]), [4.0, 3.5, 1.5]);
        assert!(of_mean(&[]).is_empty());
        assert!(of_mean(&[1.0])[0].is_nan());
    }

    #[test]
    fn groups_give_nearly_the_same_acceleration() {
        let x: Vec<f64> = (0..6000).map(|i| (f64::from(i) / 1000.0).exp()).collect();
        let total: f64 = x.iter().sum();
        let exact: Vec<f64> = x.iter().map(|v| (total - v) / (x.len() - 1) as f64).collect();
        let grouped = of_mean(&x);
        assert_eq!(grouped.len(), EXACT_UP_TO);
        let (exact, grouped) = (acceleration(&exact), acceleration(&grouped));
        assert!((grouped / exact - 1.0).abs() < 0.25, "{grouped} {exact}");
    }
}

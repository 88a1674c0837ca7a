//! How many decimals tell the values of a metric apart.

use super::scale::Scale;
use crate::stats::describe::{mean, sd};

/// Decimals of shares and percent unless their spread needs more.
const OF_SHARES: usize = 4;
const OF_PERCENT: usize = 2;
/// A double has no more to say.
const MOST: usize = 15;

/// Decimals for cells of values: the typical standard deviation of a cell shows
/// two digits. Shares have four and percent two, or as many as show one digit of
/// it. Without a spread, four digits of the largest value. Cost O(n log n).
pub(super) fn decimals<'a>(scale: Scale, cells: impl Iterator<Item = &'a [f64]>) -> usize {
    let mut spreads = Vec::new();
    let mut means = Vec::new();
    for values in cells.filter(|values| !values.is_empty()) {
        means.push(mean(values));
        if values.len() > 1 {
            spreads.push(sd(values));
        }
    }
    let spread = median(spreads).or_else(|| Some(sd(&means)).filter(|sd| *sd > 0.0));
    let digits = |count: i32| spread.map(|sd| shown(count - 1 - sd.log10().floor() as i32));
    match scale {
        Scale::Share => digits(1).unwrap_or(0).max(OF_SHARES),
        Scale::Percent => digits(1).unwrap_or(0).max(OF_PERCENT),
        Scale::Plain => digits(2).unwrap_or_else(|| {
            let largest = means.iter().fold(0.0f64, |most, v| most.max(v.abs()));
            if largest > 0.0 { shown(3 - largest.log10().floor() as i32) } else { OF_PERCENT }
        }),
    }
}

fn shown(decimals: i32) -> usize {
    decimals.clamp(0, MOST as i32) as usize
}

/// The lower median of what is positive and finite.
fn median(mut spreads: Vec<f64>) -> Option<f64> {
    spreads.retain(|sd| *sd > 0.0 && sd.is_finite());
    spreads.sort_by(f64::total_cmp);
    spreads.get(spreads.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scale: Scale, cells: &[&[f64]]) -> usize {
        decimals(scale, cells.iter().copied())
    }

    #[test]
    fn as_many_as_the_spread_needs() {
        assert_eq!(of(Scale::Share, &[&[0.71, 0.72, 0.705]]), 4);
        assert_eq!(of(Scale::Share, &[&[7.1e-8, 7.4e-8, 6.9e-8]]), 9);
        assert_eq!(of(Scale::Percent, &[&[75.6, 76.1]]), 2);
        assert_eq!(of(Scale::Plain, &[&[9.1, 8.7, 9.4, 9.0]]), 2);
        assert_eq!(of(Scale::Plain, &[&[1200.0, 1350.0]]), 0);
        assert_eq!(of(Scale::Plain, &[&[0.0123]]), 5);
        assert_eq!(of(Scale::Plain, &[]), 2);
        assert_eq!(of(Scale::Plain, &[&[f64::NAN, 1.0], &[0.0, 0.0]]), 2);
    }
}

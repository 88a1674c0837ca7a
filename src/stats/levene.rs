//! Levene's test of equal spread, and Brown and Forsythe's.
//!
//! The analysis of variance of `|x_ij - c_i|`, the distances from the group's
//! centre: its mean (Levene 1960) or its median (Brown and Forsythe 1974, robust
//! against skewed values). Assumes independent values.
//!
//! Distances are subtractions: those equal up to rounding count as equal (see
//! [`ranks`]), so that groups whose distances are all the same are degenerate
//! (W infinite, or undefined if it would be 0/0) and no huge number made of
//! rounding errors. Other cases as in [`one_way_anova`]. Cost O(N log N).

use super::Outcome;
use super::describe::{mean, median};
use super::one_way_anova::{OneWayAnova, one_way_anova, unusable};
use super::ranks;

/// From where distances are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Centre {
    /// The group mean: Levene.
    Mean,
    /// The group median: Brown and Forsythe.
    #[default]
    Median,
}

/// Tests whether the groups have one spread; `f` is the statistic W.
pub fn levene(groups: &[Vec<f64>], centre: Centre) -> Outcome<OneWayAnova> {
    if let Some(reason) = unusable(groups, 1) {
        return Outcome::undefined(reason);
    }
    let (mut distances, mut slacks) = (Vec::new(), Vec::new());
    for group in groups {
        let c = if centre == Centre::Mean { mean(group) } else { median(group) };
        distances.extend(group.iter().map(|v| (v - c).abs()));
        slacks.extend(group.iter().map(|v| ranks::slack(*v, c)));
    }
    let mut settled = ranks::settle(&distances, &slacks).into_iter();
    let split: Vec<Vec<f64>> =
        groups.iter().map(|group| settled.by_ref().take(group.len()).collect()).collect();
    one_way_anova(&split)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_distances_are_degenerate_not_huge() {
        let result = levene(&[vec![0.1, 0.3], vec![0.3, 0.7]], Centre::Mean);
        assert!(matches!(result, Outcome::Degenerate { value, .. } if value.f.is_infinite()));
        let result = levene(&[vec![0.1, 0.3], vec![0.3, 0.5]], Centre::Mean);
        assert!(result.any().is_none());
    }

    proptest! {
        #[test]
        fn a_shift_of_a_group_changes_nothing(
            x in prop::collection::vec(-1e2..1e2f64, 3..9),
            y in prop::collection::vec(-1e2..1e2f64, 3..9),
        ) {
            let moved: Vec<f64> = x.iter().map(|v| v + 10.0).collect();
            for centre in [Centre::Mean, Centre::Median] {
                let a = levene(&[x.clone(), y.clone()], centre);
                let b = levene(&[moved.clone(), y.clone()], centre);
                if let (Some(a), Some(b)) = (a.value(), b.value()) {
                    prop_assert!((a.p - b.p).abs() < 1e-8);
                }
            }
        }

        #[test]
        fn nothing_panics(groups in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            let _ = (levene(&groups, Centre::Mean), levene(&groups, Centre::Median));
        }
    }
}

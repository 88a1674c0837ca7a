//! Mean of a metric over cases, in which a missing structure never helps.
//!
//! A metric without a value for an empty mask tempts to a mean over the rest,
//! and then a model that predicts nothing on its worst cases improves. Here:
//!
//! * prediction or reference empty, the other not: the case counts with the
//!   worst value there is (0 for overlaps; for distances a bound that the
//!   caller states, such as [`MaskPair::diagonal`](super::MaskPair::diagonal));
//! * both empty: there was nothing to find and nothing was found; the case is
//!   left out, whatever the model, and counted;
//! * both filled and no value, or a value worse than the worst: the mean is
//!   undefined.
//!
//! A mean with a replaced case is degenerate and says how many. Cost O(n).

use serde::{Deserialize, Serialize};

use super::mask::Presence;
use crate::stats::Outcome;

/// The value of a missed or invented structure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worst {
    /// Higher is better, and this is the lowest value.
    Lowest(f64),
    /// Lower is better, and this is the highest value.
    Highest(f64),
}

/// Mean over cases, and what went into it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseMean {
    /// The mean.
    pub mean: f64,
    /// Cases in the mean.
    pub cases: usize,
    /// Of these, cases that count with the worst value.
    pub replaced: usize,
    /// Cases left out because both masks are empty.
    pub both_empty: usize,
}

/// Mean of a metric over cases.
pub fn mean_over_cases(cases: &[(Presence, Outcome<f64>)], worst: Worst) -> Outcome<CaseMean> {
    let (Worst::Lowest(bound) | Worst::Highest(bound)) = worst;
    if !bound.is_finite() {
        return Outcome::undefined(format!("the worst value is {bound}, expected a number"));
    }
    let (mut sum, mut replaced, mut both_empty) = (0.0, 0, 0);
    for (index, (presence, outcome)) in cases.iter().enumerate() {
        match presence {
            Presence::BothEmpty => both_empty += 1,
            Presence::PredictionEmpty | Presence::ReferenceEmpty => {
                sum += bound;
                replaced += 1;
            }
            Presence::Both => match outcome.any().filter(|value| within(**value, worst)) {
                Some(value) => sum += value,
                None => {
                    return Outcome::undefined(format!(
                        "case {index} has no value, or one worse than {bound}"
                    ));
                }
            },
        }
    }
    let counted = cases.len() - both_empty;
    if counted == 0 {
        return Outcome::undefined("no case has a structure to find");
    }
    let result = CaseMean { mean: sum / counted as f64, cases: counted, replaced, both_empty };
    if replaced == 0 {
        return Outcome::of(result);
    }
    Outcome::degenerate(
        result,
        format!("{replaced} of {counted} cases with an empty mask count as {bound}"),
    )
}

fn within(value: f64, worst: Worst) -> bool {
    value.is_finite()
        && match worst {
            Worst::Lowest(bound) => value >= bound,
            Worst::Highest(bound) => value <= bound,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_to_find_is_left_out() {
        let cases = [
            (Presence::Both, Outcome::of(0.8)),
            (Presence::BothEmpty, Outcome::undefined("0/0")),
            (Presence::PredictionEmpty, Outcome::degenerate(0.0, "")),
        ];
        let got = mean_over_cases(&cases, Worst::Lowest(0.0));
        let want = CaseMean { mean: 0.4, cases: 2, replaced: 1, both_empty: 1 };
        assert_eq!((got.any(), got.value()), (Some(&want), None));
        assert!(mean_over_cases(&cases[1..2], Worst::Lowest(0.0)).any().is_none());
        let broken = [(Presence::Both, Outcome::undefined(""))];
        assert!(mean_over_cases(&broken, Worst::Lowest(0.0)).any().is_none());
    }

    proptest! {
        /// MONAI's mean drops such cases and rises.
        /// pitfall: a mean over cases that improves when predictions are missing.
        #[test]
        fn dropping_a_prediction_never_improves_the_mean(
            values in prop::collection::vec(0.0..=1.0f64, 1..20), drop in any::<prop::sample::Index>()
        ) {
            let mut cases: Vec<(Presence, Outcome<f64>)> =
                values.iter().map(|v| (Presence::Both, Outcome::of(*v))).collect();
            let drop = drop.index(cases.len());
            for worst in [Worst::Lowest(0.0), Worst::Highest(1.0)] {
                let before = mean_over_cases(&cases, worst).any().unwrap().mean;
                let kept = cases[drop].clone();
                cases[drop] = (Presence::PredictionEmpty, Outcome::undefined("no surface"));
                let after = mean_over_cases(&cases, worst).any().unwrap().mean;
                cases[drop] = kept;
                match worst {
                    Worst::Lowest(_) => prop_assert!(after <= before + 1e-12),
                    Worst::Highest(_) => prop_assert!(after >= before - 1e-12),
                }
            }
        }

        #[test]
        fn nothing_panics(values in prop::collection::vec(any::<f64>(), 0..8), bound in any::<f64>()) {
            let cases: Vec<(Presence, Outcome<f64>)> =
                values.iter().map(|v| (Presence::Both, Outcome::of(*v))).collect();
            let _ = mean_over_cases(&cases, Worst::Lowest(bound));
            let _ = mean_over_cases(&cases, Worst::Highest(bound));
        }
    }
}

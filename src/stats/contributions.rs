//! What each test case, or each patient, contributes to a score.
//!
//! To first order a score on redrawn cases is the score on all of them plus the
//! sum of the contributions of the cases drawn, each as often as it was. For an
//! AUC the contribution of a positive is `(V10 - AUC) / m`, that of a negative
//! `(V01 - AUC) / n`, with DeLong's placements; for a mean it is `(x - mean) /
//! n`. Contributions of one class sum to 0. Those of a patient's cases are added
//! up, which makes the patient the unit (Obuchowski 1997, Biometrics 53:567).
//!
//! They are scaled so that **the sum of their squares is the variance of the
//! score**, and the sum of their products the covariance of two scores on the
//! same cases: by `sqrt(u / (u - 1))` for the `u` units that have a case of the
//! class. With one case per unit this is DeLong's variance (DeLong, DeLong and
//! Clarke-Pearson 1988) exactly, with several it is Obuchowski's but for a
//! factor of order `1 / u` in the term between the classes. What is linear in
//! scores is linear in contributions: the mean AUC over classes or over runs
//! has the mean contributions, which is how the covariance of many models, runs
//! and classes follows in one pass.
//!
//! Assumes independent units. Ties count half. Cases of a class all in one unit:
//! the score stands, contributions are NaN, degenerate. No cases of a class, NaN
//! scores or other lengths: undefined. Cost O(n log n) for an AUC, O(n) for a
//! mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::describe::mean;
use super::placement::Placements;
use super::score_order::check_both;

/// The independent units that cases belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    of_case: Vec<u32>,
    count: usize,
}

impl Units {
    /// Each of `cases` cases is a unit.
    pub fn each(cases: usize) -> Self {
        Self { of_case: (0..cases as u32).collect(), count: cases }
    }

    /// Cases of one name are one unit; in order of first appearance.
    pub fn of<T: Ord>(names: &[T]) -> Self {
        let mut known: BTreeMap<&T, u32> = BTreeMap::new();
        let of_case = names
            .iter()
            .map(|name| {
                let next = known.len() as u32;
                *known.entry(name).or_insert(next)
            })
            .collect();
        Self { of_case, count: known.len() }
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no units.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.of_case.len()
    }

    /// The cases of each unit.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count];
        for (case, unit) in self.of_case.iter().enumerate() {
            members[*unit as usize].push(case);
        }
        members
    }

    /// Units with a case that is `wanted`.
    fn with(&self, labels: &[bool], wanted: bool) -> usize {
        let mut has = vec![false; self.count];
        for (unit, label) in self.of_case.iter().zip(labels) {
            has[*unit as usize] |= *label == wanted;
        }
        has.iter().filter(|has| **has).count()
    }
}

/// A score and what each unit contributes to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contributions {
    /// The score.
    pub value: f64,
    /// One per unit; they sum to 0.
    pub parts: Vec<f64>,
}

impl Contributions {
    /// Variance of the score over units.
    pub fn variance(&self) -> f64 {
        covariance(&self.parts, &self.parts)
    }
}

/// Covariance of two scores with these contributions; NaN for other lengths.
pub fn covariance(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return f64::NAN;
    }
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Variance of the difference of two scores: exactly 0 where the contributions
/// are the same. NaN for other lengths.
pub fn variance_of_difference(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return f64::NAN;
    }
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Of the area under the ROC curve.
pub fn of_auc<S: Copy + Into<f64>>(
    scores: &[S],
    labels: &[bool],
    units: &Units,
) -> Outcome<Contributions> {
    if units.cases() != labels.len() {
        return Outcome::undefined(format!("{} units for {} labels", units.cases(), labels.len()));
    }
    let classes = match check_both(scores, labels) {
        Ok(classes) => classes,
        Err(reason) => return Outcome::undefined(reason),
    };
    let placements = Placements::new(scores, labels, classes);
    let value = placements.auc();
    let (m, n) = (classes.positives as f64, classes.negatives as f64);
    let weights =
        [(true, m), (false, n)].map(|(class, size)| scale(units.with(labels, class)) / size);
    let mut parts = vec![0.0; units.len()];
    let (mut positives, mut negatives) = placements.halves();
    for (unit, label) in units.of_case.iter().zip(labels) {
        let (placement, weight) = if *label {
            (positives.next().unwrap_or(f64::NAN) / n, weights[0])
        } else {
            (negatives.next().unwrap_or(f64::NAN) / m, weights[1])
        };
        parts[*unit as usize] += (placement - value) * weight;
    }
    flagged(Contributions { value, parts })
}

/// Of the mean of one value per case.
pub fn of_mean(values: &[f64], units: &Units) -> Outcome<Contributions> {
    if units.cases() != values.len() {
        return Outcome::undefined(format!("{} units for {} values", units.cases(), values.len()));
    }
    if values.is_empty() {
        return Outcome::undefined("there are no values");
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let value = mean(values);
    let weight = scale(units.len()) / values.len() as f64;
    let mut parts = vec![0.0; units.len()];
    for (unit, case) in units.of_case.iter().zip(values) {
        parts[*unit as usize] += (case - value) * weight;
    }
    flagged(Contributions { value, parts })
}

/// From the variance of what was observed to that of what it was drawn from.
fn scale(units: usize) -> f64 {
    let u = units as f64;
    if units < 2 { f64::NAN } else { (u / (u - 1.0)).sqrt() }
}

fn flagged(found: Contributions) -> Outcome<Contributions> {
    if found.parts.iter().any(|part| part.is_nan()) {
        return Outcome::degenerate(
            found,
            "a class has one unit: the variance cannot be estimated",
        );
    }
    Outcome::of(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::delong_matrix::auc_matrix;
    use proptest::prelude::*;

    #[test]
    fn doubled_patients_are_no_more_patients() {
        let scores = [0.1, 0.4, 0.35, 0.8, 0.3, 0.6, 0.55];
        let labels = [false, false, true, true, false, true, false];
        let once = of_auc(&scores, &labels, &Units::each(7));
        let twice = of_auc(
            &[scores, scores].concat(),
            &[labels, labels].concat(),
            &Units::of(&[[0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]].concat()),
        );
        let (once, twice) = (once.value().expect("one"), twice.value().expect("two"));
        assert_eq!(once.value, twice.value);
        assert!((once.variance() - twice.variance()).abs() < 1e-15);
    }

    #[test]
    fn a_class_in_one_unit_has_no_variance() {
        let got = of_auc(&[0.1, 0.2, 0.3], &[true, true, false], &Units::of(&["a", "a", "b"]));
        assert!(got.value().is_none() && got.any().is_some_and(|c| c.variance().is_nan()));
        assert!(of_auc(&[0.1, 0.2], &[true, true], &Units::each(2)).any().is_none());
        assert!(of_auc(&[0.1, 0.2], &[true, false], &Units::each(3)).any().is_none());
        assert!(of_mean(&[], &Units::each(0)).any().is_none());
        assert!(of_mean(&[f64::NAN, 1.0], &Units::each(2)).any().is_none());
    }

    #[test]
    fn a_mean_has_the_variance_of_a_mean() {
        let values = [1.0, 4.0, 2.0, 2.0];
        let got = of_mean(&values, &Units::each(4));
        let got = got.value().expect("a mean");
        let expected = crate::stats::describe::sd(&values).powi(2) / 4.0;
        assert!((got.variance() - expected).abs() < 1e-15 && got.value == 2.25);
    }

    proptest! {
        #[test]
        fn with_one_case_per_unit_it_is_delong(
            cases in prop::collection::vec((0u8..9, 0u8..9, any::<bool>()), 4..60)
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.2).collect();
            let a: Vec<f32> = cases.iter().map(|c| f32::from(c.0)).collect();
            let b: Vec<f32> = cases.iter().map(|c| f32::from(c.1)).collect();
            let matrix = auc_matrix(&[&a, &b], &labels);
            let units = Units::each(labels.len());
            let got = [&a, &b].map(|scores| of_auc(scores, &labels, &units));
            prop_assert_eq!(matrix.value().is_some(), got[0].value().is_some());
            if let (Some(matrix), Some(x), Some(y)) = (matrix.value(), got[0].value(), got[1].value()) {
                prop_assert_eq!(&matrix.auc, &[x.value, y.value]);
                prop_assert!((matrix.covariance[0][1] - covariance(&x.parts, &y.parts)).abs() < 1e-12);
                prop_assert!((matrix.covariance[0][0] - x.variance()).abs() < 1e-12);
                prop_assert!(x.parts.iter().sum::<f64>().abs() < 1e-12);
                prop_assert_eq!(variance_of_difference(&x.parts, &x.parts), 0.0);
            }
        }
    }
}

//! Gaps of performance between groups of cases (subgroup fairness).
//!
//! A score of at least the threshold predicts "positive". *AUC gap*: largest
//! minus smallest AUC of the groups; *worst group*: the smallest. *Demographic
//! parity difference*: largest minus smallest share of positive predictions.
//! *Equalised odds difference*: the larger of the gaps of true and of false
//! positive rates. *Accuracy gap* likewise. *Equity-scaled AUC*: `AUC / (1 +
//! sum_g |AUC - AUC_g|)` (Luo et al. 2024).
//!
//! A group with one class has no AUC, one without positives no true positive
//! rate, and so on: it is left out of that number, which is then degenerate and
//! names it, so that a missing group never narrows a gap silently. A gap needs
//! two groups. Gaps are extremes: they grow with the number of groups and with
//! small groups even without any real difference; an interval from a bootstrap
//! within groups belongs with them. Cost O(n log n).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::roc_auc::roc_auc;
use super::score_order::check;

/// Performance of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupPerformance {
    /// The group's number.
    pub group: usize,
    /// Its cases.
    pub cases: usize,
    /// Its AUC.
    pub auc: Outcome<f64>,
    /// Share of positive predictions.
    pub positive_rate: Outcome<f64>,
    /// Share of positive predictions among its positives.
    pub true_positive_rate: Outcome<f64>,
    /// Share of positive predictions among its negatives.
    pub false_positive_rate: Outcome<f64>,
    /// Share of right predictions.
    pub accuracy: Outcome<f64>,
}

/// Performance by group, and the gaps between groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fairness {
    /// AUC of all cases.
    pub auc: Outcome<f64>,
    /// Groups by rising number.
    pub groups: Vec<GroupPerformance>,
    /// Groups without an AUC.
    pub undefined_auc_groups: Vec<usize>,
    /// Largest minus smallest group AUC.
    pub auc_gap: Outcome<f64>,
    /// Smallest group AUC.
    pub worst_group_auc: Outcome<f64>,
    /// Largest minus smallest share of positive predictions.
    pub demographic_parity_difference: Outcome<f64>,
    /// The larger of the gaps of true and of false positive rates.
    pub equalised_odds_difference: Outcome<f64>,
    /// Largest minus smallest group accuracy.
    pub accuracy_gap: Outcome<f64>,
    /// AUC scaled down by the groups' distances from it.
    pub equity_scaled_auc: Outcome<f64>,
}

/// Performance of `scores` by `groups`, with yes/no decisions at `threshold`.
pub fn fairness<S: Copy + Into<f64>>(
    scores: &[S],
    labels: &[bool],
    groups: &[usize],
    threshold: f64,
) -> Outcome<Fairness> {
    if groups.len() != labels.len() {
        return Outcome::undefined(format!("{} groups for {} labels", groups.len(), labels.len()));
    }
    if let Err(reason) = check(scores, labels) {
        return Outcome::undefined(reason);
    }
    if threshold.is_nan() || labels.is_empty() {
        return Outcome::undefined("there is no threshold or there are no test cases");
    }
    let mut members: BTreeMap<usize, Vec<(f64, bool)>> = BTreeMap::new();
    for ((score, label), group) in scores.iter().zip(labels).zip(groups) {
        members.entry(*group).or_default().push(((*score).into(), *label));
    }
    let groups: Vec<GroupPerformance> =
        members.iter().map(|(group, cases)| performance(*group, cases, threshold)).collect();
    let auc = roc_auc(scores, labels);
    let aucs = column(&groups, |g| &g.auc);
    let odds = [
        gap(&column(&groups, |g| &g.true_positive_rate)),
        gap(&column(&groups, |g| &g.false_positive_rate)),
    ];
    Outcome::of(Fairness {
        undefined_auc_groups: aucs.missing.clone(),
        auc_gap: gap(&aucs),
        worst_group_auc: aucs.flagged(1, extremes(&aucs.values).0),
        demographic_parity_difference: gap(&column(&groups, |g| &g.positive_rate)),
        equalised_odds_difference: larger(&odds),
        accuracy_gap: gap(&column(&groups, |g| &g.accuracy)),
        equity_scaled_auc: equity_scaled(&auc, &aucs),
        auc,
        groups,
    })
}

fn performance(group: usize, cases: &[(f64, bool)], threshold: f64) -> GroupPerformance {
    let (scores, labels): (Vec<f64>, Vec<bool>) = cases.iter().copied().unzip();
    let share = |among: &dyn Fn(bool) -> bool, hit: &dyn Fn(bool, bool) -> bool, why: &str| {
        let among: Vec<_> = cases.iter().filter(|case| among(case.1)).collect();
        if among.is_empty() {
            return Outcome::undefined(why);
        }
        let hits = among.iter().filter(|case| hit(case.0 >= threshold, case.1)).count();
        Outcome::of(hits as f64 / among.len() as f64)
    };
    let yes = |decision: bool, _: bool| decision;
    GroupPerformance {
        group,
        cases: cases.len(),
        auc: roc_auc(&scores, &labels),
        positive_rate: share(&|_| true, &yes, "the group has no cases"),
        true_positive_rate: share(&|label| label, &yes, "the group has no positives"),
        false_positive_rate: share(&|label| !label, &yes, "the group has no negatives"),
        accuracy: share(&|_| true, &|decision, label| decision == label, "the group has no cases"),
    }
}

/// One number of all groups.
struct Column {
    values: Vec<f64>,
    missing: Vec<usize>,
}

fn column(groups: &[GroupPerformance], of: impl Fn(&GroupPerformance) -> &Outcome<f64>) -> Column {
    let mut column = Column { values: Vec::new(), missing: Vec::new() };
    for group in groups {
        match of(group).any() {
            Some(value) => column.values.push(*value),
            None => column.missing.push(group.group),
        }
    }
    column
}

impl Column {
    /// A number that needs so many groups, flagged when some are missing.
    fn flagged(&self, needed: usize, value: f64) -> Outcome<f64> {
        if self.values.len() < needed {
            return Outcome::undefined(format!(
                "{} groups with a value, {needed} needed",
                self.values.len()
            ));
        }
        if self.missing.is_empty() {
            return Outcome::of(value);
        }
        let names: Vec<String> = self.missing.iter().map(usize::to_string).collect();
        Outcome::degenerate(value, format!("without group {}: no value", names.join(", ")))
    }
}

fn extremes(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

fn gap(column: &Column) -> Outcome<f64> {
    let (low, high) = extremes(&column.values);
    column.flagged(2, high - low)
}

/// The larger of two gaps; one that is undefined leaves the other, flagged.
fn larger(gaps: &[Outcome<f64>; 2]) -> Outcome<f64> {
    let [first, second] = gaps;
    let note = first.note().or(second.note());
    let largest = match (first.any(), second.any()) {
        (Some(a), Some(b)) => a.max(*b),
        (Some(a), None) | (None, Some(a)) => *a,
        (None, None) => return Outcome::undefined(note.unwrap_or_default()),
    };
    match note {
        Some(note) => Outcome::degenerate(largest, note),
        None => Outcome::of(largest),
    }
}

fn equity_scaled(auc: &Outcome<f64>, groups: &Column) -> Outcome<f64> {
    match auc.any() {
        Some(auc) => {
            let distance: f64 = groups.values.iter().map(|group| (auc - group).abs()).sum();
            groups.flagged(1, auc / (1.0 + distance))
        }
        None => auc.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_group_of_one_class_is_named() {
        let got = fairness(&[0.1, 0.9, 0.4], &[false, true, true], &[0, 0, 7], 0.5);
        let got = got.value().unwrap();
        assert_eq!(got.undefined_auc_groups, [7]);
        assert!(got.auc_gap.any().is_none());
        assert!(matches!(got.worst_group_auc, Outcome::Degenerate { value: 1.0, .. }));
        assert!(matches!(got.equalised_odds_difference, Outcome::Degenerate { value: 1.0, .. }));
        assert_eq!(got.accuracy_gap.value(), Some(&1.0));
    }

    proptest! {
        #[test]
        fn copies_of_a_group_have_no_gap(
            cases in prop::collection::vec((0.0..1.0f64, any::<bool>()), 2..30)
        ) {
            let scores: Vec<f64> = cases.iter().chain(&cases).map(|c| c.0).collect();
            let labels: Vec<bool> = cases.iter().chain(&cases).map(|c| c.1).collect();
            let groups: Vec<usize> = (0..labels.len()).map(|i| i / cases.len()).collect();
            let got = fairness(&scores, &labels, &groups, 0.5);
            let got = got.value().unwrap();
            prop_assert_eq!(got.demographic_parity_difference.value(), Some(&0.0));
            prop_assert!(got.auc_gap.any().is_none_or(|gap| *gap == 0.0));
            let scaled = got.equity_scaled_auc.any().zip(got.auc.any());
            prop_assert!(scaled.is_none_or(|(scaled, auc)| (scaled - auc).abs() < 1e-12));
        }

        #[test]
        fn nothing_panics(scores in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9),
                          groups in prop::collection::vec(0usize..3, 0..9),
                          threshold in any::<f64>()) {
            let _ = fairness(&scores, &labels, &groups, threshold);
            let n = scores.len().min(labels.len()).min(groups.len());
            let _ = fairness(&scores[..n], &labels[..n], &groups[..n], threshold);
        }
    }
}

//! The metric of one run: on redrawn cases, and as contributions of the cases.

use crate::scores::{CaseRun, CaseTable, PRIMARY};
use crate::stats::contributions::{Contributions, Units, of_auc, of_mean};
use crate::stats::roc_auc::roc_auc;

/// Metrics that can be computed again from predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Score {
    Auc,
    Accuracy,
    /// The mean of values that each case has.
    Mean,
}

impl Score {
    /// The score of a metric on cases of this table; values per case, which have
    /// no classes, are averaged whatever their metric.
    pub(super) fn of(metric: &str, table: &CaseTable) -> Option<Self> {
        match metric {
            _ if table.classes.is_empty() => Some(Self::Mean),
            // The primary metric of classes.
            "auc" | PRIMARY => Some(Self::Auc),
            "accuracy" => Some(Self::Accuracy),
            _ => None,
        }
    }

    /// The metric on the cases of `indices`, each as often as it is named; NaN
    /// where it is undefined (a resample without one of the classes).
    pub(super) fn on(self, run: &CaseRun, indices: &[usize]) -> f64 {
        match self {
            Self::Auc => mean_auc(run, indices),
            Self::Accuracy => {
                indices.iter().map(|i| right(run, *i)).sum::<f64>() / indices.len() as f64
            }
            Self::Mean => {
                let values = run.scores.first().map(Vec::as_slice).unwrap_or_default();
                indices.iter().map(|i| values[*i]).sum::<f64>() / indices.len() as f64
            }
        }
    }

    /// What the units contribute, per class of an AUC, else once; `None` where
    /// the score is undefined.
    pub(super) fn contributions(self, run: &CaseRun, units: &Units) -> Vec<Option<Contributions>> {
        match self {
            Self::Auc => {
                let classes = run.scores.iter().zip(&run.table.labels);
                classes
                    .map(|(scores, labels)| of_auc(scores, labels, units).any().cloned())
                    .collect()
            }
            Self::Accuracy => {
                let values: Vec<f64> = (0..units.cases()).map(|case| right(run, case)).collect();
                vec![of_mean(&values, units).any().cloned()]
            }
            Self::Mean => {
                let values = run.scores.first().map(Vec::as_slice).unwrap_or_default();
                vec![of_mean(values, units).any().cloned()]
            }
        }
    }
}

fn mean_auc(run: &CaseRun, indices: &[usize]) -> f64 {
    let (mut sum, mut defined) = (0.0, 0u32);
    for (scores, labels) in run.scores.iter().zip(&run.table.labels) {
        let drawn: Vec<f64> = indices.iter().map(|i| scores[*i]).collect();
        let truth: Vec<bool> = indices.iter().map(|i| labels[*i]).collect();
        if let Some(auc) = roc_auc(&drawn, &truth).any() {
            sum += auc;
            defined += 1;
        }
    }
    sum / f64::from(defined)
}

/// Whether a case is predicted right; of several decisions, the share.
fn right(run: &CaseRun, case: usize) -> f64 {
    let labels = &run.table.labels;
    if run.table.exclusive {
        let best = (0..run.scores.len())
            .fold(0, |best, k| if run.scores[k][case] > run.scores[best][case] { k } else { best });
        return f64::from(labels.get(best).is_some_and(|labels| labels[case]));
    }
    let hits = run.scores.iter().zip(labels);
    let count = hits.filter(|(s, l)| (s[case] >= 0.5) == l[case]).count();
    count as f64 / run.scores.len() as f64
}

//! Confusion matrix, its metrics, and agreement.

use serde_json::Value;

use crate::selfcheck::case::{Got, indices};
use crate::stats::Outcome;
use crate::stats::confusion::{Average, Confusion};
use crate::stats::kappa::{Weights, cohen_kappa};
use crate::stats::matthews::matthews;

pub(super) fn evaluate(input: &Value, _: &Value) -> Got {
    let (truth, predicted) = (indices(&input["y_true"]), indices(&input["y_pred"]));
    let classes = input["n_classes"].as_u64().unwrap_or(0) as usize;
    let outcome = Confusion::new(&truth, &predicted, classes);
    let mut got = Got::flagged(&outcome);
    let Some(confusion) = outcome.any() else { return got };
    let counts = confusion.counts().iter();
    let rows: Vec<Vec<f64>> =
        counts.map(|row| row.iter().map(|count| *count as f64).collect()).collect();
    got.put_matrix("confusion", &rows);
    // The golden files take 0/0 as 0 without a flag, except for kappa.
    let number = |outcome: &Outcome<f64>| outcome.any().copied().unwrap_or(f64::NAN);
    got.put_vector("precision", confusion.precision().iter().map(number));
    got.put_vector("recall", confusion.recall().iter().map(number));
    got.put_vector("f1", confusion.f_score(1.0).iter().map(number));
    got.put("accuracy", number(&confusion.accuracy()));
    got.put("balanced_accuracy", number(&confusion.balanced_accuracy()));
    got.put("macro_f1", number(&confusion.mean_f_score(1.0, Average::Macro)));
    got.put("micro_f1", number(&confusion.mean_f_score(1.0, Average::Micro)));
    got.put("weighted_f1", number(&confusion.mean_f_score(1.0, Average::Weighted)));
    got.put("mcc", number(&matthews(confusion)));
    for (key, weights) in [
        ("kappa", Weights::Plain),
        ("kappa_linear", Weights::Linear),
        ("kappa_quadratic", Weights::Quadratic),
    ] {
        let kappa = cohen_kappa(confusion, weights);
        got.undefined |= kappa.any().is_none();
        got.put_outcome(key, &kappa);
    }
    got
}

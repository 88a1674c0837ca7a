//! Faults of `[comparison]` and `[[claims]]`.

use super::comparison::{Claim, Relation, Side};
use super::study::Study;
use super::validate::{Fault, Faults, unknown};
use crate::scores::{Factor, canonical};

const METRICS: [&str; 2] = ["auc", "accuracy"];

pub(super) fn comparison(study: &Study, faults: &mut Faults) {
    let comparison = &study.comparison;
    for (factor, level) in &comparison.baselines().by_factor {
        baseline(study, factor, level, faults);
    }
    metric(&["comparison", "metric"], &comparison.metric, faults);
    for (key, value) in [("alpha", comparison.alpha), ("confidence", comparison.confidence())] {
        faults.require(value > 0.0 && value < 1.0, &["comparison", key], || {
            format!("comparison.{key} is {value}, expected in (0, 1)")
        });
    }
    margin(&["comparison", "margin"], comparison.margin, faults);
}

fn baseline(study: &Study, factor: &Factor, level: &str, faults: &mut Faults) {
    let path = &["comparison", "baseline"];
    match factor.name() {
        Factor::INIT if !study.inits.contains_key(level) => {
            unknown(path, "init", level, study.inits.keys(), faults);
        }
        Factor::MODEL if !study.models.contains_key(level) => {
            unknown(path, "model", level, study.models.keys(), faults);
        }
        Factor::INIT | Factor::MODEL => {}
        other => faults.add(
            path,
            format!("a study has no levels of {other:?} to compare with"),
            Some("name a level of `init` or of `model`"),
        ),
    }
}

/// Runs of a study have the metrics of [`METRICS`].
fn metric(path: &[&str], got: &str, faults: &mut Faults) {
    faults.require(METRICS.contains(&canonical(got).as_str()), path, || {
        format!("{} is {got:?}, expected \"auc\" or \"accuracy\"", path.join("."))
    });
}

fn margin(path: &[&str], margin: Option<f64>, faults: &mut Faults) {
    let Some(value) = margin else { return };
    faults.require(value > 0.0 && value.is_finite(), path, || {
        format!("{} is {value}, expected a positive difference of the metric", path.join("."))
    });
}

/// Faults of claims that stand without a study: their levels are not checked,
/// for only the results know them, and a margin may come from elsewhere.
pub(super) fn validate_claims(claims: &[Claim]) -> Vec<Fault> {
    let mut faults = Faults::default();
    for (index, claim) in claims.iter().enumerate() {
        let index = index.to_string();
        let at = ["claims", index.as_str()];
        relation(claim, Some(0.0), &at, &mut faults);
        same_sides(claim, &at, &mut faults);
        margin(&at, claim.margin, &mut faults);
    }
    faults.into_list()
}

pub(super) fn claims(study: &Study, faults: &mut Faults) {
    for (index, claim) in study.claims.iter().enumerate() {
        let index = index.to_string();
        let at = ["claims", index.as_str()];
        relation(claim, study.comparison.margin, &at, faults);
        sides(claim, study, &at, faults);
        if let Some(name) = &claim.metric {
            metric(&at, name, faults);
        }
        margin(&at, claim.margin, faults);
        scope(claim, study, &at, faults);
    }
}

fn relation(claim: &Claim, margin: Option<f64>, at: &[&str], faults: &mut Faults) {
    let Some((relation, _)) = claim.relation() else {
        faults.add(
            at,
            format!("claim {:?} does not say exactly one relation", claim.text),
            Some("one of `better`, `not_worse` (both with `than`) and `equivalent` (with `to`)"),
        );
        return;
    };
    if relation != Relation::Better && claim.margin.or(margin).is_none() {
        faults.add(
            at,
            format!("claim {:?} needs a margin: what difference does not matter?", claim.text),
            Some("add `margin = 0.01` to the claim or to [comparison]"),
        );
    }
}

fn sides(claim: &Claim, study: &Study, at: &[&str], faults: &mut Faults) {
    let given = [claim.relation().map(|(_, side)| side), Some(&claim.than)];
    for Side { init, model } in given.into_iter().flatten() {
        if let Some(init) = init.as_ref().filter(|init| !study.inits.contains_key(*init)) {
            unknown(at, "init", init, study.inits.keys(), faults);
        }
        if let Some(model) = model.as_ref().filter(|model| !study.models.contains_key(*model)) {
            unknown(at, "model", model, study.models.keys(), faults);
        }
        faults.require(init.is_some() || model.is_some(), at, || {
            format!("a side of claim {:?} names neither init nor model", claim.text)
        });
    }
    same_sides(claim, at, faults);
}

fn same_sides(claim: &Claim, at: &[&str], faults: &mut Faults) {
    let same = claim.relation().is_some_and(|(_, side)| *side == claim.than);
    faults.require(!same, at, || format!("both sides of claim {:?} are the same", claim.text));
}

fn scope(claim: &Claim, study: &Study, at: &[&str], faults: &mut Faults) {
    let scope = &claim.at;
    if let Some(task) = scope.task.as_ref().filter(|task| !study.tasks.contains_key(*task)) {
        unknown(at, "task", task, study.tasks.keys(), faults);
    }
    if let Some(model) = scope.model.as_ref().filter(|model| !study.models.contains_key(*model)) {
        unknown(at, "model", model, study.models.keys(), faults);
    }
    if let Some(init) = scope.init.as_ref().filter(|init| !study.inits.contains_key(*init)) {
        unknown(at, "init", init, study.inits.keys(), faults);
    }
    if let Some(fraction) = scope.label_fraction {
        faults.require(study.study.label_fractions.contains(&fraction), at, || {
            format!(
                "claim {:?} is about label fraction {fraction}, the study has {:?}",
                claim.text, study.study.label_fractions
            )
        });
    }
}

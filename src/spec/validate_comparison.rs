//! Faults of `[comparison]` and `[[claims]]`.

use super::comparison::{Claim, ComparisonSpec, Relation};
use super::expand::target_tasks;
use super::levels::Level;
use super::parse::nearest;
use super::study::Study;
use super::task::Target;
use super::validate::{Fault, Faults, unknown};
use crate::scores::prediction::METRICS;
use crate::scores::{Factor, canonical};
use crate::text::{listed, percent};

pub(super) fn comparison(study: &Study, faults: &mut Faults) {
    let comparison = &study.comparison;
    for (factor, level) in &comparison.baselines().by_factor {
        baseline(study, factor, level, faults);
    }
    metric(study, &["comparison", "metric"], &comparison.metric, faults);
    further(study, faults);
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

fn metric(study: &Study, path: &[&str], got: &str, faults: &mut Faults) {
    let known = study.metrics();
    let asked = canonical(got);
    faults.require(asked == ComparisonSpec::AUTO || known.contains(&asked), path, || {
        let known: Vec<String> = known.iter().map(|name| format!("{name:?}")).collect();
        let known = listed(&known).replace(" and ", " or ");
        format!("{} is {got:?}, expected {known}", path.join("."))
    });
}

/// Metrics that follow from predictions, which tasks of masks have none of.
fn further(study: &Study, faults: &mut Faults) {
    let path = ["comparison", "further"];
    let named = &study.comparison.further;
    for name in named.iter().filter(|name| !METRICS.contains(&canonical(name).as_str())) {
        let near = nearest(name, METRICS.into_iter()).map(|near| format!("did you mean {near:?}?"));
        let way = near.unwrap_or_else(|| format!("there are {}", METRICS.join(", ")));
        faults.add(&path, format!("comparison.further has no metric {name:?}"), Some(&way));
    }
    let masks = |name: &String| study.tasks[name].target == Target::Segmentation;
    faults.require(named.is_empty() || !target_tasks(study).all(masks), &path, || {
        "comparison.further is for tasks with classes; those of masks have all of their metrics"
            .into()
    });
}

fn margin(path: &[&str], margin: Option<f64>, faults: &mut Faults) {
    let Some(value) = margin else { return };
    faults.require(value > 0.0 && value.is_finite(), path, || {
        format!("{} is {value}, expected a positive difference of the metric", path.join("."))
    });
}

/// Faults of claims that stand without a study: their levels are checked when
/// the results are there, for only those know them, and a margin may come from
/// elsewhere.
pub(super) fn validate_claims(claims: &[Claim]) -> Vec<Fault> {
    let mut faults = Faults::default();
    for (index, claim) in claims.iter().enumerate() {
        let index = index.to_string();
        let at = ["claims", index.as_str()];
        relation(claim, Some(0.0), &at, &mut faults);
        two_sides(claim, &at, &mut faults);
        margin(&at, claim.margin, &mut faults);
    }
    faults.into_list()
}

pub(super) fn claims(study: &Study, faults: &mut Faults) {
    for (index, claim) in study.claims.iter().enumerate() {
        let index = index.to_string();
        let at = ["claims", index.as_str()];
        relation(claim, study.comparison.margin, &at, faults);
        levels(claim, study, &at, faults);
        two_sides(claim, &at, faults);
        if let Some(name) = &claim.metric {
            metric(study, &at, name, faults);
        }
        margin(&at, claim.margin, faults);
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

/// Sides that name the same levels, or no column in common, compare nothing.
fn two_sides(claim: &Claim, at: &[&str], faults: &mut Faults) {
    let Some((_, side)) = claim.relation() else { return };
    if *side == claim.than {
        return faults.add(at, format!("both sides of claim {:?} are the same", claim.text), None);
    }
    let text = &claim.text;
    for (name, levels) in [("first", side), ("second", &claim.than)] {
        faults.require(!levels.is_empty(), at, || {
            format!("the {name} side of claim {text:?} names no column, such as init or model")
        });
    }
    if !side.is_empty() && !claim.than.is_empty() && !claim.has_two_sides() {
        faults.add(
            at,
            format!("the sides of claim {text:?} name no column in which they differ"),
            Some("name the same column on both sides, with different levels"),
        );
    }
}

/// Factors of a study's results.
const FACTORS: [&str; 4] = [Factor::TASK, Factor::MODEL, Factor::INIT, Factor::LABEL_FRACTION];

fn levels(claim: &Claim, study: &Study, at: &[&str], faults: &mut Faults) {
    for (factor, level) in claim.levels() {
        let known: Vec<&String> = match factor.name() {
            Factor::TASK => study.tasks.keys().collect(),
            Factor::MODEL => study.models.keys().collect(),
            Factor::INIT => study.inits.keys().collect(),
            Factor::LABEL_FRACTION => {
                fraction(claim, level, study, at, faults);
                continue;
            }
            other => {
                unknown(at, "column", other, FACTORS.map(String::from).iter(), faults);
                continue;
            }
        };
        if !known.iter().any(|name| level.is(name)) {
            unknown(at, factor.name(), &level.to_string(), known.into_iter(), faults);
        }
    }
}

fn fraction(claim: &Claim, level: &Level, study: &Study, at: &[&str], faults: &mut Faults) {
    // What share a number of labels is, the data say.
    if !study.study.label_counts.is_empty() {
        return;
    }
    let known = &study.study.label_fractions;
    let is = |fraction: &f64| level.number() == Some(*fraction) || level.is(&percent(*fraction));
    faults.require(known.iter().any(is), at, || {
        format!("claim {:?} is about label fraction {level}, the study has {known:?}", claim.text)
    });
}

//! Judges claims under one analysis; the panel repeats it under others.
//!
//! With `for` the one-sided p of the claim and `against` that of its contrary:
//! *better* tests the difference against 0, *not worse* against minus the
//! margin, *equivalent* is two one-sided tests (Schuirmann 1987). The smaller
//! of the two, doubled, is the claim's p: for *better* the usual two-sided one.
//! Claims are one family.

use super::evidence::{Block, Evidence, blocks, evidence};
use super::panel;
use super::tails::{Method, Tails, estimate, tails};
use super::types::{ClaimResult, ClaimVerdict, Panel};
use crate::compare::types::{CompareOptions, Interval};
use crate::scores::{Cell, Metric, MetricCells, canonical};
use crate::spec::{Claim, FamilyAdjustment, Relation, Side};
use crate::stats::adjust::adjust;

/// Cells of each metric.
pub(super) type Metrics = [MetricCells];

/// One analysis of all claims.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Analysis {
    pub(super) method: Method,
    pub(super) adjustment: FamilyAdjustment,
    /// In the place of the claim's own metric.
    pub(super) metric: Option<String>,
    pub(super) without_task: Option<String>,
    pub(super) without_seed: Option<u64>,
}

/// A claim under one analysis.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) blocks: Vec<Block>,
    pub(super) metric: Metric,
    pub(super) evidence: Option<Evidence>,
    pub(super) estimate: Option<f64>,
    pub(super) p: Option<f64>,
    pub(super) adjusted_p: Option<f64>,
    pub(super) verdict: Option<ClaimVerdict>,
    pub(super) note: Option<String>,
    supports: bool,
}

/// Judges every claim, with its robustness panel; `metrics` holds the cells of
/// each metric. Cost: one test per claim and analysis.
pub fn judge_claims(
    claims: &[Claim],
    metrics: &[MetricCells],
    options: &CompareOptions,
) -> Vec<ClaimResult> {
    let main = Analysis {
        method: Method::of(options.test),
        adjustment: options.adjustment,
        metric: None,
        without_task: None,
        without_seed: None,
    };
    let judged = judge(claims, metrics, options, &main);
    let panels = panel::panels(claims, metrics, options, &main, &judged);
    claims
        .iter()
        .zip(judged)
        .zip(panels)
        .map(|((claim, judged), panel)| result(claim, judged, panel, options, main.method))
        .collect()
}

/// All claims under one analysis, adjusted as one family.
pub(super) fn judge(
    claims: &[Claim],
    metrics: &Metrics,
    options: &CompareOptions,
    analysis: &Analysis,
) -> Vec<Judged> {
    let mut all: Vec<Judged> =
        claims.iter().map(|claim| test(claim, metrics, options, analysis)).collect();
    let p: Vec<f64> = all.iter().map(|j| j.p.unwrap_or(f64::NAN)).collect();
    let adjusted = analysis.adjustment.method().map_or(p.clone(), |method| adjust(&p, method));
    for (judged, adjusted) in all.iter_mut().zip(adjusted) {
        if adjusted.is_nan() {
            continue;
        }
        judged.adjusted_p = Some(adjusted);
        judged.verdict = Some(match (adjusted < options.alpha, judged.supports) {
            (false, _) => ClaimVerdict::Undecided,
            (true, true) => ClaimVerdict::Supported,
            (true, false) => ClaimVerdict::Contradicted,
        });
    }
    all
}

fn test(claim: &Claim, metrics: &Metrics, options: &CompareOptions, how: &Analysis) -> Judged {
    let named = how.metric.as_ref().or(claim.metric.as_ref()).unwrap_or(&options.metric.key);
    let of = metrics.iter().find(|of| of.metric.key == canonical(named));
    let cells = of.map(|of| of.cells.as_slice()).unwrap_or_default();
    let metric = of.map_or(&options.metric, |of| &of.metric);
    let kept: Vec<Cell> = cells
        .iter()
        .filter(|cell| how.without_task.as_ref() != Some(&cell.task))
        .map(|cell| without_seed(cell, how.without_seed))
        .collect();
    let blocks = blocks(claim, &kept);
    let without = |blocks, note| Judged {
        blocks,
        metric: metric.clone(),
        note: Some(note),
        ..Judged::default()
    };
    let evidence = match evidence(&blocks) {
        Ok(evidence) => evidence,
        Err(note) => return without(blocks, note),
    };
    let relation = claim.relation().map_or(Relation::Better, |(relation, _)| relation);
    let margin = claim.margin.or(options.margin);
    if relation != Relation::Better && margin.is_none() {
        let note = "no margin is stated: add `margin` to the claim, or pass --margin".to_string();
        return without(blocks, note);
    }
    let margin = margin.unwrap_or(0.0);
    let sign = match direction(relation, metric) {
        Ok(sign) => sign,
        Err(note) => return without(blocks, note),
    };
    let of = claim_p(relation, margin, sign, &evidence, &blocks, how.method);
    let (p, supports, note) = match of {
        Ok((for_it, against)) => {
            (Some((2.0 * for_it.min(against)).min(1.0)), for_it <= against, None)
        }
        Err(note) => (None, false, Some(note)),
    };
    let estimate = estimate(&evidence, options.confidence).0;
    let (metric, evidence) = (metric.clone(), Some(evidence));
    Judged { blocks, metric, evidence, estimate, p, supports, note, ..Judged::default() }
}

fn without_seed(cell: &Cell, seed: Option<u64>) -> Cell {
    let mut cell = cell.clone();
    if let Some(index) = seed.and_then(|seed| cell.seeds.binary_search(&seed).ok()) {
        cell.seeds.remove(index);
        cell.values.remove(index);
    }
    cell
}

/// -1 where lower scores are better. *Equivalent* has no direction; the other
/// claims cannot be judged without one.
fn direction(relation: Relation, metric: &Metric) -> Result<f64, String> {
    match (metric.sign(), relation) {
        (Some(sign), _) => Ok(sign),
        (None, Relation::Equivalent) => Ok(1.0),
        (None, Relation::Better | Relation::NotWorse) => Err(format!(
            "whether higher or lower {} is better is not known, so no claim about it is judged",
            metric.title()
        )),
    }
}

/// One-sided p of the claim and of its contrary; where lower scores are better
/// the tails change their roles.
fn claim_p(
    relation: Relation,
    margin: f64,
    sign: f64,
    evidence: &Evidence,
    blocks: &[Block],
    method: Method,
) -> Result<(f64, f64), String> {
    let at = |shift: f64| -> Result<Tails, String> {
        let Tails { greater, less } = tails(evidence, blocks, sign * shift, method)?;
        let (greater, less) = if sign < 0.0 { (less, greater) } else { (greater, less) };
        Ok(Tails { greater, less })
    };
    Ok(match relation {
        Relation::Better => {
            let Tails { greater, less } = at(0.0)?;
            (greater, less)
        }
        Relation::NotWorse => {
            let Tails { greater, less } = at(-margin)?;
            (greater, less)
        }
        Relation::Equivalent => {
            let (low, high) = (at(-margin)?, at(margin)?);
            (low.greater.max(high.less), low.less.min(high.greater))
        }
    })
}

fn result(
    claim: &Claim,
    judged: Judged,
    panel: Panel,
    options: &CompareOptions,
    method: Method,
) -> ClaimResult {
    let (relation, side) = claim
        .relation()
        .map_or((Relation::Better, &claim.than), |(relation, side)| (relation, side));
    let (estimate, interval) =
        judged.evidence.as_ref().map_or((None, None), |e| estimate(e, options.confidence));
    let verb = match relation {
        Relation::Better => "better",
        Relation::NotWorse => "not worse",
        Relation::Equivalent => "equivalent",
    };
    ClaimResult {
        text: claim.text.clone(),
        formal: format!("{verb}: {} against {}", words(side), words(&claim.than)),
        relation,
        metric: judged.metric,
        margin: claim.margin.or(options.margin),
        blocks: judged.blocks.iter().map(|block| block.name.clone()).collect(),
        test: judged.evidence.as_ref().map(|evidence| method.kind(evidence)),
        n: judged.evidence.as_ref().map_or(String::new(), Evidence::n),
        estimate,
        interval: interval.map(|bounds| Interval {
            low: bounds.low,
            high: bounds.high,
            confidence: options.confidence,
            method: "t".into(),
        }),
        p: judged.p,
        adjusted_p: judged.adjusted_p,
        verdict: judged.verdict,
        panel,
        notes: judged.note.into_iter().collect(),
    }
}

fn words(side: &Side) -> String {
    let parts: Vec<&str> =
        [&side.model, &side.init].into_iter().flatten().map(String::as_str).collect();
    parts.join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(init: &str, values: [f64; 4]) -> Cell {
        let (task, model) = ("t".into(), "m".into());
        let (seeds, values) = (vec![0, 1, 2, 3], values.to_vec());
        let metric = "auc".into();
        let init = init.into();
        Cell { task, model, init, label_fraction: 1.0, metric, seeds, values, ..Cell::default() }
    }

    fn claim(relation: Relation, first: &str, second: &str) -> Claim {
        let side = |init: &str| Side { init: Some(init.into()), model: None };
        let named = |wanted| (relation == wanted).then(|| side(first));
        Claim {
            text: "a claim".into(),
            better: named(Relation::Better),
            not_worse: named(Relation::NotWorse),
            equivalent: named(Relation::Equivalent),
            than: side(second),
            at: crate::spec::Scope::default(),
            metric: None,
            margin: None,
        }
    }

    fn verdict(relation: Relation, first: &str, margin: Option<f64>) -> ClaimResult {
        let cells = vec![
            cell("low", [0.50, 0.52, 0.49, 0.51]),
            cell("high", [0.70, 0.73, 0.69, 0.72]),
            cell("like low", [0.501, 0.519, 0.491, 0.509]),
        ];
        let metrics = [MetricCells { metric: Metric::named("auc"), cells }];
        let options = CompareOptions { margin, ..CompareOptions::default() };
        let claims = [claim(relation, first, "low")];
        judge_claims(&claims, &metrics, &options).remove(0)
    }

    #[test]
    fn a_claim_is_supported_contradicted_or_undecided() {
        let of = |relation, first, margin| verdict(relation, first, margin).verdict;
        assert_eq!(of(Relation::Better, "high", None), Some(ClaimVerdict::Supported));
        assert_eq!(of(Relation::Better, "like low", None), Some(ClaimVerdict::Undecided));
        assert_eq!(of(Relation::Equivalent, "high", Some(0.02)), Some(ClaimVerdict::Contradicted));
        assert_eq!(of(Relation::Equivalent, "like low", Some(0.02)), Some(ClaimVerdict::Supported));
        assert_eq!(of(Relation::NotWorse, "like low", Some(0.02)), Some(ClaimVerdict::Supported));
    }

    #[test]
    fn without_a_margin_or_results_it_is_not_tested_and_says_why() {
        let result = verdict(Relation::Equivalent, "high", None);
        assert!(result.verdict.is_none() && result.notes[0].contains("--margin"));
        let result = verdict(Relation::Better, "nowhere", None);
        assert!(result.verdict.is_none() && !result.notes.is_empty());
    }
}

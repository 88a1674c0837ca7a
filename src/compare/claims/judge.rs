//! Judges claims under one analysis; the panel repeats it under others.
//!
//! With `for` the one-sided p of the claim and `against` that of its contrary:
//! *better* tests the difference against 0, *not worse* against minus the
//! margin, *equivalent* is two one-sided tests (Schuirmann 1987). The smaller
//! of the two, doubled, is the claim's p: for *better* the usual two-sided one.
//! Claims are one family.

use std::collections::BTreeMap;

use super::evidence::{Block, Evidence, blocks, evidence};
use super::panel;
use super::tails::{Method, Tails, estimate, tails};
use super::types::{ClaimResult, ClaimVerdict, Panel};
use crate::compare::types::{Cell, CompareOptions, Interval};
use crate::spec::{Claim, FamilyAdjustment, Relation, Side};
use crate::stats::adjust::adjust;

/// Cells of each metric.
pub(super) type Metrics = BTreeMap<String, Vec<Cell>>;

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
    metrics: &BTreeMap<String, Vec<Cell>>,
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
    let metric = how.metric.as_ref().or(claim.metric.as_ref()).unwrap_or(&options.metric);
    let cells = metrics.get(metric).map(Vec::as_slice).unwrap_or_default();
    let kept: Vec<Cell> = cells
        .iter()
        .filter(|cell| how.without_task.as_ref() != Some(&cell.task))
        .map(|cell| without_seed(cell, how.without_seed))
        .collect();
    let blocks = blocks(claim, &kept);
    let evidence = match evidence(&blocks) {
        Ok(evidence) => evidence,
        Err(note) => return Judged { blocks, note: Some(note), ..Judged::default() },
    };
    let margin = claim.margin.or(options.margin).unwrap_or(0.0);
    let relation = claim.relation().map_or(Relation::Better, |(relation, _)| relation);
    let (p, supports, note) = match claim_p(relation, margin, &evidence, &blocks, how.method) {
        Ok((for_it, against)) => {
            (Some((2.0 * for_it.min(against)).min(1.0)), for_it <= against, None)
        }
        Err(note) => (None, false, Some(note)),
    };
    let estimate = estimate(&evidence, options.confidence).0;
    Judged { blocks, evidence: Some(evidence), estimate, p, supports, note, ..Judged::default() }
}

fn without_seed(cell: &Cell, seed: Option<u64>) -> Cell {
    let mut cell = cell.clone();
    if let Some(index) = seed.and_then(|seed| cell.seeds.binary_search(&seed).ok()) {
        cell.seeds.remove(index);
        cell.values.remove(index);
    }
    cell
}

/// One-sided p of the claim and of its contrary.
fn claim_p(
    relation: Relation,
    margin: f64,
    evidence: &Evidence,
    blocks: &[Block],
    method: Method,
) -> Result<(f64, f64), String> {
    let at = |shift: f64| tails(evidence, blocks, shift, method);
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
        metric: claim.metric.clone().unwrap_or_else(|| options.metric.clone()),
        margin: claim.margin.or(options.margin),
        blocks: judged.blocks.iter().map(|block| block.name.clone()).collect(),
        test: judged.evidence.as_ref().map_or(String::new(), |e| method.title(e)),
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

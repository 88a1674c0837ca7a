//! Judges claims under one analysis; the panel repeats it under others.
//!
//! With `for` the one-sided p of the claim and `against` that of its contrary:
//! *better* tests the difference against 0, *not worse* against minus the
//! margin. The smaller of the two, doubled, is the claim's p: for *better* the
//! usual two-sided one. *Equivalent* is decided as in tables
//! ([`crate::compare::equivalence`]): the p of two one-sided tests, not doubled,
//! for the claim, and the two-sided p of a difference beyond the margin against
//! it.
//!
//! Claims of a difference are one family, claims of equivalence another, as the
//! tests of a table are. Where lower scores are better the tails change their
//! roles; *equivalent* has no direction, the other claims are not judged without
//! one.

use super::blocks::blocks;
use super::evidence::{Basis, Manner, evidence};
use super::method::{Estimated, Method};
use super::panel;
use super::reach::out_of_reach;
use super::types::{ClaimResult, ClaimVerdict, Panel};
use crate::compare::TestKind;
use crate::compare::equivalence::{Equivalence, equivalence};
use crate::compare::families::adjusted;
use crate::compare::shifted::Tails;
use crate::compare::types::{CompareOptions, Interval};
use crate::scores::{Cell, Metric, MetricCells, canonical};
use crate::spec::{Claim, DesignChoice, FamilyAdjustment, Relation};

/// Cells of each metric.
pub(super) type Metrics = [MetricCells];

/// One analysis of all claims.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Analysis {
    pub(super) method: Method,
    pub(super) adjustment: FamilyAdjustment,
    pub(super) design: DesignChoice,
    /// In the place of the claim's own metric.
    pub(super) metric: Option<String>,
    pub(super) without_task: Option<String>,
    pub(super) without_seed: Option<u64>,
}

/// A claim under one analysis.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) metric: Metric,
    /// Absent where there is nothing to test.
    pub(super) basis: Option<Basis>,
    pub(super) kind: Option<TestKind>,
    pub(super) n: String,
    pub(super) estimated: Estimated,
    pub(super) p: Option<f64>,
    pub(super) adjusted_p: Option<f64>,
    pub(super) verdict: Option<ClaimVerdict>,
    /// Why no verdict other than *undecided* was possible.
    pub(super) out_of_reach: Option<String>,
    pub(super) note: Option<String>,
    supports: bool,
    /// p of equivalence, beside a claim of a difference.
    within: Option<f64>,
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
        design: options.design,
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
        .map(|((claim, judged), panel)| result(claim, judged, panel, options))
        .collect()
}

pub(super) fn relation(claim: &Claim) -> Relation {
    claim.relation().map_or(Relation::Better, |(relation, _)| relation)
}

/// All claims under one analysis, adjusted in their families.
pub(super) fn judge(
    claims: &[Claim],
    metrics: &Metrics,
    options: &CompareOptions,
    analysis: &Analysis,
) -> Vec<Judged> {
    let mut all: Vec<Judged> =
        claims.iter().map(|claim| test(claim, metrics, options, analysis)).collect();
    for equivalent in [false, true] {
        let is_of = |claim: &Claim| (relation(claim) == Relation::Equivalent) == equivalent;
        let family: Vec<usize> = (0..claims.len()).filter(|i| is_of(&claims[*i])).collect();
        let p: Vec<Option<f64>> = family.iter().map(|i| all[*i].p).collect();
        let adjusted = adjusted(p.iter().copied(), analysis.adjustment);
        for (at, (index, adjusted)) in family.into_iter().zip(adjusted).enumerate() {
            all[index].out_of_reach = all[index].basis.as_ref().and_then(|basis| {
                out_of_reach(basis, analysis, equivalent, (&p, at), options.alpha)
            });
            decide(&mut all[index], adjusted, options.alpha);
        }
    }
    all
}

fn decide(judged: &mut Judged, adjusted: Option<f64>, alpha: f64) {
    judged.adjusted_p = adjusted;
    judged.verdict = adjusted.map(|p| match (p < alpha, judged.supports) {
        (false, _) => ClaimVerdict::Undecided,
        (true, true) => ClaimVerdict::Supported,
        (true, false) => ClaimVerdict::Contradicted,
    });
}

fn test(claim: &Claim, metrics: &Metrics, options: &CompareOptions, how: &Analysis) -> Judged {
    let named = how.metric.as_ref().or(claim.metric.as_ref()).unwrap_or(&options.metric.key);
    let of = metrics.iter().find(|of| of.metric.key == canonical(named));
    let metric = of.map_or(&options.metric, |of| &of.metric);
    let cells = of.map(|of| of.cells.as_slice()).unwrap_or_default();
    match tested(claim, cells, metric, options, how) {
        Ok(judged) => Judged { metric: metric.clone(), ..judged },
        Err(note) => Judged { metric: metric.clone(), note: Some(note), ..Judged::default() },
    }
}

fn tested(
    claim: &Claim,
    cells: &[Cell],
    metric: &Metric,
    options: &CompareOptions,
    how: &Analysis,
) -> Result<Judged, String> {
    let relation = relation(claim);
    let margin = claim.margin.or(options.margin);
    if relation != Relation::Better && margin.is_none() {
        return Err("no margin is stated: add `margin` to the claim, or pass --margin".into());
    }
    let sign = direction(relation, metric)?;
    let (blocks, alone) = blocks(claim, &kept(claim, cells, how));
    let manner = Manner { design: how.design, family: how.method.family() };
    let basis = evidence(blocks, &alone, manner, options)?;
    if basis.is_same_twice() {
        return Err("both sides have the same values: the same runs under two names?".into());
    }
    let tails = |shift: f64| how.method.tails(&basis, shift);
    let within = margin.map(|margin| equivalence(margin, tails).map(|found| found.within));
    let of = claim_p(relation, margin.unwrap_or(0.0), sign, tails);
    let (p, supports, note) = match of {
        Ok((p, supports)) => (Some(p), supports, None),
        Err(note) => (None, false, Some(note)),
    };
    Ok(Judged {
        kind: Some(how.method.kind(&basis.evidence)),
        n: how.method.n(&basis),
        estimated: how.method.estimate(&basis, options.confidence),
        within: within.and_then(Result::ok).filter(|_| relation == Relation::Better),
        basis: Some(basis),
        p,
        supports,
        note,
        ..Judged::default()
    })
}

/// Cells that the claim is about, without what the analysis leaves out.
fn kept(claim: &Claim, cells: &[Cell], how: &Analysis) -> Vec<Cell> {
    let side = claim.relation().map(|(_, side)| side);
    let is_on = |cell: &Cell| side.is_some_and(|side| side.hold(cell)) || claim.than.hold(cell);
    cells
        .iter()
        .filter(|cell| how.without_task.as_ref() != Some(&cell.task))
        .filter(|cell| claim.at.hold(cell) && is_on(cell))
        .map(|cell| without_seed(cell, how.without_seed))
        .collect()
}

fn without_seed(cell: &Cell, seed: Option<u64>) -> Cell {
    let mut cell = cell.clone();
    if let Some(index) = seed.and_then(|seed| cell.seeds.binary_search(&seed).ok()) {
        cell.seeds.remove(index);
        cell.values.remove(index);
    }
    cell
}

/// -1 where lower scores are better.
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

/// p of what the data favour, and whether that is the claim.
fn claim_p(
    relation: Relation,
    margin: f64,
    sign: f64,
    tails: impl Fn(f64) -> Result<Tails, String>,
) -> Result<(f64, bool), String> {
    let better_than = |shift: f64| -> Result<(f64, f64), String> {
        let Tails { greater, less } = tails(sign * shift)?;
        Ok(if sign < 0.0 { (less, greater) } else { (greater, less) })
    };
    let (for_it, against) = match relation {
        Relation::Better => better_than(0.0)?,
        Relation::NotWorse => better_than(-margin)?,
        Relation::Equivalent => {
            let Equivalence { within, beyond } = equivalence(margin, tails)?;
            return Ok((within.min(beyond), within <= beyond));
        }
    };
    Ok(((2.0 * for_it.min(against)).min(1.0), for_it <= against))
}

fn result(claim: &Claim, judged: Judged, panel: Panel, options: &CompareOptions) -> ClaimResult {
    let mut notes: Vec<String> = judged.note.iter().cloned().collect();
    notes.extend(judged.basis.iter().flat_map(|basis| basis.notes.iter().cloned()));
    notes.extend(judged.out_of_reach.clone());
    notes.extend(too_small(claim, &judged, options));
    let basis = judged.basis.as_ref();
    ClaimResult {
        text: claim.text.clone(),
        formal: formal(claim),
        relation: relation(claim),
        margin: claim.margin.or(options.margin),
        blocks: basis.map_or_else(Vec::new, |basis| {
            basis.blocks.iter().map(|block| block.name.clone()).collect()
        }),
        test: judged.kind,
        n: judged.n,
        unit: basis.map(Basis::unit).unwrap_or_default(),
        estimate: judged.estimated.value,
        estimand: judged.estimated.estimand.into(),
        interval: judged.estimated.bounds.map(|bounds| Interval {
            low: bounds.low,
            high: bounds.high,
            confidence: options.confidence,
            method: judged.estimated.how.into(),
        }),
        p: judged.p,
        adjusted_p: judged.adjusted_p,
        verdict: judged.verdict,
        metric: judged.metric,
        panel,
        notes,
    }
}

/// A difference that is there may still be too small to matter: tables then say
/// equivalent.
fn too_small(claim: &Claim, judged: &Judged, options: &CompareOptions) -> Option<String> {
    let margin = claim.margin.or(options.margin)?;
    let shown = judged.verdict == Some(ClaimVerdict::Supported)
        && judged.within.is_some_and(|p| p < options.alpha);
    shown.then(|| {
        format!(
            "the difference is there, and shown to be smaller than the margin of {margin}: the              sides are equivalent too"
        )
    })
}

/// `better: fine against coarse at 10 %`.
fn formal(claim: &Claim) -> String {
    let verb = match relation(claim) {
        Relation::Better => "better",
        Relation::NotWorse => "not worse",
        Relation::Equivalent => "equivalent",
    };
    let side = claim.relation().map_or(&claim.than, |(_, side)| side);
    let at = if claim.at.is_empty() { String::new() } else { format!(" at {}", claim.at.words()) };
    format!("{verb}: {} against {}{at}", side.words(), claim.than.words())
}

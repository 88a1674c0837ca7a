//! The robustness panel: the same claims under every other reasonable analysis.

use super::judge::{Analysis, Judged, Metrics, judge};
use super::tails::Method;
use super::types::{Alternative, Panel};
use crate::compare::types::CompareOptions;
use crate::spec::{Claim, FamilyAdjustment, Relation};
use crate::stats::wilcoxon::Zeros;

const METHODS: [Method; 6] = [
    Method::T,
    Method::Wilcoxon(Zeros::Wilcox),
    Method::Wilcoxon(Zeros::Pratt),
    Method::Wilcoxon(Zeros::Split),
    Method::Sign,
    Method::Permutation,
];

const ADJUSTMENTS: [FamilyAdjustment; 7] = [
    FamilyAdjustment::Holm,
    FamilyAdjustment::Hochberg,
    FamilyAdjustment::Hommel,
    FamilyAdjustment::Bonferroni,
    FamilyAdjustment::BenjaminiHochberg,
    FamilyAdjustment::BenjaminiYekutieli,
    FamilyAdjustment::None,
];

/// What an analysis changes, in words.
struct Change {
    axis: &'static str,
    variant: String,
    analysis: Analysis,
}

/// The panel of each claim; `judged` are the claims under the main analysis.
pub(super) fn panels(
    claims: &[Claim],
    metrics: &Metrics,
    options: &CompareOptions,
    main: &Analysis,
    judged: &[Judged],
) -> Vec<Panel> {
    let mut panels: Vec<Panel> = claims.iter().map(|_| Panel::default()).collect();
    for change in changes(metrics, options, main, judged) {
        let again = judge(claims, metrics, options, &change.analysis);
        for (index, result) in again.into_iter().enumerate() {
            if concerns(&change, &claims[index], &judged[index]) {
                let alternative =
                    alternative(&change, result, &claims[index], &judged[index], options);
                panels[index].alternatives.push(alternative);
            }
        }
    }
    panels
}

fn changes(
    metrics: &Metrics,
    options: &CompareOptions,
    main: &Analysis,
    judged: &[Judged],
) -> Vec<Change> {
    let mut out = Vec::new();
    let mut add = |axis, variant: String, analysis: Analysis| {
        out.push(Change { axis, variant, analysis });
    };
    for method in METHODS.into_iter().filter(|method| *method != main.method) {
        add("test", String::new(), Analysis { method, ..main.clone() });
    }
    add("pooling", String::new(), Analysis { method: Method::RandomEffects, ..main.clone() });
    for adjustment in ADJUSTMENTS.into_iter().filter(|a| *a != main.adjustment) {
        let variant = format!("{} adjustment", adjustment.title());
        add("adjustment", variant, Analysis { adjustment, ..main.clone() });
    }
    for metric in metrics.iter().map(|of| &of.metric.key).filter(|key| **key != options.metric.key)
    {
        let analysis = Analysis { metric: Some(metric.clone()), ..main.clone() };
        add("metric", metric.clone(), analysis);
    }
    for task in tasks(judged) {
        let analysis = Analysis { without_task: Some(task.clone()), ..main.clone() };
        add("leave one task out", format!("without {task}"), analysis);
    }
    for seed in seeds(judged) {
        let analysis = Analysis { without_seed: Some(seed), ..main.clone() };
        add("leave one seed out", format!("without seed {seed}"), analysis);
    }
    out
}

/// Tasks of all claims, in order of first appearance.
fn tasks(judged: &[Judged]) -> Vec<String> {
    let mut tasks: Vec<String> = Vec::new();
    for block in judged.iter().flat_map(|j| &j.blocks) {
        if !tasks.contains(&block.task) {
            tasks.push(block.task.clone());
        }
    }
    tasks
}

fn seeds(judged: &[Judged]) -> Vec<u64> {
    let cells = judged.iter().flat_map(|j| &j.blocks).flat_map(|b| [&b.level, &b.reference]);
    let mut seeds: Vec<u64> = cells.flat_map(|cell| cell.seeds.iter().copied()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}

/// Whether a change alters what the claim is judged on.
fn concerns(change: &Change, claim: &Claim, judged: &Judged) -> bool {
    let how = &change.analysis;
    let of_claim = |task: &String| judged.blocks.iter().any(|b| b.task == *task);
    let several_tasks = judged.blocks.iter().any(|b| b.task != judged.blocks[0].task);
    let has_seed = |seed: &u64| judged.blocks.iter().any(|b| b.level.value_of(*seed).is_some());
    if how.method == Method::RandomEffects {
        return judged.blocks.len() > 1;
    }
    how.without_task.as_ref().is_none_or(|task| several_tasks && of_claim(task))
        && how.without_seed.as_ref().is_none_or(has_seed)
        && how.metric.as_ref().is_none_or(|metric| claim.metric.as_ref() != Some(metric))
}

fn alternative(
    change: &Change,
    result: Judged,
    claim: &Claim,
    main: &Judged,
    options: &CompareOptions,
) -> Alternative {
    let method = change.analysis.method;
    let evidence = result.evidence.as_ref().or(main.evidence.as_ref());
    let named = || evidence.map_or(String::new(), |evidence| method.kind(evidence).name());
    let variant = if change.variant.is_empty() { named() } else { change.variant.clone() };
    let smallest = evidence.map_or(0.0, |evidence| method.smallest_p(evidence));
    let needs_margin = claim.relation().is_some_and(|(relation, _)| relation != Relation::Better);
    let impossible = if smallest >= options.alpha {
        Some(format!("with so few seeds its p cannot fall below {smallest}"))
    } else if needs_margin && change.analysis.metric.is_some() {
        Some("the margin is in units of another metric".into())
    } else {
        None
    };
    Alternative {
        axis: change.axis.into(),
        variant,
        verdict: result.verdict.filter(|_| impossible.is_none()),
        p: result.adjusted_p,
        estimate: result.estimate,
        metric: result.metric,
        note: impossible.or(result.note),
    }
}

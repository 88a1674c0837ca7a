//! The robustness panel: the same claims under every other reasonable analysis.
//!
//! What is the same analysis for a claim is one row, or none where it is the main
//! one: rules for zeros where no difference is zero, adjustments that leave its p
//! as it is, a seed or a task that does not count anyway, tests that its design
//! does not have. Each row has its own test, n and estimate.

use super::evidence::Basis;
use super::judge::{Analysis, Judged, Metrics, judge, relation};
use super::method::{Method, is_same_test};
use super::types::{Alternative, Panel};
use crate::compare::TestKind;
use crate::compare::shifted::SeedMethod;
use crate::compare::types::CompareOptions;
use crate::scores::{Metric, Unit};
use crate::spec::{Claim, DesignChoice, FamilyAdjustment, Relation};
use crate::stats::wilcoxon::Zeros;

const METHODS: [SeedMethod; 6] = [
    SeedMethod::T,
    SeedMethod::Wilcoxon(Zeros::Wilcox),
    SeedMethod::Wilcoxon(Zeros::Pratt),
    SeedMethod::Wilcoxon(Zeros::Split),
    SeedMethod::Sign,
    SeedMethod::Permutation,
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

/// p-values are told apart beyond rounding.
const ROUNDING: f64 = 1e-12;

/// What an analysis changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Test,
    Pooling,
    Design,
    Adjustment,
    Metric,
    Task,
    Seed,
}

impl Axis {
    fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Pooling => "pooling",
            Self::Design => "design",
            Self::Adjustment => "adjustment",
            Self::Metric => "metric",
            Self::Task => "leave one task out",
            Self::Seed => "leave one seed out",
        }
    }
}

/// One change of the main analysis.
struct Change {
    axis: Axis,
    /// To what; of a test its name, which depends on the evidence.
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
    let mut rows: Vec<Vec<(Axis, Judged, Alternative)>> = claims.iter().map(|_| vec![]).collect();
    for change in changes(metrics, main, judged) {
        let again = judge(claims, metrics, options, &change.analysis);
        for (index, result) in again.into_iter().enumerate() {
            let (claim, main) = (&claims[index], &judged[index]);
            if !concerns(&change, claim, main, metrics) || is_same(change.axis, main, &result) {
                continue;
            }
            let known = rows[index].iter_mut().find(|(axis, known, _)| {
                *axis == change.axis && is_same(change.axis, known, &result)
            });
            match known {
                Some((Axis::Adjustment, _, row)) => {
                    row.variant = format!("{}, {}", row.variant, change.variant);
                }
                Some(_) => {}
                None => {
                    let row = alternative(&change, &result, claim, main);
                    rows[index].push((change.axis, result, row));
                }
            }
        }
    }
    let of = |rows: Vec<(Axis, Judged, Alternative)>| Panel {
        alternatives: rows.into_iter().map(|(.., row)| row).collect(),
    };
    rows.into_iter().map(of).collect()
}

fn changes(metrics: &Metrics, main: &Analysis, judged: &[Judged]) -> Vec<Change> {
    let mut out = Vec::new();
    let mut add = |axis, variant: String, analysis: Analysis| {
        out.push(Change { axis, variant, analysis });
    };
    for method in METHODS.into_iter().map(Method::Seeds).filter(|method| *method != main.method) {
        add(Axis::Test, String::new(), Analysis { method, ..main.clone() });
    }
    let pooled = Analysis { method: Method::RandomEffects, ..main.clone() };
    add(Axis::Pooling, String::new(), pooled);
    let designs = [
        (DesignChoice::Shared, "pairs of shared seeds alone"),
        (DesignChoice::Partial, "pairs and single runs"),
        (DesignChoice::Independent, "independent samples"),
    ];
    for (design, words) in designs.into_iter().filter(|(design, _)| *design != main.design) {
        add(Axis::Design, words.into(), Analysis { design, ..main.clone() });
    }
    for adjustment in ADJUSTMENTS.into_iter().filter(|a| *a != main.adjustment) {
        let analysis = Analysis { adjustment, ..main.clone() };
        add(Axis::Adjustment, adjustment.title().into(), analysis);
    }
    for Metric { key, .. } in metrics.iter().map(|of| &of.metric) {
        let analysis = Analysis { metric: Some(key.clone()), ..main.clone() };
        add(Axis::Metric, key.clone(), analysis);
    }
    for task in tasks(judged) {
        let analysis = Analysis { without_task: Some(task.clone()), ..main.clone() };
        add(Axis::Task, format!("without {task}"), analysis);
    }
    for seed in seeds(judged) {
        let analysis = Analysis { without_seed: Some(seed), ..main.clone() };
        add(Axis::Seed, format!("without seed {seed}"), analysis);
    }
    out
}

/// Tasks of all claims, in order of first appearance.
fn tasks(judged: &[Judged]) -> Vec<String> {
    let mut tasks: Vec<String> = Vec::new();
    for block in judged.iter().filter_map(|j| j.basis.as_ref()).flat_map(|basis| &basis.blocks) {
        if !tasks.contains(&block.task) {
            tasks.push(block.task.clone());
        }
    }
    tasks
}

fn seeds(judged: &[Judged]) -> Vec<u64> {
    let over_seeds = |basis: &&Basis| basis.unit() == Unit::Seeds;
    let bases = judged.iter().filter_map(|j| j.basis.as_ref()).filter(over_seeds);
    let blocks = bases.flat_map(|basis| &basis.blocks);
    let cells = blocks.flat_map(|b| [&b.level, &b.reference]);
    let mut seeds: Vec<u64> = cells.flat_map(|cell| cell.seeds.iter().copied()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    seeds
}

/// Whether a change makes another analysis of the claim that can be asked for.
fn concerns(change: &Change, claim: &Claim, main: &Judged, metrics: &Metrics) -> bool {
    let Some(basis) = &main.basis else { return false };
    match change.axis {
        Axis::Test | Axis::Pooling => change.analysis.method.fits(basis),
        // Runs that are all paired are no independent samples.
        Axis::Design => basis.is_partly_paired(),
        Axis::Adjustment => true,
        // Leaving one of many cases out shows nothing.
        Axis::Seed => basis.unit() == Unit::Seeds,
        Axis::Task => basis.blocks.iter().any(|block| block.task != basis.blocks[0].task),
        Axis::Metric => {
            let key = change.analysis.metric.as_ref();
            let of = metrics.iter().map(|of| &of.metric).find(|of| Some(&of.key) == key);
            let directed = of.is_some_and(Metric::is_directed);
            key != Some(&main.metric.key) && (directed || relation(claim) == Relation::Equivalent)
        }
    }
}

/// Whether two analyses of a claim are one.
fn is_same(axis: Axis, a: &Judged, b: &Judged) -> bool {
    let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= ROUNDING * a.abs().max(b.abs()),
        (a, b) => a == b,
    };
    if axis == Axis::Adjustment {
        return close(a.adjusted_p, b.adjusted_p);
    }
    let test = |judged: &Judged| judged.kind.unwrap_or(TestKind::PairedT);
    let evidence = |judged: &Judged| judged.basis.as_ref().map(|basis| basis.evidence.clone());
    a.metric.key == b.metric.key
        && a.kind.is_some() == b.kind.is_some()
        && is_same_test(test(a), test(b))
        && evidence(a) == evidence(b)
        && close(a.p, b.p)
}

fn alternative(change: &Change, result: &Judged, claim: &Claim, main: &Judged) -> Alternative {
    let foreign = relation(claim) != Relation::Better && change.axis == Axis::Metric;
    let impossible = if foreign {
        Some("the margin is in units of another metric".to_string())
    } else {
        result.out_of_reach.clone()
    };
    let kind = result.kind.or(main.kind);
    let variant = match change.axis {
        Axis::Test | Axis::Pooling => kind.map_or_else(String::new, TestKind::name),
        _ => change.variant.clone(),
    };
    Alternative {
        axis: change.axis.word().into(),
        variant,
        verdict: result.verdict.filter(|_| impossible.is_none()),
        p: result.adjusted_p.filter(|_| !foreign),
        estimate: result.estimated.value,
        estimand: result.estimated.estimand.into(),
        test: result.kind,
        n: result.n.clone(),
        metric: result.metric.clone(),
        note: impossible.or_else(|| result.note.clone()),
    }
}

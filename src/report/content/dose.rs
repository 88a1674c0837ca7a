//! Granularities of pretraining labels, drawn.

use super::names::Names;
use super::panels::{MOST_PANELS, Panels};
use crate::compare::CellSummary;
use crate::compare::pooled::{Contrast, Pooled};
use crate::figures::{
    DoseLevel, DosePoint, DoseResponseInput, DoseSeries, ForestGroup, ForestPlotInput, ForestRow,
    dose_response, forest_plot,
};
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::scores::{Factor, Verdict};
use crate::spec::Study;
use crate::text::percent;

/// Granularities that are doses of the same thing, from the lowest up.
const DOSES: [&str; 3] = ["none", "coarse", "fine"];

/// The section with its figures, after the sentences and before the table.
pub(super) fn with_figures(
    mut section: Section,
    input: &ReportInput,
    study: Option<&Study>,
) -> Section {
    let names = Names::of(&input.comparisons[0], study);
    let at = section.blocks.iter().position(|block| matches!(block, Block::Table(_)));
    let at = at.unwrap_or(section.blocks.len());
    let figures = contrasts(input, &names).into_iter().chain(doses(input, &names, study));
    section.blocks.splice(at..at, figures);
    section
}

/// Contrasts over all models and fractions, with their summary over tasks.
fn contrasts(input: &ReportInput, names: &Names<'_>) -> Option<Block> {
    let analysis = input.analysis.granularity.as_ref()?;
    let group = |pooled: &Pooled| ForestGroup {
        title: format!("{} against {}", pooled.level, pooled.reference),
        rows: pooled.tasks.iter().map(|contrast| single(contrast, names)).collect(),
        pooled: pooled.difference.point().map(|difference| ForestRow {
            label: format!("pooled over {} tasks", pooled.k),
            difference,
            interval: pooled.difference.bounds().map(|i| (i.low, i.high)),
            verdict: pooled.verdict.map(Verdict::word).unwrap_or_default().into(),
        }),
    };
    let figure = ForestPlotInput {
        axis: format!("difference of {}", names.metric().axis()),
        decimals: names.metric().decimals,
        confidence: analysis.options.confidence,
        margin: analysis.options.margin,
        groups: analysis.pooled.iter().filter(|p| p.scope.overall).map(group).collect(),
    };
    let percent_of = percent(analysis.options.confidence);
    let mut panels = Panels::new("fig-granularity").telling(|numbers| {
        numbers
            .how(
                "difference",
                "over models and shares of labels; pooled: random effects over tasks",
            )
            .how("interval", format!("{percent_of} interval"))
            .of("means over seeds of the cells of both granularities")
    });
    panels.add(names.metric().title(), forest_plot(&figure), figure.csv());
    panels.block(&format!(
        "Granularities against each other, over all models and shares of labels: each task, and the \
         random-effects summary over tasks as a diamond, with {} intervals.",
        percent(analysis.options.confidence)
    ))
}

fn single(contrast: &Contrast, names: &Names<'_>) -> ForestRow {
    let verdict = contrast.verdict.map(|v| v.word().to_string());
    ForestRow {
        label: names.task(&contrast.task),
        difference: contrast.difference.point().unwrap_or(f64::NAN),
        interval: contrast.difference.bounds().map(|i| (i.low, i.high)),
        verdict: verdict.unwrap_or_else(|| contrast.notes.join("; ")),
    }
}

/// Scores against granularity, a line per label fraction.
fn doses(input: &ReportInput, names: &Names<'_>, study: Option<&Study>) -> Option<Block> {
    if !input.comparisons[0].options.factors.is(Factor::INIT) {
        return None;
    }
    let interval = percent(names.main.options.confidence);
    let mut panels = Panels::new("fig-dose").telling(|numbers| {
        numbers
            .how("mean", "mean over seeds; of several inits the mean of their means")
            .how("interval", format!("{interval} interval of the mean over seeds"))
            .of("scores of single seeds")
    });
    let facets = names.facets();
    for facet in facets.iter().take(MOST_PANELS) {
        let figure = dose_input(&names.cells(facet), names, study);
        panels.add(&names.panel(facet), dose_response(&figure), figure.csv());
    }
    panels.skip(facets.len().saturating_sub(MOST_PANELS));
    panels.block(&format!(
        "{} against the granularity of the pretraining labels, a line per share of training labels, \
         with {} intervals over seeds; small marks are single seeds. Granularities that are no \
         amount of the same labels stand apart.",
        names.metric(),
        percent(names.main.options.confidence)
    ))
}

fn dose_input(
    cells: &[&CellSummary],
    names: &Names<'_>,
    study: Option<&Study>,
) -> DoseResponseInput {
    let mut levels: Vec<&str> = Vec::new();
    for name in cells.iter().filter_map(|c| c.cell.granularity.as_deref()) {
        if !levels.contains(&name) {
            levels.push(name);
        }
    }
    let dose = |name: &str| DOSES.iter().position(|dose| *dose == name);
    levels.sort_by_key(|name| dose(name).unwrap_or(DOSES.len()));
    let mut fractions: Vec<f64> = cells.iter().map(|c| c.cell.label_fraction).collect();
    fractions.sort_by(f64::total_cmp);
    fractions.dedup();
    let of = |name: &str, fraction: Option<f64>| -> Vec<&CellSummary> {
        let wanted = |c: &&&CellSummary| {
            c.cell.granularity.as_deref() == Some(name)
                && fraction.is_none_or(|f| f == c.cell.label_fraction)
        };
        cells.iter().filter(wanted).copied().collect()
    };
    let level = |name: &&str| DoseLevel {
        name: (*name).into(),
        classes: classes(&of(name, None), study),
        is_dose: dose(name).is_some(),
    };
    let line = |fraction: &f64| DoseSeries {
        name: format!("{} of the labels", percent(*fraction)),
        points: levels.iter().map(|name| point(&of(name, Some(*fraction)))).collect(),
    };
    DoseResponseInput {
        metric: names.metric().axis(),
        decimals: names.metric().decimals,
        confidence: names.main.options.confidence,
        levels: levels.iter().map(level).collect(),
        series: fractions.iter().map(line).collect(),
    }
}

/// The mean of one init with its interval; of several inits of one granularity
/// the mean of their means, without one.
fn point(cells: &[&CellSummary]) -> Option<DosePoint> {
    let means: Vec<f64> = cells.iter().filter_map(|c| c.mean).collect();
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    let interval = match cells {
        [one] => one.interval.as_ref().map(|i| (i.low, i.high)),
        _ => None,
    };
    let values = cells.iter().flat_map(|c| c.cell.values.iter().copied()).collect();
    (!means.is_empty()).then_some(DosePoint { mean, interval, values })
}

/// Number of classes of the pretraining, where the study says one.
fn classes(cells: &[&CellSummary], study: Option<&Study>) -> Option<u32> {
    let inits = &study?.inits;
    let mut known = cells.iter().map(|c| inits.get(&c.cell.init)?.source_classes);
    let first = known.next()??;
    known.all(|other| other == Some(first)).then_some(first)
}

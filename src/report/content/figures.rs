//! The figures of the main metric.

use std::borrow::Cow;

use super::arrange::paragraph;
use super::facet_figures::{FacetFigure, FacetPanel, facet_panels};
use super::names::metric_title;
use super::summary_table::cells_csv;
use crate::compare::format::percent;
use crate::compare::{CellSummary, Comparison, Factor, interval_title};
use crate::figures::{KnownRows, MOST_BRACKETS, Numbers, is_share};
use crate::report::document::{Block, FigureBlock, Panel};
use crate::report::text::{Text, prose};
use crate::spec::Study;
use crate::stats::mean_interval::IntervalMethod;

/// Said where an end of an interval passes what its score cannot.
fn cut(main: &Comparison, end: impl Fn(&CellSummary) -> Option<f64>) -> &'static str {
    let mut scores = main.cells.iter().flat_map(|c| c.cell.values.iter().copied().chain(c.mean));
    let share = is_share(&main.options.metric) && scores.all(|score| score <= 1.0);
    if share && main.cells.iter().filter_map(end).any(|end| end > 1.0) {
        " What passes 1, which the score cannot, is cut there."
    } else {
        ""
    }
}

pub(super) fn figures(main: &Comparison, study: Option<&Study>, numbers: &Numbers) -> Vec<Block> {
    let metric = &main.options.metric;
    let name = metric_title(metric);
    let panels = |kind, id: &str| -> Vec<Panel> {
        let drawn = facet_panels(kind, main, study).into_iter().enumerate();
        drawn
            .map(|(at, FacetPanel { title, figure })| Panel {
                title,
                svg: figure.inline(&format!("{id}-{at}"), numbers),
                file: figure.standalone(),
            })
            .collect()
    };
    let lines = panels(FacetFigure::LabelFraction, "line");
    let bars = panels(FacetFigure::GroupedBars, "bars");
    if lines.is_empty() {
        return vec![paragraph("There is no value to draw.")];
    }
    let csv = cells_csv(&main.cells);
    let interval = percent(main.options.confidence);
    let base = if metric == "auc" {
        "Bars start at 0.5, the AUC of chance, unless a value lies below it."
    } else {
        "Bars start at 0."
    };
    let caption = |text: String| text;
    vec![
        paragraph(prose![
            "[[fig-fractions]] shows ",
            Text::plain(name),
            " against the share of training labels, [[fig-bars]] the same means with the tests; \
             the numbers are in [[tab-summary]]",
            if main.rows.is_empty() { "." } else { " and [[tab-tests]]." },
        ]),
        figure_block(
            "fig-fractions",
            caption(format!(
                "{name} against the share of training labels. Lines join means over seeds, bands \
                 and bars are {interval} {} intervals of the mean, small marks are \
                 single seeds. Levels of the share stand at equal distances.{}",
                interval_title(main.options.interval),
                cut(main, |cell| Some(cell.interval.as_ref()?.high))
            )),
            lines,
            csv.clone(),
        ),
        figure_block(
            "fig-bars",
            caption(format!(
                "Mean {name} over seeds; error bars are one sample standard deviation. Brackets \
                 hold {}-adjusted p-values: *** below 0.001, ** below 0.01, * below 0.05, n.s. \
                 otherwise; a group with more than {MOST_BRACKETS} tests has none. {base}{}",
                main.adjustment,
                cut(main, |cell| Some(cell.mean? + cell.sd?))
            )),
            bars,
            csv,
        ),
    ]
}

/// What is said of the numbers of cells and tests in drawings.
pub(super) fn cell_numbers(prefix: &str, main: &Comparison, known: KnownRows) -> Numbers {
    let interval = percent(main.options.confidence);
    let numbers = Numbers::new(prefix)
        .known(known)
        .how("mean", "mean over seeds")
        .how("seed", "score of one seed")
        .how("sd", "sample standard deviation over seeds")
        .how("interval", format!("{interval} {} interval", interval_title(main.options.interval)))
        .how("adjusted_p", format!("adjusted by {}", main.adjustment))
        .how("difference", "difference of means")
        .of("scores of single seeds");
    match main.options.interval {
        IntervalMethod::T => numbers,
        _ => numbers.seed(main.options.seed),
    }
}

pub(super) fn figure_block(label: &str, caption: String, panels: Vec<Panel>, csv: String) -> Block {
    Block::Figure(FigureBlock { label: label.into(), number: 0, all: 0, caption, panels, csv })
}

/// Levels of the inits and their titles, in order of appearance.
pub(super) fn levels(cells: &[CellSummary], study: Option<&Study>) -> (Vec<String>, Vec<String>) {
    let mut levels: Vec<String> = Vec::new();
    for cell in cells {
        if !levels.contains(&cell.cell.init) {
            levels.push(cell.cell.init.clone());
        }
    }
    let title = |name: &String| {
        study.and_then(|s| s.inits.get(name)?.title.clone()).unwrap_or_else(|| name.clone())
    };
    let titles = levels.iter().map(title).collect();
    (levels, titles)
}

/// The comparison as the figures draw it: the levels that are compared stand
/// in `init`, what is the same on both sides in `model`.
pub(super) fn by_init(comparison: &Comparison) -> Cow<'_, Comparison> {
    if comparison.options.factor != Some(Factor::Model) {
        return Cow::Borrowed(comparison);
    }
    let mut comparison = comparison.clone();
    for summary in &mut comparison.cells {
        std::mem::swap(&mut summary.cell.init, &mut summary.cell.model);
    }
    for row in &mut comparison.rows {
        std::mem::swap(&mut row.init, &mut row.model);
    }
    Cow::Owned(comparison)
}

/// Task and model of each panel, in order of appearance.
pub(super) fn facets(cells: &[CellSummary]) -> Vec<(String, String)> {
    let mut facets: Vec<(String, String)> = Vec::new();
    for cell in cells {
        let key = (cell.cell.task.clone(), cell.cell.model.clone());
        if !facets.contains(&key) {
            facets.push(key);
        }
    }
    facets
}

pub(super) fn task_title(name: &str, study: Option<&Study>) -> String {
    study.and_then(|s| s.tasks.get(name)?.title.clone()).unwrap_or_else(|| name.into())
}

pub(super) fn model_title(name: &str, study: Option<&Study>) -> String {
    study
        .and_then(|s| s.models.get(name))
        .map(|m| m.title.clone().unwrap_or_else(|| m.backbone.title().into()))
        .unwrap_or_else(|| name.into())
}

//! The figures of the main metric.

use super::arrange::paragraph;
use super::facet_figures::{FacetFigure, FacetPanel, facet_panels};
use super::summary_table::cells_csv;
use crate::compare::{CellSummary, Comparison, interval_title};
use crate::figures::{KnownRows, MOST_BRACKETS, Numbers};
use crate::report::document::{Block, FigureBlock, Panel};
use crate::report::text::{Text, prose};
use crate::spec::Study;
use crate::stats::mean_interval::IntervalMethod;
use crate::text::percent;

/// Said where an end of an interval passes what its score cannot.
fn cut(main: &Comparison, end: impl Fn(&CellSummary) -> Option<f64>) -> String {
    let Some(highest) = main.options.metric.highest() else { return String::new() };
    if main.cells.iter().filter_map(end).any(|end| end > highest) {
        format!(" What passes {highest}, which the score cannot, is cut there.")
    } else {
        String::new()
    }
}

pub(super) fn figures(main: &Comparison, study: Option<&Study>, numbers: &Numbers) -> Vec<Block> {
    let metric = &main.options.metric;
    let name = metric.title();
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
    let base = match metric.chance() {
        Some(chance) if chance != 0.0 => {
            format!("Bars start at {chance}, the {name} of chance, unless a value lies below it.")
        }
        _ => "Bars start at 0.".into(),
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

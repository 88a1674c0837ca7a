//! The figures of the main metric.

use super::arrange::paragraph;
use super::facet_figures::{FacetFigure, FacetPanel, facet_panels};
use super::names::Names;
use super::summary_table::cells_csv;
use crate::compare::{CellSummary, Comparison};
use crate::figures::{KnownRows, MOST_BRACKETS, Numbers, bars_start};
use crate::report::document::{Block, FigureBlock, Panel};
use crate::report::text::{Text, prose};
use crate::scores::Unit;
use crate::spec::{FamilyAdjustment, Study};
use crate::stats::mean_interval::IntervalMethod;
use crate::text::percent;

/// Said where an end of an interval passes what its score cannot.
fn cut(main: &Comparison, ends: impl Fn(&CellSummary) -> Option<(f64, f64)>) -> String {
    let metric = &main.options.metric;
    let ends: Vec<(f64, f64)> = main.cells.iter().filter_map(ends).collect();
    let highest = metric.highest().filter(|most| ends.iter().any(|(_, high)| high > most));
    let lowest = metric.lowest().filter(|least| ends.iter().any(|(low, _)| low < least));
    match (lowest, highest) {
        (None, None) => String::new(),
        (None, Some(highest)) => {
            format!(" What passes {highest}, which the score cannot, is cut there.")
        }
        (Some(lowest), None) => {
            format!(" What lies below {lowest}, which the score cannot, is cut there.")
        }
        (Some(lowest), Some(highest)) => format!(
            " What lies below {lowest} or passes {highest}, which the score cannot, is cut there."
        ),
    }
}

/// Where bars start, in words; figures of several panels may start apart.
fn base(names: &Names<'_>) -> String {
    let metric = names.metric();
    let facets = names.facets();
    let mut starts: Vec<f64> =
        facets.iter().map(|facet| bars_start(&names.cells(facet), metric)).collect();
    starts.sort_by(f64::total_cmp);
    starts.dedup();
    match starts[..] {
        [0.0] | [] => "Bars start at 0.".into(),
        [chance] => format!("Bars start at {chance}, the {} of chance.", metric.title()),
        _ => format!(
            "Bars start at {}, the {} of chance, unless a value lies below it; then at 0.",
            starts[starts.len() - 1],
            metric.title()
        ),
    }
}

/// What the brackets over bars are.
fn brackets(main: &Comparison) -> String {
    if main.rows.is_empty() {
        return String::new();
    }
    let adjusted = match main.options.adjustment {
        FamilyAdjustment::None => "unadjusted".into(),
        _ => format!("{}-adjusted", main.adjustment),
    };
    format!(
        " Brackets hold {adjusted} p-values: *** below 0.001, ** below 0.01, * below 0.05, n.s. \
         otherwise; a group with more than {MOST_BRACKETS} tests has none."
    )
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
    let full = metric.in_full();
    let (lines_are, bars_are) = words(main);
    vec![
        paragraph(prose![
            "[[fig-fractions]] shows ",
            Text::plain(name),
            " against the share of training labels, [[fig-bars]] the same means",
            if brackets(main).is_empty() { "" } else { " with the tests" },
            "; the numbers are in [[tab-summary]]",
            if main.rows.is_empty() { "." } else { " and [[tab-tests]]." },
        ]),
        figure_block(
            "fig-fractions",
            format!(
                "{full} against the share of training labels. {lines_are} Levels of the share \
                 stand at equal distances.{}",
                cut(main, |cell| cell.interval.as_ref().map(|i| (i.low, i.high)))
            ),
            lines,
            csv.clone(),
        ),
        figure_block(
            "fig-bars",
            format!(
                "{bars_are}{} {}{}",
                brackets(main),
                base(&Names::of(main, study)),
                cut(main, |cell| Some((cell.mean? - cell.sd?, cell.mean? + cell.sd?)))
            ),
            bars,
            csv,
        ),
    ]
}

/// What lines and bars show: means with what they vary by, or scores of a whole
/// test set, which have neither a spread nor single values.
fn words(main: &Comparison) -> (String, String) {
    let (full, over) = (main.options.metric.in_full(), main.unit().word());
    let (interval, how) = (percent(main.options.confidence), main.interval_words());
    if main.of_test_set() {
        let lines = format!(
            "Lines join scores of the whole test set, bars are their {interval} intervals ({how})."
        );
        return (lines, format!("{full} of the whole test set."));
    }
    let intervals = match main.unit() {
        Unit::Cases => format!("{interval} intervals of the mean ({how})"),
        _ => format!("{interval} {how} intervals of the mean"),
    };
    let lines = format!(
        "Lines join means over {over}, bands and bars are {intervals}, small marks are single {over}."
    );
    let bars = format!("Mean {full} over {over}; error bars are one sample standard deviation.");
    (lines, bars)
}

/// What is said of the numbers of cells and tests in drawings.
pub(super) fn cell_numbers(prefix: &str, main: &Comparison, known: KnownRows) -> Numbers {
    let over = main.unit().word();
    let interval = percent(main.options.confidence);
    let numbers = Numbers::new(prefix)
        .known(known)
        .how("mean", mean_of(main))
        .how("seed", format!("score of one {}", main.unit().singular()))
        .how("sd", format!("sample standard deviation over {over}"))
        .how("interval", format!("{interval} {} interval", main.interval_words()))
        .how("adjusted_p", format!("adjusted by {}", main.adjustment))
        .how("difference", "difference of means")
        .of(format!("scores of single {over}"));
    match main.options.interval {
        IntervalMethod::T => numbers,
        _ => numbers.seed(main.options.seed),
    }
}

/// What the score of a cell is.
pub(super) fn mean_of(main: &Comparison) -> String {
    if main.of_test_set() {
        "score of the whole test set".into()
    } else {
        format!("mean over {}", main.unit().word())
    }
}

pub(super) fn figure_block(label: &str, caption: String, panels: Vec<Panel>, csv: String) -> Block {
    Block::Figure(FigureBlock { label: label.into(), number: 0, all: 0, caption, panels, csv })
}

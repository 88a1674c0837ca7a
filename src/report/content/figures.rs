//! The figures of the main metric.

use super::arrange::paragraph;
use super::facet_figures::{FacetFigure, FacetPanel, facet_panels};
use super::names::Names;
use super::summary_table::cells_csv;
use crate::compare::{CellSummary, Comparison};
use crate::figures::{
    CurvePanel, KnownRows, LevelCells, MOST_BRACKETS, MOST_MARKS, Numbers, bars_start, curve_grid,
};
use crate::report::document::{Block, FigureBlock, Panel};
use crate::scores::Unit;
use crate::spec::FamilyAdjustment;
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
    if main.rows.iter().all(|row| row.adjusted_p.is_none()) {
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

/// More panels of bars than this are small panels in one grid.
const MOST_BARS: usize = 6;
/// More levels than this cannot be told apart in one panel.
const MOST_LEVELS: usize = 12;

/// The means, once: along the label fractions in one grid where there are several
/// or many panels, else as bars with the tests over them.
pub(super) fn figures(names: &Names<'_>, standings: &[String], numbers: &Numbers) -> Vec<Block> {
    let main = names.main;
    let csv = cells_csv(&main.cells);
    let full = main.options.metric.in_full();
    let (lines_are, bars_are) = words(main);
    let bars = || facet_panels(FacetFigure::GroupedBars, main, names.study());
    if names.has_fractions() || names.facets().len() > MOST_BARS {
        let (panel, left_out) = grid(names, standings, numbers);
        let Some(panel) = panel else { return vec![paragraph("There is no value to draw.")] };
        let against = if names.has_fractions() {
            " against the share of training labels, drawn at equal distances"
        } else {
            ""
        };
        let rest = match left_out {
            0 => String::new(),
            n => format!(
                " The {MOST_LEVELS} {} with the best scores are drawn; {n} more are in the table.",
                main.options.factors.plural()
            ),
        };
        let caption = format!(
            "{full}{against}. {lines_are} Panels of a task have one scale.{}{rest}",
            cut(main, |cell| cell.interval.as_ref().map(|i| (i.low, i.high)))
        );
        return vec![figure_block("fig-fractions", caption, vec![panel], csv)];
    }
    let panels: Vec<Panel> = bars()
        .into_iter()
        .enumerate()
        .map(|(at, FacetPanel { title, figure })| Panel {
            title,
            svg: figure.inline(&format!("bars-{at}"), numbers),
            file: figure.standalone(),
        })
        .collect();
    if panels.is_empty() {
        return vec![paragraph("There is no value to draw.")];
    }
    let caption = format!(
        "{bars_are}{} {}{}",
        brackets(main),
        base(names),
        cut(main, |cell| Some((cell.mean? - cell.sd?, cell.mean? + cell.sd?)))
    );
    vec![figure_block("fig-bars", caption, panels, csv)]
}

/// The grid, and how many levels it leaves out.
fn grid(names: &Names<'_>, standings: &[String], numbers: &Numbers) -> (Option<Panel>, usize) {
    let kept = |level: &LevelCells<'_>| {
        standings.len() <= MOST_LEVELS
            || standings.iter().take(MOST_LEVELS).any(|name| *name == level.level)
    };
    let panels: Vec<CurvePanel<'_>> = names
        .facets()
        .iter()
        .map(|facet| {
            let levels = names.by_level(&names.cells(facet));
            CurvePanel {
                row: names.task(facet.task()),
                column: if names.has_others() { names.other(facet) } else { String::new() },
                levels: levels.into_iter().filter(kept).collect(),
            }
        })
        .collect();
    let panel = curve_grid(&panels, names.metric()).map(|figure| Panel {
        title: names.metric().axis(),
        svg: figure.inline("line-0", numbers),
        file: figure.standalone(),
    });
    (panel, standings.len().saturating_sub(MOST_LEVELS))
}

/// What lines and bars show: means with what they vary by, or scores of a whole
/// test set, which have neither a spread nor single values.
fn words(main: &Comparison) -> (String, String) {
    let (full, over) = (main.options.metric.in_full(), main.unit().word());
    let (interval, how) = (percent(main.options.confidence), main.interval_words());
    if main.of_test_set() {
        let lines = format!(
            "Marks are scores of the whole test set with their {interval} intervals ({how})."
        );
        return (lines, format!("{full} of the whole test set."));
    }
    let n = |summary: &CellSummary| summary.cell.values.len();
    let most = main.cells.iter().map(n).max().unwrap_or(0);
    let published = main.cells.iter().any(|summary| summary.cell.summary.is_some());
    if most == 1 && !published {
        let single = main.unit().singular();
        let one = format!("Marks are scores of one {single}; there is no spread to show.");
        return (one, format!("{full} of one {single}."));
    }
    let intervals = match main.unit() {
        Unit::Cases => format!("{interval} intervals of the mean ({how})"),
        _ => format!("{interval} {how} intervals of the mean"),
    };
    let singles = match most {
        2..=MOST_MARKS => format!("; small marks are single {over}"),
        _ => String::new(),
    };
    let lines = format!("Marks are means over {over} with {intervals}{singles}.");
    let bars = format!("Mean {full} over {over}; error bars are one sample standard deviation.");
    (lines, bars)
}

/// What is said of the numbers of cells and tests in drawings.
pub(super) fn cell_numbers(prefix: &str, main: &Comparison, known: KnownRows) -> Numbers {
    let over = main.unit().word();
    let interval = percent(main.options.confidence);
    let numbers = Numbers::new(prefix)
        .known(known)
        .how("mean", main.mean_words())
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

pub(super) fn figure_block(label: &str, caption: String, panels: Vec<Panel>, csv: String) -> Block {
    Block::Figure(FigureBlock { label: label.into(), number: 0, all: 0, caption, panels, csv })
}

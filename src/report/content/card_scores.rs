//! The scores of a card: every task and share of labels, with intervals, and
//! the difference from the reference where one was tested.

use super::arrange::{note, paragraph};
use super::card::level_of;
use super::figures::cell_numbers;
use super::names::Names;
use super::origins::Origins;
use super::summary_table::cells_csv;
use crate::compare::format::columns::{
    block_cells, block_columns, count, ends, interval, number, p, p_cell, score,
};
use crate::compare::{CellSummary, Comparison, ComparisonRow};
use crate::figures::{LevelCells, label_fraction};
use crate::report::document::{Block, FigureBlock, Panel, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::scores::{self, Verdict};
use crate::text::{Column, Kind, Table, percent};

/// More panels than this make a card a report.
const MOST_PANELS: usize = 6;

pub(super) fn scores_of(input: &ReportInput, subject: &str, title: &str) -> Vec<Block> {
    let main = &input.comparisons[0];
    let own: Vec<&CellSummary> =
        main.cells.iter().filter(|s| level_of(main, &s.cell) == subject).collect();
    let mut blocks = vec![paragraph(format!(
        "[[tab-card-scores]] has {} with its {} interval over {}; differences are from the level \
         named beside them, with {}-adjusted p.",
        main.options.metric.in_full(),
        percent(main.options.confidence),
        main.unit().word(),
        main.adjustment
    ))];
    blocks.extend(main.options.metric.undirected().map(|why| note(&why)));
    let study = input.study.as_ref().map(|record| &record.study);
    let origins = Origins::of(input);
    let subject = Subject { name: subject, title, own, origins: &origins };
    blocks.extend(figure(&Names::of(main, study), main, &subject));
    blocks.push(table(input, main, &subject));
    blocks
}

/// What the card is of.
struct Subject<'a> {
    name: &'a str,
    title: &'a str,
    own: Vec<&'a CellSummary>,
    origins: &'a Origins<'a>,
}

fn table(input: &ReportInput, main: &Comparison, subject: &Subject<'_>) -> Block {
    let (own, name) = (&subject.own, subject.name);
    let (metric, over) = (&main.options.metric, main.unit().word());
    let first = own.first().map(|summary| main.options.factors.block(&summary.cell));
    let mut shown = Table::new(block_columns(first.as_ref()));
    shown.columns.extend([
        Column::labels(),
        count("n", "n"),
        number("mean", &metric.axis()),
        interval("interval", "Interval"),
    ]);
    let others = &input.comparisons[1..];
    let axis = |other: &Comparison| Column::titled(Kind::Number, other.options.metric.axis());
    shown.columns.extend(others.iter().map(axis));
    shown.columns.extend([
        Column::words("Against"),
        number("difference", "Difference"),
        p("adjusted_p", "Adjusted p"),
        Column::words("Verdict"),
    ]);
    for summary in own {
        let cell = &summary.cell;
        let how = match &summary.interval {
            Some(i) => i.method.clone(),
            None => summary.notes.join("; "),
        };
        let mut row = block_cells(&main.options.factors.block(cell));
        row.extend([
            Value::share(Some(cell.label_fraction)),
            Value::number(summary.n, summary.n.to_string(), format!("{over} with a value")),
            score(metric, summary.mean, format!("mean of {metric} over {over}")),
            ends(metric, summary.interval.as_ref(), how),
        ]);
        row.extend(others.iter().map(|other| {
            let mean = same(other, summary).and_then(|found| found.mean);
            mean.map_or_else(Value::none, |mean| score(&other.options.metric, Some(mean), ""))
        }));
        let test = test_of(main, summary, name);
        let difference = test.and_then(|(test, sign)| Some(sign * test.difference?));
        let adjusted = test.and_then(|(test, _)| test.adjusted_p);
        row.extend([
            test.map_or_else(Value::none, |(test, _)| Value::text(reference(test, name))),
            difference.map_or_else(Value::none, |found| score(metric, Some(found), "")),
            adjusted.map_or_else(Value::none, |found| p_cell(Some(found), "")),
            test.map_or_else(Value::none, |test| Value::text(verdict(test))),
        ]);
        shown.rows.push(row);
    }
    let cells: Vec<CellSummary> = own.iter().map(|summary| (*summary).clone()).collect();
    let caption =
        format!("Scores: mean over {over}, its interval, and the difference from the reference.");
    let origins = own.iter().map(|summary| subject.origins.cell(summary, main));
    let block = TableBlock::new("tab-card-scores", caption, shown).with_csv(cells_csv(&cells));
    Block::Table(block.owned(usize::MAX, origins))
}

/// The cell of another metric for the same runs.
fn same<'a>(other: &'a Comparison, like: &CellSummary) -> Option<&'a CellSummary> {
    other.cells.iter().find(|summary| summary.cell.is_beside(&like.cell))
}

/// The test of a cell against the baseline, or its first one; the sign turns
/// the difference to the subject's side.
fn test_of<'a>(
    main: &'a Comparison,
    summary: &CellSummary,
    subject: &str,
) -> Option<(&'a ComparisonRow, f64)> {
    let block = main.options.factors.block(&summary.cell);
    let mut tests = main.rows.iter().filter(|row| row.block == block).filter_map(|row| {
        let sign = if row.level == subject { 1.0 } else { -1.0 };
        (row.level == subject || row.reference == subject).then_some((row, sign))
    });
    let baseline = main.options.baseline();
    let first = tests.clone().next();
    tests.find(|(row, _)| Some(reference(row, subject)) == baseline.as_deref()).or(first)
}

fn reference<'a>(row: &'a ComparisonRow, subject: &str) -> &'a str {
    if row.level == subject { &row.reference } else { &row.level }
}

fn verdict((row, sign): (&ComparisonRow, f64)) -> String {
    let turned = |verdict: Verdict| if sign < 0.0 { verdict.turned() } else { verdict };
    row.verdict.map_or("\u{2013}", |verdict| turned(verdict).word()).into()
}

fn figure(names: &Names<'_>, main: &Comparison, subject: &Subject<'_>) -> Option<Block> {
    let Subject { name: subject, title, own, origins } = subject;
    let factors = &main.options.factors;
    let facet_of = |summary: &CellSummary| factors.block(&summary.cell).whole();
    let mut facets: Vec<scores::Block> = Vec::new();
    for facet in own.iter().map(|summary| facet_of(summary)) {
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    if facets.len() > MOST_PANELS {
        return None;
    }
    let mut panels = Vec::new();
    let mut drawn: Vec<CellSummary> = Vec::new();
    for facet in facets {
        let cells: Vec<&CellSummary> =
            own.iter().copied().filter(|summary| facet_of(summary) == facet).collect();
        let line =
            LevelCells { level: (*subject).into(), title: (*title).into(), cells: cells.clone() };
        if let Some(figure) = label_fraction(&[line], &main.options.metric) {
            let known = origins.drawn_cells(&cells);
            let numbers = cell_numbers("card", main, known);
            panels.push(Panel {
                title: names.panel(&facet),
                svg: figure.inline(&format!("card-{}", panels.len()), &numbers),
                file: figure.standalone(),
            });
        }
        drawn.extend(cells.into_iter().cloned());
    }
    (!panels.is_empty()).then(|| {
        Block::Figure(FigureBlock {
            label: "fig-card".into(),
            caption: format!(
                "{} of {title} against the share of training labels: means over {over}, intervals \
                 and single {over}.",
                main.options.metric.in_full(),
                over = main.unit().word()
            ),
            panels,
            csv: cells_csv(&drawn),
            ..FigureBlock::default()
        })
    })
}

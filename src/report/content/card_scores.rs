//! The scores of a card: every task and share of labels, with intervals, and
//! the difference from the reference where one was tested.

use super::arrange::{heads, note, paragraph};
use super::card::level_of;
use super::figures::cell_numbers;
use super::names::Names;
use super::origins::Origins;
use super::summary_table::cells_csv;
use crate::compare::{CellSummary, Comparison, ComparisonRow};
use crate::figures::{LevelCells, label_fraction};
use crate::report::document::{Block, FigureBlock, Panel, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::scores::{self, Verdict};
use crate::text::{Table, p_value, percent};

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
    let (own, subject, origins) = (&subject.own, subject.name, subject.origins);
    let (metric, over) = (&main.options.metric, main.unit().word());
    let block = own.first().map(|summary| main.options.factors.block(&summary.cell));
    let block = block.unwrap_or_default();
    let mut names: Vec<String> = block.factors.iter().map(|(factor, _)| factor.title()).collect();
    names.extend([
        "#Labels".into(),
        "#n".into(),
        format!("#{}", metric.axis()),
        "#Interval".into(),
    ]);
    names.extend(input.comparisons[1..].iter().map(|c| format!("#{}", c.options.metric.axis())));
    names.extend(["Against".into(), "#Difference".into(), "#Adjusted p".into(), "Verdict".into()]);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut shown = Table::new(&names);
    for summary in own {
        let cell = &summary.cell;
        let interval = summary.interval.as_ref();
        let levels = main.options.factors.block(cell);
        let mut row: Vec<String> = levels.levels().into_iter().map(String::from).collect();
        row.extend([
            percent(cell.label_fraction),
            summary.n.to_string(),
            metric.text(summary.mean),
            interval.map_or("\u{2013}".into(), |i| metric.ends(i.low, i.high)),
        ]);
        for other in &input.comparisons[1..] {
            let mean = same(other, summary).and_then(|found| found.mean);
            row.push(other.options.metric.text(mean));
        }
        let test = test_of(main, summary, subject);
        row.push(test.map_or("\u{2013}".into(), |(test, _)| reference(test, subject).into()));
        row.push(metric.text(test.and_then(|(test, sign)| Some(sign * test.difference?))));
        row.push(p_value(test.and_then(|(test, _)| test.adjusted_p)));
        row.push(test.map_or("\u{2013}".into(), verdict));
        shown.rows.push(row);
    }
    let rows = shown
        .rows
        .iter()
        .zip(own)
        .map(|(texts, summary)| {
            let origin = origins.cell(summary, main);
            let mut row: Vec<Value> = texts.iter().map(Value::text).collect();
            let (ends, how) = match &summary.interval {
                Some(i) => (Some((i.low, i.high)), i.method.clone()),
                None => (None, summary.notes.join("; ")),
            };
            let at = |offset: usize| block.factors.len() + offset;
            let (n, score, interval) = (at(1), at(2), at(3));
            row[n].bind(origin.bind("n", summary.n, &texts[n], format!("{over} with a value")));
            let mean = format!("mean of {metric} over {over}");
            row[score].bind(origin.bind("mean", summary.mean, &texts[score], mean));
            row[interval].bind(origin.bind("interval", ends, &texts[interval], how));
            row
        })
        .collect();
    let cells: Vec<CellSummary> = own.iter().map(|summary| (*summary).clone()).collect();
    Block::Table(TableBlock {
        label: "tab-card-scores".into(),
        caption: format!(
            "Scores: mean over {over}, its interval, and the difference from the reference."
        ),
        head: heads(&shown),
        rows,
        csv: cells_csv(&cells),
        ..TableBlock::default()
    })
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

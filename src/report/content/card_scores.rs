//! The scores of a card: every task and share of labels, with intervals, and
//! the difference from the reference where one was tested.

use super::arrange::{heads, paragraph};
use super::card::level_of;
use super::figures::cell_numbers;
use super::names::{Names, metric_title};
use super::origins::Origins;
use super::summary_table::cells_csv;
use crate::compare::format::{Table, fixed, p_value, percent, verdict_word};
use crate::compare::{CellSummary, Comparison, ComparisonRow, Factor};
use crate::figures::label_fraction;
use crate::report::document::{Block, FigureBlock, Panel, TableBlock, Value};
use crate::report::load::ReportInput;

/// More panels than this make a card a report.
const MOST_PANELS: usize = 6;

pub(super) fn scores(input: &ReportInput, subject: &str, title: &str) -> Vec<Block> {
    let main = &input.comparisons[0];
    let own: Vec<&CellSummary> =
        main.cells.iter().filter(|s| level_of(main, &s.cell) == subject).collect();
    let mut blocks = vec![paragraph(format!(
        "[[tab-card-scores]] has {} with its {} interval over seeds; differences are from the level \
         named beside them, with {}-adjusted p.",
        metric_title(&main.options.metric),
        percent(main.options.confidence),
        main.adjustment
    ))];
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
    let by_model = main.options.factor == Some(Factor::Model);
    let metric = metric_title(&main.options.metric);
    let mut names = vec![
        "Task".to_string(),
        if by_model { "Init" } else { "Network" }.into(),
        "#Labels".into(),
        "#n".into(),
        format!("#{metric}"),
        "#Interval".into(),
    ];
    names.extend(
        input.comparisons[1..].iter().map(|c| format!("#{}", metric_title(&c.options.metric))),
    );
    names.extend(["Against".into(), "#Difference".into(), "#Adjusted p".into(), "Verdict".into()]);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut shown = Table::new(&names);
    for summary in own {
        let cell = &summary.cell;
        let interval = summary.interval.as_ref();
        let ends =
            |low: f64, high: f64| format!("[{}, {}]", fixed(Some(low), 4), fixed(Some(high), 4));
        let mut row = vec![
            cell.task.clone(),
            if by_model { cell.init.clone() } else { cell.model.clone() },
            percent(cell.label_fraction),
            summary.n.to_string(),
            fixed(summary.mean, 4),
            interval.map_or("\u{2013}".into(), |i| ends(i.low, i.high)),
        ];
        for other in &input.comparisons[1..] {
            row.push(fixed(same(other, summary).and_then(|found| found.mean), 4));
        }
        let test = test_of(main, summary, subject);
        row.push(test.map_or("\u{2013}".into(), |(test, _)| reference(test, subject).into()));
        row.push(fixed(test.and_then(|(test, sign)| Some(sign * test.difference?)), 4));
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
            row[3].bind(origin.bind("n", summary.n, &texts[3], "seeds with a value"));
            let mean = format!("mean of {} over seeds", main.options.metric);
            row[4].bind(origin.bind("mean", summary.mean, &texts[4], mean));
            row[5].bind(origin.bind("interval", ends, &texts[5], how));
            row
        })
        .collect();
    let cells: Vec<CellSummary> = own.iter().map(|summary| (*summary).clone()).collect();
    Block::Table(TableBlock {
        label: "tab-card-scores".into(),
        caption: "Scores of the model: mean over seeds, its interval, and the difference from the \
                  reference."
            .into(),
        head: heads(&shown),
        rows,
        csv: cells_csv(&cells),
        ..TableBlock::default()
    })
}

/// The cell of another metric for the same runs.
fn same<'a>(other: &'a Comparison, like: &CellSummary) -> Option<&'a CellSummary> {
    other.cells.iter().find(|summary| {
        let (a, b) = (&summary.cell, &like.cell);
        a.task == b.task
            && a.model == b.model
            && a.init == b.init
            && a.label_fraction == b.label_fraction
    })
}

/// The test of a cell against the baseline, or its first one; the sign turns
/// the difference to the subject's side.
fn test_of<'a>(
    main: &'a Comparison,
    summary: &CellSummary,
    subject: &str,
) -> Option<(&'a ComparisonRow, f64)> {
    let cell = &summary.cell;
    let by_model = main.options.factor == Some(Factor::Model);
    let here = |row: &&ComparisonRow| {
        let other = if by_model { row.init == cell.init } else { row.model == cell.model };
        row.task == cell.task && other && row.label_fraction == cell.label_fraction
    };
    let mut tests = main.rows.iter().filter(here).filter_map(|row| {
        let sign = if row.level == subject { 1.0 } else { -1.0 };
        (row.level == subject || row.reference == subject).then_some((row, sign))
    });
    let baseline = main.options.baseline.as_deref();
    let first = tests.clone().next();
    tests.find(|(row, _)| Some(reference(row, subject)) == baseline).or(first)
}

fn reference<'a>(row: &'a ComparisonRow, subject: &str) -> &'a str {
    if row.level == subject { &row.reference } else { &row.level }
}

fn verdict((row, sign): (&ComparisonRow, f64)) -> String {
    let word = row.verdict.map_or("\u{2013}", verdict_word);
    match (word, sign < 0.0) {
        ("better", true) => "worse",
        ("worse", true) => "better",
        (word, _) => word,
    }
    .into()
}

fn figure(names: &Names<'_>, main: &Comparison, subject: &Subject<'_>) -> Option<Block> {
    let Subject { name: subject, title, own, origins } = subject;
    let by_model = main.options.factor == Some(Factor::Model);
    let mut facets: Vec<(&str, &str)> = Vec::new();
    for summary in own {
        let cell = &summary.cell;
        let facet =
            (cell.task.as_str(), if by_model { cell.init.as_str() } else { cell.model.as_str() });
        if !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    if facets.len() > MOST_PANELS {
        return None;
    }
    let mut panels = Vec::new();
    let mut drawn: Vec<CellSummary> = Vec::new();
    for (task, other) in facets {
        let shown: Vec<&CellSummary> = own
            .iter()
            .copied()
            .filter(|s| s.cell.task == task)
            .filter(|s| if by_model { s.cell.init == other } else { s.cell.model == other })
            .collect();
        let cells: Vec<CellSummary> = shown
            .iter()
            .map(|summary| {
                let mut summary = (*summary).clone();
                // The figure takes its lines from `init`.
                summary.cell.init = (*subject).into();
                summary
            })
            .collect();
        let borrowed: Vec<&CellSummary> = cells.iter().collect();
        let metric = metric_title(&main.options.metric);
        let lines = [(*subject).to_string()];
        if let Some(figure) = label_fraction(&borrowed, &lines, &[(*title).into()], metric) {
            let known = origins.drawn_cells(&borrowed, &shown);
            let numbers = cell_numbers("card", main, known);
            panels.push(Panel {
                title: names.panel(task, other),
                svg: figure.inline(&format!("card-{}", panels.len()), &numbers),
                file: figure.standalone(),
            });
        }
        drawn.extend(cells);
    }
    (!panels.is_empty()).then(|| {
        Block::Figure(FigureBlock {
            label: "fig-card".into(),
            caption: format!(
                "{} of {title} against the share of training labels: means over seeds, intervals \
                 and single seeds.",
                metric_title(&main.options.metric)
            ),
            panels,
            csv: cells_csv(&drawn),
            ..FigureBlock::default()
        })
    })
}

//! Means and intervals per cell.

use super::arrange::heads;
use super::names::metric_title;
use super::origins::Origins;
use super::standing::{NOT_TOLD_APART, Standing, standings};
use crate::compare::format::{percent, summary_table};
use crate::compare::{CellSummary, Comparison};
use crate::report::bound::Full;
use crate::report::document::{Block, TableBlock, Value};
use crate::report::escape;

pub(super) fn summary_block(comparison: &Comparison, label: &str, origins: &Origins<'_>) -> Block {
    let table = summary_table(comparison);
    let standing = standings(&comparison.cells);
    let rows = table
        .rows
        .iter()
        .zip(&comparison.cells)
        .enumerate()
        .map(|(index, (row, summary))| {
            let origin = origins.cell(summary, comparison);
            let (ends, how) = match &summary.interval {
                Some(i) => (
                    Some((i.low, i.high)),
                    format!("{} interval, {}", percent(i.confidence), i.method),
                ),
                None => (None, summary.notes.join("; ")),
            };
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let mean = format!("mean of {} over seeds", comparison.options.metric);
            let sd = "sample standard deviation over seeds";
            cells[4].bind(origin.bind("n", summary.n, &row[4], "seeds with a value"));
            cells[5].bind(origin.bind("mean", summary.mean, &row[5], mean));
            cells[5].best = standing[index] == Standing::Best;
            if standing[index] == Standing::NotToldApart {
                cells[5].mark = NOT_TOLD_APART.into();
            }
            cells[6].bind(origin.bind("sd", summary.sd, &row[6], sd));
            cells[7].bind(origin.bind("interval", ends, &row[7], how));
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        all: 0,
        caption: format!(
            "Scores ({}) per task, model, init and share of labels: mean, sample standard deviation and {} \
             interval of the mean over seeds. The highest mean of each task and share is bold; \
             {NOT_TOLD_APART} marks means whose interval contains it, which are not told apart \
             from it.",
            metric_title(&comparison.options.metric),
            percent(comparison.options.confidence)
        ),
        head: heads(&table),
        rows,
        csv: cells_csv(&comparison.cells),
    })
}

/// The cells with their values, as the CSV behind table and figures.
pub(super) fn cells_csv(cells: &[CellSummary]) -> String {
    let list = |items: Vec<String>| items.join(" ");
    let head = [
        "metric",
        "task",
        "model",
        "init",
        "label_fraction",
        "n",
        "mean",
        "sd",
        "ci_low",
        "ci_high",
        "seeds",
        "values",
    ];
    let mut rows = vec![head.map(String::from)];
    for summary in cells {
        let cell = &summary.cell;
        rows.push([
            cell.metric.clone(),
            cell.task.clone(),
            cell.model.clone(),
            cell.init.clone(),
            cell.label_fraction.to_string(),
            summary.n.to_string(),
            summary.mean.full(),
            summary.sd.full(),
            summary.interval.as_ref().map(|i| i.low).full(),
            summary.interval.as_ref().map(|i| i.high).full(),
            list(cell.seeds.iter().map(ToString::to_string).collect()),
            list(cell.values.iter().map(ToString::to_string).collect()),
        ]);
    }
    escape::csv(rows)
}

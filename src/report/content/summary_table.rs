//! Means and intervals per cell.

use super::arrange::heads;
use crate::compare::format::{percent, summary_table};
use crate::compare::{CellSummary, Comparison};
use crate::report::document::{Block, TableBlock, Value};

pub(super) fn summary_block(comparison: &Comparison, label: &str) -> Block {
    let table = summary_table(comparison);
    let best = best_cells(&comparison.cells);
    let rows = table
        .rows
        .iter()
        .zip(&comparison.cells)
        .enumerate()
        .map(|(index, (row, summary))| {
            let seeds: Vec<String> = summary.cell.seeds.iter().map(ToString::to_string).collect();
            let how = format!("n = {}, seeds {}", summary.n, seeds.join(", "));
            let interval = summary.interval.as_ref().map_or_else(
                || summary.notes.join("; "),
                |i| format!("{} interval, {}; {how}", percent(i.confidence), i.method),
            );
            let mut row: Vec<Value> = row.iter().map(Value::text).collect();
            row[5] = Value {
                text: row[5].text.clone(),
                title: format!("mean of {}; {how}", comparison.options.metric),
                best: best[index],
                ..Value::default()
            };
            row[6].title = format!("sample standard deviation over seeds; {how}");
            row[7].title = interval;
            row
        })
        .collect();
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        caption: format!(
            "{} per task, model, init and share of labels: mean, sample standard deviation and {} \
             interval of the mean over seeds. The highest mean of each task and share is bold.",
            comparison.options.metric,
            percent(comparison.options.confidence)
        ),
        head: heads(&table),
        rows,
        csv: cells_csv(&comparison.cells),
    })
}

/// Whether a cell has the highest mean of its task and label fraction, as
/// shown: means that print alike are ties, and all of them are marked.
fn best_cells(cells: &[CellSummary]) -> Vec<bool> {
    let mut highest: std::collections::BTreeMap<(&str, u64), f64> =
        std::collections::BTreeMap::new();
    let shown = |mean: f64| (mean * 1e4).round();
    for summary in cells {
        if let Some(mean) = summary.mean {
            let key = (summary.cell.task.as_str(), summary.cell.label_fraction.to_bits());
            let entry = highest.entry(key).or_insert(f64::NEG_INFINITY);
            *entry = entry.max(shown(mean));
        }
    }
    cells
        .iter()
        .map(|summary| {
            let key = (summary.cell.task.as_str(), summary.cell.label_fraction.to_bits());
            summary.mean.is_some_and(|mean| highest.get(&key) == Some(&shown(mean)))
        })
        .collect()
}

/// The cells with their values, as the CSV behind table and figures.
pub(super) fn cells_csv(cells: &[CellSummary]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let _ = writer.write_record([
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
    ]);
    for summary in cells {
        let cell = &summary.cell;
        let list = |items: Vec<String>| items.join(" ");
        let _ = writer.write_record([
            cell.metric.clone(),
            cell.task.clone(),
            cell.model.clone(),
            cell.init.clone(),
            cell.label_fraction.to_string(),
            summary.n.to_string(),
            number(summary.mean),
            number(summary.sd),
            number(summary.interval.as_ref().map(|i| i.low)),
            number(summary.interval.as_ref().map(|i| i.high)),
            list(cell.seeds.iter().map(ToString::to_string).collect()),
            list(cell.values.iter().map(ToString::to_string).collect()),
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

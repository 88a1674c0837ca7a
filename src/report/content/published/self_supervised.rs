//! A4: self-supervised pretraining against the supervised baseline.

use super::blocks::{Behind, distinct, figure, number, panel_title, rows_csv, table, with_tasks};
use super::show;
use super::strips::{families, panel};
use crate::figures::{Figure, StripMark, strip_key, strip_plot};
use crate::published::{PublishedError, Row, Table};
use crate::report::content::arrange::{paragraph, section};
use crate::report::document::{Block, Section, Value};
use crate::text::Column;

pub(super) fn self_supervised_section() -> Result<Section, PublishedError> {
    let rows = Table::SelfSupervised.rows()?;
    let (panels, key) = strips(&rows, StripMark::Marker)?;
    let mark = show::mark(rows.iter());
    let blocks = vec![
        paragraph(format!(
            "Twenty-two self-supervised ResNet-50 models against the supervised one. Above its \
             baseline, counting only methods that stay above it with what the reading leaves open: \
             {}. The original shows no spread here, so this says nothing about chance.",
            counts(&rows)
        )),
        figure(
            "fig-a4",
            format!(
                "Self-supervised methods by number, in the colour and shape of their family \
                 (last panel), against the supervised baseline (dashed). Means are {mark}."
            ),
            panels.into_iter().chain([("Key".to_string(), key)]).collect(),
            Behind::rows("fig-a4", &rows),
        ),
        methods_table(
            "tab-a4",
            "Means of A4 in percent; \u{2248} marks DIGITISED numbers. Bold: above the baseline \
             with what the reading leaves open.",
            &rows,
        ),
    ];
    Ok(section("a4", "A4: self-supervised pretraining", blocks))
}

/// A panel per task, and their key.
pub(super) fn strips(
    rows: &[Row],
    mark_as: StripMark,
) -> Result<(Vec<(String, Option<Figure>)>, Option<Figure>), PublishedError> {
    let families = families()?;
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let plots: Vec<_> = tasks
        .iter()
        .map(|task| {
            let of: Vec<&Row> = rows.iter().filter(|row| row.task == *task).collect();
            (panel_title(task, &of), panel(&families, &of, mark_as))
        })
        .collect();
    let key = plots.first().and_then(|(_, plot)| strip_key(plot));
    Ok((plots.into_iter().map(|(title, plot)| (title, strip_plot(&plot))).collect(), key))
}

/// Methods by tasks, with the baseline as the first row.
pub(super) fn methods_table(label: &str, caption: &str, rows: &[Row]) -> Block {
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let methods = distinct(rows.iter().filter(|row| !row.is_baseline()).map(|row| &row.init));
    let find = |task: &String, wanted: &dyn Fn(&Row) -> bool| {
        rows.iter().find(|row| row.task == *task && wanted(row))
    };
    let cell = |task: &String, row: Option<&Row>| match row {
        None => Value::text("\u{2013}"),
        Some(row) => {
            let value = show::mean_sd(row);
            let label = if row.label.is_empty() || row.is_baseline() {
                String::new()
            } else {
                format!(" {}", row.label)
            };
            let best = find(task, &Row::is_baseline).is_some_and(|line| above(row, line));
            Value { text: format!("{}{label}", value.text), best, ..value }
        }
    };
    let mut lines = Vec::new();
    let baseline = rows.iter().find(|row| row.is_baseline());
    let baseline = baseline.map_or(String::new(), |row| row.init.clone());
    let mut first = vec![Value::text(""), Value::text(baseline), Value::text("baseline")];
    first.extend(tasks.iter().map(|task| cell(task, find(task, &Row::is_baseline))));
    lines.push(first);
    for (index, method) in methods.iter().enumerate() {
        let family = rows.iter().find(|row| row.init == *method).map(|row| row.family.clone());
        let mut line = vec![
            Value::count(index + 1),
            Value::text(method),
            Value::text(family.unwrap_or_default()),
        ];
        let is = |row: &Row| row.init == *method && !row.is_baseline();
        line.extend(tasks.iter().map(|task| cell(task, find(task, &is))));
        lines.push(line);
    }
    let head = with_tasks([number("No."), Column::name("Method"), Column::name("Family")], &tasks);
    table(label, caption, head, lines, Some(rows_csv(rows)))
}

/// Whether a mean lies above the baseline with all that its reading leaves open.
fn above(row: &Row, line: &Row) -> bool {
    !row.is_baseline()
        && row.mean.value() > line.mean.value()
        && !show::may_be_equal(row.mean, line.mean)
}

fn counts(rows: &[Row]) -> String {
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let parts: Vec<String> = tasks
        .iter()
        .filter_map(|task| {
            let of: Vec<&Row> = rows.iter().filter(|row| row.task == *task).collect();
            let line = of.iter().find(|row| row.is_baseline())?;
            let count = of.iter().filter(|row| above(row, line)).count();
            Some(format!("{count} of {} on {task}", of.len() - 1))
        })
        .collect();
    parts.join(", ")
}

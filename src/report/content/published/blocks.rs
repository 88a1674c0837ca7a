//! Blocks of these sections.

use super::show;
use crate::figures::{Figure, Numbers};
use crate::published::{Kind, Published, Row, guarded};
use crate::report::document::{Block, FigureBlock, Panel, TableBlock, Value};
use crate::text::{self, Column, Table};

/// A figure of panels with titles; panels that could not be drawn are left out.
pub(super) fn figure(
    label: &str,
    caption: impl Into<String>,
    panels: Vec<(String, Option<Figure>)>,
    behind: Behind,
) -> Block {
    let numbers = |title: &str| {
        let numbers = behind.numbers.clone();
        if title.is_empty() { numbers } else { numbers.within(title) }
    };
    let drawn = panels.into_iter().filter_map(|(title, figure)| Some((title, figure?)));
    let panels = drawn
        .enumerate()
        .map(|(index, (title, figure))| Panel {
            svg: figure.inline(&format!("{label}-{index}"), &numbers(&title)),
            title,
            file: figure.standalone(),
        })
        .collect();
    Block::Figure(FigureBlock {
        label: label.into(),
        number: 0,
        all: 0,
        caption: caption.into(),
        panels,
        csv: behind.csv,
    })
}

/// What stands behind a figure.
pub(super) struct Behind {
    csv: String,
    numbers: Numbers,
}

impl Behind {
    /// Published rows, all drawn in the figure of a label.
    pub(super) fn rows(label: &str, rows: &[Row]) -> Self {
        let kinds = show::mark(rows.iter());
        let sources = distinct(rows.iter().map(|row| &row.source)).join("; ");
        let mut counts: Vec<usize> = rows.iter().filter_map(|row| row.n).collect();
        counts.sort_unstable();
        counts.dedup();
        let n = match counts.as_slice() {
            [] => String::new(),
            [1] => "1 run".into(),
            [one] => format!("{one} runs"),
            several => format!("{} to {} runs", several[0], several[several.len() - 1]),
        };
        let numbers = Numbers::new(label.trim_start_matches("fig-"))
            .how("mean", format!("published mean, {kinds}"))
            .how("mean_sd", format!("published mean and standard deviation, {kinds}"))
            .how("sd", format!("published standard deviation, {kinds}"))
            .how("difference", format!("published difference, {kinds}"))
            .how("gap", "difference as PRINTED")
            .how(
                "reference",
                "REFERENCE, not of the benchmark: counted on the network, or stated by its own \
                 publication",
            )
            .how("p", "p as PRINTED")
            .how("stars", "stars as PRINTED")
            .of(sources)
            .n(n);
        Self { csv: rows_csv(rows), numbers }
    }

    /// Pairs of own and published results.
    pub(super) fn pairs(label: &str, csv: String) -> Self {
        let numbers = Numbers::new(label.trim_start_matches("fig-"))
            .how("own", "own mean over seeds")
            .how("interval", "interval of the own mean")
            .how("published", "published mean; its bar is what its precision leaves open")
            .of("own runs, and the published tables named in the row");
        Self { csv, numbers }
    }
}

/// A table. Without a CSV of its own the finished texts are its data.
pub(super) fn table(
    label: &str,
    caption: impl Into<String>,
    columns: impl IntoIterator<Item = Column>,
    rows: Vec<Vec<Value>>,
    csv: Option<String>,
) -> Block {
    let grid = Table { rows, ..Table::new(columns) };
    let csv = csv.unwrap_or_else(|| {
        let mut lines = grid.texts();
        let head =
            lines.next().into_iter().map(|head| head.into_iter().map(String::from).collect());
        written(head.chain(lines.map(|line| line.into_iter().map(guarded).collect())))
    });
    Block::Table(TableBlock::new(label, caption, grid).with_csv(csv))
}

/// A column of numbers.
pub(super) fn number(title: impl Into<String>) -> Column {
    Column::titled(text::Kind::Number, title)
}

/// A column for each task, behind others.
pub(super) fn with_tasks(
    before: impl IntoIterator<Item = Column>,
    tasks: &[String],
) -> Vec<Column> {
    before.into_iter().chain(tasks.iter().map(number)).collect()
}

/// Published rows as CSV: every number with its kind.
pub(super) fn rows_csv(rows: &[Row]) -> String {
    let head = [
        "task",
        "model",
        "init",
        "metric",
        "mean",
        "mean_kind",
        "mean_half_width",
        "sd",
        "sd_kind",
        "sd_half_width",
        "n",
        "family",
        "labelled",
        "label",
        "source",
        "read",
        "note",
    ];
    let number = |value: Option<Published>| match value {
        Some(v) => [
            format!("{:.*}", v.decimals(), v.value()),
            kind(v.kind()).into(),
            v.half_width().to_string(),
        ],
        None => [String::new(), String::new(), String::new()],
    };
    let lines = rows.iter().map(|row| {
        let mut line: Vec<String> =
            [&row.task, &row.model, &row.init, &row.metric].map(|t| guarded(t)).to_vec();
        line.extend(number(Some(row.mean)));
        line.extend(number(row.sd));
        line.push(row.n.map_or(String::new(), |n| n.to_string()));
        let rest = [&row.family, &row.labelled, &row.label, &row.source, &row.read, &row.note];
        line.extend(rest.map(|t| guarded(t)));
        line
    });
    written(std::iter::once(head.map(String::from).to_vec()).chain(lines))
}

pub(super) fn kind(kind: Kind) -> &'static str {
    kind.word()
}

/// Lines as CSV.
pub(super) fn written(lines: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for line in lines {
        // Writing to memory cannot fail.
        let _ = writer.write_record(line);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Distinct values in order of appearance.
pub(super) fn distinct<'a>(values: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for value in values {
        if !out.contains(value) {
            out.push(value.clone());
        }
    }
    out
}

/// Title of a task's panel: `CXS · Dice %`.
pub(super) fn panel_title(task: &str, rows: &[&Row]) -> String {
    rows.first().map_or(task.to_string(), |row| format!("{task} \u{b7} {}", row.metric))
}

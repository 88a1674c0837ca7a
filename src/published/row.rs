//! One published mean.

use serde::Serialize;

use super::csv_text::{CsvText, Line};
use super::error::PublishedError;
use super::value::{Kind, Published};

/// One published mean with what belongs to it. Names are the benchmark's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Model.
    pub model: String,
    /// Init (pretraining).
    pub init: String,
    /// Task.
    pub task: String,
    /// Metric and its unit.
    pub metric: String,
    /// Mean over runs.
    pub mean: Published,
    /// Standard deviation over runs, where it could be read.
    pub sd: Option<Published>,
    /// Number of runs, where it is stated.
    pub n: Option<usize>,
    /// Family of a self-supervised method.
    pub family: String,
    /// Size of the labelled set, as printed.
    pub labelled: String,
    /// Printed stars, or the role of the row (`baseline`, `best`, `not-different`).
    pub label: String,
    /// File of the authors' repository.
    pub source: String,
    /// How the numbers were read.
    pub read: String,
    /// What should be known.
    pub note: String,
}

impl Row {
    /// Whether the row is the line that others are compared with.
    pub fn is_baseline(&self) -> bool {
        self.label == "baseline"
    }
}

/// Rows of a table of means.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Row>, PublishedError> {
    let table = CsvText::read(file, text.as_bytes())?;
    table.needs(&["model", "init", "task", "metric", "mean", "mean_kind", "sd", "sd_kind"])?;
    table.lines().map(|line| row(&line)).collect()
}

fn row(line: &Line<'_>) -> Result<Row, PublishedError> {
    let text = |column: &str| line.text(column).to_string();
    let n = match line.text("n") {
        "" => None,
        _ => Some(line.count("n", "a number of runs")? as usize),
    };
    Ok(Row {
        model: text("model"),
        init: text("init"),
        task: text("task"),
        metric: text("metric"),
        mean: number(line, "mean")?.ok_or_else(|| line.wrong("mean", "a number"))?,
        sd: number(line, "sd")?,
        n,
        family: text("family"),
        labelled: text("labelled"),
        label: text("label"),
        source: text("source"),
        read: text("read"),
        note: text("note"),
    })
}

fn number(line: &Line<'_>, column: &str) -> Result<Option<Published>, PublishedError> {
    if line.text(column).is_empty() {
        return Ok(None);
    }
    let kind_column = format!("{column}_kind");
    let kind = match line.text(&kind_column) {
        "printed" => Kind::Printed,
        "digitised" => Kind::Digitised {
            uncertainty: line.number(&format!("{column}_uncertainty"), "a half width")?.0,
        },
        "reference" => Kind::Reference,
        _ => return Err(line.wrong(&kind_column, "printed, digitised or reference")),
    };
    let value = Published::parse(line.text(column), kind);
    value.map(Some).ok_or_else(|| line.wrong(column, "a finite number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digitised_number_without_its_uncertainty_is_refused() {
        let head = "model,init,task,metric,mean,mean_kind,mean_uncertainty,sd,sd_kind\n";
        let error = read("t.csv", &format!("{head}m,i,t,AUC,81.5,digitised,,,\n")).unwrap_err();
        assert!(error.to_string().contains("t.csv:2") && error.to_string().contains("half width"));
        let error = read("t.csv", &format!("{head}m,i,t,AUC,81.5,,0.1,,\n")).unwrap_err();
        assert!(error.to_string().contains("mean_kind"));
    }
}

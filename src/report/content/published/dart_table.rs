//! The printed table of domain adaptation.

use super::blocks::{Behind, distinct, figure, rows_csv, table, with_tasks};
use super::show;
use crate::figures::{Score, ScoreTable, score_table};
use crate::published::{PublishedError, Row, Table};
use crate::report::document::{Block, Value};
use crate::text::Column;

const SHADING: &str = "no significant difference from the best";

pub(super) fn domain_adaptation() -> Result<Vec<Block>, PublishedError> {
    let rows = Table::DartDomainAdaptive.rows()?;
    let tasks = distinct(rows.iter().map(|row| &row.task));
    let inits = distinct(rows.iter().map(|row| &row.init));
    let cell = |init: &String, task: &String| {
        rows.iter().find(|row| row.init == *init && row.task == *task)
    };
    let metric = |task: &String| {
        rows.iter().find(|row| row.task == *task).map_or(String::new(), |row| row.metric.clone())
    };
    let drawing = score_table(&ScoreTable {
        columns: tasks.iter().map(|task| (task.clone(), metric(task))).collect(),
        rows: inits
            .iter()
            .map(|init| {
                (arrow(init), tasks.iter().map(|task| cell(init, task).map(score)).collect())
            })
            .collect(),
        shading: SHADING.into(),
        mark: show::mark(rows.iter()),
    });
    let lines = inits.iter().map(|init| {
        let mut line = vec![Value::text(arrow(init))];
        line.extend(tasks.iter().map(|task| match cell(init, task) {
            None => Value::noted("\u{2013}", "the pretraining is the task"),
            Some(row) => {
                let value = show::mean_sd(row);
                let mark = if score(row).shaded { " \u{2020}" } else { "" };
                Value { text: format!("{}{mark}", value.text), best: score(row).best, ..value }
            }
        }));
        line
    });
    let head = with_tasks([Column::name("Pretraining")], &tasks);
    let caption = format!(
        "Domain adaptation as the article prints it: mean \u{b1} standard deviation of ten runs in \
         percent, PRINTED. Bold: best of the task; shaded: {SHADING}. The shading is the article's, \
         by tests without adjustment for their number."
    );
    let behind = Behind::rows("fig-dart-domain", &rows);
    Ok(vec![
        figure("fig-dart-domain", caption, vec![(String::new(), drawing)], behind),
        table(
            "tab-dart-domain",
            format!(
                "The numbers of [[fig-dart-domain]], mean (standard deviation), PRINTED. Bold: best; \
                 \u{2020}: {SHADING}."
            )
            .replace("[[fig-dart-domain]]", "the figure above"),
            head,
            lines.collect(),
            Some(rows_csv(&rows)),
        ),
    ])
}

fn arrow(init: &str) -> String {
    init.replace("->", "\u{2192}")
}

fn score(row: &Row) -> Score {
    let spread = row.sd.map_or(String::new(), |sd| format!(" \u{b1} {}", sd.text()));
    Score {
        text: format!("{}{spread}", row.mean.text()),
        best: row.label.contains("best"),
        shaded: row.label.contains("not-different"),
    }
}

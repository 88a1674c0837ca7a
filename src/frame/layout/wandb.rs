//! Weights & Biases: the export of a table of runs, and of the lines of a chart.

use std::collections::BTreeMap;

use super::draft::Tidy;
use super::runs::state_column;
use crate::table::names::plain;

pub(super) const KIND: &str = "Weights & Biases export";

/// What it notes of each run. Groups and types of jobs are often levels of the design.
const NOTED: [&str; 27] = [
    "name",
    "state",
    "notes",
    "user",
    "username",
    "tags",
    "created",
    "created_at",
    "runtime",
    "sweep",
    "sweep_name",
    "id",
    "run_id",
    "url",
    "path",
    "hostname",
    "host",
    "commit",
    "updated",
    "updated_at",
    "heartbeat_at",
    "end_time",
    "ended",
    "description",
    "display_name",
    "entity",
    "project",
];
/// Beginnings of names of what it measures of the machine and the network.
const MEASURED: [&str; 7] =
    ["_wandb", "system/", "system.", "gradients/", "parameters/", "graph_", "_"];

/// Whether a table is its export: its own columns, or a name, a state and another of what
/// it notes.
pub(super) fn is_export(tidy: &Tidy) -> bool {
    let header = tidy.sheet.header();
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let own = header
        .iter()
        .any(|name| matches!(name.as_str(), "_runtime" | "_timestamp" | "_step" | "_wandb"));
    let noted = ["created", "runtime", "sweep", "user", "tags", "notes"];
    let some = noted.iter().filter(|name| has(name)).count();
    has("name") && (own || state_column(&tidy.sheet).is_some() || some >= 2)
        || own && (has("state") || header.iter().any(|name| name.starts_with("_wandb")))
}

/// Whether it notes a column of each run.
pub(super) fn is_noted(name: &str) -> bool {
    NOTED.contains(&plain(name).as_str()) || MEASURED.iter().any(|mark| name.starts_with(mark))
}

impl Tidy {
    /// The lines of a chart, `run - metric` with `__MIN` and `__MAX` beside it: a row for
    /// each run and step.
    pub(super) fn of_chart(&mut self) -> bool {
        let Some(step) = self.chart_step() else { return false };
        let header = self.sheet.header();
        let mut runs: BTreeMap<usize, (&str, &str)> = BTreeMap::new();
        for (at, name) in header.iter().enumerate().filter(|(at, _)| *at != step) {
            if let Some((run, metric)) = name.rsplit_once(" - ")
                && !metric.ends_with("__MIN")
                && !metric.ends_with("__MAX")
            {
                runs.insert(at, (run, metric));
            }
        }
        let Some(metric) = runs.values().next().map(|(_, metric)| *metric) else { return false };
        if runs.values().any(|(_, other)| *other != metric) {
            return false;
        }
        let names = vec!["Name".into(), "step".into(), metric.to_string()];
        let old = &self.sheet;
        let made = old.with(names, |out| {
            for row in old.rows() {
                for (column, (run, _)) in &runs {
                    let cell = row.cell(*column);
                    if !cell.is_empty() {
                        out.push(row.line() as u32, [*run, row.cell(step), cell]);
                    }
                }
            }
        });
        let bounds = header.len() - 1 - runs.len();
        if bounds > 0 {
            self.ignored.push(format!("{bounds} columns of bounds (__MIN, __MAX)"));
        }
        self.sheet = made;
        true
    }

    /// The column of steps, where all others are lines of a chart.
    fn chart_step(&self) -> Option<usize> {
        let header = self.sheet.header();
        let step = header.iter().position(|name| {
            ["step", "epoch", "global_step", "trainer/global_step", "relative_time_(process)"]
                .contains(&plain(name).as_str())
                || name.starts_with("Relative Time")
        })?;
        let line = |name: &String| name.contains(" - ");
        let lines = header.iter().enumerate().all(|(at, name)| at == step || line(name));
        (lines && header.len() > 1).then_some(step)
    }
}

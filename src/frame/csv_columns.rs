//! Where the columns of a CSV of results are, and what their fields say.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::csv_table::Table;
use super::error::FrameError;
use super::factors::{Role, Rows, names_rows};
use super::reading::Reading;
use crate::records::ResultRow;
use crate::scores::{Better, MetricRules, canonical};

pub(super) const KNOWN: [&str; 17] = [
    "task",
    "model",
    "init",
    "label_fraction",
    "seed",
    "metric",
    "value",
    "class",
    "granularity",
    "undefined",
    "n",
    "run",
    "mean",
    "sd",
    "population_sd",
    "se",
    "direction",
];
const DIRECTION: usize = 16;
/// What tables call the replications that are seeds here.
const LIKE_SEEDS: [&str; 9] =
    ["fold", "run", "rep", "repeat", "repetition", "replicate", "trial", "split", "random_state"];

/// What rows without seeds count as, and the column that may hold them.
fn seedless(header: &[String]) -> String {
    let like = header.iter().find(|name| LIKE_SEEDS.contains(&name.to_lowercase().as_str()));
    let hint = like.map_or(String::new(), |name| {
        format!("; if {name:?} tells runs apart that are alike else, rename it to \"seed\"")
    });
    format!("there is no column \"seed\": each row counts as a run of its own, without pairs{hint}")
}

/// Where the known columns are.
pub(super) struct Columns([Option<usize>; 17]);

impl Columns {
    pub(super) fn find(table: &Table<'_>, notes: &mut Vec<String>) -> Result<Self, FrameError> {
        let at = KNOWN.map(|name| table.column(name));
        if at[6].is_none() && at[12].is_none() {
            let near = table.header.iter().find(|h| {
                let h = h.to_lowercase();
                ["value", "score", "auc", "accuracy", "dice", "result"]
                    .iter()
                    .any(|w| h.contains(w))
            });
            return Err(FrameError::MissingColumn {
                path: table.path.into(),
                column: "value".into(),
                found: table.header.join(", "),
                hint: near.map_or_else(
                    || {
                        "; a table has one result per line, the score in \"value\" and what it \
                         is in \"metric\""
                            .into()
                    },
                    |n| format!("; if {n:?} holds the values, rename it"),
                ),
            });
        }
        for (name, default) in
            [("task", 0), ("model", 1), ("init", 2), ("label_fraction", 3), ("metric", 5)]
                .map(|(name, index)| (name, at[index]))
        {
            if default.is_none() {
                notes.push(format!("there is no column {name:?}: all rows count as one {name}"));
            }
        }
        // Rows of summaries are no runs.
        if at[4].is_none() && at[6].is_some() {
            notes.push(seedless(&table.header));
        }
        Ok(Self(at))
    }

    /// Factors that the table has no column of.
    pub(super) fn lacking(&self) -> Vec<String> {
        let named = KNOWN.iter().zip(&self.0).take(3);
        named.filter(|(_, at)| at.is_none()).map(|(name, _)| (*name).to_string()).collect()
    }

    pub(super) fn text<'r>(&self, record: &'r StringRecord, index: usize) -> Option<&'r str> {
        self.0[index].and_then(|column| record.get(column)).filter(|text| !text.is_empty())
    }

    /// Places and names of the further columns that are factors; what the others
    /// are goes into the notes.
    pub(super) fn factors(
        &self,
        table: &Table<'_>,
        reading: &Reading,
        notes: &mut Vec<String>,
    ) -> Result<Vec<(usize, String)>, FrameError> {
        if let Some(column) = reading
            .factors
            .iter()
            .find(|c| table.column(c).is_none() && !KNOWN[..4].contains(&c.as_str()))
        {
            return Err(FrameError::NoFactor {
                path: table.path.into(),
                column: column.clone(),
                found: table.header.join(", "),
            });
        }
        let key = |indices: &[usize]| -> Vec<String> {
            let of = |(_, record): &(u64, StringRecord)| {
                let parts = indices.iter().map(|i| self.text(record, *i).unwrap_or_default());
                parts.collect::<Vec<_>>().join("\u{1f}")
            };
            table.rows.iter().map(of).collect()
        };
        let (mut cells, metrics) = (key(&[0, 1, 2, 3]), key(&[5, 7]));
        let seeds = self.0[4].is_some().then(|| key(&[4]));
        let further = table.header.iter().enumerate();
        let further = further.filter(|(_, name)| !KNOWN.contains(&name.as_str()));
        let mut columns: Vec<(usize, &String, Vec<String>)> = further
            .map(|(at, name)| {
                let of = |row: &(u64, StringRecord)| row.1.get(at).unwrap_or_default().into();
                (at, name, table.rows.iter().map(of).collect())
            })
            .collect();
        // A name of each row tells every two rows apart: first all else is asked.
        columns.sort_by_key(|(_, name, values)| {
            (!reading.factors.contains(name), names_rows(&metrics, values))
        });
        let mut factors = Vec::new();
        for (at, name, values) in columns {
            let rows = Rows { cells: &cells, metrics: &metrics, seeds: seeds.as_deref() };
            let role = rows.role(&values);
            if reading.factors.contains(name) || role == Role::Factor {
                for (cell, level) in cells.iter_mut().zip(&values) {
                    *cell += &format!("\u{1f}{level}");
                }
                factors.push((at, name.clone()));
            } else if role != Role::Constant {
                notes.push(unused(name, role));
            }
        }
        factors.sort_unstable();
        if !factors.is_empty() {
            let names: Vec<&str> = factors.iter().map(|(_, name)| name.as_str()).collect();
            notes.push(format!("read as further factors: {}", names.join(", ")));
        }
        Ok(factors)
    }

    /// What the column `direction` says of each metric.
    pub(super) fn directions(&self, table: &Table<'_>) -> Result<MetricRules, FrameError> {
        let mut rules = MetricRules::default();
        let mut first: BTreeMap<String, (u64, Better)> = BTreeMap::new();
        for (line, record) in &table.rows {
            let Some(text) = self.text(record, DIRECTION) else { continue };
            let Some(better) = direction(text) else {
                return Err(FrameError::Value {
                    path: table.path.into(),
                    line: *line,
                    column: KNOWN[DIRECTION].into(),
                    got: text.into(),
                    expected: "higher or lower: which values of the metric are better",
                });
            };
            let metric = canonical(self.text(record, 5).unwrap_or("value"));
            let (at, known) = *first.entry(metric.clone()).or_insert((*line, better));
            if known != better {
                return Err(FrameError::Direction {
                    path: table.path.into(),
                    line: *line,
                    first: at,
                    metric,
                    got: text.into(),
                });
            }
            rules.direct(&metric, better);
        }
        Ok(rules)
    }

    /// Fractions above 1 mean percent only when all of them are above 1.
    pub(super) fn fractions_are_percent(&self, table: &Table<'_>) -> Result<bool, FrameError> {
        let mut above = None;
        let mut not_above = None;
        for (line, record) in &table.rows {
            let Some(text) = self.text(record, 3) else { continue };
            if text.ends_with('%') {
                continue;
            }
            if let Ok(value) = text.parse::<f64>() {
                let slot = if value > 1.0 { &mut above } else { &mut not_above };
                slot.get_or_insert((*line, text.to_string()));
            }
        }
        match (above, not_above) {
            (Some((line, got)), Some(_)) => Err(FrameError::Value {
                path: table.path.into(),
                line,
                column: "label_fraction".into(),
                got,
                expected: "a share in (0, 1] as in other rows, or percent in all rows",
            }),
            (above, _) => Ok(above.is_some()),
        }
    }

    pub(super) fn row(
        &self,
        table: &Table<'_>,
        line: u64,
        record: &StringRecord,
        as_percent: bool,
    ) -> Result<ResultRow, FrameError> {
        let bad = |index: usize, got: &str, expected| FrameError::Value {
            path: table.path.into(),
            line,
            column: KNOWN[index].into(),
            got: got.into(),
            expected,
        };
        let level =
            |index: usize, default: &str| self.text(record, index).unwrap_or(default).to_string();
        let (value, reason) = match self.text(record, 6) {
            None => (None, Some("the value is empty")),
            Some("NA" | "NaN" | "nan" | "null" | "None") => {
                (None, Some("the value is missing (NA)"))
            }
            Some(text) => match text.parse::<f64>() {
                Ok(v) if v.is_finite() => (Some(v), None),
                _ => {
                    return Err(bad(
                        6,
                        text,
                        "a finite number (decimal point, no thousands), or NA",
                    ));
                }
            },
        };
        let label_fraction = match self.text(record, 3) {
            None => 1.0,
            Some(text) => {
                let expected = "a share in (0, 1] or percent";
                let (number, percent) = match text.strip_suffix('%') {
                    Some(number) => (number.trim(), true),
                    None => (text, as_percent),
                };
                let number: f64 = number.parse().map_err(|_| bad(3, text, expected))?;
                let share = if percent { number / 100.0 } else { number };
                if !(share > 0.0 && share <= 1.0) {
                    return Err(bad(3, text, expected));
                }
                share
            }
        };
        let whole = |index: usize, default: u64| match self.text(record, index) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| bad(index, text, "a whole number of 0 or more")),
        };
        Ok(ResultRow {
            task: level(0, "task"),
            model: level(1, "model"),
            init: level(2, "init"),
            granularity: self.text(record, 8).map(Into::into),
            label_fraction,
            seed: whole(4, line.saturating_sub(2) * u64::from(self.0[4].is_none()))?,
            metric: canonical(&level(5, "value")),
            others: Vec::new(),
            class: self.text(record, 7).map(Into::into),
            value,
            undefined: self.text(record, 9).or(reason).map(Into::into),
            n: whole(10, 0)?,
            run: level(11, ""),
        })
    }
}

/// Which end is good, as people write it.
pub(super) fn direction(text: &str) -> Option<Better> {
    match text.to_lowercase().as_str() {
        "higher" | "higher is better" | "up" | "max" | "maximize" | "maximise" | "↑" => {
            Some(Better::Higher)
        }
        "lower" | "lower is better" | "down" | "min" | "minimize" | "minimise" | "↓" => {
            Some(Better::Lower)
        }
        _ => None,
    }
}

/// What is said of a further column that is no factor.
fn unused(name: &str, role: Role) -> String {
    match role {
        Role::Fact => format!(
            "the column {name:?} is the same within each task, model, init and label fraction: it \
             is a fact about them and no factor"
        ),
        Role::Seed => format!("the column {name:?} follows the seed and is not used"),
        _ => format!(
            "the column {name:?} varies from run to run and is not used; if it is a factor, say \
             --factor {name}"
        ),
    }
}

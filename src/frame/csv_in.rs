//! Anybody's results as CSV.
//!
//! Known columns: `task, model, init, label_fraction` (or `fraction`)`, seed,
//! metric, value, class, granularity, undefined, n, run`. Only `value` must be
//! there; a missing one of the others is one level, and a note says so. Further
//! columns are factors where they tell cells apart ([`super::factors`]). A column
//! `direction` says which end of a metric is good.
//!
//! Rows of published tables have `mean`, `n` (runs) and one of `sd`,
//! `population_sd`, `se` in the place of `value`; see [`super::csv_summary`].

use std::collections::BTreeMap;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::csv_summary::{Singles, cell_key, unique};
use super::error::FrameError;
use super::factors::{Role, Rows, names_rows};
use super::reading::{Filter, Reading};
use super::results::Results;
use crate::records::ResultRow;
use crate::scores::{Better, MetricRules, Scale, canonical};

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

pub(super) struct Table<'a> {
    pub(super) path: &'a Path,
    header: Vec<String>,
    /// Line in the file, and the fields.
    rows: Vec<(u64, StringRecord)>,
}

/// Whether the bytes are those of a table with a column of cases; Parquet always
/// is one.
pub(super) fn has_cases(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"PAR1") {
        return true;
    }
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Ok(head) = std::str::from_utf8(head) else { return false };
    let head = head.strip_prefix('\u{feff}').unwrap_or(head);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(head))
        .trim(csv::Trim::All)
        .from_reader(head.as_bytes());
    let header = reader.headers().map(|names| names.iter().map(String::from).collect::<Vec<_>>());
    header.is_ok_and(|header| super::case_tables::is_case_table(&header))
}

/// Reads and checks the bytes of a CSV of results; `path` is what errors name.
pub(super) fn parse(bytes: &[u8], path: &Path, reading: &Reading) -> Result<Results, FrameError> {
    let mut table = Table::read(bytes, path)?;
    table.filter(&reading.filters)?;
    let mut notes = Vec::new();
    let columns = Columns::find(&table, &mut notes)?;
    let further = columns.factors(&table, reading, &mut notes)?;
    let as_percent = columns.fractions_are_percent(&table)?;
    if as_percent {
        notes.push("label fractions above 1 were read as percent".into());
    }
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut lines = Vec::with_capacity(table.rows.len());
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut missing = 0;
    let mut summaries = Vec::new();
    let mut singles = Singles::new();
    for (line, record) in &table.rows {
        if columns.is_summary(&table, *line, record)? {
            let (line, mut cell) = columns.summary_row(&table, *line, record, as_percent)?;
            cell.others = others(&further, record);
            summaries.push((line, cell));
            continue;
        }
        let mut row = columns.row(&table, *line, record, as_percent)?;
        row.others = others(&further, record);
        let key = key(&row);
        if let Some(first) = seen.insert(key.clone(), *line) {
            return Err(FrameError::Duplicate { path: path.into(), line: *line, first, key });
        }
        if row.class.is_none() {
            singles.entry(cell_key(&row)).or_insert(*line);
        }
        missing += usize::from(row.value.is_none());
        lines.push(*line);
        rows.push(row);
    }
    if missing > 0 {
        notes.push(format!(
            "{missing} of {} rows have no value; they are left out of means",
            rows.len()
        ));
    }
    let mut rules = columns.directions(&table)?;
    rules.extend(&reading.rules);
    let lines = rows.iter().zip(&lines);
    let of_rows = lines.filter_map(|(row, line)| Some((row.metric.as_str(), *line, row.value?)));
    let of_summaries = summaries
        .iter()
        .filter_map(|(line, cell)| Some((cell.metric.as_str(), *line, cell.summary?.mean)));
    check_scales(of_rows.chain(of_summaries), &rules, path)?;
    let names = further.iter().map(|(_, name)| name.clone()).collect();
    let mut results = Results::of_rows(&rows, names, path)?;
    results.rules = rules;
    results.lacking = columns.lacking();
    if !summaries.is_empty() {
        notes.push(format!(
            "{} rows have a mean and a standard deviation only, as published tables do: they are \
             tested without single runs, so as independent samples",
            summaries.len()
        ));
    }
    results.summaries = unique(summaries, &singles, path)?;
    results.notes = notes;
    results.reading = reading.clone();
    Ok(results)
}

fn key(row: &ResultRow) -> String {
    let class = row.class.as_ref().map_or(String::new(), |c| format!(" / class {c}"));
    let others: String = row.others.iter().map(|(_, level)| format!(" / {level}")).collect();
    format!(
        "{} / {} / {}{others} / {} / seed {} / {}{class}",
        row.task, row.model, row.init, row.label_fraction, row.seed, row.metric
    )
}

/// Levels of the further factors in a row.
fn others(further: &[(usize, String)], record: &StringRecord) -> Vec<(String, String)> {
    let level = |at: &usize| record.get(*at).unwrap_or_default().to_string();
    further.iter().map(|(at, name)| (name.clone(), level(at))).collect()
}

/// Refuses values that cannot be values of their metric, and two scales in one.
fn check_scales<'a>(
    values: impl Iterator<Item = (&'a str, u64, f64)>,
    rules: &MetricRules,
    path: &Path,
) -> Result<(), FrameError> {
    let mut metrics: BTreeMap<&str, (Vec<u64>, Vec<f64>)> = BTreeMap::new();
    for (metric, line, value) in values {
        let of = metrics.entry(metric).or_default();
        of.0.push(line);
        of.1.push(value);
    }
    for (metric, (lines, values)) in metrics {
        if let Err(fault) = Scale::of(metric, &rules.of(metric), &values) {
            return Err(FrameError::Scale {
                path: path.into(),
                line: lines[fault.at],
                metric: metric.into(),
                got: values[fault.at],
                expected: fault.expected,
            });
        }
    }
    Ok(())
}

impl<'a> Table<'a> {
    fn read(bytes: &[u8], path: &'a Path) -> Result<Self, FrameError> {
        let fail = |reason: String| FrameError::Read { path: path.into(), reason };
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n');
            fail(format!("line {} is not UTF-8; save the file as UTF-8", line.count() + 1))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header: Vec<String> = reader
            .headers()
            .map_err(|e| fail(e.to_string()))?
            .iter()
            .map(|name| match name {
                "fraction" => "label_fraction".into(),
                "std" => "sd".into(),
                name => name.to_string(),
            })
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| fail(e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, record));
        }
        if rows.is_empty() {
            return Err(FrameError::Empty { path: path.into() });
        }
        if let Some(twice) = (1..header.len()).find(|i| header[..*i].contains(&header[*i])) {
            return Err(fail(format!("line 1 names column {:?} twice", header[twice])));
        }
        Ok(Self { path, header, rows })
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    fn filter(&mut self, filters: &[Filter]) -> Result<(), FrameError> {
        for filter in filters {
            let fail = |reason| FrameError::Filter {
                column: filter.column.clone(),
                value: filter.value.clone(),
                reason,
            };
            let index = self.column(&filter.column).ok_or_else(|| {
                fail(format!("there is no such column; it has: {}", self.header.join(", ")))
            })?;
            let levels = self.levels(index);
            self.rows.retain(|(_, record)| record.get(index) == Some(&filter.value));
            if self.rows.is_empty() {
                return Err(fail(format!("no row has it; the column has: {levels}")));
            }
        }
        Ok(())
    }

    fn levels(&self, index: usize) -> String {
        let mut levels: Vec<&str> = Vec::new();
        for (_, record) in &self.rows {
            let level = record.get(index).unwrap_or_default();
            if !levels.contains(&level) {
                levels.push(level);
            }
            if levels.len() > 8 {
                levels.push("...");
                break;
            }
        }
        levels.join(", ")
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

/// The most frequent of comma, semicolon and tab in the first line.
pub(super) fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: u8| first.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(b',')
}

/// Where the known columns are.
pub(super) struct Columns([Option<usize>; 17]);

impl Columns {
    fn find(table: &Table<'_>, notes: &mut Vec<String>) -> Result<Self, FrameError> {
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
                hint: near
                    .map_or(String::new(), |n| format!("; if {n:?} holds the values, rename it")),
            });
        }
        for (name, default) in [
            ("task", 0),
            ("model", 1),
            ("init", 2),
            ("label_fraction", 3),
            ("seed", 4),
            ("metric", 5),
        ]
        .map(|(name, index)| (name, at[index]))
        {
            if default.is_none() {
                notes.push(format!("there is no column {name:?}: all rows count as one {name}"));
            }
        }
        Ok(Self(at))
    }

    /// Factors that the table has no column of.
    fn lacking(&self) -> Vec<String> {
        let named = KNOWN.iter().zip(&self.0).take(3);
        named.filter(|(_, at)| at.is_none()).map(|(name, _)| (*name).to_string()).collect()
    }

    pub(super) fn text<'r>(&self, record: &'r StringRecord, index: usize) -> Option<&'r str> {
        self.0[index].and_then(|column| record.get(column)).filter(|text| !text.is_empty())
    }

    /// Places and names of the further columns that are factors; what the others
    /// are goes into the notes.
    fn factors(
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
    fn directions(&self, table: &Table<'_>) -> Result<MetricRules, FrameError> {
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
    fn fractions_are_percent(&self, table: &Table<'_>) -> Result<bool, FrameError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Result<Results, FrameError> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("r.csv");
        std::fs::write(&path, text).expect("written");
        read(&path, &Reading::default())
    }

    fn read(path: &Path, reading: &Reading) -> Result<Results, FrameError> {
        Results::open(path, reading)
    }

    fn message(text: &str) -> String {
        open(text).expect_err("an error").to_string()
    }

    const HEAD: &str = "task,model,init,fraction,seed,metric,value\n";

    #[test]
    fn reads_bom_crlf_semicolons_quotes_and_percent() {
        let text = "\u{feff}task;model;init;fraction;seed;metric;value\r\n\
                    \"a; b\";m;x;10 %;0;auc;0.5\r\nä;m;x;100%;0;auc;NA\r\n";
        let results = open(text).expect("read");
        let cells = results.cells("auc").expect("cells");
        assert_eq!((cells[0].task.as_str(), cells[0].label_fraction), ("a; b", 0.1));
        assert_eq!(cells[1].undefined.len(), 1);
    }

    #[test]
    fn cells_keep_the_order_of_the_file_and_sort_fractions() {
        let rows =
            "t,m,z,1,1,auc,0.9\nt,m,z,0.1,0,auc,0.7\nt,m,a,0.1,0,auc,0.6\nt,m,z,1,0,auc,0.8\n";
        let cells = open(&format!("{HEAD}{rows}")).expect("read").cells("auc").expect("cells");
        let keys: Vec<_> = cells.iter().map(|c| (c.init.as_str(), c.label_fraction)).collect();
        assert_eq!(keys, [("z", 0.1), ("z", 1.0), ("a", 0.1)]);
        assert_eq!(cells[1].values, [0.8, 0.9]);
    }

    #[test]
    fn errors_name_line_and_column() {
        let m = message(&format!("{HEAD}t,m,i,1,0,auc,0.5\nt,m,i,1,1,auc,high\n"));
        assert!(m.contains(":3:") && m.contains("\"value\"") && m.contains("\"high\""), "{m}");
        let m = message(&format!("{HEAD}t,m,i,1,0,auc,0.5\nt,m,i,1,0,auc,0.5\n"));
        assert!(m.contains(":3:") && m.contains("line 2"), "{m}");
        let m = message("task,auc\nt,0.5\n");
        assert!(m.contains("\"value\"") && m.contains("rename"), "{m}");
        let m = message(&format!("{HEAD}t,m,i,10,0,auc,0.5\nt,m,i,0.5,0,auc,0.5\n"));
        assert!(m.contains("percent"), "{m}");
        assert!(message(HEAD).contains("no rows"));
        assert!(message(&format!("{HEAD}t,m,i,1,-1,auc,1\n")).contains("whole number"));
        let m = message(&format!("{HEAD}t,m,i,1,0,auc\n"));
        assert!(m.contains("line: 2") || m.contains("fields"), "{m}");
    }

    #[test]
    fn further_columns_are_factors_where_they_tell_cells_apart() {
        let text = "init,value,seed,optimizer,run_name\n\
                    a,0.5,0,sgd,r1\na,0.6,1,sgd,r2\na,0.7,0,adam,r3\na,0.8,1,adam,r4\n";
        let results = open(text).expect("read");
        assert_eq!(results.others, ["optimizer"]);
        let cells = results.cells("value").expect("cells");
        assert_eq!(cells[1].others, [("optimizer".to_string(), "adam".to_string())]);
        assert_eq!((cells.len(), cells[0].values.as_slice()), (2, &[0.5, 0.6][..]));
        let notes = results.notes.join("\n");
        assert!(
            notes.contains("run_name") && notes.contains("further factors: optimizer"),
            "{notes}"
        );
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("r.csv");
        std::fs::write(&path, text).expect("written");
        let only = Reading::only(&["optimizer=sgd".parse().expect("a filter")]);
        assert_eq!(read(&path, &only).expect("read").cells("value").expect("cells").len(), 1);
        let asked = Reading { factors: vec!["lr".into()], ..Reading::default() };
        let error = read(&path, &asked).expect_err("no such column").to_string();
        assert!(error.contains("\"lr\"") && error.contains("optimizer"), "{error}");
    }

    #[test]
    fn a_metric_has_one_scale_one_range_and_one_direction() {
        let m = message(&format!("{HEAD}t,m,i,1,0,AUC,0.706\nt,m,i,1,1,auc,75.6\n"));
        assert!(m.contains(":3:") && m.contains("one scale"), "{m}");
        let m = message(&format!("{HEAD}t,m,i,1,0,hd95,3.2\nt,m,i,1,1,hd95,-1\n"));
        assert!(m.contains(":3:") && m.contains("0 or more"), "{m}");
        let head = "init,seed,metric,value,direction\n";
        let m = message(&format!("{head}a,0,x,1,lower\na,1,x,2,higher\n"));
        assert!(m.contains(":3:") && m.contains("line 2"), "{m}");
        let m = message(&format!("{head}a,0,x,1,sideways\n"));
        assert!(m.contains("higher or lower"), "{m}");
        let results = open(&format!("{head}a,0,x,1,lower\na,1,x,2,\n")).expect("read");
        let metric = results.metric("x", &MetricRules::default()).expect("a metric");
        assert_eq!(metric.better, Better::Lower);
    }
}

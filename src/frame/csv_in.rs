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

use csv::StringRecord;

use super::csv_columns::Columns;
use super::csv_summary::{Singles, cell_key, unique};
use super::csv_table::Table;
use super::error::FrameError;
use super::reading::Reading;
use super::results::Results;
use crate::records::ResultRow;
use crate::scores::{MetricRules, Scale};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::Better;

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
    fn rows_without_seeds_are_runs_and_a_likely_column_is_named() {
        let text = "init,fold,value\na,1,0.5\na,2,0.6\nb,1,0.7\nb,2,0.8\n";
        let notes = open(text).expect("read").notes.join("\n");
        assert!(notes.contains("a run of its own") && notes.contains("\"fold\""), "{notes}");
        assert!(!notes.contains("one seed"), "{notes}");
        let text = "init,mean,n,sd\na,0.5,3,0.1\nb,0.6,3,0.1\n";
        let notes = open(text).expect("read").notes.join("\n");
        assert!(!notes.contains("seed"), "{notes}");
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

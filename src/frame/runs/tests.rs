//! Results as people bring them.
use std::path::Path;

use crate::frame::{FrameError, Reading, Results};
use crate::scores::{Better, MetricRules};

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
    let rows = "t,m,z,1,1,auc,0.9\nt,m,z,0.1,0,auc,0.7\nt,m,a,0.1,0,auc,0.6\nt,m,z,1,0,auc,0.8\n";
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
    let m = message("task,points\nt,0.5\n");
    assert!(m.contains("--map value=points"), "{m}");
    let m = message(&format!("{HEAD}t,m,i,10,0,auc,0.5\nt,m,i,0.5,0,auc,0.5\n"));
    assert!(m.contains("percent"), "{m}");
    assert!(message(HEAD).contains("no rows"));
    assert!(message(&format!("{HEAD}t,m,i,1,-1,auc,1\n")).contains("whole number"));
    let m = message(&format!("{HEAD}t,m,i,1,0,auc\n"));
    assert!(m.contains(":2: has 6 cells, the header in line 1 has 7"), "{m}");
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
    assert!(notes.contains("run_name") && notes.contains("further factors: optimizer"), "{notes}");
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

const MEANS_HEAD: &str = "task,model,init,label_fraction,seed,metric,class,value,mean,sd,n\n";

fn open_means(rows: &str) -> Result<Results, String> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("r.csv");
    std::fs::write(&path, format!("{MEANS_HEAD}{rows}")).expect("written");
    Results::open(&path, &Reading::default()).map_err(|error| error.to_string())
}

#[test]
fn a_cell_has_single_values_or_a_summary() {
    let single = "t,m,a,1,0,auc,,0.8,,,\nt,m,a,1,1,auc,,0.82,,,\n";
    let other = "t,m,b,1,,auc,,,0.7,0.02,5\n";
    let mixed = open_means(&format!("{single}{other}")).expect("cells of their own");
    assert_eq!((mixed.summaries.len(), mixed.cells("auc").expect("cells").len()), (1, 2));

    let same = "t,m,a,1,,auc,,,0.81,0.02,5\n";
    for rows in [format!("{single}{same}"), format!("{same}{single}")] {
        let error = open_means(&rows).expect_err("both");
        assert!(error.contains("not both") && error.contains("t / m / a / 1 / auc"), "{error}");
    }
    let error = open_means(&format!("{single}{same}")).expect_err("both");
    assert!(error.contains(":4:") && error.contains("line 2"), "{error}");
    // Another metric or fraction of the same level is another cell.
    assert!(open_means(&format!("{single}t,m,a,0.1,,auc,,,0.81,0.02,5\n")).is_ok());
    // A mean of one class is no mean over classes.
    let error = open_means("t,m,a,1,,auc,nodule,,0.81,0.02,5\n").expect_err("a class");
    assert!(error.contains("--where class="), "{error}");
    // A class may have single values beside the summary of all.
    assert!(open_means(&format!("t,m,a,1,0,auc,nodule,0.8,,,\n{same}")).is_ok());
}

#[test]
fn one_row_is_not_both() {
    for rows in ["t,m,a,1,0,auc,,0.8,0.8,0.02,5\n", "t,m,a,1,0,auc,,0.7,0.8,,\n"] {
        let error = open_means(rows).expect_err("both");
        assert!(error.contains(":2:") && error.contains("\"mean\""), "{error}");
    }
}

#[test]
fn anything_is_read_or_refused() {
    let reading = Reading::default();
    let failures = crate::table::fuzz::failures(|bytes| {
        let read = Results::from_bytes(&[(Path::new("runs/a_seed1/t.csv"), bytes)], &reading);
        if let Ok(results) = read {
            let _ = results.understood(&reading.rules);
            for metric in results.metrics().into_iter().flatten() {
                let _ = results.cells(&metric);
                let _ = results.class_cells(&metric);
            }
        }
    });
    assert!(failures.is_empty(), "inputs {failures:?}");
}

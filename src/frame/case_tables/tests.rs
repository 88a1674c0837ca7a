//! Tables of cases of every form, and what can be wrong with them.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::compare::{CompareOptions, Comparison, TestKind, compare};
use crate::frame::{FrameError, MissingCases, Reading, Results};
use crate::scores::{MetricRules, ScoreKind, Unit};
use crate::spec::TestFamily;

fn read_as(files: &[(&str, &str)], reading: &Reading) -> Result<Results, FrameError> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| PathBuf::from(name)).collect();
    let files: Vec<(&Path, &[u8])> = paths
        .iter()
        .zip(files)
        .map(|(path, (_, text))| (path.as_path(), text.as_bytes()))
        .collect();
    Results::from_bytes(&files, reading)
}

fn read(files: &[(&str, &str)]) -> Results {
    read_as(files, &Reading::default()).expect("read")
}

fn message(files: &[(&str, &str)], reading: &Reading) -> String {
    read_as(files, reading).expect_err("an error").to_string()
}

fn compared(results: &Results, metric: &str, test: TestFamily) -> Comparison {
    let metric = results.metric(metric, &MetricRules::default()).expect("a metric");
    let cells = results.cells(&metric.key).expect("cells");
    compare(&cells, &CompareOptions { metric, test, ..CompareOptions::default() })
        .expect("compared")
}

fn value(results: &Results, metric: &str) -> f64 {
    results.cells(metric).expect("cells")[0].values[0]
}

const A: [f64; 12] = [0.91, 0.85, 0.77, 0.88, 0.93, 0.64, 0.7, 0.81, 0.95, 0.59, 0.83, 0.9];
const B: [f64; 12] = [0.89, 0.86, 0.7, 0.84, 0.92, 0.6, 0.71, 0.75, 0.93, 0.5, 0.8, 0.91];

/// Dice of two models on the same twelve images; two images per patient, where
/// `patients` says so.
fn dice(patients: bool) -> String {
    let mut text = String::from("case,patient,model,metric,value\n");
    for (model, values) in [("a", A), ("b", B)] {
        for (i, value) in values.iter().enumerate() {
            let patient = if patients { format!("p{}", i / 2) } else { String::new() };
            text += &format!("c{i},{patient},{model},DSC,{value}\n");
        }
    }
    text
}

#[test]
fn values_per_case_are_paired_case_by_case() {
    let results = read(&[("dice.csv", &dice(false))]);
    assert_eq!(results.metrics().expect("metrics"), ["dice"]);
    let cells = results.cells("dice").expect("cells");
    assert_eq!((cells.len(), cells[0].unit, cells[0].values.len()), (2, Unit::Cases, 12));
    let t = compared(&results, "dice", TestFamily::T);
    let row = &t.rows[0];
    assert_eq!((row.unit, row.n, row.test), (Unit::Cases, [12, 12], TestKind::PairedT));
    assert!(row.why.contains("12 cases"), "{}", row.why);
    // scipy 1.17.1: ttest_rel, the other way round.
    assert!((row.p.expect("a p") - 0.010_120_383_164_660_365).abs() < 1e-12);
    assert!((row.statistic.expect("t") + 3.099_099_724_423_924).abs() < 1e-12);
    let wilcoxon = compared(&results, "dice", TestFamily::Wilcoxon);
    assert!(wilcoxon.rows[0].p.is_some_and(|p| p < 0.02));
    let notes = results.notes.join("\n");
    assert!(notes.contains("test cases are the replications"), "{notes}");
}

#[test]
fn patients_with_several_cases_are_the_units() {
    let results = read(&[("dice.csv", &dice(true))]);
    let rows = |test| compared(&results, "dice", test).rows.remove(0);
    let t = rows(TestFamily::T);
    assert_eq!((t.test, t.n), (TestKind::ClusteredT, [12, 12]));
    assert!((t.df.expect("degrees of freedom") - 5.0).abs() < 1e-9);
    let flips = rows(TestFamily::Permutation);
    assert_eq!(flips.test, TestKind::ClusteredSignFlip);
    assert!(flips.p.is_some_and(|p| p >= 2.0 / 64.0));
    let ranks = rows(TestFamily::Wilcoxon);
    assert!(ranks.notes.iter().any(|note| note.contains("6 patients")), "{:?}", ranks.notes);
}

#[test]
fn seeds_are_the_replications_where_there_are_several() {
    let mut text = String::from("case,model,seed,metric,value\n");
    for (model, values) in [("a", A), ("b", B)] {
        for seed in 0..3 {
            for (i, value) in values.iter().enumerate() {
                text += &format!("c{i},{model},{seed},dice,{}\n", value - 0.01 * f64::from(seed));
            }
        }
    }
    let results = read(&[("r.csv", &text)]);
    let cells = results.cells("dice").expect("cells");
    assert_eq!((cells[0].unit, cells[0].values.len()), (Unit::Seeds, 3));
    let cases = Reading { unit: Some(Unit::Cases), ..Reading::default() };
    let results = read_as(&[("r.csv", &text)], &cases).expect("read");
    let cells = results.cells("dice").expect("cells");
    assert_eq!((cells[0].unit, cells[0].values.len()), (Unit::Cases, 12));
    assert!((cells[0].values[0] - 0.90).abs() < 1e-12);
    let mut analysis = crate::report::analyse(
        &read(&[("r.csv", &text)]),
        &CompareOptions {
            metric: results.metric("dice", &MetricRules::default()).expect("a metric"),
            ..CompareOptions::default()
        },
        &[],
    )
    .expect("an analysis");
    let row = analysis.cases.remove(0);
    assert!(row.seeds == 3 && row.cases == 12 && row.se_cases.is_some(), "{row:?}");
}

#[test]
fn columns_of_metrics_and_classes_are_read() {
    let results =
        read(&[("r.csv", "image,model,Dice,HD95\n1,a,0.8,3\n2,a,0.9,2\n1,b,0.7,4\n2,b,0.6,NA\n")]);
    assert_eq!(results.metrics().expect("metrics"), ["dice", "hd95"]);
    assert_eq!(results.cells("hd95").expect("cells")[0].values, [3.0]);
    assert!(results.notes.iter().any(|note| note.contains("1 of 2 cases are left out")));
    let text = "case,model,class,metric,value\n1,a,liver,dice,0.8\n1,a,spleen,dice,0.6\n\
                2,a,liver,dice,0.9\n2,a,spleen,dice,0.7\n";
    let results = read(&[("r.csv", text)]);
    let whole = &results.cells("dice").expect("cells")[0];
    assert!((whole.values[0] - 0.7).abs() < 1e-12 && (whole.values[1] - 0.8).abs() < 1e-12);
    let classes = results.class_cells("dice").expect("classes");
    assert_eq!((classes.len(), classes[1].1[0].values.as_slice()), (2, &[0.6, 0.7][..]));
}

#[test]
fn missing_cases_are_left_out_refused_or_the_worst() {
    let text = "case,model,metric,value\nx,a,dice,0.8\ny,a,dice,0.9\nz,a,dice,0.7\nx,b,dice,0.6\n\
                y,b,dice,0.5\n";
    let results = read(&[("r.csv", text)]);
    let note = results.notes.iter().find(|note| note.contains("left out")).expect("a note");
    assert!(note.contains("1 of 3") && note.contains('b') && note.contains("first z"), "{note}");
    assert_eq!(results.cells("dice").expect("cells")[0].values, [0.8, 0.9]);
    let policy = |missing_cases| Reading { missing_cases, ..Reading::default() };
    let refused = message(&[("r.csv", text)], &policy(MissingCases::Refuse));
    assert!(refused.contains("r.csv:4") && refused.contains("\"z\""), "{refused}");
    let worst = read_as(&[("r.csv", text)], &policy(MissingCases::Worst)).expect("read");
    assert_eq!(worst.cells("dice").expect("cells")[1].values, [0.6, 0.5, 0.0]);
    let unbounded = text.replace("dice", "hd95");
    let refused = message(&[("r.csv", &unbounded)], &policy(MissingCases::Worst));
    assert!(refused.contains("no worst hd95"), "{refused}");
}

const TRUTH: &str =
    "case,Edema,Fracture,Other\na,1,0,1\nb,0,0,1\nc,1,1,0\nd,0,1,0\ne,1,0,0\nf,0,1,1\n";
const FIRST: &str =
    "case,Fracture,Edema\nf,0.8,0.2\ne,0.1,0.9\nd,0.6,0.3\nc,0.7,0.6\nb,0.4,0.4\na,0.2,0.8\n";
const SECOND: &str =
    "case,Edema,Fracture\na,0.4,0.3\nb,0.5,0.1\nc,0.7,0.2\nd,0.1,0.9\ne,0.8,0.3\nf,0.2,0.8\n";

#[test]
fn models_are_joined_with_a_file_of_truth() {
    let files = [("truth.csv", TRUTH), ("first.csv", FIRST), ("second.csv", SECOND)];
    let results = read(&files);
    let cells = results.cells("auc").expect("cells");
    let models: Vec<&str> = cells.iter().map(|cell| cell.model.as_str()).collect();
    assert_eq!(models, ["first", "second"]);
    // scikit-learn 1.9.1: both classes of the first are ranked without an error.
    assert_eq!(cells[0].values, [1.0]);
    let notes = results.notes.join("\n");
    assert!(notes.contains("against: truth") && notes.contains("2 of 3 labelled"), "{notes}");
    let row = &compared(&results, "auc", TestFamily::T).rows[0];
    assert_eq!(row.test, TestKind::DeLong { classes: 2, patients: false });
    assert_eq!((row.n, row.unit), ([6, 6], Unit::Cases));
    let row = &compared(&results, "brier", TestFamily::T).rows[0];
    assert!(matches!(row.test, TestKind::PairedBootstrap { patients: false }) && row.p.is_some());
    assert!(row.interval.as_ref().is_some_and(|i| i.method.contains("2000 resamples")));
    assert_eq!(results.class_cells("auc").expect("classes").len(), 2);
}

#[test]
fn long_and_wide_say_the_same_and_so_does_the_order_of_rows() {
    let wide = read(&[("truth.csv", TRUTH), ("m.csv", FIRST)]);
    let mut long = String::from("case,class,label,score\n");
    let scores: Vec<Vec<&str>> = FIRST.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let labels: Vec<Vec<&str>> = TRUTH.lines().skip(1).map(|l| l.split(',').collect()).collect();
    for row in &scores {
        let truth = labels.iter().find(|truth| truth[0] == row[0]).expect("the case");
        long += &format!(
            "{},Fracture,{},{}\n{},Edema,{},{}\n",
            row[0], truth[2], row[1], row[0], truth[1], row[2]
        );
    }
    let long = read(&[("m.csv", &long)]);
    for metric in ["auc", "average_precision", "f1", "log_loss", "ece"] {
        assert!((value(&wide, metric) - value(&long, metric)).abs() < 1e-15, "{metric}");
    }
    // In one file: labels beside scores.
    let beside = "case,label_x,score_x\n1,1,0.9\n2,0,0.2\n3,1,0.4\n4,0,0.5\n";
    assert!((value(&read(&[("m.csv", beside)]), "auc") - 0.75).abs() < 1e-15);
}

/// Numbers of scikit-learn 1.9.1.
#[test]
fn one_right_class_of_three() {
    let text = "case,label,x,y,z\n1,x,.7,.2,.1\n2,y,.2,.5,.3\n3,x,.3,.4,.3\n4,z,.1,.3,.6\n\
                5,x,.5,.3,.2\n6,z,.2,.2,.6\n7,y,.1,.8,.1\n8,z,.4,.35,.25\n";
    for text in [
        text.to_string(),
        text.replace(",x,.", ",0,.").replace(",y,.", ",1,.").replace(",z,.", ",2,."),
    ] {
        let results = read(&[("m.csv", &text)]);
        for (metric, want) in [
            ("auc", 0.933_333_333_333_333_2),
            ("average_precision", 0.927_777_777_777_777_7),
            ("accuracy", 0.75),
            ("balanced_accuracy", 0.777_777_777_777_777_7),
            ("f1", 0.755_555_555_555_555_5),
            ("mcc", 0.642_857_142_857_142_9),
            ("kappa", 0.627_906_976_744_186),
            ("log_loss", 0.697_253_908_668_830_1),
            ("brier", 0.380_625),
        ] {
            assert!((value(&results, metric) - want).abs() < 1e-12, "{metric}");
        }
    }
}

/// Numbers of scikit-learn 1.9.1.
#[test]
fn logits_are_no_probabilities_until_somebody_says_so() {
    let text = "case,label,score\n1,1,2\n2,0,-1\n3,0,0.5\n4,1,-3\n";
    let results = read(&[("m.csv", text)]);
    assert_eq!(results.metrics().expect("metrics"), ["auc", "average_precision"]);
    let notes = results.notes.join("\n");
    assert!(notes.contains("--scores logits") && notes.contains("m.csv:2"), "{notes}");
    let reading = |kind| Reading { scores: Some(kind), ..Reading::default() };
    let logits = read_as(&[("m.csv", text)], &reading(ScoreKind::Logits)).expect("read");
    assert!((value(&logits, "brier") - 0.345_347_977_709_726_36).abs() < 1e-12);
    assert!((value(&logits, "log_loss") - 1.115_713_508_578_761).abs() < 1e-12);
    assert_eq!(value(&logits, "auc"), 0.5);
    let refused = message(&[("m.csv", text)], &reading(ScoreKind::Probabilities));
    assert!(refused.contains("m.csv:2") && refused.contains("--scores logits"), "{refused}");
    let ranks = read_as(&[("m.csv", text)], &reading(ScoreKind::Ranks)).expect("read");
    assert_eq!(ranks.metrics().expect("metrics").len(), 2);
}

#[test]
fn bad_input_names_file_and_line() {
    let plain = Reading::default();
    let twice = "case,model,value\nx,a,0.5\ny,a,0.5\nx,a,0.6\n";
    let m = message(&[("r.csv", twice)], &plain);
    assert!(m.contains("r.csv:4") && m.contains("line 2") && m.contains("\"x\""), "{m}");
    let m = message(&[("truth.csv", TRUTH), ("m.csv", &format!("{FIRST}f,0.1,0.1\n"))], &plain);
    assert!(m.contains("m.csv:8") && m.contains("line 2 of m.csv"), "{m}");
    let patients = "case,patient,model,value\nx,p,a,0.5\nx,q,b,0.5\n";
    let m = message(&[("r.csv", patients)], &plain);
    assert!(m.contains("r.csv:3") && m.contains("\"p\"") && m.contains("\"q\""), "{m}");
    let (one, other) =
        ("case,label,score\nx,1,0.5\ny,0,0.2\n", "case,label,score\nx,0,0.5\ny,0,0.2\n");
    let m = message(&[("one.csv", one), ("other.csv", other)], &plain);
    assert!(m.contains("other.csv:2") && m.contains("line 2 of one.csv"), "{m}");
    let m = message(&[("r.csv", "case,model,value\nx,a,high\n")], &plain);
    assert!(m.contains("r.csv:2") && m.contains("\"high\""), "{m}");
    let m = message(
        &[("r.csv", "case,model,metric,value\nx,a,dice,0.5\ny,a,dice,1.5\nz,a,dice,-2\n")],
        &plain,
    );
    assert!(m.contains("r.csv:") && m.contains("Dice"), "{m}");
    let m = message(&[("m.csv", "case,score\nx,0.5\n")], &plain);
    assert!(m.contains("no labels") && m.contains("TRUTH.csv"), "{m}");
    let m = message(&[("truth.csv", TRUTH), ("m.csv", "case,Edema\nq,0.5\nr,0.4\n")], &plain);
    assert!(m.contains("no case") && m.contains("same in all files"), "{m}");
    let m = message(&[("a.csv", "case,value\nx,1\n"), ("b.csv", "seed,value\n1,1\n")], &plain);
    assert!(m.contains("b.csv") && m.contains("\"case\""), "{m}");
    let m = message(&[("m.csv", "case,label,score\nx,maybe,0.5\ny,1,0.4\n")], &plain);
    assert!(m.contains("m.csv:2") && m.contains("\"maybe\""), "{m}");
    let m = message(&[("r.csv", "case,value\n,1\n")], &plain);
    assert!(m.contains("r.csv:2") && m.contains("empty"), "{m}");
}

#[test]
fn equal_models_are_named_and_have_no_p() {
    let text = "case,model,value\nx,a,0.5\ny,a,0.7\nz,a,0.6\nx,b,0.5\ny,b,0.7\nz,b,0.6\n";
    let results = read(&[("r.csv", text)]);
    assert!(results.notes.iter().any(|note| note.contains("equal values")), "{:?}", results.notes);
    for test in [TestFamily::T, TestFamily::Wilcoxon, TestFamily::Permutation] {
        let row = &compared(&results, "value", test).rows[0];
        assert_eq!((row.p, row.verdict, row.difference), (None, None, Some(0.0)));
        assert!(row.notes[0].contains("equal on every case"), "{:?}", row.notes);
    }
    let files = [("truth.csv", TRUTH), ("first.csv", FIRST), ("again.csv", FIRST)];
    let results = read(&files);
    let notes = results.notes.join("\n");
    assert!(notes.contains("equal scores") && notes.contains("first and again"), "{notes}");
    for metric in ["auc", "f1", "brier"] {
        let row = &compared(&results, metric, TestFamily::T).rows[0];
        assert_eq!((row.p, row.verdict), (None, None), "{metric} {row:?}");
    }
}

#[test]
fn parquet_says_what_csv_says() {
    use polars::prelude::*;
    let text = dice(true);
    let mut frame = CsvReadOptions::default()
        .into_reader_with_file_handle(std::io::Cursor::new(text.as_bytes()))
        .finish()
        .expect("a frame");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).expect("written");
    let path = PathBuf::from("dice.parquet");
    let parquet = Results::from_bytes(&[(&path, &bytes)], &Reading::default()).expect("read");
    let csv = read(&[("dice.csv", &text)]);
    assert_eq!(parquet.cells("dice").expect("cells"), csv.cells("dice").expect("cells"));
}

#[test]
fn further_columns_are_factors_where_they_are_asked_for() {
    let text = "case,model,loss,value\nx,a,ce,0.5\ny,a,ce,0.7\nx,a,dice,0.6\ny,a,dice,0.9\n";
    let m = message(&[("r.csv", text)], &Reading::default());
    assert!(m.contains("r.csv:4") && m.contains("--factor"), "{m}");
    let reading = Reading { factors: vec!["loss".into()], ..Reading::default() };
    let results = read_as(&[("r.csv", text)], &reading).expect("read");
    let cells = results.cells("value").expect("cells");
    assert_eq!(cells[1].others, [("loss".to_string(), "dice".to_string())]);
    assert_eq!(cells[1].values, [0.6, 0.9]);
}

proptest! {
    #[test]
    fn rows_in_any_order_give_the_same_means(order in Just((0..24usize).collect::<Vec<_>>()).prop_shuffle()) {
        let text = dice(true);
        let lines: Vec<&str> = text.lines().collect();
        let mut shuffled = format!("{}\n", lines[0]);
        for at in order {
            shuffled += &format!("{}\n", lines[at + 1]);
        }
        let (a, b) = (read(&[("r.csv", &text)]), read(&[("r.csv", &shuffled)]));
        let of = |results: &Results, model: &str| {
            let cells = results.cells("dice").expect("cells");
            cells.into_iter().find(|cell| cell.model == model).expect("a cell").summarized().mean
        };
        for model in ["a", "b"] {
            prop_assert!((of(&a, model) - of(&b, model)).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_panics(text in "(case|id|score|value|label|x|,|\n|0|1|0.5|-3|NA|\"| ){0,60}") {
        let _ = read_as(&[("r.csv", &text)], &Reading::default());
        let _ = read_as(&[("t.csv", TRUTH), ("r.csv", &text)], &Reading::default());
    }
}

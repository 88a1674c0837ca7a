//! A report from records alone: a finished study folder that no training made.

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;
use transfolio::frame::{metrics_of, write_history, write_predictions};
use transfolio::records::{
    Answer, Epoch, FORMAT, Prediction, Provenance, Record, RunState, StudyDir, StudyRecord,
    write_json,
};
use transfolio::spec::{Fingerprints, RunSpec, Target, data_needed, expand, load};

use crate::program::run;

/// Two tasks, three inits, one of them called like an attack.
const STUDY: &str = r#"
[study]
name = "records"
seeds = [0, 1, 2]
label_fractions = [0.5, 1.0]
[tasks.lung]
source = "manifest"
path = "none.csv"
labels = ["finding"]
target = "binary"
[tasks.heart]
source = "manifest"
path = "none.csv"
labels = ["finding"]
target = "binary"
[models.resnet18]
backbone = "resnet18"
[inits.random]
random = true
[inits.other]
title = "<img src=x onerror=alert(1)>"
weights = "coarse.pth"
granularity = "coarse"
[inits.third]
weights = "fine.pth"
granularity = "fine"
"#;

const CASES: usize = 60;

/// A number in 0..1 that looks random and is the same everywhere.
fn noise(a: usize, b: usize) -> f64 {
    ((a * 7919 + b * 104_729 + 13) % 1009) as f64 / 1009.0
}

fn predictions(spec: &RunSpec) -> Vec<Prediction> {
    let skill = match spec.init.as_str() {
        "random" => 0.3,
        "other" => 0.5,
        _ => 0.7,
    };
    let row = |case: usize| {
        let positive = case.is_multiple_of(3);
        let label = f64::from(u8::from(positive));
        let score = skill * label + (1.0 - skill) * noise(case, spec.seed as usize + 17);
        Prediction {
            case: format!("case {case}"),
            patient: format!("patient {case}"),
            answer: Answer::Labels { labels: vec![Some(positive)], scores: vec![score as f32] },
        }
    };
    (0..CASES).map(row).collect()
}

fn record(spec: &RunSpec, rows: &[Prediction], classes: &[String]) -> Record {
    Record {
        format: FORMAT,
        run: spec.id(),
        state: RunState::Done,
        metrics: metrics_of(rows, classes, Target::Binary),
        validation: Vec::new(),
        decision: None,
        also_tested: Vec::new(),
        cases: [100, 30, CASES as u64],
        best_epoch: 3,
        epochs: 4,
        loaded: None,
        spec_sha256: None,
        files: None,
        sha256: None,
        provenance: Provenance {
            device: "cpu".into(),
            seconds: 10.0 + noise(spec.seed as usize, spec.init.len()) * 20.0,
            ..Provenance::default()
        },
    }
}

fn write_study(root: &Path) -> Vec<RunSpec> {
    let file = root.join("study.toml");
    std::fs::write(&file, STUDY).expect("written");
    let study = load(&file, &IndexMap::default()).expect("a study").study;
    let prints = Fingerprints {
        data: data_needed(&study).into_iter().map(|need| (need, "hash".into())).collect(),
        ..Fingerprints::default()
    };
    let specs = expand(&study, &prints);
    let dir = StudyDir::new(root.join("out"));
    let classes = ["finding".to_string()];
    for spec in &specs {
        let run = dir.run(&spec.id());
        let rows = predictions(spec);
        write_json(&run.spec(), spec).expect("a specification");
        write_predictions(&run.predictions(), &classes, Target::Binary, &rows)
            .expect("predictions");
        let epoch = |epoch: u32| Epoch {
            val_metric: None,
            epoch,
            train_loss: 1.0 / f64::from(epoch),
            val_loss: 0.5 + 0.1 / f64::from(epoch),
            learning_rate: 0.001,
        };
        let epochs: Vec<Epoch> = (1..=4).map(epoch).collect();
        write_history(&run.history(), &epochs).expect("a history");
        write_json(&run.record(), &record(spec, &rows, &classes)).expect("a record");
    }
    let study = StudyRecord {
        format: FORMAT,
        study,
        study_sha256: String::new(),
        command: vec!["transfolio".into()],
        data_hashes: BTreeMap::new(),
        data_notes: BTreeMap::new(),
        train_cases: BTreeMap::new(),
        data_facts: BTreeMap::new(),
        ancestry: BTreeMap::new(),
        weights_notes: BTreeMap::new(),
        runs: specs.iter().map(RunSpec::id).collect(),
    };
    write_json(&dir.study(), &study).expect("a study record");
    specs
}

#[test]
fn a_study_folder_has_every_figure_and_the_same_bytes_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let specs = write_study(dir.path());
    run(dir.path(), &["report", "out"]).expect(0);
    let file = dir.path().join("out/report.html");
    let page = std::fs::read_to_string(&file).expect("a page");
    for figure in [
        "answer",
        "fractions",
        "critical",
        "significance",
        "ranks",
        "podium",
        "blobs",
        "profile",
        "granularity",
        "dose",
        "roc",
        "precision-recall",
        "calibration",
        "confusion",
        "training",
        "cost",
    ] {
        assert!(page.contains(&format!("<figure id=\"fig-{figure}\"")), "no {figure}");
        assert!(page.contains(&format!("id=\"fig-{figure}-csv\"")), "no data of {figure}");
    }
    assert!(!page.contains("<img"));
    for figure in page.split("<svg ").skip(1).filter_map(|part| part.split_once("</svg>")) {
        assert!(!figure.0.contains("NaN"), "{}", figure.0);
    }
    run(dir.path(), &["report", "out"]).expect(0);
    assert!(page == std::fs::read_to_string(&file).expect("a page"), "other bytes the second time");
    run(dir.path(), &["verify", "out/report.html"]).expect(0);
    run(dir.path(), &["verify", "out/report.html", "--records", "out"]).expect(0);

    // What cannot be read is said, and the rest is drawn.
    let lost = StudyDir::new(dir.path().join("out")).run(&specs[specs.len() - 1].id());
    std::fs::write(lost.predictions(), "no parquet").expect("written");
    std::fs::remove_file(lost.history()).expect("removed");
    run(dir.path(), &["report", "out"]).expect(0);
    let page = std::fs::read_to_string(&file).expect("a page");
    assert!(
        page.contains("redictions are left out") && page.contains("training history is left out")
    );
    assert!(
        page.contains("<figure id=\"fig-roc\"") && page.contains("<figure id=\"fig-training\"")
    );
}

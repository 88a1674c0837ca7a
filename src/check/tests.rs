use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use indexmap::IndexMap;

use super::*;
use crate::frame::{Results, metrics_of, write_history, write_predictions};
use crate::records::seal::{self, BLANK, KEY, seal_tensors};
use crate::records::{
    Answer, Depth, Epoch, FORMAT, Planned, Prediction, Provenance, Record, RunDir, RunState,
    StudyDir, StudyRecord, find, marks, write_json,
};
use crate::spec::{Fingerprints, RunKind, RunSpec, data_needed, expand, parse};

pub(crate) const STUDY: &str = r#"
[study]
name = "s"
seeds = [1, 2]
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "coarse", size = 16, train = 24, val = 8, test = 8 }
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 16, train = 40, val = 16, test = 24 }
[models.small]
backbone = "resnet18"
[inits.random]
random = true
[inits.coarse]
pretrain = "coarse"
[pretraining.coarse]
task = "source"
"#;

/// A study that has run: two pretrainings with weights, four target runs.
pub(crate) fn finished() -> (tempfile::TempDir, StudyDir, Vec<RunSpec>) {
    finished_of(STUDY)
}

/// The same of a study file.
pub(crate) fn finished_of(text: &str) -> (tempfile::TempDir, StudyDir, Vec<RunSpec>) {
    let folder = tempfile::tempdir().expect("a folder");
    let study = parse(Path::new("study.toml"), text, &IndexMap::new()).expect("a study");
    let data: BTreeMap<_, _> =
        data_needed(&study).into_iter().map(|need| (need, "da7a".to_owned())).collect();
    let runs = expand(&study, &Fingerprints { data: data.clone(), ..Fingerprints::default() });
    let dir = StudyDir::new(folder.path().join("s"));
    let hashes = data.into_iter().map(|((task, size), hash)| (format!("{task} ({size} px)"), hash));
    dir.write_study(&StudyRecord {
        format: FORMAT,
        study,
        study_sha256: "00".into(),
        command: vec!["transfolio".into()],
        data_hashes: hashes.collect(),
        data_notes: BTreeMap::new(),
        train_cases: BTreeMap::new(),
        data_facts: BTreeMap::new(),
        ancestry: BTreeMap::new(),
        weights_notes: BTreeMap::new(),
        runs: runs.iter().map(RunSpec::id).collect(),
    })
    .expect("written");
    for (index, spec) in runs.iter().enumerate() {
        ended(&dir.run(&spec.id()), spec, index);
    }
    Results::from_study(&dir).and_then(|all| all.write_csv(&dir.results())).expect("written");
    (folder, dir, runs)
}

fn ended(run: &RunDir, spec: &RunSpec, index: usize) {
    let classes: Vec<String> = ["mass", "edema"].map(Into::into).into();
    let target = spec.task_spec.target;
    let rows: Vec<Prediction> = (0..6)
        .map(|case| {
            let score = ((case * 7 + index * 3) % 11) as f32 / 11.0;
            let scores = vec![score, 1.0 - score];
            let label = case % 2 == 0;
            let answer = match spec.kind {
                RunKind::Pretraining => Answer::Class { class: case % 2, scores },
                // Nobody knows one of the labels.
                RunKind::Target => {
                    let labels = vec![(case > 0).then_some(label), Some(case < 3)];
                    Answer::Labels { labels, scores }
                }
            };
            Prediction { case: format!("c{case}"), patient: format!("p{case}"), answer }
        })
        .collect();
    write_json(&run.spec(), spec).expect("written");
    write_predictions(&run.predictions(), &classes, target, &rows).expect("written");
    let epoch = |epoch| Epoch {
        epoch,
        train_loss: 0.5,
        val_loss: 0.4,
        learning_rate: 1e-3,
        val_metric: None,
    };
    write_history(&run.history(), &[epoch(1), epoch(2)]).expect("written");
    if spec.kind == RunKind::Pretraining {
        fs::write(run.weights(), tensors(false)).expect("written");
    }
    run.write_record(&Record {
        format: FORMAT,
        run: spec.id(),
        state: RunState::Done,
        metrics: metrics_of(&rows, &classes, target),
        validation: Vec::new(),
        decision: None,
        also_tested: Vec::new(),
        cases: [40, 16, 6],
        best_epoch: 1,
        epochs: 2,
        loaded: None,
        spec_sha256: Some(spec.sha256()),
        files: Some(marks(run, &[]).expect("marks")),
        provenance: Provenance { threads: 2, device: "cpu".into(), ..Provenance::default() },
        sha256: None,
    })
    .expect("written");
}

/// A small safetensors file, with a seal or without.
fn tensors(sealed: bool) -> Vec<u8> {
    let meta =
        if sealed { format!("\"__metadata__\":{{\"{KEY}\":\"{BLANK}\"}},") } else { String::new() };
    let header =
        format!("{{{meta}\"w\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}}}");
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.bytes());
    file.extend([1.0f32, 2.0].iter().flat_map(|v| v.to_le_bytes()));
    seal_tensors(&mut file);
    file
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("read");
    let at = at % bytes.len();
    bytes[at] ^= 4;
    fs::write(path, bytes).expect("written");
}

fn cut(path: &Path, keep: usize) {
    let bytes = fs::read(path).expect("read");
    fs::write(path, &bytes[..keep.min(bytes.len())]).expect("written");
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("read");
    assert!(text.contains(from), "{from:?} is not in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

/// Changes a record and seals it again, as somebody who knows how would.
fn forge(run: &RunDir, change: impl Fn(&mut serde_json::Value)) {
    let text = fs::read(run.record()).expect("read");
    let mut value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    change(&mut value);
    value[KEY] = seal::of_json(&value).into();
    fs::write(run.record(), value.to_string()).expect("written");
}

#[test]
fn a_whole_folder_is_sound() {
    let (_folder, dir, runs) = finished();
    let checked = check(&dir).expect("checked");
    assert_eq!(
        (checked.runs, checked.sound, checked.damage.len()),
        (runs.len(), 6, 0),
        "{checked}"
    );
    assert!(checked.notes.is_empty() && checked.to_string().contains("nothing is damaged"));
    // Line ends that git changed are no damage.
    let run = dir.run(&runs[2].id());
    for path in [run.record(), run.spec(), run.history(), dir.results(), dir.study()] {
        let text = fs::read_to_string(&path).expect("read").replace('\n', "\r\n");
        fs::write(&path, text).expect("written");
    }
    assert_eq!(check(&dir).expect("checked").sound, 6);
}

type Corruption = (&'static str, fn(&StudyDir, &RunDir, &RunDir), bool);

/// What is done to the folder, to a target run and to another; and whether the
/// run is then believed by those who read the folder in passing.
const CORRUPTIONS: [Corruption; 37] = [
    ("record flipped", |_, run, _| flip(&run.record(), 40), false),
    (
        "record flipped in a number",
        |_, run, _| replace(&run.record(), "\"n\": 6", "\"n\": 7"),
        false,
    ),
    (
        "record with another value",
        |_, run, _| {
            let text = fs::read_to_string(run.record()).expect("read");
            let at = text.find("\"value\": 0.").expect("a value") + 11;
            let mut bytes = text.into_bytes();
            bytes[at] = if bytes[at] == b'9' { b'8' } else { b'9' };
            fs::write(run.record(), bytes).expect("written");
        },
        false,
    ),
    ("record cut", |_, run, _| cut(&run.record(), 100), false),
    ("record empty", |_, run, _| cut(&run.record(), 0), false),
    ("record of zeros", |_, run, _| fs::write(run.record(), [0; 900]).expect("written"), false),
    (
        "record of another run",
        |_, run, other| {
            fs::copy(other.record(), run.record()).expect("copied");
        },
        false,
    ),
    (
        "record that says failed",
        |_, run, _| {
            replace(
                &run.record(),
                "\"state\": \"done\"",
                "\"state\": \"failed\", \"reason\": \"x\", \"permanent\": true",
            );
        },
        false,
    ),
    (
        "record without its files",
        |_, run, _| {
            forge(run, |v| {
                v.as_object_mut().expect("an object").remove("files");
            });
        },
        false,
    ),
    (
        "record with more fields",
        |_, run, _| replace(&run.record(), "\"format\"", "\"x\": 1, \"format\""),
        false,
    ),
    (
        "record is a folder",
        |_, run, _| {
            fs::remove_file(run.record()).expect("removed");
            fs::write(run.record(), "[]").expect("written");
        },
        false,
    ),
    ("spec flipped", |_, run, _| replace(&run.spec(), "\"seed\": 1", "\"seed\": 2"), false),
    (
        "spec of another run",
        |_, run, other| {
            fs::copy(other.spec(), run.spec()).expect("copied");
        },
        false,
    ),
    ("spec cut", |_, run, _| cut(&run.spec(), 77), false),
    ("spec missing", |_, run, _| fs::remove_file(run.spec()).expect("removed"), true),
    ("spec empty", |_, run, _| cut(&run.spec(), 0), false),
    ("predictions flipped", |_, run, _| flip(&run.predictions(), 300), false),
    ("predictions flipped at their start", |_, run, _| flip(&run.predictions(), 0), false),
    ("predictions cut", |_, run, _| cut(&run.predictions(), 200), false),
    ("predictions empty", |_, run, _| cut(&run.predictions(), 0), false),
    (
        "predictions missing",
        |_, run, _| fs::remove_file(run.predictions()).expect("removed"),
        false,
    ),
    (
        "predictions of another run",
        |_, run, other| {
            fs::copy(other.predictions(), run.predictions()).expect("copied");
        },
        false,
    ),
    ("history flipped", |_, run, _| flip(&run.history(), 50), false),
    ("history missing", |_, run, _| fs::remove_file(run.history()).expect("removed"), false),
    (
        "history longer",
        |_, run, _| {
            let text = fs::read_to_string(run.history()).expect("read");
            fs::write(run.history(), format!("{text}3,0.1,0.1,0.1\n")).expect("written");
        },
        false,
    ),
    (
        "a folder by another's name",
        |dir, run, other| {
            fs::remove_dir_all(run.root()).expect("removed");
            fs::rename(other.root(), run.root()).expect("moved");
            let _ = dir;
        },
        false,
    ),
    (
        "forged metric, sealed again",
        |_, run, _| forge(run, |v| v["metrics"][0]["value"] = 0.99.into()),
        true,
    ),
    (
        "forged class metric, sealed again",
        |_, run, _| forge(run, |v| v["metrics"][2]["value"] = 0.99.into()),
        true,
    ),
    (
        "a metric left out, sealed again",
        |_, run, _| {
            forge(run, |v| {
                v["metrics"].as_array_mut().expect("a list").remove(0);
            });
        },
        true,
    ),
    (
        "forged number of cases, sealed again",
        |_, run, _| forge(run, |v| v["cases"][2] = 600.into()),
        true,
    ),
    ("forged epochs, sealed again", |_, run, _| forge(run, |v| v["epochs"] = 9.into()), true),
    (
        "forged file hash, sealed again",
        |_, run, _| {
            forge(run, |v| {
                v["files"]["predictions.parquet"]["sha256"] = BLANK.into();
            });
        },
        false,
    ),
    (
        "forged specification, sealed again",
        |_, run, _| forge(run, |v| v["spec_sha256"] = BLANK.into()),
        false,
    ),
    ("results.csv edited", |dir, _, _| replace(&dir.results(), "accuracy", "acuracy"), true),
    ("study.json flipped", |dir, _, _| replace(&dir.study(), "da7a", "da7b"), true),
    ("study.json cut", |dir, _, _| cut(&dir.study(), 500), true),
    ("study.json missing", |dir, _, _| fs::remove_file(dir.study()).expect("removed"), true),
];

#[test]
fn every_kind_of_corruption_is_noticed_and_none_believed() {
    for (what, corrupt, believed) in CORRUPTIONS {
        let (_folder, dir, runs) = finished();
        let study = dir.read_study().expect("a study");
        let targets: Vec<&RunSpec> = runs.iter().filter(|r| r.kind == RunKind::Target).collect();
        let (run, other) = (dir.run(&targets[0].id()), dir.run(&targets[3].id()));
        corrupt(&dir, &run, &other);
        let checked = check(&dir).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(!checked.damage.is_empty(), "{what}: {checked}");
        let found = find(&dir, &targets[0].id(), &Planned::of(&study), Depth::Usual);
        let (spec, record) = found.expect(what).believed();
        assert_eq!(spec.id(), targets[0].id(), "{what}");
        let state = record.expect(what).state;
        assert_eq!(state == RunState::Done, believed, "{what}: {state:?}");
        if let RunState::Failed { reason, permanent } = state {
            assert!(!permanent && reason.contains("is not believed"), "{what}: {reason}");
        }
    }
}

#[test]
fn weights_resume_states_and_what_lies_about_are_looked_at() {
    let (_folder, dir, runs) = finished();
    let first = dir.run(&runs[0].id());
    let damage = |path: &Path| {
        let checked = check(&dir).expect("checked");
        let of = checked.damage.iter().find(|damage| damage.path == path);
        of.map(|damage| format!("{} [{:?}]", damage.reason, damage.way))
    };
    flip(&first.weights(), 90);
    let said = damage(&first.weights()).expect("noticed");
    assert!(said.contains("SHA-256 is another [MoveAndRun]"), "{said}");
    cut(&first.weights(), 60);
    assert!(damage(&first.weights()).expect("noticed").contains("60 bytes"));
    fs::remove_file(first.weights()).expect("removed");
    assert_eq!(damage(&first.weights()), None);
    let checked = check(&dir).expect("checked");
    assert!(checked.notes.iter().any(|note| note.contains("is gone")), "{checked}");
    // A run that has not ended, with its state.
    let last = dir.run(&runs[5].id());
    fs::remove_file(last.record()).expect("removed");
    fs::remove_file(dir.results()).expect("removed");
    fs::write(last.resume(), tensors(true)).expect("written");
    let checked = check(&dir).expect("checked");
    assert_eq!((checked.waiting, checked.damage.len()), (1, 0), "{checked}");
    for at in [0, 30, 60, 120, 175] {
        fs::write(last.resume(), tensors(true)).expect("written");
        flip(&last.resume(), at);
        assert!(damage(&last.resume()).is_some(), "byte {at}");
    }
    cut(&last.resume(), 20);
    assert!(damage(&last.resume()).is_some());
    fs::write(last.resume(), tensors(false)).expect("written");
    assert_eq!(damage(&last.resume()), None, "states of earlier versions carry no seal");
    fs::remove_dir_all(last.root()).expect("removed");
    let checked = check(&dir).expect("checked");
    assert_eq!((checked.waiting, checked.damage.len()), (1, 0), "a folder taken away waits");
    fs::write(dir.root().join(".tmpAb12Cd"), "half").expect("written");
    fs::create_dir(dir.runs().join("0123456789abcdef")).expect("a folder");
    fs::create_dir(dir.runs().join("mine")).expect("a folder");
    let said = check(&dir).expect("checked").to_string();
    for part in ["half-written", "1 folders in", "mine is the folder of no run"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", first.weights()).expect("a link");
        assert!(damage(&first.weights()).is_some());
    }
}

#[test]
fn records_of_the_first_version_are_read_and_said_to_be_unchecked() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/study-0.1.0");
    let checked = check(&StudyDir::new(golden)).expect("checked");
    assert_eq!((checked.runs, checked.sound, checked.damage.len()), (27, 27, 0), "{checked}");
    assert_eq!(checked.unchecked, 27);
    assert!(checked.to_string().contains("27 records of an earlier version"));
}

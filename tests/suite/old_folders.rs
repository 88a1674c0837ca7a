//! Study folders that earlier versions left: today's program reads them, and
//! runs nothing of them again.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use transfolio::records::StudyDir;
use transfolio::spec::{Fingerprints, RunSpec, data_needed, expand, load};

use crate::program::run;

/// Names of the runs of `tests/golden/study-0.1.0`, in matrix order. They name
/// folders on the disks of users: a change here is a change of format.
const RUNS: [&str; 27] = [
    "8609ff1df7f5632c",
    "ea50432b5d00ff6e",
    "9fb58b06dcbf3071",
    "d20d33ae9a798f8f",
    "b6580d19f63507dc",
    "c82602165819623e",
    "80effc4de87fe149",
    "b0e6980215e03cac",
    "b9db99f2ea10a7c9",
    "71b3fc9ba9eb24b4",
    "08430de7d487ffaa",
    "0fff6dd59a7c9df6",
    "878b1254497c7c97",
    "220d03b1dc61bd4d",
    "db92b183d2c77171",
    "d842423dfff4c89c",
    "caee8e05af583f55",
    "891a9a9981772a4c",
    "b5c519786ddbe635",
    "fee6697fbacfcaa3",
    "765d6b4fe14e82b8",
    "265d90f8f3e6cf7a",
    "bbf7adf92ae4da03",
    "1adeb87bf9457d28",
    "18da114ac3e03cc9",
    "70649363d4850a71",
    "90c0a32dd011357a",
];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/study-0.1.0")
}

/// A copy of the folder in `out`, its study file beside it.
fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    copy_folder(&golden(), &dir.path().join("out"));
    fs::rename(dir.path().join("out/study.toml"), dir.path().join("study.toml")).expect("moved");
    dir
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let place = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            fs::copy(&path, &place).expect("copied");
        }
    }
}

/// Hashes of the data as `study.json` has them: by `task (N px)`.
fn stored_prints(study: &transfolio::spec::Study) -> Fingerprints {
    let hashes = StudyDir::new(golden()).read_study().expect("a study record").data_hashes;
    let of = |(task, size): (String, u32)| {
        let hash = hashes[&format!("{task} ({size} px)")].clone();
        ((task, size), hash)
    };
    Fingerprints {
        data: data_needed(study).into_iter().map(of).collect(),
        ..Fingerprints::default()
    }
}

#[test]
fn runs_have_the_names_that_they_had() {
    let study = load(&golden().join("study.toml"), &IndexMap::new()).expect("a study").study;
    let runs = expand(&study, &stored_prints(&study));
    let ids: Vec<String> = runs.iter().map(|run| run.id().to_string()).collect();
    assert_eq!(ids, RUNS);
    let dir = StudyDir::new(golden());
    let stored = dir.read_study().expect("a study record");
    assert_eq!(stored.runs, runs.iter().map(RunSpec::id).collect::<Vec<_>>());
    for run in &runs {
        assert_eq!(dir.run(&run.id()).read_spec().expect("a specification"), *run);
        assert!(dir.run(&run.id()).read_record().expect("a record").is_some());
    }
}

#[test]
fn a_report_is_written_and_agrees_with_itself() {
    let dir = copy();
    let here = dir.path();
    run(here, &["report", "out"]).expect(0);
    run(here, &["verify", "out/report.html"]).expect(0);
    run(here, &["verify", "out/report.html", "--records", "out"]).expect(0);
    run(here, &["compare", "out"]).expect(0).mentions(&["random", "coarse"]);
}

#[cfg(feature = "torch")]
#[test]
fn all_is_done_and_nothing_is_run_again() {
    let dir = copy();
    let here = dir.path();
    let files = files_of(&here.join("out"));
    run(here, &["status", "out"]).expect(0).mentions(&["27 of 27 runs done"]);
    let args = ["run", "study.toml", "--output", "out", "--device", "cpu"];
    run(here, &[&args[..], &["--dry-run"]].concat()).expect(0).mentions(&["3 pretraining + 24"]);
    // Prepares the data, which gives the hashes that the names were made of; a
    // run that had another name would be trained and leave further files.
    run(here, &args).expect(0).mentions(&["27 of 27 runs done"]);
    assert_eq!(files_of(&here.join("out")), files);
    let results = |dir: &Path| fs::read_to_string(dir.join("results.csv")).expect("a table");
    assert_eq!(results(&here.join("out")), results(&golden()));
}

/// All files below a folder but the lock of the runner.
#[cfg(feature = "torch")]
fn files_of(folder: &Path) -> std::collections::BTreeSet<PathBuf> {
    let mut files = std::collections::BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else if path.file_name().is_some_and(|name| name != ".lock") {
            files.insert(path);
        }
    }
    files
}

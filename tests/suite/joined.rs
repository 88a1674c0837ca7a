//! Several study folders, and tables beside them, as one comparison.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::run;

/// A study of an earlier version, whose files may be changed without a seal to break.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/study-0.1.0")
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

/// A folder with the study as `a` and as `b`.
fn place() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["a", "b"] {
        copy_folder(&golden(), &dir.path().join(name));
    }
    dir
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("text");
    assert!(text.contains(from), "{from} is not in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

/// The table of the study with another model, as of another machine.
fn others(here: &Path, change: impl Fn(&str) -> String) {
    let table = fs::read_to_string(here.join("a/results.csv")).expect("a table");
    fs::write(here.join("theirs.csv"), change(&table)).expect("written");
}

#[test]
fn a_study_and_a_table_are_one_comparison_by_origin() {
    let dir = place();
    let here = dir.path();
    others(here, |table| table.replace("0.4766892312480548", "0.5766892312480548"));
    let said = run(here, &["inspect", "a", "theirs.csv"]).expect(0);
    said.mentions(&["origin", "theirs", "[comparison] and claims of a are of that study alone"]);
    let args = ["compare", "a", "theirs.csv", "--factor", "origin", "--metric", "auc"];
    let said = run(here, &args).expect(0);
    said.mentions(&["theirs", "findings", "groups"]);
    let args = ["report", "a", "theirs.csv", "--factor", "origin"];
    run(here, &args).expect(0).mentions(&["joined.report.html"]);
    run(here, &["verify", "joined.report.html"]).expect(0);
    // The report that the study has of its own is no place for it.
    assert!(!here.join("a/report.html").exists());
}

#[test]
fn runs_that_lie_in_two_folders_count_once() {
    let dir = place();
    let here = dir.path();
    let one = run(here, &["compare", "a", "--format", "csv"]).expect(0);
    let both = run(
        here,
        &["compare", "a", "b", "--baseline", "random", "--margin", "0.05", "--format", "csv"],
    )
    .expect(0);
    both.mentions(&["runs of b are in another folder, too, and count there"]);
    assert!(one.out.lines().count() > 3);
    // Split in two, as a study that two groups ran, it is the whole study.
    let study = fs::read_to_string(here.join("b/study.json")).expect("text");
    let ids: Vec<String> = fs::read_dir(here.join("a/runs"))
        .expect("runs")
        .map(|run| run.expect("a run").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(study.contains(&ids[0]));
    for (at, id) in ids.iter().enumerate() {
        let folder = here.join(if at % 2 == 0 { "a" } else { "b" });
        fs::remove_file(folder.join("runs").join(id).join("record.json")).expect("removed");
    }
    let args = ["inspect", "a", "b"];
    run(here, &args)
        .expect(0)
        .mentions(&["runs of a have no results", "runs of b have no results"]);
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let refused = |change: &dyn Fn(&Path), args: &[&str], parts: &[&str]| {
        let dir = place();
        change(dir.path());
        let said = run(dir.path(), &[&["compare"], args].concat());
        assert!(matches!(said.code, Some(2 | 3)), "{args:?}: {:?} {}", said.code, said.err);
        said.mentions(parts);
    };
    // The same run with other values.
    refused(
        &|here| {
            let run = here.join("b/runs/d20d33ae9a798f8f/record.json");
            change(&run, "0.4766892312480548", "0.5766892312480548");
        },
        &["a", "b"],
        &["run d20d33ae9a798f8f has other values in b than in a", "transfolio check"],
    );
    // Other data under the same name.
    refused(
        &|here| change(&here.join("b/study.json"), "2bbca036", "3bbca036"),
        &["a", "b"],
        &["the task findings of b is another one than that of a", "hash 3bbca036", "2bbca036"],
    );
    // Another test set, other classes, other tasks, another kind of table.
    let table = |from: &'static str, to: &'static str| {
        move |here: &Path| others(here, |table| table.replace(from, to))
    };
    let with = ["a", "theirs.csv"];
    refused(&table(",,24,", ",,25,"), &with, &["task", "25 test cases, there of 24"]);
    refused(&table(",mass,", ",masses,"), &with, &["its classes are", "masses"]);
    refused(
        &|here| {
            others(here, |table| table.replace("findings,", "eyes,").replace("groups,", "ears,"));
        },
        &with,
        &["no task and metric in common", "ears, eyes", "findings, groups"],
    );
    refused(
        &|here| {
            let cases = "case,model,task,auc\n1,m,findings,0.5\n2,m,findings,0.6\n";
            fs::write(here.join("theirs.csv"), cases).expect("written");
        },
        &with,
        &["theirs.csv"],
    );
    refused(&|_| {}, &["a", "nowhere"], &["nowhere"]);
}

/// Two studies of one name go by their folders.
#[test]
fn origins_are_told_apart() {
    let dir = place();
    let here = dir.path();
    // Other runs, as of another recipe: names of folders and of runs change alike.
    let runs: Vec<PathBuf> =
        fs::read_dir(here.join("b/runs")).expect("runs").flatten().map(|run| run.path()).collect();
    assert_eq!(runs.len(), 27);
    others(here, str::to_owned);
    fs::copy(here.join("theirs.csv"), here.join("a.csv")).expect("copied");
    let args = ["inspect", "a", "theirs.csv", "a.csv"];
    let said = run(here, &args).expect(0);
    said.mentions(&["origin"]);
}

//! Studies of numbers of labels, and parameters that are no texts.

use serde_json::Value;

use crate::program::run;
use crate::study::{args, folder, read};

const COUNTS: &str = r#"
[study]
name = "counts"
seeds = "${seeds}"
label_counts = [8, 16, "all"]

[parameters]
seeds = [1, 2]
epochs = 1

[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 24, val = 8, test = 24 }

[tasks.others]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 20, val = 8, test = 24, seed = 5 }

[models.net]
backbone = "mobilenet_v2"

[inits.random]
random = true

[inits.other]
random = true
recipe = { learning_rate = 1e-3 }

[recipe]
batch_size = 8
epochs = "${epochs}"
image_size = 32
"#;

#[test]
fn equal_numbers_of_labels_are_compared_over_tasks_of_unequal_size() {
    let dir = folder(COUNTS);
    let here = dir.path();
    run(here, &args("a", &["--jobs", "2"]))
        .expect(0)
        .mentions(&["24 of 24 runs done", "findings / net / other / 16 labels / seed 2"]);
    // Results hold the share that a number is of a task's training cases.
    let table = String::from_utf8(read(&here.join("a/results.csv"))).expect("text");
    for (task, shares) in
        [("findings", ["0.3333", "0.6667", "1.0"]), ("others", ["0.4", "0.8", "1.0"])]
    {
        for share in shares {
            let of = format!("{task},net,other,none,{share},2,auc,,");
            assert!(table.lines().any(|line| line.starts_with(&of)), "{of} in {table}");
        }
    }
    for (task, all) in [("findings", 24), ("others", 20)] {
        // Patients are taken whole, so a number is met within one here.
        let asked = [8, 8, 8, 8, 16, 16, 16, 16, all, all, all, all];
        let trained = trained(&here.join("a"), task);
        assert_eq!(trained.len(), asked.len(), "{task}");
        let near = trained.iter().zip(asked).all(|(got, asked)| got.abs_diff(asked) <= 1);
        assert!(near && trained.ends_with(&asked[8..]), "{task}: {trained:?}");
    }
    run(here, &["check", "a"]).expect(0).mentions(&["nothing is damaged"]);
    run(here, &["compare", "a"]).expect(0).mentions(&["over 2 tasks", "33.33 %", "40 %"]);
    run(here, &["report", "a", "--output", "a.html"]).expect(0);
    let page = String::from_utf8(read(&here.join("a.html"))).expect("text");
    assert!(
        page.contains("and all of the training labels")
            && page.contains("as near to the number as whole patients allow")
    );
    assert!(page.contains("All label counts were trained for the same number of passes"));
    run(here, &["verify", "a.html"]).expect(0);
}

/// Training cases of the runs of a task, ascending.
fn trained(study: &std::path::Path, task: &str) -> Vec<u64> {
    let json =
        |path: std::path::PathBuf| serde_json::from_slice::<Value>(&read(&path)).expect("JSON");
    let runs = std::fs::read_dir(study.join("runs")).expect("runs");
    let runs = runs.map(|run| run.expect("a run").path());
    let of_task = runs.filter(|run| json(run.join("spec.json"))["task"] == *task);
    let count = |run: std::path::PathBuf| json(run.join("record.json"))["cases"][0].as_u64();
    let mut all: Vec<u64> = of_task.filter_map(count).collect();
    all.sort_unstable();
    all
}

#[test]
fn more_labels_than_a_task_has_are_refused_before_anything_runs() {
    let dir = folder(&COUNTS.replace("16, \"all\"", "22"));
    run(dir.path(), &args("a", &[])).expect(3).mentions(&[
        "task others has 20 training cases",
        "label_counts asks for 22",
        "write \"all\"",
    ]);
    assert!(!dir.path().join("a/runs").exists());
}

#[test]
fn a_parameter_that_is_set_keeps_its_type() {
    let dir = folder(COUNTS);
    let here = dir.path();
    run(here, &args("a", &["--dry-run", "--set", "seeds=[4]", "--set", "epochs=2"]))
        .expect(0)
        .mentions(&["label counts      3  8, 16, all", "seeds             1  4", "12 target"]);
    run(here, &args("a", &["--dry-run", "--set", "epochs=many"]))
        .expect(2)
        .mentions(&["--set epochs=many", "a whole number there (1)"]);
}

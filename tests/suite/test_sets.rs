//! Networks that are tested on further sets, and networks that are tested as they are.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::run;
use crate::study::{args, folder, read};

const SETS: &str = r#"
[study]
name = "sets"
seeds = [1, 2]
keep_weights = true

[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 24, val = 8, test = 24 }

[tasks.findings.also_test.hospital]
source = "phantom"
phantom = { labels = "finding", size = 48, train = 5, val = 5, test = 30, seed = 7 }

[tasks.anatomy]
source = "phantom"
target = "segmentation"
phantom = { labels = "anatomy", size = 32, train = 8, val = 4, test = 4, seed = 3 }
also_test = ["ward"]

[tasks.ward]
role = "test"
source = "phantom"
target = "segmentation"
phantom = { labels = "anatomy", size = 48, train = 1, val = 1, test = 5, seed = 9 }

[models.net]
backbone = "mobilenet_v2"

[inits.random]
random = true

[inits.other]
random = true
recipe = { learning_rate = 1e-3 }

[recipe]
batch_size = 8
epochs = 1
image_size = 32
"#;

/// Runs of a study that are of a task, with their records.
fn records(study: &Path, task: &str) -> Vec<(PathBuf, Value)> {
    let json = |path: &Path| serde_json::from_slice::<Value>(&read(path)).expect("JSON");
    let runs =
        fs::read_dir(study.join("runs")).expect("runs").map(|run| run.expect("a run").path());
    let of_task = runs.filter(|run| json(&run.join("spec.json"))["task"] == *task);
    of_task.map(|run| (run.clone(), json(&run.join("record.json")))).collect()
}

#[test]
fn further_test_sets_are_scored_by_the_same_networks_and_compared() {
    let dir = folder(SETS);
    let here = dir.path();
    run(here, &args("a", &["--jobs", "2"]))
        .expect(0)
        .mentions(&["8 of 8 runs done", "the 30 test cases that the source tells of 40"]);
    run(here, &["check", "a"]).expect(0).mentions(&["nothing is damaged"]);
    let table = String::from_utf8(read(&here.join("a/results.csv"))).expect("text");
    for (set, rows) in [("internal", 8), ("hospital", 4), ("ward", 4)] {
        assert_eq!(
            table.lines().filter(|l| l.contains(",primary,") && l.ends_with(set)).count(),
            rows
        );
    }
    let said = run(here, &["compare", "a"]).expect(0).mentions(&["hospital", "ward"]);
    // Further sets count in no average over tasks.
    assert!(said.out.contains("over 2 tasks") && said.out.contains("On further test sets:"));
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    for part in [
        "Further test sets",
        "were also tested on hospital (multi-label; images generated",
        "results on further test sets stand beside them",
    ] {
        assert!(page.contains(part), "{part}");
    }
    run(here, &["verify", "a/report.html", "--records", "a"]).expect(0);
    // The table of a study says the same without its folder.
    let said = |input: &str| run(here, &["compare", input, "--metric", "primary"]).out;
    let (folder, file) = (said("a"), said("a/results.csv"));
    let answer = |text: &str| text.lines().nth(2).map(str::to_owned);
    assert_eq!(answer(&folder), answer(&file));
    // Beside others they are of their tasks' own test cases.
    let more = "task,model,init,label_fraction,seed,metric,value\n\
                findings,net,third,1,1,auc,0.61\nfindings,net,third,1,2,auc,0.62\n";
    fs::write(here.join("more.csv"), more).expect("written");
    let said = run(here, &["compare", "a", "more.csv", "--metric", "auc"]).expect(0);
    assert!(
        said.out.lines().any(|l| l.contains("third") && l.contains("internal")),
        "{}",
        said.out
    );
    // What lies in the folder of a further set is looked at too.
    for (task, name) in
        [("findings", "hospital.predictions.parquet"), ("anatomy", "ward.case_masks.parquet")]
    {
        let (dir, _) = records(&here.join("a"), task).remove(0);
        let bytes = read(&dir.join(name));
        fs::remove_file(dir.join(name)).expect("removed");
        run(here, &["check", "a"]).expect(6).mentions(&[name]);
        fs::write(dir.join(name), bytes).expect("written");
    }
    as_it_is(here);
}

/// A network that is tested as it is says of a set what it said of it as a further
/// one, bit by bit.
fn as_it_is(here: &Path) {
    for (task, target, phantom) in [
        ("findings", "multi-label", "labels = \"finding\", size = 48, test = 30, seed = 7"),
        ("anatomy", "segmentation", "labels = \"anatomy\", size = 48, test = 5, seed = 9"),
    ] {
        let (trained, record) = records(&here.join("a"), task).remove(0);
        let weights = trained.join("weights.safetensors");
        let study = |header: &str, epochs: u32| {
            format!(
                "[study]\nname = \"asis\"\n{header}[tasks.new]\nsource = \"phantom\"\ntarget = {target:?}\n\
                 phantom = {{ {phantom}, train = 3, val = 3 }}\n[models.net]\nbackbone = \"mobilenet_v2\"\n\
                 [inits.mine]\nweights = \"{}\"\n[recipe]\nimage_size = 32\nepochs = {epochs}\n",
                weights.display()
            )
        };
        fs::write(here.join("asis.toml"), study("seeds = [0]\n", 0)).expect("written");
        let out = format!("asis-{task}");
        run(here, &["run", "asis.toml", "--output", &out])
            .expect(0)
            .mentions(&["1 of 1 runs done"]);
        let (_, again) = records(&here.join(&out), "new").remove(0);
        let metrics = record["also_tested"][0]["metrics"].as_array().expect("metrics");
        assert!(!metrics.is_empty());
        assert_eq!(again["metrics"].as_array(), Some(metrics), "{task}");
        run(here, &["report", &out]).expect(0);
        let page = String::from_utf8(read(&here.join(&out).join("report.html"))).expect("text");
        assert!(page.contains("tested, without training, on"), "{task}");
        fs::write(here.join("asis.toml"), study("", 0)).expect("written");
        run(here, &["run", "asis.toml"])
            .fails()
            .mentions(&["seeds and label fractions change nothing"]);
    }
}

#[test]
fn test_sets_that_fit_no_task_are_told_before_anything_is_trained() {
    let hospital = "[tasks.findings.also_test.hospital]\nsource = \"phantom\"\n";
    for (from, to, says) in [
        ("also_test = [\"ward\"]", "also_test = [\"wart\"]", "there is no task \"wart\""),
        ("also_test = [\"ward\"]", "also_test = [\"anatomy\"]", "names the task itself"),
        ("also_test = [\"ward\"]\n", "", "no task is tested on it"),
        ("also_test = [\"ward\"]", "also_test = [\"hospital\"]", "both need the same target"),
        (hospital, &hospital.replace("hospital", "ward"), "name of a set to test on"),
        (hospital, &hospital.replace("hospital", "\"a b\""), "names files"),
        ("epochs = 1", "epochs = 0", "names no trained network"),
    ] {
        assert!(SETS.contains(from), "{from}");
        let dir = folder(&SETS.replacen(from, to, 1));
        run(dir.path(), &args("a", &[])).fails().mentions(&[says]);
        assert!(!dir.path().join("a/runs").exists(), "{says}");
    }
    // The same images in the training set and in a set to test on.
    let same = SETS
        .replace(
            "size = 48, train = 5, val = 5, test = 30, seed = 7",
            "size = 32, train = 24, val = 8, test = 24",
        )
        .replace(
            "[tasks.findings.also_test.hospital]\n",
            "[tasks.findings.also_test.hospital]\nrole = \"test-all\"\n",
        );
    let dir = folder(&same);
    run(dir.path(), &args("a", &[])).fails().mentions(&["among those that this task trains on"]);
}

//! Studies of a few seconds: records, resumption, failures, bad input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::program::{command, run, said};

pub(crate) const SMALL: &str = r#"
[study]
name = "small"
seeds = [3, 4]
label_fractions = [0.5, 1.0]

[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "coarse", size = 32, train = 24, val = 8, test = 8 }

[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 40, val = 16, test = 24 }

[models.resnet18]
backbone = "resnet18"

[inits.random]
random = true

[inits.coarse]
pretrain = "coarse"

[pretraining.coarse]
task = "source"

[recipe]
learning_rate = 1e-3
batch_size = 8
epochs = 3
image_size = 32
"#;

pub(crate) fn folder(study: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("study.toml"), study).expect("written");
    dir
}

pub(crate) const ARGS: [&str; 7] =
    ["run", "study.toml", "--device", "cpu", "--threads", "1", "--output"];

pub(crate) fn args<'a>(output: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&ARGS[..], &[output], more].concat()
}

pub(crate) fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every prediction file of a study folder, in name order.
pub(crate) fn predictions(study: &Path) -> Vec<Vec<u8>> {
    let mut runs: Vec<PathBuf> =
        fs::read_dir(study.join("runs")).expect("runs").map(|e| e.expect("a run").path()).collect();
    runs.sort();
    runs.iter().map(|run| read(&run.join("predictions.parquet"))).collect()
}

fn records(study: &Path) -> usize {
    let Ok(runs) = fs::read_dir(study.join("runs")) else { return 0 };
    runs.filter(|run| run.as_ref().is_ok_and(|run| run.path().join("record.json").is_file()))
        .count()
}

#[test]
fn a_study_runs_to_its_report_and_twice_gives_the_same_bits() {
    let dir = folder(SMALL);
    let here = dir.path();
    run(here, &args("a", &["--jobs", "2"])).expect(0).mentions(&["10 of 10 runs done"]);
    run(here, &args("b", &[])).expect(0);
    assert_eq!(read(&here.join("a/results.csv")), read(&here.join("b/results.csv")));
    assert_eq!(predictions(&here.join("a")), predictions(&here.join("b")));
    run(here, &["status", "a"]).expect(0).mentions(&["10 of 10 runs done"]);
    run(here, &["compare", "a"]).expect(0).mentions(&["paired t test", "random", "coarse"]);
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    for part in ["AdamW", "stratified", "Every run of the study has results", "tab-runs"] {
        assert!(page.contains(part), "{part}");
    }
    // The first init of the file is the first of the table.
    let results = String::from_utf8(read(&here.join("a/results.csv"))).expect("text");
    assert!(results.lines().nth(1).is_some_and(|line| line.contains(",random,")), "{results}");
}

fn start(dir: &Path, output: &str, more: &[&str]) -> Child {
    command(dir, &args(output, more))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn wait_for_records(study: &Path, count: usize) {
    let begun = Instant::now();
    while records(study) < count {
        assert!(begun.elapsed() < Duration::from_mins(2), "no record after two minutes");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_killed_study_goes_on_to_the_same_results() {
    let dir = folder(SMALL);
    let here = dir.path();
    run(here, &args("whole", &[])).expect(0);
    for count in [1, 3, 6] {
        let mut child = start(here, "killed", &[]);
        wait_for_records(&here.join("killed"), count);
        child.kill().expect("killed");
        let _ = child.wait();
    }
    assert!(records(&here.join("killed")) < 10, "the study was over before it was killed");
    run(here, &args("killed", &[])).expect(0);
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join("killed/results.csv")));
    assert_eq!(predictions(&here.join("whole")), predictions(&here.join("killed")));
}

#[test]
fn an_interrupt_says_how_to_go_on_and_a_second_runner_helps() {
    let dir = folder(SMALL);
    let here = dir.path();
    let child = start(here, "s", &[]);
    wait_for_records(&here.join("s"), 1);
    let second = start(here, "s", &[]);
    let killed =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill starts").success());
    said(&child.wait_with_output().expect("it ends")).expect(130).mentions(&["interrupted"]);
    let all = ["10 of 10 runs done"];
    said(&second.wait_with_output().expect("it ends")).expect(0).mentions(&all);
    run(here, &["status", "s"]).expect(0).mentions(&all);
}

#[test]
fn a_run_that_diverges_is_recorded_and_the_others_go_on() {
    let study = SMALL.replace("learning_rate = 1e-3", "learning_rate = 1e30");
    let dir = folder(&study.replace("[inits.coarse]\npretrain", "[inits.other]\npretrain"));
    let here = dir.path();
    run(here, &args("s", &[])).expect(5).mentions(&["FAILED", "learning_rate", "pretraining run"]);
    run(here, &["status", "s"]).expect(5).mentions(&["failed: 10", "loss became"]);
    run(here, &["report", "s"]).expect(3).mentions(&["no results", "status"]);
}

#[test]
fn a_wrong_study_file_is_refused_with_its_place() {
    for (from, to, parts) in [
        (
            "batch_size = 8",
            "batch_sise = 8",
            &["study.toml:31:1", "batch_sise", "did you mean `batch_size`"][..],
        ),
        ("batch_size = 8", "batch_size = \"8\"", &["study.toml:31:14", "invalid type"]),
        ("batch_size = 8", "batch_size = 0", &["study.toml:31:14", "at least 1"]),
        ("pretrain = \"coarse\"", "pretrain = \"corse\"", &["did you mean `coarse`"]),
        ("random = true", "random = true\nweights = \"x\"", &["exactly one"]),
        ("[0.5, 1.0]", "[10, 100]", &["label fraction 10", "write 0.1"]),
        ("epochs = 3", "epochs = 3\nwarmup_epochs = 3", &["warmup_epochs", "not below epochs"]),
    ] {
        let dir = folder(&SMALL.replace(from, to));
        run(dir.path(), &["run", "study.toml", "--dry-run"]).expect(2).mentions(parts);
    }
    let dir = folder(SMALL);
    run(dir.path(), &["run", "none.toml"]).expect(2).mentions(&["none.toml"]);
    run(dir.path(), &["run", "study.toml", "--dry-run"])
        .expect(0)
        .mentions(&["10  2 pretraining + 8 target"]);
}

#[test]
fn what_is_not_there_is_said_before_anything_runs() {
    let dir = folder(SMALL);
    let here = dir.path();
    let device = run(here, &["run", "study.toml", "--device", "cuda:7"]);
    device.expect(4).mentions(&["cuda:7", "doctor"]);
    fs::write(here.join("file"), "").expect("written");
    run(here, &args("file/below", &[])).expect(1).mentions(&["file/below"]);
    let large = SMALL.replace("batch_size = 8", "batch_size = 4000000");
    fs::write(here.join("study.toml"), large).expect("written");
    run(here, &args("s", &[])).expect(4).mentions(&["GiB", "batch_size"]);
}

#[test]
fn bad_images_and_weights_are_named() {
    let manifest = SMALL.replace(
        "source = \"phantom\"\ntarget = \"multi-label\"\nphantom = { labels = \"finding\", size = 32, train = 40, val = 16, test = 24 }",
        "source = \"manifest\"\npath = \"m.csv\"\nlabels = [\"sick\"]\ntarget = \"binary\"",
    );
    let dir = folder(&manifest);
    let here = dir.path();
    let mut csv = String::from("image,sick\n");
    for i in 0..20u32 {
        let name = format!("{i}.png");
        image::GrayImage::from_fn(40, 40, |x, y| image::Luma([(x * i + y) as u8]))
            .save(here.join(&name))
            .expect("saved");
        csv += &format!("{name},{}\n", i % 2);
    }
    fs::write(here.join("m.csv"), format!("{csv}gone.png,1\n")).expect("written");
    run(here, &args("s", &[])).expect(3).mentions(&["gone.png"]);
    fs::write(here.join("cut.png"), &read(&here.join("0.png"))[..60]).expect("written");
    fs::write(here.join("m.csv"), format!("{csv}cut.png,1\n")).expect("written");
    run(here, &args("s", &[])).expect(3).mentions(&["cut.png"]);
    fs::write(here.join("m.csv"), csv.replace("sick", "ill")).expect("written");
    run(here, &args("s", &[])).expect(3).mentions(&["sick", "ill"]);
    fs::write(here.join("m.csv"), &csv).expect("written");
    fs::write(here.join("w.pth"), b"PK\x03\x04 cut off").expect("written");
    let weights = manifest.replace("random = true", "weights = \"w.pth\"");
    fs::write(here.join("study.toml"), weights).expect("written");
    run(here, &args("s", &[])).expect(3).mentions(&["w.pth", "not a valid torch file"]);
}

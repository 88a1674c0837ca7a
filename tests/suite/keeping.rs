//! A run keeps its word: endings, damage, what is taken away, other numbers of
//! jobs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::{command, run, said};
use crate::study::{SMALL, folder, predictions, read};
use crate::waiting::{runs, wait_for, wait_for_file};

fn args<'a>(output: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", "study.toml", "--device", "cpu", "--output", output], more].concat()
}

fn start(dir: &Path, output: &str, more: &[&str]) -> Child {
    command(dir, &args(output, more))
        .env("TRANSFOLIO_SAVE_SECONDS", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

#[cfg(target_os = "linux")]
fn workers(of: &Child) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{}/task", of.id())).into_iter().flatten().flatten();
    let lists = tasks.map(|task| fs::read_to_string(task.path().join("children")));
    lists
        .flat_map(|list| {
            let list = list.unwrap_or_default();
            list.split_whitespace().map(Into::into).collect::<Vec<String>>()
        })
        .collect()
}

fn kill(signal: &str, process: &str) {
    let done = Command::new("kill").args([signal, process]).status();
    assert!(done.expect("kill starts").success());
}

fn is_whole(here: &Path, study: &str) {
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join(study).join("results.csv")));
    assert_eq!(predictions(&here.join("whole")), predictions(&here.join(study)));
    run(here, &["check", study]).expect(0).mentions(&["nothing is damaged"]);
}

#[cfg(target_os = "linux")]
#[test]
fn signals_end_a_study_without_a_failure_and_other_jobs_give_the_same_bytes() {
    let dir = folder(SMALL);
    let here = dir.path();
    run(here, &args("whole", &["--jobs", "1"])).expect(0);
    let study = here.join("s");
    for (signal, code, jobs) in [("-INT", 130, "2"), ("-TERM", 143, "4"), ("-HUP", 129, "1")] {
        let child = start(here, "s", &["--jobs", jobs]);
        // Before it has workers it does not listen yet and ends as any program.
        wait_for("worker", || !workers(&child).is_empty());
        wait_for_file(&study, "resume.safetensors");
        kill(signal, &child.id().to_string());
        let ended = said(&child.wait_with_output().expect("it ends"));
        ended.expect(code).mentions(&["interrupted", "goes on where it stopped"]);
        run(here, &["status", "s"]).expect(0).mentions(&["left:", "begun"]);
        run(here, &["check", "s"]).expect(0).mentions(&["0 failed"]);
    }
    // A worker that is killed is taken up again, and Ctrl-C is left to the runner.
    let child = start(here, "s", &["--jobs", "2"]);
    for signal in ["-KILL", "-TERM", "-INT"] {
        wait_for("worker", || !workers(&child).is_empty());
        std::thread::sleep(Duration::from_millis(700));
        if let Some(worker) = workers(&child).first() {
            let _ = Command::new("kill").args([signal, worker]).status();
        }
    }
    let ended = said(&child.wait_with_output().expect("it ends"));
    ended.expect(0).mentions(&["10 of 10 runs done", "was ended by signal"]);
    run(here, &["status", "s"]).expect(0);
    is_whole(here, "s");
}

#[test]
fn damage_is_set_aside_and_made_again_to_the_same_bytes() {
    let dir = folder(SMALL);
    let here = dir.path();
    run(here, &args("whole", &[])).expect(0);
    run(here, &args("s", &[])).expect(0);
    let study = here.join("s");
    let by_kind = |kind: &str| -> Vec<PathBuf> {
        let spec = |run: &PathBuf| String::from_utf8(read(&run.join("spec.json"))).expect("text");
        let wanted = format!("\"kind\": \"{kind}\"");
        runs(&study).into_iter().filter(|run| spec(run).contains(&wanted)).collect()
    };
    let (targets, sources) = (by_kind("target"), by_kind("pretraining"));
    let change = |path: &Path, from: &str, to: &str| {
        let text = String::from_utf8(read(path)).expect("text");
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(path, text.replacen(from, to, 1)).expect("written");
    };
    change(&targets[0].join("record.json"), "\"n\": 24", "\"n\": 25");
    fs::write(targets[1].join("record.json"), "{\"format\": 1,").expect("written");
    fs::remove_file(targets[2].join("predictions.parquet")).expect("removed");
    let cut = read(&targets[3].join("predictions.parquet"));
    fs::write(targets[3].join("predictions.parquet"), &cut[..cut.len() / 2]).expect("written");
    change(&targets[4].join("spec.json"), "\"learning_rate\": 0.001", "\"learning_rate\": 0.002");
    fs::remove_dir_all(&targets[5]).expect("removed");
    // The weights of a pretraining, which a run that is made again starts from.
    for source in &sources {
        fs::remove_file(source.join("weights.safetensors")).expect("removed");
    }
    change(&study.join("study.json"), "\"name\": \"small\"", "\"name\": \"snall\"");
    run(here, &["status", "s"]).expect(1).mentions(&["study.json", "not as it was written"]);
    run(here, &["check", "s"]).expect(6).mentions(&["study.json is not as it was written"]);
    let said = run(here, &args("s", &[])).expect(0);
    let said = said.mentions(&[
        "study.json is not as it was written",
        "is not the specification of its folder and is written again",
        "record.json is not as it was written",
        "record.json cannot be read",
        "predictions.parquet is missing",
        "predictions.parquet has",
        "10 of 10 runs done",
    ]);
    // Four records, and the two pretrainings that they need.
    assert_eq!(said.out.matches("is made again").count(), 6, "{}", said.out);
    is_whole(here, "s");
    let aside = fs::read_dir(targets[0].join("set-aside")).expect("set aside").count();
    assert!(aside >= 3, "{aside} files");
    // Who reads a folder that is damaged believes none of it.
    change(&targets[0].join("record.json"), "\"n\": 24", "\"n\": 25");
    let words = ["is not believed", "record.json is not as it was written", "transfolio check"];
    run(here, &["status", "s"]).expect(5).mentions(&words);
    run(here, &["report", "s"]).expect(0);
    let page = String::from_utf8(read(&study.join("report.html"))).expect("text");
    assert!(page.contains("is not believed"), "the report says so");
    run(here, &["check", "s"]).expect(6).mentions(&["1 thing is damaged", "makes it again"]);
}

#[test]
fn a_state_that_does_not_fit_begins_anew_and_what_is_gone_waits() {
    let dir = folder(SMALL);
    let here = dir.path();
    run(here, &args("whole", &[])).expect(0);
    let study = here.join("s");
    for damage in ["flip", "cut", "other", "threads"] {
        // What ends on two threads before it is stopped has other last digits: that
        // folder is not compared.
        let output = if damage == "threads" { "t" } else { "s" };
        let study = here.join(output);
        let child = start(here, output, &[]);
        wait_for_file(&study, "resume.safetensors");
        kill("-KILL", &child.id().to_string());
        let _ = child.wait_with_output();
        let states: Vec<PathBuf> = runs(&study)
            .into_iter()
            .map(|run| run.join("resume.safetensors"))
            .filter(|state| state.is_file())
            .collect();
        for state in states {
            let mut bytes = read(&state);
            match damage {
                "flip" => {
                    let at = bytes.len() / 2;
                    bytes[at] ^= 1;
                }
                "cut" => bytes.truncate(bytes.len() / 3),
                "other" => bytes = b"no state at all".to_vec(),
                _ => {}
            }
            fs::write(&state, bytes).expect("written");
        }
        let threads = if damage == "threads" { "2" } else { "1" };
        let mut child = start(here, output, &["--threads", threads]);
        wait_for("new state", || {
            child.try_wait().expect("a status").is_some()
                || runs(&study).iter().any(|run| run.join("set-aside").is_dir())
        });
        kill("-INT", &child.id().to_string());
        let ended = said(&child.wait_with_output().expect("it ends"));
        ended.mentions(&["the state of an earlier attempt is not used", "begins anew"]);
        for run in runs(&study) {
            let _ = fs::remove_dir_all(run.join("set-aside"));
        }
    }
    // Folders that somebody took away wait; unfinished files are swept.
    fs::write(study.join(".tmpAb12Cd"), "half").expect("written");
    let first = runs(&study).remove(0);
    fs::write(first.join(".tmp0000zz"), "half").expect("written");
    let last = runs(&study).pop().expect("a run");
    fs::remove_dir_all(&last).expect("removed");
    run(here, &["status", "s"]).expect(0).mentions(&["left:"]);
    run(here, &args("s", &[])).expect(0);
    assert!(!study.join(".tmpAb12Cd").exists() && !first.join(".tmp0000zz").exists());
    is_whole(here, "s");
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let dir = folder(SMALL);
    let here = dir.path();
    fs::write(here.join("precious"), "mine").expect("written");
    fs::write(here.join("r.csv"), crate::csv::results()).expect("written");
    symlink(here.join("precious"), here.join("page.html")).expect("a link");
    let refused = run(here, &["report", "r.csv", "-o", "page.html"]).expect(1);
    refused.mentions(&["page.html", "symbolic link to", "precious"]);
    fs::create_dir(here.join("s")).expect("a folder");
    symlink(here.join("precious"), here.join("s/.lock")).expect("a link");
    run(here, &args("s", &[])).expect(1).mentions(&[".lock", "symbolic link"]);
    assert_eq!(read(&here.join("precious")), b"mine");
}

//! Several runners on one study folder, and how they end.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{command, run, said};
use crate::study::{SMALL, folder, predictions, read};
use crate::waiting::{runs, wait_for_file};

fn args<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["run", "study.toml", "--device", "cpu", "--output", "s"], more].concat()
}

/// A runner whose silence counts after three seconds.
fn start(dir: &Path, more: &[&str]) -> Child {
    command(dir, &args(more))
        .env("TRANSFOLIO_STALE_SECONDS", "3")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn kill(signal: &str, process: u32) {
    let done = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(done.expect("kill starts").success());
}

/// The study `s` is that of `whole`, and nothing is left of who made it.
fn is_whole(here: &Path) {
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join("s/results.csv")));
    assert_eq!(predictions(&here.join("whole")), predictions(&here.join("s")));
    run(here, &["check", "s"]).expect(0).mentions(&["nothing is damaged"]);
    for run in runs(&here.join("s")) {
        for name in ["claim.json", "attempts", "resume.safetensors"] {
            assert!(!run.join(name).exists(), "{name} is left in {}", run.display());
        }
    }
    assert!(!here.join("s/runners").exists());
}

fn whole(here: &Path) {
    run(here, &["run", "study.toml", "--device", "cpu", "-o", "whole"]).expect(0);
}

#[test]
fn three_runners_and_status_work_on_one_folder_at_once() {
    let dir = folder(SMALL);
    let here = dir.path();
    whole(here);
    let runners: Vec<Child> = (0..3).map(|_| start(here, &["--jobs", "1"])).collect();
    wait_for_file(&here.join("s"), "claim.json");
    while !here.join("s/results.csv").is_file() {
        run(here, &["status", "s"]).expect(0).mentions(&["of 10 runs done"]);
    }
    for runner in runners {
        let ended = said(&runner.wait_with_output().expect("it ends"));
        ended.expect(0).mentions(&["10 of 10 runs done"]);
    }
    is_whole(here);
    // No run was made twice.
    for run in runs(&here.join("s")) {
        let record = String::from_utf8(read(&run.join("record.json"))).expect("text");
        assert!(record.contains("\"attempts\": 1"), "{record}");
    }
}

/// One that does not get on for long is taken for dead; when it wakes, it finds its
/// runs taken, leaves them, and nothing has changed.
#[cfg(target_os = "linux")]
#[test]
fn a_runner_that_was_frozen_loses_its_runs_and_changes_nothing() {
    let dir = folder(&SMALL.replace("epochs = 3", "epochs = 6"));
    let here = dir.path();
    whole(here);
    // As if on another machine: there nobody sees that the process is there.
    let frozen = Command::new("setsid")
        .arg(env!("CARGO_BIN_EXE_transfolio"))
        .args(args(&["--jobs", "2"]))
        .current_dir(here)
        .env("TRANSFOLIO_CACHE", here.join("cache"))
        .env("TRANSFOLIO_STALE_SECONDS", "3")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    wait_for_file(&here.join("s"), "claim.json");
    std::thread::sleep(Duration::from_millis(1500));
    let group = format!("-{}", frozen.id());
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, "--", &group]).status().expect("kill starts");
        assert!(sent.success());
    };
    signal("-STOP");
    let other = start(here, &["--jobs", "2"]);
    let ended = said(&other.wait_with_output().expect("it ends"));
    ended.expect(0).mentions(&["10 of 10 runs done"]);
    signal("-CONT");
    let woken = said(&frozen.wait_with_output().expect("it ends"));
    woken.expect(0).mentions(&["10 of 10 runs done"]);
    is_whole(here);
}

/// A claim of another machine holds a run while it is kept young, and no longer.
#[test]
fn the_runs_of_another_machine_are_waited_for_until_it_is_silent() {
    let dir = folder(SMALL);
    let here = dir.path();
    whole(here);
    let first = start(here, &["--jobs", "1"]);
    wait_for_file(&here.join("s"), "claim.json");
    kill("-TERM", first.id());
    said(&first.wait_with_output().expect("it ends")).expect(143);
    let study = here.join("s");
    let held = runs(&study)
        .into_iter()
        .find(|run| !run.join("record.json").is_file())
        .expect("a run that has not ended");
    let claim = r#"{"format":1,"host":"node9","boot":"b","process":7,"began":1,"job":"17_4",
        "attempt":"aa","fallen":0,"transfolio":"0.2.0"}"#;
    fs::write(held.join("claim.json"), claim).expect("written");
    let mut runner = start(here, &["--jobs", "2"]);
    for _ in 0..10 {
        std::thread::sleep(Duration::from_millis(800));
        fs::write(held.join("claim.json"), claim).expect("written");
    }
    assert!(!held.join("record.json").is_file(), "taken from somebody who lives");
    assert!(runner.try_wait().expect("a status").is_none(), "ended without it");
    // From here on it is silent.
    said(&runner.wait_with_output().expect("it ends")).expect(0).mentions(&["10 of 10 runs done"]);
    is_whole(here);
}

/// SIGUSR1 is what schedulers send ahead of the end; a worker that is signalled by
/// itself saves too.
#[cfg(target_os = "linux")]
#[test]
fn signals_save_within_an_epoch_and_say_try_again() {
    // Epochs of many steps: a stop is within one.
    let study = SMALL.replace("train = 40", "train = 240").replace("[0.5, 1.0]", "[1.0]");
    let dir = folder(&study);
    let here = dir.path();
    whole(here);
    let mut within = 0;
    // A machine that has much else to do takes longer to get into an epoch.
    for (turn, signal) in ["-USR1", "-TERM", "-INT", "-USR1", "-TERM"].iter().cycle().enumerate() {
        if turn >= 4 && within > 0 || turn > 12 {
            break;
        }
        let runner = start(here, &["--jobs", "1"]);
        wait_for_file(&here.join("s"), "claim.json");
        std::thread::sleep(Duration::from_millis(1500 * (1 + turn as u64)));
        kill(signal, runner.id());
        let code = match *signal {
            "-USR1" => 75,
            "-TERM" => 143,
            _ => 130,
        };
        let ended = said(&runner.wait_with_output().expect("it ends"));
        if ended.code == Some(0) {
            break;
        }
        ended.expect(code).mentions(&["goes on where it stopped"]);
        run(here, &["status", "s"]).expect(0).mentions(&["left:"]);
        run(here, &["check", "s"]).expect(0).mentions(&["0 failed"]);
        for state in runs(&here.join("s")).iter().map(|run| run.join("resume.safetensors")) {
            let state = fs::read(state).unwrap_or_default();
            let head = String::from_utf8_lossy(&state[..state.len().min(20_000)]).into_owned();
            within += usize::from(head.contains("transfolio-within-epoch"));
        }
    }
    assert!(within > 0, "no run was stopped within an epoch");
    said(&start(here, &["--jobs", "2"]).wait_with_output().expect("it ends")).expect(0);
    is_whole(here);
}

/// The second signal ends a runner where it stands, and its workers with it.
#[cfg(target_os = "linux")]
#[test]
fn a_second_signal_ends_at_once() {
    let dir = folder(&SMALL.replace("batch_size = 8", "batch_size = 40"));
    let here = dir.path();
    let runner = start(here, &["--jobs", "1"]);
    wait_for_file(&here.join("s"), "claim.json");
    // At the same moment it is one wish, that came twice.
    kill("-USR1", runner.id());
    kill("-TERM", runner.id());
    std::thread::sleep(Duration::from_millis(1300));
    let _ = Command::new("kill").args(["-USR1", &runner.id().to_string()]).status();
    let begun = Instant::now();
    let ended = said(&runner.wait_with_output().expect("it ends"));
    assert!(
        matches!(ended.code, Some(75 | 143)) && begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        ended.code
    );
    run(here, &args(&["--jobs", "2"])).expect(0).mentions(&["10 of 10 runs done"]);
}

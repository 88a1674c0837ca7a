//! Slots on machines with little room, with other clocks, and what they cost the file
//! system.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::disk::in_namespace;
use crate::program::{Said, command, run, said};
use crate::study::{SMALL, folder, predictions, read};

/// Submits to nobody; the arguments of a slot.
fn submitted(here: &Path) -> Vec<String> {
    let args = ["submit", "study.toml", "-o", "s", "--launcher", "print", "--slots", "2"];
    run(here, &args).expect(0);
    let id = fs::read_dir(here.join("s/cluster")).expect("submissions").flatten().next();
    let id = id.expect("one").file_name().to_string_lossy().into_owned();
    ["slot", "s", "--device", "cpu", "--jobs", "1", "--submission", &id].map(String::from).to_vec()
}

fn slot(here: &Path, args: &[String]) -> Command {
    command(here, &args.iter().map(String::as_str).collect::<Vec<_>>())
}

fn all(said: &Said) -> String {
    format!("{}{}", said.out, said.err)
}

fn is_whole(here: &Path) {
    run(here, &["run", "study.toml", "--device", "cpu", "-o", "whole"]).expect(0);
    run(here, &["collect", "s"]).expect(0);
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join("s/results.csv")));
    assert_eq!(predictions(&here.join("whole")), predictions(&here.join("s")));
    run(here, &["check", "s"]).expect(0).mentions(&["nothing is damaged"]);
}

#[test]
fn decoded_data_lie_near_the_slots_while_there_are_any() {
    let dir = folder(SMALL);
    let here = dir.path();
    let args = submitted(here);
    let node = here.join("node");
    fs::create_dir(&node).expect("a folder");
    let start = || {
        let mut slot = slot(here, &args);
        slot.env("TRANSFOLIO_NODE_CACHE", &node).stdout(Stdio::piped()).stderr(Stdio::piped());
        slot.spawn().expect("it starts")
    };
    let slots: Vec<Child> = (0..2).map(|_| start()).collect();
    let ended = slots.into_iter().map(|slot| said(&slot.wait_with_output().expect("it ends")));
    let mut copied = 0;
    for ended in ended {
        let ended = ended.expect(0).mentions(&["decoded data lie in", "$TRANSFOLIO_NODE_CACHE"]);
        copied += usize::from(all(&ended).contains("copied from"));
    }
    // Once, unless one had ended before the other began.
    assert!((1..=2).contains(&copied), "{copied}");
    let left: Vec<_> = fs::read_dir(&node).expect("a folder").flatten().collect();
    assert!(left.is_empty(), "the last one clears up: {left:?}");
    is_whole(here);
}

/// What was copied badly is made anew, and a folder without room is told and left.
#[test]
fn too_little_room_near_a_slot_is_told() {
    let dir = folder(SMALL);
    let here = dir.path();
    let args = submitted(here).join(" ");
    let program = env!("CARGO_BIN_EXE_transfolio");
    let script = format!(
        "mkdir node && mount -t tmpfs -o size=64k tmpfs node\n\
         TRANSFOLIO_NODE_CACHE=$PWD/node {program} {args}\n\
         test -z \"$(ls node)\""
    );
    let Some(said) = in_namespace(here, &script) else { return };
    said.expect(0).mentions(&["decoded data cannot lie in", "there is no room for", "10 of 10"]);
    is_whole(here);
}

#[test]
fn a_slot_on_a_full_disk_says_so_and_the_next_one_goes_on() {
    let dir = folder(SMALL);
    let here = dir.path();
    let program = env!("CARGO_BIN_EXE_transfolio");
    let slot = format!("{program} slot small/s --device cpu --jobs 1 --submission $id");
    let script = format!(
        "{program} submit study.toml -o small/s --launcher print --slots 1\n\
         id=$(ls small/s/cluster)\n\
         head -c 700000000 /dev/zero >small/ballast 2>/dev/null || true\n\
         truncate -s -8K small/ballast\n\
         {slot} && exit 90 || code=$?\n\
         rm small/ballast\n\
         {slot} || {slot}\n\
         cp -r small/s s\n\
         echo \"ended with $code\""
    );
    let Some(said) = in_namespace(here, &script) else { return };
    let said = said.expect(0).mentions(&["No space left on device", "10 of 10 runs done"]);
    assert!(
        said.out.contains("ended with 75") || said.out.contains("ended with 5"),
        "{}",
        said.out
    );
    is_whole(here);
}

/// A library that puts the clock of a process forward.
const CLOCK: &str = "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <stdlib.h>\n#include <time.h>\n\
    int clock_gettime(clockid_t id, struct timespec *t) {\n\
      static int (*usual)(clockid_t, struct timespec *);\n\
      if (!usual) usual = dlsym(RTLD_NEXT, \"clock_gettime\");\n\
      int said = usual(id, t);\n\
      const char *by = getenv(\"CLOCK_AHEAD\");\n\
      if (said == 0 && by && id == CLOCK_REALTIME) t->tv_sec += atoi(by);\n\
      return said;\n    }\n";

/// Whose clock decides that an owner is silent matters most where it is wrong by more
/// than an owner may be silent.
#[cfg(target_os = "linux")]
#[test]
fn clocks_two_minutes_apart_are_told_and_change_nothing() {
    let dir = folder(SMALL);
    let here = dir.path();
    fs::write(here.join("clock.c"), CLOCK).expect("written");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl"])
        .current_dir(here)
        .status();
    if !built.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no C compiler (cc) to make a wrong clock with");
        return;
    }
    let args = submitted(here);
    let start = |ahead: &str| {
        let mut slot = slot(here, &args);
        slot.env("LD_PRELOAD", here.join("clock.so"))
            .env("CLOCK_AHEAD", ahead)
            .env("TRANSFOLIO_STALE_SECONDS", "20")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        slot.spawn().expect("it starts")
    };
    let slots = [("120", "ahead of"), ("-120", "behind")].map(|(by, told)| (start(by), told));
    for (slot, told) in slots {
        let ended = said(&slot.wait_with_output().expect("it ends")).expect(0);
        let ended = ended.mentions(&[&format!("120 s {told} that of the file server")]);
        let all = all(&ended);
        assert!(!all.contains("taken over") && !all.contains("goes on where"), "{all}");
    }
    for run in fs::read_dir(here.join("s/runs")).expect("runs").flatten() {
        let record = String::from_utf8(read(&run.path().join("record.json"))).expect("text");
        assert!(record.contains("\"attempts\": 1"), "{record}");
    }
    is_whole(here);
}

/// Opening a file is what a shared file system takes longest for.
#[cfg(target_os = "linux")]
#[test]
fn fewer_than_twenty_files_are_opened_for_a_run() {
    let dir = folder(SMALL);
    let here = dir.path();
    let traced = Command::new("strace")
        .args(["-f", "-e", "trace=open,openat,creat", "-o", "opened.txt"])
        .arg(env!("CARGO_BIN_EXE_transfolio"))
        .args(["run", "study.toml", "--device", "cpu", "-o", "s", "--jobs", "2"])
        .current_dir(here)
        .env("TRANSFOLIO_CACHE", here.join("cache"))
        .output();
    let Some(traced) = traced.ok().filter(|traced| traced.status.success()) else {
        eprintln!("skipped: strace is not here, or may not look at processes");
        return;
    };
    said(&traced).expect(0);
    let opened = fs::read_to_string(here.join("opened.txt")).expect("a list");
    let runs: Vec<PathBuf> =
        fs::read_dir(here.join("s/runs")).expect("runs").flatten().map(|run| run.path()).collect();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for run in &runs {
        let id = run.file_name().expect("a name").to_string_lossy();
        let lines: Vec<&str> = opened.lines().filter(|line| line.contains(&*id)).collect();
        *counts.entry(lines.len()).or_default() += 1;
        // Targets that read the weights of their pretraining open one more file of it.
        let own = lines.iter().filter(|line| !line.contains("weights")).count();
        assert!(own < 20, "{own}: {}", lines.join("\n"));
    }
    assert!(counts.keys().all(|count| *count > 5), "nothing was counted: {counts:?}");
}

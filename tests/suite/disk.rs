//! A disk that is full: nothing is lost, and the study goes on when there is room.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::said;
use crate::study::{ARGS, SMALL, args, folder, predictions, read};

/// Runs a script in a mount namespace of its own, or says why it cannot.
pub(crate) fn in_namespace(dir: &Path, script: &str) -> Option<crate::program::Said> {
    let unshare = |script: &str| {
        Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-ec", script])
            .current_dir(dir)
            .env("TRANSFOLIO_CACHE", dir.join("cache"))
            .output()
    };
    fs::create_dir_all(dir.join("small")).expect("a folder");
    let mount = "mount -t tmpfs -o size=300m tmpfs small";
    match unshare(mount) {
        Ok(output) if output.status.success() => {}
        _ => {
            eprintln!("skipped: this machine lets no test mount a small disk (unshare, tmpfs)");
            return None;
        }
    }
    Some(said(&unshare(&format!("{mount}\n{script}")).expect("the shell starts")))
}

#[test]
fn a_full_disk_fails_runs_with_the_reason_and_room_lets_the_study_go_on() {
    // Without pretraining no weights are kept: records alone fill the disk.
    let study = SMALL.replace("[inits.coarse]\npretrain = \"coarse\"\n", "");
    let study = study.split("[pretraining.coarse]").next().expect("a head").to_string()
        + "[recipe]\nlearning_rate = 1e-3\nbatch_size = 8\nepochs = 3\nimage_size = 32\n";
    let dir = folder(&study);
    let here = dir.path();
    crate::program::run(here, &args("whole", &[])).expect(0);
    let run = format!("{} {} small/s", env!("CARGO_BIN_EXE_transfolio"), ARGS.join(" "));
    // All but a few pages are taken, then given back.
    let script = format!(
        "head -c 314500000 /dev/zero > small/ballast\n\
         {run} && exit 90 || code=$?\n\
         rm small/ballast\n\
         {run}\n\
         cp -r small/s resumed\n\
         exit $code"
    );
    let Some(said) = in_namespace(here, &script) else { return };
    assert!([Some(1), Some(5)].contains(&said.code), "out: {}\nerr: {}", said.out, said.err);
    said.mentions(&["No space left on device", "8 of 8 runs done"]);
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join("resumed/results.csv")));
    assert_eq!(predictions(&here.join("whole")), predictions(&here.join("resumed")));
}

/// Six amounts of room for the study folder, and six for the decoded images: the
/// disk is full in the middle of another file each time.
#[test]
#[ignore = "two minutes: 24 starts of a study"]
fn twelve_full_disks_recover_by_themselves() {
    let study = SMALL.replace("[3, 4]", "[3]").replace("[0.5, 1.0]", "[1.0]");
    let dir = folder(&study);
    let here = dir.path();
    crate::program::run(here, &args("whole", &[])).expect(0);
    let run = format!("{} {}", env!("CARGO_BIN_EXE_transfolio"), ARGS.join(" "));
    let script = format!(
        "mount -o remount,size=600m small
         export TRANSFOLIO_SAVE_SECONDS=0
         full() {{
           rm -rf small/* && mkdir small/cache
           head -c 700000000 /dev/zero > small/ballast 2> /dev/null || true
           truncate -s -$1K small/ballast
         }}
         again() {{
           echo \"point $1: exit $2\"
           rm small/ballast
           TRANSFOLIO_CACHE=$3 {run} $4 > again.txt 2>&1 || {{ cat again.txt; exit 91; }}
           cmp whole/results.csv $4/results.csv || exit 92
           {program} check $4 > check.txt || {{ cat check.txt; exit 93; }}
           rm -rf $4
         }}
         for room in 0 12 100 3000 60000 200000; do
           full $room
           {run} small/s > first.txt 2>&1 && code=0 || code=$?
           again study-$room $code cache small/s
         done
         for room in 0 4 20 60 90 120; do
           full $room
           TRANSFOLIO_CACHE=small/cache {run} s > first.txt 2>&1 && code=0 || code=$?
           again cache-$room $code small/cache s
         done",
        program = env!("CARGO_BIN_EXE_transfolio"),
    );
    let Some(said) = in_namespace(here, &script) else { return };
    let said = said.expect(0);
    let points: Vec<&str> = said.out.lines().filter(|line| line.starts_with("point ")).collect();
    assert_eq!(points.len(), 12, "{}", said.out);
    let stopped = points.iter().filter(|point| !point.ends_with("exit 0")).count();
    assert!(stopped >= 8, "too few of these disks were full: {points:?}");
}

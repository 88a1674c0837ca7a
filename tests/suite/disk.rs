//! A disk that is full: nothing is lost, and the study goes on when there is room.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::said;
use crate::study::{ARGS, SMALL, args, folder, predictions, read};

/// Runs a script in a mount namespace of its own, or says why it cannot.
fn in_namespace(dir: &Path, script: &str) -> Option<crate::program::Said> {
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

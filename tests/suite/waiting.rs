//! Waiting for what runs of a study leave.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The folders of a study's runs, in name order.
pub(crate) fn runs(study: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(study.join("runs")).into_iter().flatten().flatten();
    let mut runs: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    runs.sort();
    runs
}

/// Waits, at most three minutes.
pub(crate) fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_mins(3), "no {what} after three minutes");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a run has a file.
pub(crate) fn wait_for_file(study: &Path, name: &str) {
    wait_for(name, || runs(study).iter().any(|run| run.join(name).is_file()));
}

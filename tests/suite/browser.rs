//! The report in a real browser, where there is one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::run;

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path)
        .flat_map(|dir| {
            ["chromium", "chromium-browser", "google-chrome"].map(|name| dir.join(name))
        })
        .find(|file| file.is_file());
    if found.is_none() {
        eprintln!(
            "skipped: no Chromium on this machine, so the report was not opened in a browser"
        );
    }
    found
}

#[test]
fn the_report_opens_without_errors_or_requests() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), crate::csv::results()).expect("written");
    run(dir.path(), &["report", "r.csv"]).expect(0);
    let page = dir.path().join("r.report.html");
    let shot = dir.path().join("page.png");
    let log = open(&chromium, dir.path(), &page, &shot);
    assert!(!log.contains("CONSOLE"), "the console has messages: {log}");
    let picture = image::open(&shot).expect("a screenshot").to_luma8();
    let dark = picture.pixels().filter(|p| p.0[0] < 100).count();
    assert!(dark > 2000, "the page is empty: {dark} dark pixels");
}

/// Opens a page and gives the browser's log. Any request but for the page
/// itself is against its content security policy and is a console message.
fn open(chromium: &Path, dir: &Path, page: &Path, shot: &Path) -> String {
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--hide-scrollbars",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0", "--window-size=1200,2400"])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .arg(format!("--screenshot={}", shot.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser starts");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

//! The report in a real browser, where there is one.

use std::path::Path;
use std::process::Command;

use crate::devtools::chromium;
use crate::program::run;

#[test]
fn the_report_opens_without_errors_or_requests_in_both_schemes_and_prints() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), crate::csv::results()).expect("written");
    run(dir.path(), &["report", "r.csv"]).expect(0);
    let page = format!("file://{}", dir.path().join("r.report.html").display());
    let light = luma(&chromium, dir.path(), &page);
    let dark = luma(&chromium, dir.path(), &format!("{page}#dark"));
    let share = |luma: &image::GrayImage, bright: bool| {
        let hits = luma.pixels().filter(|p| (p.0[0] > 200) == bright && p.0[0].abs_diff(150) > 50);
        hits.count() as f64 / luma.len() as f64
    };
    // Paper and ink both cover a good part of the page, and change places.
    assert!(share(&light, true) > 0.7 && share(&light, false) > 0.005, "light: not a page");
    assert!(share(&dark, false) > 0.7 && share(&dark, true) > 0.005, "dark: not a page");
    let pdf = dir.path().join("page.pdf");
    let log = browse(&chromium, dir.path(), &page, &format!("--print-to-pdf={}", pdf.display()));
    assert!(!log.contains("CONSOLE"), "the console has messages: {log}");
    assert!(std::fs::read(pdf).expect("a PDF").starts_with(b"%PDF"));
}

/// A screenshot in grey; fails on any message on the console.
fn luma(chromium: &Path, dir: &Path, page: &str) -> image::GrayImage {
    let shot = dir.join("page.png");
    let log = browse(chromium, dir, page, &format!("--screenshot={}", shot.display()));
    assert!(!log.contains("CONSOLE"), "the console has messages: {log}");
    image::open(&shot).expect("a screenshot").to_luma8()
}

/// Opens a page and gives the browser's log. Any request but for the page
/// itself is against its content security policy and is a console message.
fn browse(chromium: &Path, dir: &Path, page: &str, action: &str) -> String {
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
        .args([action, page])
        .output()
        .expect("the browser starts");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

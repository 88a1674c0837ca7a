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

/// Pages of a PDF that a browser printed.
fn pages(pdf: &Path) -> usize {
    let bytes = std::fs::read(pdf).expect("a PDF");
    let text = String::from_utf8_lossy(&bytes);
    text.matches("/Type /Page\n").count() + text.matches("/Type /Page/").count()
}

/// Four tasks, three models, three inits, three fractions, five seeds, two metrics.
fn study_of_1080() -> String {
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    let mut state = 7u64;
    let mut noise = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1u64 << 24) as f64 * 0.02 - 0.01
    };
    for (task, base) in [("chest", 0.82), ("pneumonia", 0.74), ("retina", 0.80), ("skin", 0.85)] {
        for (model, own) in [("resnet50", 0.0), ("convnext_tiny", 0.01), ("swin_tiny", 0.015)] {
            for (init, gain) in [("random", -0.09), ("imagenet1k", 0.0), ("imagenet21k", 0.012)] {
                for (fraction, loss, times) in
                    [(0.05, -0.12, 1.8), (0.25, -0.05, 1.2), (1.0, 0.0, 0.6)]
                {
                    for seed in 0..5 {
                        let value = base + own + gain * times + loss + noise();
                        for (metric, share) in [("auc", 1.0), ("accuracy", 0.9)] {
                            csv += &format!(
                                "{task},{model},{init},{fraction},{seed},{metric},{:.4}\n",
                                (value + noise() * 0.3) * share
                            );
                        }
                    }
                }
            }
        }
    }
    csv
}

#[test]
fn a_study_of_a_thousand_results_prints_in_twelve_pages_or_in_full() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    std::fs::write(here.join("r.csv"), study_of_1080()).expect("written");
    let print = |name: &str, options: &[&str]| {
        let html = format!("{name}.html");
        run(here, &[&["report", "r.csv", "-o", &html], options].concat()).expect(0);
        run(here, &["verify", &html]).expect(0).mentions(&["the page agrees"]);
        let (page, pdf) = (here.join(&html), here.join(format!("{name}.pdf")));
        let action = format!("--print-to-pdf={}", pdf.display());
        let log = browse(&chromium, here, &format!("file://{}", page.display()), &action);
        assert!(!log.contains("CONSOLE"), "the console has messages: {log}");
        pages(&pdf)
    };
    let (short, full) = (print("short", &[]), print("full", &["--print", "full"]));
    assert!((3..=12).contains(&short), "{short} pages printed short");
    assert!(full > 2 * short, "{full} pages printed in full, {short} short");
    // The way of printing is part of what a page carries.
    run(here, &["report", "r.csv", "-o", "again.html", "--print", "short"]).expect(0);
    let read = |name: &str| std::fs::read(here.join(name)).expect("a page");
    assert!(read("short.html") == read("again.html") && read("short.html") != read("full.html"));
    run(here, &["report", "r.csv", "--print", "some"]).expect(2).mentions(&["short", "full"]);
}

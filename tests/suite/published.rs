//! The published benchmark as a report, beside own results, and the recheck.

use std::time::{Duration, Instant};

use crate::program::run;

const NUMBERS: [&str; 14] = [
    "fig-a1",
    "fig-a2-sizes",
    "fig-a2-labels",
    "fig-a3",
    "fig-a4",
    "fig-a5-resnet",
    "fig-a5-base",
    "fig-dart-inat",
    "fig-dart-ssl",
    "fig-dart-domain",
    "tab-dart-domain",
    "tab-recheck",
    "tab-recheck-stars",
    "tab-published-files",
];

#[test]
fn a_fresh_machine_draws_the_five_studies_in_seconds() {
    let dir = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    run(dir.path(), &["report", "--published"]).expect(0).mentions(&["published.report.html"]);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    run(dir.path(), &["report", "--published", "--output", "again.html"]).expect(0);
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).expect("a page");
    let page = read("published.report.html");
    assert_eq!(page, read("again.html"));
    for label in NUMBERS {
        assert!(page.contains(&format!("id=\"{label}\"")), "{label}");
    }
    for load in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!page.contains(load), "{load}");
    }
    // Panels: 1, 1, 1, 5, 5 and their key, 6, 6, 7, 7 and their key, 1.
    assert_eq!(page.matches("<svg ").count(), 42);
    // The scripts of tables know the word.
    let shown = page.split("<script").next().unwrap_or_default();
    assert!(!shown.contains("NaN"));
}

/// Every figure and table of published numbers says how they are known.
#[test]
fn every_figure_and_table_is_marked() {
    let dir = tempfile::tempdir().expect("a folder");
    run(dir.path(), &["report", "--published"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("published.report.html")).expect("a page");
    let mut captions = 0;
    for part in page.split("<figure id=\"").skip(1) {
        let (figure, _) = part.split_once("</figure>").expect("an end");
        let (label, _) = figure.split_once('"').expect("a label");
        let (_, caption) = figure.split_once("<figcaption>").expect("a caption");
        let (caption, _) = caption.split_once("</figcaption>").expect("an end");
        let marked = caption.contains("PRINTED") || caption.contains("DIGITISED");
        assert!(marked || label == "tab-published-files", "{label}: {caption}");
        captions += 1;
    }
    assert_eq!(captions, 23);
}

fn own() -> String {
    let mut csv = String::from("task,model,init,fraction,seed,metric,value\n");
    for (task, model, init, base) in [
        ("chestxray14", "resnet50", "imagenet", 0.8170),
        ("chestxray14", "resnet50", "<img src=x onerror=alert(1)>", 0.80),
        ("TXC", "ResNet-50", "random", 0.70),
    ] {
        for seed in 0..4 {
            let value = base + f64::from(seed) * 0.0005 - 0.00075;
            csv += &format!("{task},{model},{init},1,{seed},auc,{value}\n");
        }
    }
    csv
}

#[test]
fn own_results_stand_beside_the_published_ones() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("own.csv"), own()).expect("written");
    run(dir.path(), &["report", "own.csv", "--published"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("own.report.html")).expect("a page");
    for label in NUMBERS.into_iter().chain(["tab-summary", "fig-gap", "tab-gap", "tab-unmatched"]) {
        assert!(page.contains(&format!("id=\"{label}\"")), "{label}");
    }
    let (_, gaps) = page.split_once("id=\"tab-gap\"").expect("the gaps");
    let (gaps, _) = gaps.split_once("</figure>").expect("an end");
    let row = |study: &str| {
        let rows = gaps.split("<tr>").filter(|row| row.contains("chestxray14"));
        rows.into_iter()
            .find(|row| row.contains(study))
            .unwrap_or_else(|| panic!("{study}: {gaps}"))
    };
    let printed = row(">DART domain-adaptive<");
    for part in [">81.70<", ">PRINTED<", ">0.00<", "<strong>yes</strong>"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(row(">A1<").contains(">DIGITISED<") && row(">A1<").contains("\u{2248}81.68"));
    assert!(gaps.split("<tr>").any(|row| row.contains("random") && row.contains(">no<")));
    assert!(!page.contains("<img src=x") && page.contains("no published init matches"));
    run(dir.path(), &["report"]).expect(2).mentions(&["INPUT"]);
}

#[test]
fn anybodys_table_is_rechecked() {
    let dir = tempfile::tempdir().expect("a folder");
    run(dir.path(), &["recheck"]).expect(0).mentions(&["Of 28 printed p", "one-sided only"]);
    run(dir.path(), &["recheck", "--stars"]).expect(0).mentions(&["Of 89 printed p"]);
    let table = "task,init,mean,sd,n,printed_p\nTXC,a,95.62,0.63,10,\nTXC,b,96.32,0.65,10,0.01\n";
    std::fs::write(dir.path().join("t.csv"), table).expect("written");
    for (format, part) in [
        ("text", "one-sided only"),
        ("csv", "p_low"),
        ("md", "| Agrees with |"),
        ("latex", "\\toprule"),
        ("json", "\"one-sided\""),
    ] {
        run(dir.path(), &["recheck", "t.csv", "--format", format]).expect(0).mentions(&[part]);
    }
    std::fs::write(dir.path().join("t.csv"), table.replace("0.01", "high")).expect("written");
    run(dir.path(), &["recheck", "t.csv"]).expect(3).mentions(&["t.csv:3", "printed_p", "high"]);
    run(dir.path(), &["recheck", "none.csv"]).expect(3).mentions(&["none.csv"]);
    run(dir.path(), &["recheck", "--help"]).expect(0).mentions(&["against", "population_sd"]);
}

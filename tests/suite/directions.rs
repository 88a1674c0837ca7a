//! Tables of metrics whose smaller values are better, of metrics nobody knows,
//! and of other factors than the usual ones: what `compare` says and a page shows.

use std::fmt::Write;

use crate::program::run;

/// Every metric of the field whose smaller values are better.
const KNOWN: [&str; 12] = [
    "brier",
    "log_loss",
    "loss",
    "ece",
    "hd",
    "hd95",
    "assd",
    "masd",
    "volume_error",
    "mae",
    "mse",
    "rmse",
];
/// Others, which the column `direction` states.
const STATED: [&str; 8] =
    ["fid", "eer", "wer", "lpips", "perplexity", "latency_ms", "drift", "distance"];

/// Twenty metrics; `third` has the smallest values of each, `first` the largest.
fn distances() -> String {
    let mut csv = String::from("task,model,init,fraction,seed,metric,value,direction\n");
    for metric in KNOWN.iter().chain(&STATED) {
        let stated = if STATED.contains(metric) { "lower" } else { "" };
        for (task, hard) in [("lung", 0.0), ("liver", 0.1), ("heart", 0.2)] {
            for (init, base, step) in [("first", 0.6, 3), ("second", 0.4, 5), ("third", 0.2, 4)] {
                for (fraction, gain) in [(0.1, 0.0), (1.0, 0.05)] {
                    for seed in 0..4u32 {
                        let noise = f64::from((seed + 1) * step % 7) * 0.002;
                        let value = base + hard - gain + noise;
                        let place = format!("{task},unet,{init},{fraction},{seed},{metric}");
                        let _ = writeln!(csv, "{place},{value:.4},{stated}");
                    }
                }
            }
        }
    }
    csv
}

fn folder(csv: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), csv).expect("written");
    dir
}

/// The table of a label, row by row.
fn rows<'a>(page: &'a str, label: &str) -> Vec<&'a str> {
    let from = page.find(&format!("id=\"{label}\"")).unwrap_or_else(|| panic!("{label}"));
    let body = &page[from..];
    let body = &body[body.find("<tbody").expect("rows")..body.find("</tbody>").expect("rows")];
    body.split("<tr").skip(1).collect()
}

/// Whether the only bold cell of rows of means is in those of an init.
fn bold_is(page: &str, label: &str, init: &str) {
    let rows = rows(page, label);
    assert_eq!(rows.len(), 18, "{label}");
    for row in rows {
        let own = row.contains(&format!(">{init}<"));
        assert_eq!(row.contains("<strong>"), own, "{label}: {row}");
    }
}

#[test]
fn the_smallest_of_twenty_metrics_is_better_bold_and_first() {
    let dir = folder(&distances());
    for metric in KNOWN.iter().chain(&STATED) {
        let said = run(dir.path(), &["compare", "r.csv", "--metric", metric, "--format", "csv"]);
        let said = said.expect(0);
        let lines: Vec<&str> = said.out.lines().skip(1).collect();
        assert_eq!(lines.len(), 18, "{metric}");
        // Later inits, which have smaller values, against earlier ones.
        assert!(lines.iter().all(|line| line.contains(",better,")), "{metric}: {}", said.out);
    }
    run(dir.path(), &["report", "r.csv", "--metric", "HD95", "--output", "r.html"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("r.html")).expect("a page");
    bold_is(&page, "tab-summary", "third");
    for metric in KNOWN.iter().chain(&STATED).filter(|metric| **metric != "hd95") {
        let label = format!("tab-summary-{}", metric.replace('_', "-"));
        bold_is(&page, &label, "third");
    }
    for part in [
        "HD95 (lower is better)",
        "third is the best ",
        "The lowest mean of each task and share, which is the best, is bold",
        "third: place 1 12 times",
        "Critical difference 1.91. third 1.00. second 2.00. first 3.00.",
        "Of HD95, lower is better.",
        "fid (lower is better)",
    ] {
        assert!(page.contains(part), "{part}");
    }
    run(dir.path(), &["verify", "r.html"]).expect(0);
}

#[test]
fn a_metric_nobody_knows_is_not_judged_and_the_page_says_so_once() {
    let csv: String = distances()
        .lines()
        .filter(|line| line.starts_with("task") || line.contains(",fid,"))
        .map(|line| line.rsplit_once(',').map_or(String::new(), |(line, _)| format!("{line}\n")))
        .collect();
    let dir = folder(&csv);
    let why = "hether higher or lower values of fid are better is not known";
    let said = run(dir.path(), &["compare", "r.csv"]).expect(0);
    assert_eq!(said.out.matches(why).count(), 1, "{}", said.out);
    assert!(said.out.contains("  lower  ") && !said.out.contains("  better  "), "{}", said.out);
    run(dir.path(), &["report", "r.csv", "--output", "r.html"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("r.html")).expect("a page");
    assert_eq!(page.matches(why).count(), 1);
    for absent in ["id=\"ranking\"", "fig-podium", "is better than"] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(
        page.contains("first is the highest ") && page.contains("against third: fid is higher by")
    );
    assert!(rows(&page, "tab-summary").iter().all(|row| !row.contains("<strong>")));
    let stated = ["report", "r.csv", "--lower-is-better", "fid", "--output", "r.html"];
    run(dir.path(), &stated).expect(0);
    let page = std::fs::read_to_string(dir.path().join("r.html")).expect("a page");
    assert!(!page.contains(why) && page.contains("Of fid, lower is better, as was stated."));
    // What is stated of a metric that is not there would be lost.
    let slip = run(dir.path(), &["compare", "r.csv", "--lower-is-better", "fidd"]);
    slip.expect(2).mentions(&["no metric \"fidd\"", "they have: fid"]);
}

#[test]
fn any_column_is_compared_and_one_that_is_not_there_is_not_shown() {
    let mut csv = String::from("optimizer,init,seed,metric,value\n");
    for (optimizer, gain, k) in [("sgd", 0.0, 7), ("adam", 0.02, 5), ("lion", 0.03, 6)] {
        for (init, base, step) in [("random", 0.7, 3), ("fine", 0.75, 5)] {
            for seed in 0..4u32 {
                let noise = f64::from((seed + 1) * step % k) * 0.002;
                let value = base + gain + noise;
                let _ = writeln!(csv, "{optimizer},{init},{seed},auc,{value:.5}");
            }
        }
    }
    let dir = folder(&csv);
    let said = run(dir.path(), &["compare", "r.csv", "--factor", "optimizer"]).expect(0);
    assert!(said.out.starts_with("AUC (higher is better) per init, optimizer and label fraction"));
    assert!(said.out.contains("\nInit    Optimizer  Labels"), "{}", said.out);
    assert!(!said.out.contains("Model") && !said.out.contains(" / model"), "{}", said.out);
    let both = ["--factor", "init", "--factor", "optimizer", "--baseline", "init=random"];
    let args = [&["report", "r.csv", "--output", "r.html"][..], &both].concat();
    run(dir.path(), &args).expect(0);
    let page = std::fs::read_to_string(dir.path().join("r.html")).expect("a page");
    for part in [
        "AUC (higher is better) per init, optimizer and share of labels",
        "fine / adam against random / adam: AUC is higher by",
        "each was tested against the same with init random",
        "Between combinations of init and optimizer",
    ] {
        assert!(page.contains(part), "{part}");
    }
    run(dir.path(), &["verify", "r.html"]).expect(0);
}

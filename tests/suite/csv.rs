//! Anybody's CSV: compared and reported, or refused with a way out.

use std::fmt::Write;
use std::path::Path;

use crate::program::run;

/// Three inits, two label fractions, four seeds.
pub(crate) fn results() -> String {
    let mut csv = String::from("task,model,init,fraction,seed,metric,value\n");
    for (init, base, k) in
        [("random", 0.70, 3), ("ImageNet <1K>", 0.78, 5), ("iNat & \"co\"", 0.79, 6)]
    {
        for (fraction, gain) in [(0.1, 0.0), (1.0, 0.08)] {
            for seed in 0..4u32 {
                let noise = f64::from((seed + 1) * k % 7) * 0.004;
                let quoted = init.replace('"', "\"\"");
                let value = base + gain + noise;
                let _ = writeln!(csv, "chest,resnet50,\"{quoted}\",{fraction},{seed},auc,{value}");
            }
        }
    }
    csv
}

fn folder(csv: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("results.csv"), csv).expect("written");
    dir
}

#[test]
fn compare_writes_every_format() {
    let dir = folder(&results());
    for (format, part) in [
        ("text", "Adjusted p"),
        ("csv", "adjusted_p"),
        ("md", "| Adjusted p |"),
        ("latex", "\\toprule"),
        ("json", "\"family_size\": 6"),
    ] {
        run(dir.path(), &["compare", "results.csv", "--format", format])
            .expect(0)
            .mentions(&[part]);
    }
}

#[test]
fn the_report_is_the_same_twice_and_names_stay_text() {
    let dir = folder(&results());
    let path = dir.path().join("results.report.html");
    let mut pages = Vec::new();
    for _ in 0..2 {
        run(dir.path(), &["report", "results.csv", "--baseline", "random"]).expect(0);
        pages.push(std::fs::read_to_string(&path).expect("a page"));
    }
    assert_eq!(pages[0], pages[1]);
    let page = &pages[0];
    assert!(page.contains("ImageNet &lt;1K&gt;") && !page.contains("ImageNet <1K>"));
    for load in ["src=\"http", "<link rel=\"stylesheet", "url(http", "@import"] {
        assert!(!page.contains(load), "{load}");
    }
    for label in
        ["fig-answer", "tab-map", "fig-fractions", "tab-summary", "tab-tests", "tab-provenance"]
    {
        assert!(page.contains(&format!("id=\"{label}\"")), "{label}");
    }
}

#[test]
fn bad_tables_are_refused_with_line_and_way_out() {
    let head = "task,model,init,fraction,seed,metric,value\n";
    for (csv, parts) in [
        (String::new(), &["no rows"][..]),
        (format!("{head}t,m,i,1,0,auc,high\n"), &[":2:", "high", "number"]),
        (format!("{head}t,m,i,1,0,auc,0.5\nt,m,i,1,0,auc,0.5\n"), &[":3:", "line 2"]),
        ("task,points\nt,0.5\n".into(), &["value", "--map value=points"]),
        (format!("{head}t,m,i,2,0,auc,0.5\nt,m,i,0.5,0,auc,0.5\n"), &["percent"]),
    ] {
        let dir = folder(&csv);
        run(dir.path(), &["compare", "results.csv"]).expect(3).mentions(parts);
    }
    let dir = folder(&results());
    run(dir.path(), &["compare", "results.csv", "--metric", "auk"]).expect(2).mentions(&["auc"]);
    run(dir.path(), &["compare", "results.csv", "--baseline", "x"]).expect(2).mentions(&["random"]);
    run(dir.path(), &["compare", "none.csv"]).expect(3).mentions(&["none.csv"]);
    run(dir.path(), &["report", "."]).expect(3).mentions(&["study.json"]);
}

#[test]
fn models_are_compared_where_there_is_one_init() {
    let csv =
        results().replace("task,model,init", "task,init,model").replace(",resnet50,", ",random,");
    let dir = folder(&csv);
    run(dir.path(), &["report", "results.csv"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("results.report.html")).expect("a page");
    assert!(page.contains("ImageNet &lt;1K&gt; are both better than random in AUC"));
    assert!(page.contains("ImageNet &lt;1K&gt; at 10 %: 0.7"));
}

#[test]
fn one_seed_gives_means_and_says_why_there_is_no_test() {
    let dir = folder("init,seed,value\na,0,0.5\nb,0,0.6\n");
    run(dir.path(), &["compare", "results.csv"])
        .expect(0)
        .mentions(&["at least two values", "0.5"]);
    run(dir.path(), &["report", "results.csv"]).expect(0);
    assert!(Path::new(&dir.path().join("results.report.html")).is_file());
}

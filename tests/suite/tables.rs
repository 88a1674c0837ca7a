//! Tables as people have them: one answer whatever the wrapping, and what was
//! understood is said.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use transfolio::compare::ComparisonRow;
use transfolio::frame::{Reading, Results};
use transfolio::prelude::Compare;

use crate::program::{run, run_with_input};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cases").join(name)
}

fn csv(name: &str) -> PathBuf {
    case("csv").join(name)
}

/// The one comparison of a table.
fn row(path: &Path) -> ComparisonRow {
    let analysis = Compare::from_csv(path).expect("read").run().expect("compared");
    analysis.row("imagenet", "random").expect("the pair").clone()
}

/// All numbers of a comparison, bit for bit.
fn bits(row: &ComparisonRow) -> Vec<Option<u64>> {
    let interval = row.interval.as_ref();
    [row.difference, row.p, interval.map(|i| i.low), interval.map(|i| i.high)]
        .map(|number| number.map(f64::to_bits))
        .to_vec()
}

/// scipy: `ttest_rel`.
#[test]
fn the_reference_is_right() {
    let row = row(&csv("reference.csv"));
    assert!((row.difference.expect("a difference") - 0.05).abs() < 1e-12);
    assert!((row.p.expect("a p") - 2.711e-5).abs() < 5e-9, "{:?}", row.p);
}

#[test]
fn wrappings_and_spellings_do_not_change_a_digit() {
    let want = bits(&row(&csv("reference.csv")));
    for name in [
        "index-column.csv",
        "capital-headers.csv",
        "sep-line.csv",
        "decimal-comma.csv",
        "seed-float.csv",
        "utf16.csv",
        "reference.csv.gz",
        "wide.csv",
    ] {
        assert_eq!(bits(&row(&csv(name))), want, "{name}");
    }
    let dir = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(csv("reference.csv")).expect("read");
    for (name, bytes) in relatives(&text) {
        let path = dir.path().join(&name);
        std::fs::write(&path, bytes).expect("written");
        assert_eq!(bits(&row(&path)), want, "{name}");
    }
}

/// The same table in further forms, made here.
fn relatives(text: &str) -> Vec<(String, Vec<u8>)> {
    let named = |name: &str, text: String| (name.to_string(), text.into_bytes());
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let cells = |line: &str| line.split(',').map(String::from).collect::<Vec<_>>();
    let header = cells(lines[0]);
    let objects: Vec<String> = lines[1..]
        .iter()
        .map(|line| {
            let pairs = header.iter().zip(cells(line));
            let pairs: Vec<String> = pairs
                .map(|(name, cell)| match cell.parse::<f64>() {
                    Ok(_) => format!("\"{name}\": {cell}"),
                    Err(_) => format!("\"{name}\": \"{cell}\""),
                })
                .collect();
            format!("{{{}}}", pairs.join(", "))
        })
        .collect();
    let mut zstd = Vec::new();
    zstd.extend(zstd::encode_all(text.as_bytes(), 3).expect("encoded"));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("r.csv", zip::write::SimpleFileOptions::default()).expect("started");
    zip.write_all(text.as_bytes()).expect("written");
    let latin = text.replace("chest", "Mb").into_bytes();
    let latin = latin.iter().map(|b| if *b == b'M' { 0xfc } else { *b }).collect();
    let quoted: Vec<String> = lines
        .iter()
        .map(|line| cells(line).iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(";"))
        .collect();
    vec![
        named("tabs.tsv", text.replace(',', "\t")),
        named("bars.txt", text.replace(',', "|")),
        named("blanks.txt", text.replace(',', "  ")),
        named("decimal.csv", quoted.join("\r\n").replace('.', ",")),
        named("swiss.csv", text.replace(',', ";").replace("0.7", "0,7")),
        named("lines.jsonl", objects.join("\n")),
        named("list.json", format!("[{}]", objects.join(",\n"))),
        named(
            "comments.csv",
            format!(
                "# by hand\n{}",
                text.replace(
                    "chest,r50,imagenet,0.1,0",
                    "# lost\n,,,,,,\nchest,r50,imagenet,0.1,0"
                )
            ),
        ),
        named("percent.csv", text.replace(",0.1,", ",10 %,")),
        named(
            "spelling.csv",
            text.replace("label_fraction", "Labels (%)")
                .replace(",0.1,", ",10,")
                .replace("init", "Pretraining")
                .replace("model", "Backbone"),
        ),
        ("wrapped.csv.zst".into(), zstd),
        ("archive.zip".into(), zip.finish().expect("closed").into_inner()),
        ("latin.csv".into(), latin),
    ]
}

#[test]
fn a_workbook_and_parquet_are_tables() {
    let row = row(&csv("workbook.xlsx"));
    let want = self::row(&csv("metric-case.csv"));
    assert_eq!(bits(&row), bits(&want));
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("r.parquet");
    let mut frame = Results::open(&csv("reference.csv"), &Reading::default()).expect("read").frame;
    let file = std::fs::File::create(&path).expect("a file");
    polars::prelude::ParquetWriter::new(file).finish(&mut frame).expect("written");
    assert_eq!(bits(&self::row(&path)), bits(&self::row(&csv("reference.csv"))));
}

/// Three fractions 1, 10 and 100 %; 0.3 and its neighbour are one.
#[test]
fn fractions_are_compared_by_value() {
    let shares = |name: &str| -> Vec<f64> {
        let results = Results::open(&csv(name), &Reading::default()).expect("read");
        let mut shares: Vec<f64> =
            results.cells("auc").expect("cells").iter().map(|cell| cell.label_fraction).collect();
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        shares
    };
    assert_eq!(shares("percent-1-10-100.csv"), [0.01, 0.1, 1.0]);
    assert_eq!(shares("fraction-last-bit.csv"), [0.1, 0.2, 0.3]);
    // scipy: ttest_rel of the rows of 0.3 and 0.30000000000000004 together.
    let analysis =
        Compare::from_csv_where(csv("fraction-last-bit.csv"), &[("label_fraction", "30 %")])
            .expect("read")
            .run()
            .expect("compared");
    let row = analysis.row("imagenet", "random").expect("the pair");
    assert!((row.difference.expect("one") - 0.04775).abs() < 1e-9, "{:?}", row.difference);
    assert!((row.p.expect("one") - 1.3e-5).abs() < 1e-6, "{:?}", row.p);
}

#[test]
fn names_that_may_be_one_are_joined_or_asked_about() {
    for name in ["nfc-nfd.csv", "level-nbsp.csv", "metric-case.csv"] {
        let results = Results::open(&csv(name), &Reading::default()).expect("read");
        assert_eq!(results.metrics().expect("metrics"), ["auc"], "{name}");
        assert_eq!(results.cells("auc").expect("cells").len(), 2, "{name}");
    }
    let folder = csv("");
    run(&folder, &["compare", "level-case.csv"])
        .expect(0)
        .mentions(&["\"Chest\" (4 rows) and \"chest\" (4 rows)", "--rename chest=Chest"]);
    run(&folder, &["compare", "level-case.csv", "--rename", "chest=Chest"])
        .expect(0)
        .mentions(&["task: 1 (Chest)", "0.0500"]);
    run(&folder, &["compare", "level-case.csv", "--rename", "Chst=Chest"])
        .fails()
        .mentions(&["no cell says \"Chst\""]);
}

#[test]
fn what_is_missing_is_counted_and_named() {
    let folder = csv("");
    run(&folder, &["compare", "na-word.csv"]).expect(0).mentions(&[
        "1 of 8 missing",
        "1 says \"<NA>\" (line 9)",
        "seed 3 of the reference has no partner",
    ]);
    run(&folder, &["compare", "empty-init.csv"])
        .expect(0)
        .mentions(&["empty in 4 of 8 rows, first in line 2", "(no init)"]);
    run(&folder, &["compare", "no-seed-column.csv"])
        .expect(0)
        .mentions(&["each row is a run of its own", "Welch"]);
    run(&folder, &["compare", "baseline-missing.csv"])
        .expect(0)
        .mentions(&["1 of 6 combinations of task and init has no results: t2 / random"]);
    run(&folder, &["compare", "classes-only.csv"]).expect(0).mentions(&["f1", "0.1000"]);
    run(&folder, &["compare", "mixed-scale.csv"])
        .fails()
        .mentions(&["mixed-scale.csv:6", "one scale"]);
    run(&folder, &["compare", "tiny-values.csv"]).expect(0).mentions(&["7.060e-8", "5.00e-9"]);
}

#[test]
fn failed_runs_of_any_word_are_no_values() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(csv("reference.csv")).expect("read");
    for word in ["n/a", "#N/A", "<NA>", "NULL", "-", "—", "failed", "OOM", "crashed", "None", ""]
    {
        let path = dir.path().join("r.csv");
        std::fs::write(&path, text.replace("0.7020", word)).expect("written");
        let results = Results::open(&path, &Reading::default()).expect("read");
        let cells = results.cells("auc").expect("cells");
        assert_eq!((cells[0].values.len(), cells[0].undefined.len()), (3, 1), "{word:?}");
        let notes = results.notes.join("\n");
        assert!(notes.contains("1 of 8 rows have no value"), "{word:?}: {notes}");
    }
}

#[test]
fn trackers_are_read_and_their_own_columns_named() {
    let folder = csv("");
    for (name, parts) in [
        ("wandb-export.csv", ["Weights & Biases", "0.0500"]),
        ("mlflow-export.csv", ["MLflow", "auc (higher is better)"]),
    ] {
        let said = run(&folder, &["compare", name]).expect(0).mentions(&parts);
        assert!(!format!("{}{}", said.out, said.err).contains("--where"), "{}", said.err);
    }
    run(&folder, &["inspect", "wandb-export.csv"]).expect(0).mentions(&["not used", "runtime"]);
}

#[test]
fn an_input_may_come_through_a_pipe_and_several_files_stand_upon_each_other() {
    let text = std::fs::read(csv("reference.csv")).expect("read");
    let dir = tempfile::tempdir().expect("a folder");
    run_with_input(dir.path(), &["compare", "-"], &text)
        .expect(0)
        .mentions(&["standard input", "0.0500"]);
    run_with_input(dir.path(), &["report", "-", "-o", "r.html"], &text).expect(0);
    run(dir.path(), &["verify", "r.html"]).expect(0);
    let text = String::from_utf8(text).expect("text");
    let (head, rows) = text.split_once('\n').expect("a header");
    let (random, imagenet): (Vec<&str>, Vec<&str>) =
        rows.lines().partition(|line| line.contains("random"));
    for (name, rows) in [("a.csv", random), ("b.csv", imagenet)] {
        std::fs::write(dir.path().join(name), format!("{head}\n{}\n", rows.join("\n")))
            .expect("written");
    }
    run(dir.path(), &["compare", "a.csv", "b.csv"])
        .expect(0)
        .mentions(&["0.0500", "paired t test"]);
    run(dir.path(), &["report", "a.csv", "b.csv", "-o", "two.html"]).expect(0);
    run(dir.path(), &["verify", "two.html"]).expect(0);
    run(dir.path(), &["compare", "a.csv", "a.csv"]).fails();
}

#[test]
fn columns_are_stated_on_the_command_line_or_in_a_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(csv("reference.csv")).expect("read");
    let text = text.replace("init", "config.weights").replace("value", "points");
    std::fs::write(dir.path().join("r.csv"), text).expect("written");
    run(dir.path(), &["compare", "r.csv"]).fails().mentions(&["--map value=points"]);
    let stated = ["compare", "r.csv", "--map", "value=points", "--map", "init=config.weights"];
    run(dir.path(), &stated).expect(0).mentions(&["0.0500"]);
    let file = "[columns]\nvalue = \"points\"\ninit = \"config.weights\"\n";
    std::fs::write(dir.path().join("c.toml"), file).expect("written");
    run(dir.path(), &["compare", "r.csv", "--columns", "c.toml"]).expect(0).mentions(&["0.0500"]);
    std::fs::write(dir.path().join("c.toml"), "[columns]\nvlaue = \"points\"\n").expect("written");
    run(dir.path(), &["compare", "r.csv", "--columns", "c.toml"])
        .fails()
        .mentions(&["is value meant"]);
}

#[test]
fn filters_are_by_value() {
    let folder = csv("");
    for filter in ["label_fraction=0.10", "label_fraction=10 %", "seed=0.0", "Init= random"] {
        run(&folder, &["inspect", "reference.csv", "--where", filter]).expect(0);
    }
    run(&folder, &["inspect", "reference.csv", "--where", "label_fraction=0.2"])
        .fails()
        .mentions(&["no row has it", "0.1"]);
}

#[test]
fn what_was_understood_stands_in_the_report() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::copy(csv("decimal-comma.csv"), dir.path().join("r.csv")).expect("copied");
    run(dir.path(), &["report", "r.csv", "-o", "r.html"]).expect(0);
    let page = std::fs::read_to_string(dir.path().join("r.html")).expect("a page");
    for part in ["CSV with semicolons, decimal commas", "seeds 0 to 3"] {
        assert!(page.contains(part), "{part}");
    }
    run(dir.path(), &["verify", "r.html"]).expect(0);
}

#[test]
fn printed_p_values_are_rechecked_whatever_the_table() {
    let folder = case("recheck");
    for name in ["semicolons.csv", "blank-rows.csv", "n-float.csv"] {
        run(&folder, &["recheck", name]).expect(0).mentions(&["0.0035", "every test", "2 rows"]);
    }
    let dir = tempfile::tempdir().expect("a folder");
    for printed in ["<0", "< .000", "p<0,000", "<0.0"] {
        let text = std::fs::read_to_string(folder.join("less-than-zero.csv")).expect("read");
        std::fs::write(dir.path().join("r.csv"), text.replace("<0", &format!("\"{printed}\"")))
            .expect("written");
        run(dir.path(), &["recheck", "r.csv"]).expect(0).mentions(&["none; nearest", "0.0035"]);
    }
}

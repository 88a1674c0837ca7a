//! `diff` for people: what changed in the input, the verdicts and the answer, and why.

use std::path::Path;

use crate::csv::results;
use crate::program::{Said, run};

/// A folder with tables and their reports.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("written");
    }

    /// The report of a table, as NAME.html.
    fn page(&self, name: &str, csv: &str, options: &[&str]) {
        let (table, page) = (format!("{name}.csv"), format!("{name}.html"));
        self.write(&table, csv);
        let args = [&["report", &table, "-o", &page], options].concat();
        run(self.path(), &args).expect(0);
    }

    fn diff(&self, args: &[&str]) -> Said {
        run(self.path(), &[&["diff"], args].concat())
    }
}

/// One task; each init with its differences from the first, seed by seed.
fn steps(inits: &[(&str, [f64; 5])]) -> String {
    let base = [0.70, 0.71, 0.72, 0.70, 0.71];
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    for (init, steps) in inits {
        for (seed, (base, step)) in base.iter().zip(steps).enumerate() {
            csv += &format!("chest,net,{init},0.1,{seed},auc,{:.4}\n", base + step);
        }
    }
    csv
}

const BASE: [f64; 5] = [0.0; 5];
const A: [f64; 5] = [0.010, 0.012, 0.001, 0.016, 0.002];
const B: [f64; 5] = [0.004, -0.006, 0.005, -0.004, 0.002];

fn lines(said: &Said) -> usize {
    said.out.lines().filter(|line| !line.contains("BEWARE")).count()
}

#[test]
fn nothing_that_changed_is_said_in_six_lines() {
    let place = Place::new();
    place.page("a", &results(), &["--baseline", "random"]);
    let said = place.diff(&["a.html", "a.html"]).expect(0).mentions(&[
        "Answer: the same",
        "Verdicts: all 10 the same",
        "Input: every value is the same",
        "Settings: the same",
        "0 differ by more than noise",
    ]);
    assert_eq!(lines(&said), 6, "{}", said.out);
    // The same rows in another order are the same input.
    let mut rows: Vec<String> = results().lines().map(String::from).collect();
    rows[1..].reverse();
    place.page("turned", &(rows.join("\n") + "\n"), &["--baseline", "random"]);
    let said = place.diff(&["a.html", "turned.html"]);
    assert!(said.out.contains("Input: every value is the same"), "{}", said.out);
}

#[test]
fn a_value_that_changed_is_named_with_what_it_did_to_the_verdict() {
    let place = Place::new();
    place.page("a", &steps(&[("base", BASE), ("fine", A)]), &["--baseline", "base"]);
    let mut other = A;
    other[3] = -0.040;
    place.page("b", &steps(&[("base", BASE), ("fine", other)]), &["--baseline", "base"]);
    let said = place.diff(&["a.html", "b.html"]).expect(6).mentions(&[
        "Answer before: fine is better than base",
        "Answer now: Whether fine or base is better",
        "Verdicts: 1 of 1 changed: AUC (higher is better), fine against base on chest / net at 10 %: \
         better -> inconclusive; its own values changed (difference",
        "Input: 1 value changed, 9 the same: chest / net / fine, seed 3, AUC: 0.716 -> 0.66",
        "Settings: the same",
    ]);
    assert!(lines(&said) <= 10, "{}", said.out);
    assert!(!said.out.contains("adjustment changed"), "{}", said.out);
}

#[test]
fn a_seed_that_came_is_told_as_one() {
    let place = Place::new();
    place.page("a", &results(), &["--baseline", "random"]);
    let more: String = results()
        .lines()
        .filter(|line| line.contains(",0,auc"))
        .map(|line| line.replace(",0,auc", ",9,auc") + "\n")
        .collect();
    place.page("b", &(results() + &more), &["--baseline", "random"]);
    let said = place.diff(&["a.html", "b.html"]).expect(6).mentions(&[
        "Input: 6 values added, 24 the same: seed 9; over 3 inits and 2 label fractions",
    ]);
    assert!(lines(&said) <= 10, "{}", said.out);
    // The other way round it went.
    place.diff(&["b.html", "a.html"]).expect(6).mentions(&["6 values gone", "seed 9"]);
    let all = place.diff(&["a.html", "b.html", "--all"]).expect(6);
    all.mentions(&["chest / resnet50 / random / 10 %, seed 9, AUC: 0.7", "numbers compared"]);
}

#[test]
fn alpha_alone_changes_verdicts_and_no_value() {
    let place = Place::new();
    let csv = steps(&[("base", BASE), ("fine", A)]);
    place.page("a", &csv, &["--baseline", "base"]);
    place.page("b", &csv, &["--baseline", "base", "--alpha", "0.01"]);
    let said = place.diff(&["a.html", "b.html"]).expect(6).mentions(&[
        "better -> inconclusive; alpha 0.05 -> 0.01 (adjusted p ",
        "Input: every value is the same",
        "Settings: alpha 0.05 -> 0.01",
    ]);
    for wrong in ["values changed", "adjustment changed"] {
        assert!(!said.out.contains(wrong), "{wrong}: {}", said.out);
    }
    // Margin and adjustment are settings too.
    place.page("c", &csv, &["--baseline", "base", "--margin", "0.05"]);
    place
        .diff(&["a.html", "c.html"])
        .expect(6)
        .mentions(&["better -> equivalent; margin none -> 0.05", "Settings: margin none -> 0.05"]);
    let three = steps(&[("base", BASE), ("fine", A), ("other", B)]);
    place.page("d", &three, &["--baseline", "base"]);
    place.page("e", &three, &["--baseline", "base", "--adjustment", "none"]);
    place.diff(&["d.html", "e.html"]).expect(6).mentions(&[
        "inconclusive -> better; the adjustment is none, not Holm (adjusted p ",
        "Settings: adjustment Holm -> none",
    ]);
}

#[test]
fn a_comparison_that_went_changes_the_adjustment_of_another() {
    let place = Place::new();
    let three = steps(&[("base", BASE), ("fine", A), ("other", B)]);
    place.page("a", &three, &["--baseline", "base"]);
    place.page("b", &steps(&[("base", BASE), ("fine", A)]), &["--baseline", "base"]);
    let said = place.diff(&["a.html", "b.html"]).expect(6).mentions(&[
        "Verdicts: 1 of 1 changed; 1 comparison is gone",
        "inconclusive -> better; only its adjustment changed: its family has one test, not 2 tests \
         (adjusted p ",
        "5 values gone, 10 the same: init other",
    ]);
    assert!(!said.out.contains("values changed"), "{}", said.out);
    // Of the same size, but others in it: the other pair moved.
    let moved = [0.004, -0.006, 0.005, -0.004, 0.0035];
    let clear = [0.030, 0.031, 0.029, 0.030, 0.031];
    let holm = |other| steps(&[("base", BASE), ("fine", A), ("other", other)]);
    place.page("c", &holm(moved), &["--baseline", "base"]);
    place.page("d", &holm(clear), &["--baseline", "base"]);
    place.diff(&["c.html", "d.html"]).expect(6).mentions(&[
        "fine against base on chest / net at 10 %: inconclusive -> better; only its adjustment \
         changed: other tests of its family did",
    ]);
}

#[test]
fn a_direction_that_was_stated_is_the_reason() {
    let place = Place::new();
    let csv = steps(&[("base", BASE), ("fine", A)]).replace(",auc,", ",volume,");
    place.page("a", &csv, &["--baseline", "base"]);
    place.page("b", &csv, &["--baseline", "base", "--lower-is-better", "volume"]);
    place.page("c", &csv, &["--baseline", "base", "--higher-is-better", "volume"]);
    place.diff(&["a.html", "b.html"]).expect(6).mentions(&[
        "volume (lower is better)",
        "higher -> worse; the direction is another: direction unknown -> lower is better",
        "Settings: direction of volume direction unknown -> lower is better",
    ]);
    let said = place.diff(&["b.html", "c.html"]).expect(6);
    said.mentions(&["worse -> better; the direction is another", "Answer now: fine is better"]);
}

#[test]
fn pages_of_cases_are_compared_case_by_case() {
    let place = Place::new();
    let csv = |worse: f64, more: usize| {
        let mut csv = String::from("case,model,dice\n");
        for case in 0..12 + more {
            let value = 0.70 + 0.01 * (case % 5) as f64;
            csv += &format!("p{case:02},a,{value:.3}\n");
            let own = if case == 4 { worse } else { value + 0.02 + 0.001 * (case % 3) as f64 };
            csv += &format!("p{case:02},b,{own:.3}\n");
        }
        csv
    };
    place.page("a", &csv(0.761, 0), &[]);
    place.page("b", &csv(0.123, 0), &[]);
    place.page("c", &csv(0.761, 3), &[]);
    let said = place.diff(&["a.html", "b.html"]).expect(6);
    said.mentions(&["1 value changed, 23 the same: b, case p04, Dice: 0.761 -> 0.123"]);
    let said = place.diff(&["a.html", "c.html"]).expect(6);
    said.mentions(&["6 values added, 24 the same: cases p12, p13 and p14; over 2 models"]);
    place.diff(&["a.html", "a.html"]).expect(0).mentions(&["every value is the same"]);
}

#[test]
fn a_table_in_the_place_of_a_page_is_asked_what_the_page_was_asked() {
    let place = Place::new();
    let csv = steps(&[("base", BASE), ("fine", A)]);
    place.page("a", &csv, &["--baseline", "base", "--alpha", "0.02"]);
    place.diff(&["a.html", "a.csv"]).expect(0).mentions(&["Settings: the same"]);
    place.diff(&["a.csv", "a.html"]).expect(0).mentions(&["every value is the same"]);
    place.write("b.csv", &csv.replace("0.7160", "0.7000"));
    place
        .diff(&["a.html", "b.csv"])
        .expect(6)
        .mentions(&["1 value changed", "chest / net / fine, seed 3, AUC: 0.716 -> 0.7"]);
    // Two tables are asked what is asked by default.
    place.diff(&["a.csv", "b.csv"]).expect(6).mentions(&["1 value changed"]);
    place.write("none.html", "<p>no report</p>");
    place.diff(&["a.html", "none.html"]).expect(3).mentions(&["transfolio report"]);
    place.diff(&["a.html", "nowhere.csv"]).expect(3).mentions(&["nowhere.csv"]);
}

#[test]
fn what_can_no_longer_be_tested_is_said_so() {
    let place = Place::new();
    place.page("a", &steps(&[("base", BASE), ("fine", A)]), &["--baseline", "base"]);
    place.page("one", &steps(&[("base", BASE)]), &[]);
    let said = place.diff(&["a.html", "one.html"]).expect(6).mentions(&[
        "Answer now: Nothing is compared: there is one level of init. The summary has its means",
        "5 values gone, 5 the same: init fine",
        "1 comparison is gone",
    ]);
    assert!(!said.out.contains("tab-summary"), "{}", said.out);
    // One seed of each: the pair stays, without a test.
    let first: String = steps(&[("base", BASE), ("fine", A)])
        .lines()
        .filter(|line| line.starts_with("task") || line.contains(",0,auc"))
        .map(|line| format!("{line}\n"))
        .collect();
    place.page("single", &first, &["--baseline", "base"]);
    let said = place.diff(&["a.html", "single.html"]).expect(6);
    said.mentions(&["better -> no verdict", "8 values gone, 2 the same: over 2 inits and 4 seeds"]);
}

#[test]
fn other_forms_hold_everything() {
    let place = Place::new();
    place.page("a", &steps(&[("base", BASE), ("fine", A)]), &["--baseline", "base"]);
    let mut other = A;
    other[3] = -0.040;
    place.page("b", &steps(&[("base", BASE), ("fine", other)]), &["--baseline", "base"]);
    let json = place.diff(&["a.html", "b.html", "--format", "json"]).expect(6).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let change = &json["story"]["verdicts"]["changed"][0];
    assert_eq!(change["causes"], serde_json::json!(["values"]));
    assert_eq!((&change["old"], &change["new"]), (&"better".into(), &"inconclusive".into()));
    assert_eq!(json["story"]["input"]["values"][0]["new"], 0.66);
    let html = place.diff(&["a.html", "b.html", "--format", "html"]).expect(6).out;
    assert!(html.contains("its own values changed") && html.contains("Changed verdicts"));
    // A page that is not what its data give is told first, in words and lines of its own.
    let page = std::fs::read_to_string(place.path().join("b.html")).expect("a page");
    place.write("forged.html", &page.replacen("<p>", "<p>Clearly, ", 1));
    let said = place.diff(&["a.html", "forged.html"]).expect(6);
    assert!(said.out.lines().nth(1).is_some_and(|line| line.contains("BEWARE: forged.html")));
}

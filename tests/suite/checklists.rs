//! `report --checklist`: items with their official numbers, answered by what the input
//! bears out.

use std::path::Path;

use crate::csv::results;
use crate::program::run;

/// The lines of a filled checklist by item: state, answer, place.
fn filled(here: &Path, csv: &str, name: &str) -> Vec<[String; 4]> {
    std::fs::write(here.join("r.csv"), csv).expect("written");
    run(here, &["report", "r.csv", "--checklist", name]).expect(0).mentions(&["checklist: "]);
    let slug = match name {
        "TRIPOD+AI 2024" => "tripod-ai",
        other => other,
    };
    let path = here.join(format!("r.report.{slug}.csv"));
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| [0, 3, 4, 5].map(|at| row[at].to_string())).collect()
}

fn item<'a>(lines: &'a [[String; 4]], number: &str) -> &'a [String; 4] {
    lines.iter().find(|line| line[0] == number).expect(number)
}

#[test]
fn a_checklist_has_its_items_and_says_where_the_answers_stand() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    let lines = filled(here, &results(), "TRIPOD+AI 2024");
    assert_eq!(lines.len(), 52);
    let [_, state, answer, place] = item(&lines, "10");
    assert_eq!(state, "in part");
    assert!(answer.contains("Each mean rests on 4 seeds"), "{answer}");
    assert!(answer.contains("with 80 % power") && place.contains("Table"), "{answer} {place}");
    let [_, state, answer, _] = item(&lines, "11");
    assert!(state == "in part" && answer.contains("Every result that counts has a value"));
    // No probabilities, so no calibration; no patients, so no subgroups of them.
    assert!(item(&lines, "12e")[2].contains("the input has no probabilities to judge it by"));
    let [_, state, answer, _] = item(&lines, "23b");
    assert_eq!(state, "the authors have to say");
    assert!(answer.contains("the input has none"), "{answer}");
    for number in ["17", "18a", "19", "8a"] {
        assert_eq!(
            item(&lines, number)[1..3],
            ["the authors have to say", "The authors have to say."]
        );
    }
    // Every place is one of the page.
    let page = std::fs::read_to_string(here.join("r.report.html")).expect("a page");
    for [number, _, _, place] in &lines {
        for name in place.replace(" and ", ", ").split(", ").filter(|name| !name.is_empty()) {
            let (kind, at) = name.split_once(' ').expect("a name");
            let shown = match kind {
                "Section" => page.contains(&format!(">{at}</")),
                _ => page.contains(&format!(">{kind} {at}.</a>")),
            };
            assert!(shown, "{number}: {name} is not in the page");
        }
    }
    let markdown = std::fs::read_to_string(here.join("r.report.tripod-ai.md")).expect("a text");
    assert!(markdown.starts_with("# TRIPOD+AI 2024: ") && markdown.contains("| 27c |"));
    assert!(markdown.contains("Of 52 items"), "{markdown}");
}

#[test]
fn answers_follow_the_input() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    // A result without a value, and one seed alone.
    let csv = results().replacen("0.712", "", 1);
    let missing = filled(here, &csv, "claim-2024");
    assert_eq!(missing.len(), 44);
    let answer = &item(&missing, "12")[2];
    assert!(!answer.contains("every result that counts has a value"), "{answer}");
    assert!(
        answer.to_lowercase().contains("rest on fewer values")
            || answer.contains("without a value"),
        "{answer}"
    );
    let single: String = results()
        .lines()
        .filter(|line| line.contains("seed") || line.contains(",0,auc"))
        .map(|line| format!("{line}\n"))
        .collect();
    let single = filled(here, &single, "claim-2024");
    let [_, state, answer, _] = item(&single, "29");
    assert_eq!(state, "the authors have to say");
    assert!(answer.contains("one value of each"), "{answer}");
    assert!(
        item(&single, "21")[2].contains("Each mean rests on 1 seed."),
        "{:?}",
        item(&single, "21")
    );
    // Predictions of test cases: calibration, calls by truth, intervals over cases.
    let mut predictions = String::from("case,model,label,score\n");
    for case in 0..40i32 {
        for (model, shift) in [("a", 0.02), ("b", 0.03)] {
            let label = i32::from(case % 2 == 0) ^ i32::from(case % 5 == 0);
            let score = 0.3 + 0.01 * f64::from(case % 7) + shift * f64::from(label);
            predictions += &format!("p{case:02},{model},{label},{score:.3}\n");
        }
    }
    let cases = filled(here, &predictions, "stard-ai");
    assert_eq!(cases.len(), 48);
    let [_, state, answer, place] = item(&cases, "30");
    assert!(state == "answered" && place.contains("Figure"), "{answer} {place}");
    let answer = &item(&cases, "31")[2];
    assert!(answer.contains("calibration") && answer.contains("over cases"), "{answer}");
    assert!(!answer.contains("these intervals are over runs"), "{answer}");
}

#[test]
fn an_unknown_checklist_lists_what_there_is() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("r.csv"), results()).expect("written");
    for name in ["consort", "claim 2020", ""] {
        run(dir.path(), &["report", "r.csv", "--checklist", name]).expect(2).mentions(&[
            "tripod-ai (TRIPOD+AI 2024)",
            "claim-2024 (CLAIM 2024)",
            "stard-ai (STARD-AI 2025)",
        ]);
    }
    assert!(!dir.path().join("r.report.html").exists(), "nothing is written");
    run(dir.path(), &["report", "--published", "--checklist", "claim"]).expect(2);
}

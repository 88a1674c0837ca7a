use super::*;
use crate::data::{Case, Truth};
use crate::spec::Target;

/// Cases (split, patient, labels, value): a 2 x 2 image with that value in one
/// corner and 0 elsewhere.
type Row<'a> = (Split, &'a str, &'a [f32], u8);

fn dataset(target: Target, rows: &[Row<'_>]) -> Dataset {
    let cases = rows.iter().enumerate().map(|(i, &(split, patient, labels, _))| Case {
        id: format!("c{i}"),
        patient: patient.to_owned(),
        split,
        truth: Truth::from_numbers(target, 2, labels).expect("labels"),
    });
    let pixels = rows.iter().flat_map(|row| [row.3, 0, 0, 0]).collect();
    let classes = vec!["a".to_owned(), "b".to_owned()];
    Dataset::in_memory("t", classes, target, (2, 1), cases.collect(), pixels).expect("dataset")
}

use Split::{Test, Train, Val};

fn sound() -> Vec<Row<'static>> {
    vec![
        (Train, "p1", &[0.0], 1),
        (Train, "p2", &[1.0], 2),
        (Val, "p3", &[0.0], 3),
        (Val, "p4", &[1.0], 4),
        (Test, "p5", &[0.0], 5),
        (Test, "p6", &[1.0], 6),
    ]
}

fn found(rows: &[Row<'_>]) -> Vec<Finding> {
    check(&dataset(Target::Binary, rows))
}

fn has(findings: &[Finding], severity: Severity, text: &str) -> bool {
    findings.iter().any(|finding| finding.severity == severity && finding.text.contains(text))
}

#[test]
fn sound_data_have_no_findings() {
    assert_eq!(found(&sound()), []);
}

#[test]
fn duplicates_across_splits() {
    let mut rows = sound();
    rows.push((Test, "p7", &[1.0], 2));
    rows.push((Val, "p8", &[1.0], 2));
    let findings = found(&rows);
    assert!(has(
        &findings,
        Severity::Error,
        "1 images are in train and, pixel by pixel, in test too: c1 = c6"
    ));
    assert!(has(&findings, Severity::Warning, "in train and, pixel by pixel, in val too: c1 = c7"));
    assert!(has(&findings, Severity::Warning, "in val and, pixel by pixel, in test too: c7 = c6"));
    assert_eq!(findings[0].severity, Severity::Error, "worst first");
}

#[test]
fn duplicates_within_a_split_and_contradictions() {
    let mut rows = sound();
    rows.push((Train, "p7", &[0.0], 2));
    let findings = found(&rows);
    assert!(has(&findings, Severity::Note, "1 train images repeat another"));
    assert!(has(&findings, Severity::Warning, "with different labels: c1 = c6"));
}

#[test]
fn patients_in_two_splits() {
    let mut rows = sound();
    rows.push((Test, "p1", &[1.0], 7));
    let findings = found(&rows);
    assert!(has(
        &findings,
        Severity::Warning,
        "1 patients are in more than one split: p1 (train, test)"
    ));
}

#[test]
fn one_class_only() {
    let mut rows = sound();
    rows[5].2 = &[0.0];
    let findings = found(&rows);
    assert!(has(&findings, Severity::Warning, "class `b` has no test case: its AUC is undefined"));
    assert!(has(&findings, Severity::Warning, "every test case is of class `a`"));
    let mut rows = sound();
    rows[1].2 = &[0.0];
    assert!(has(&found(&rows), Severity::Error, "class `b` has no train case"));
}

#[test]
fn multi_label_classes_without_positives_or_negatives() {
    let rows: Vec<Row<'_>> = vec![
        (Train, "1", &[1.0, 0.0], 1),
        (Train, "2", &[0.0, 0.0], 2),
        (Val, "3", &[1.0, 1.0], 3),
        (Val, "4", &[0.0, 0.0], 4),
        (Test, "5", &[1.0, 1.0], 5),
        (Test, "6", &[1.0, 0.0], 6),
    ];
    let findings = check(&dataset(Target::MultiLabel, &rows));
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(has(&findings, Severity::Error, "class `b` has no train case"));
    assert!(has(&findings, Severity::Warning, "every test case is of class `a`: its AUC"));
}

#[test]
fn constant_images_and_empty_splits() {
    let mut rows = sound();
    rows[0].3 = 0;
    assert!(has(&found(&rows), Severity::Warning, "1 images are one flat color: c0"));
    assert!(has(&found(&sound()[..4]), Severity::Error, "there are no test cases"));
    let no_val: Vec<Row<'_>> = sound().into_iter().filter(|row| row.0 != Val).collect();
    assert!(has(&found(&no_val), Severity::Warning, "there are no val cases"));
}

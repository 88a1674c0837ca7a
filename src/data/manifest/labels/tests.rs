use std::fs;
use std::path::Path;

use super::*;
use crate::data::truth::Label;
use crate::spec::LabelPolicy::{Error, Ignore, Ones, Zeros};
use crate::spec::{LabelPolicy, SoftLabel, Source, Task};

/// A task whose manifest holds a text; rows are given images `0`, `1`, ....
fn task(target: Target, labels: &[&str]) -> Task {
    Task {
        labels: labels.iter().map(ToString::to_string).collect(),
        ..Task::new(Source::Manifest, target)
    }
}

fn encoded(task: &Task, text: &str) -> Result<Encoded, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("m.csv");
    fs::write(&path, text).expect("written");
    let shown =
        |error: DataError| error.to_string().replace(&format!("{}/", folder.path().display()), "");
    let table = Table::read(Path::new(&path)).map_err(shown)?;
    let columns: Vec<usize> = (task.labels.iter())
        .map(|name| table.column(name, "labels"))
        .collect::<Result<_, _>>()
        .map_err(shown)?;
    encode(task, &table, &columns).map_err(shown)
}

/// One column `y` of cells.
fn column(cells: &[&str]) -> String {
    let rows: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\",x\n")).collect();
    format!("y,z\n{}", rows.concat())
}

#[allow(clippy::unnecessary_wraps)]
fn one(index: usize) -> Option<Truth> {
    Some(Truth::Class(index))
}

#[allow(clippy::unnecessary_wraps)]
fn each(labels: &[i8]) -> Option<Truth> {
    let label = |&label: &i8| match label {
        0 | 1 => Label::Known(label == 1),
        7 => Label::Soft(0.7),
        _ => Label::Unknown,
    };
    Some(Truth::Classes(labels.iter().map(label).collect()))
}

#[test]
fn numbers_other_than_0_and_1_are_asked_about() {
    let text = column(&["1", "2", "1"]);
    let error = encoded(&task(Target::Binary, &["y"]), &text).expect_err("asked");
    assert!(error.contains("`y` is `2`, expected 0 or 1"), "{error}");
    assert!(error.contains("positive = \"1\" or positive = \"2\""), "{error}");
    let stated = Task { positive: Some("1".into()), ..task(Target::Binary, &["y"]) };
    let got = encoded(&stated, &column(&["1", "2.0", "2"])).expect("stated");
    assert_eq!(
        (got.classes, got.truths),
        (vec!["2".into(), "1".into()], vec![one(1), one(0), one(0)])
    );
}

#[test]
fn the_positive_class_is_told_or_asked() {
    let binary = task(Target::Binary, &["y"]);
    for (cells, classes) in [
        (["benign", "malignant", "benign"], ["benign", "malignant"]),
        (["normal", "COVID", "Normal"], ["normal", "COVID"]),
        (["True", "False", "true"], ["False", "True"]),
        (["yes", "no", "yes"], ["no", "yes"]),
    ] {
        let got = encoded(&binary, &column(&cells)).expect(cells[0]);
        assert_eq!(
            got.classes.iter().map(|c| c.to_lowercase()).collect::<Vec<_>>(),
            classes.map(str::to_lowercase)
        );
        let told = format!("`{}` is the positive class", got.classes[1]);
        assert!(got.notes.iter().any(|note| note.contains(&told)), "{:?}", got.notes);
    }
    let error = encoded(&binary, &column(&["cyst", "polyp", "cyst"])).expect_err("asked");
    assert!(error.contains("positive = \"cyst\" or positive = \"polyp\""), "{error}");
}

#[test]
fn blanks_and_minus_one_follow_the_stated_policy() {
    let text = "a,b\n1.0,\n0.0,1.0\n-1.0,0.0\n,-1\n";
    let with =
        |uncertain, blank| Task { uncertain, blank, ..task(Target::MultiLabel, &["a", "b"]) };
    let truths = |uncertain, blank| encoded(&with(uncertain, blank), text).map(|got| got.truths);
    let rows = |third: [i8; 2], first: [i8; 2], last: [i8; 2]| {
        vec![each(&first), each(&[0, 1]), each(&third), each(&last)]
    };
    assert_eq!(truths(Zeros, None).expect("zeros"), rows([0, 0], [1, 0], [0, 0]));
    // What nobody mentioned is not what somebody suspected.
    assert_eq!(truths(Ones, None).expect("ones"), rows([1, 0], [1, 0], [0, 1]));
    assert_eq!(truths(Ones, Some(Ignore)).expect("both"), rows([1, 0], [1, -1], [-1, 1]));
    let mut ignored = rows([-1, 0], [1, -1], [0, 0]);
    ignored[3] = None;
    assert_eq!(truths(Ignore, None).expect("ignore"), ignored);
    let error = truths(Error, None).expect_err("asked");
    assert!(
        error.starts_with("m.csv:4:1: `a` is `-1.0`, expected 0 or 1 (in this row)"),
        "{error}"
    );
    assert!(error.contains("uncertain = \"ones\", \"zeros\", \"ignore\" or \"soft\""), "{error}");
    let error = truths(Ones, Some(Error)).expect_err("asked");
    assert!(error.contains("`a` is empty") && error.contains("blank = \"zeros\""), "{error}");
    let notes = encoded(&with(Ones, None), text).expect("ones").notes.join("\n");
    for part in [
        "1 uncertain (-1) labels of `a` count as 1 (`uncertain = \"ones\"`)",
        "1 blank labels of `b` count as 0",
        "is not for blanks",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let notes = encoded(&with(Ignore, None), text).expect("ignore").notes.join("\n");
    assert!(notes.contains("1 of 4 rows have no label at all and are left out"), "{notes}");
}

#[test]
fn uncertain_labels_may_be_soft_and_blank_ones_are_not() {
    let text = "a,b\n1.0,\n0.0,u\n-1.0,0.0\n,-1\n?,uncertain\n";
    let soft = LabelPolicy::Soft(SoftLabel::DEFAULT);
    let with = |blank| Task { uncertain: soft, blank, ..task(Target::MultiLabel, &["a", "b"]) };
    let got = encoded(&with(None), text).expect("soft");
    let rows = [[1, 0], [0, 7], [7, 0], [0, 7], [7, 7]];
    assert_eq!(got.truths, rows.map(|row| each(&row)));
    let notes = got.notes.join("\n");
    for part in [
        "2 uncertain (-1) labels of `a` count as 0.7 in the loss of training and are left out of \
         validation and testing (`uncertain = { soft = 0.7 }`)",
        "1 blank labels of `b` count as 0 (`uncertain = { soft = 0.7 }` is not for blanks",
    ] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let got = encoded(&with(Some(Ignore)), text).expect("soft");
    let rows = [[1, -1], [0, 7], [7, 0], [-1, 7], [7, 7]];
    assert_eq!(got.truths, rows.map(|row| each(&row)), "a row with a soft label teaches");
    let list = Task { uncertain: soft, ..task(Target::MultiLabel, &["y"]) };
    let error = encoded(&list, &column(&["Mass|Edema", "-1", "Mass"])).expect_err("no label named");
    assert!(error.contains("count as a soft label") && error.contains(":3:1"), "{error}");
    for target in [Target::Binary, Target::MultiClass] {
        let one = Task { uncertain: soft, ..task(target, &["y"]) };
        let error = encoded(&one, &column(&["0", "1", "-1"])).expect_err("one class");
        assert!(error.contains("set target = \"multi-label\""), "{error}");
    }
}

#[test]
fn one_class_cells_that_say_nothing_are_left_out_or_asked_about() {
    for (target, cells) in [
        (Target::Binary, ["0", "1", "-1", "u"]),
        (Target::MultiClass, ["0", "2", "-1", ""]),
        (Target::MultiClass, ["cat", "dog", "", "N/A"]),
    ] {
        let error = encoded(&task(target, &["y"]), &column(&cells)).expect_err("asked");
        assert!(error.contains("ignore"), "{cells:?}: {error}");
        let ignore = Task { uncertain: LabelPolicy::Ignore, ..task(target, &["y"]) };
        let got = encoded(&ignore, &column(&cells)).expect("ignored");
        assert_eq!(got.truths, [one(0), one(1), None, None], "{cells:?}");
        assert_eq!(got.classes.len(), 2, "{cells:?}");
    }
    // A scale that goes below -1 has -1 on it; a word may name a class.
    let scale =
        encoded(&task(Target::MultiClass, &["y"]), &column(&["-2", "-1", "0"])).expect("a scale");
    assert_eq!(scale.classes, ["-2", "-1", "0"]);
    let words = encoded(&task(Target::MultiClass, &["y"]), &column(&["nevus", "unknown", "nevus"]));
    assert_eq!(words.expect("words").classes, ["nevus", "unknown"]);
    let named = Task { classes: vec!["a".into(), "NA".into()], ..task(Target::MultiClass, &["y"]) };
    assert_eq!(encoded(&named, &column(&["a", "NA"])).expect("named").truths, [one(0), one(1)]);
}

#[test]
fn spellings_of_a_class_are_one_class_and_told() {
    let got = encoded(
        &task(Target::MultiClass, &["y"]),
        &column(&["normal", "Normal", "pneumonia", "normal"]),
    );
    let got = got.expect("joined");
    assert_eq!(got.classes, ["normal", "pneumonia"]);
    assert_eq!(got.truths, [one(0), one(0), one(1), one(0)]);
    assert!(
        got.notes.iter().any(|note| note.contains("`normal` (2) and `Normal` (1) are one class")),
        "{:?}",
        got.notes
    );
    let stated = Task {
        classes: vec!["Pneumonia".into(), "normal".into()],
        ..task(Target::MultiClass, &["y"])
    };
    let got = encoded(&stated, &column(&["Normal", "pneumonia"])).expect("by form");
    assert_eq!(got.truths, [one(1), one(0)]);
}

#[test]
fn gaps_in_class_numbers_are_told() {
    let got =
        encoded(&task(Target::MultiClass, &["y"]), &column(&["1", "2", "4"])).expect("numbers");
    assert_eq!(got.classes, ["1", "2", "4"]);
    assert!(got.notes.iter().any(|n| n.contains("have gaps: `1`, `2`, `4`")), "{:?}", got.notes);
    assert!(
        encoded(&task(Target::MultiClass, &["y"]), &column(&["1", "2", "3"]))
            .expect("n")
            .notes
            .is_empty()
    );
}

#[test]
fn lists_are_several_labels() {
    let cells = ["No Finding", "Effusion", "Effusion|Mass", "Mass ", "mass|Effusion"];
    let many = task(Target::MultiLabel, &["y"]);
    let got = encoded(&many, &column(&cells)).expect("lists");
    assert_eq!(got.classes, ["Effusion", "Mass"]);
    let expected = [each(&[0, 0]), each(&[1, 0]), each(&[1, 1]), each(&[0, 1]), each(&[1, 1])];
    assert_eq!(got.truths, expected);
    let notes = got.notes.join("\n");
    assert!(notes.contains("holds lists of labels: `Effusion` (3), `Mass` (3)"), "{notes}");
    assert!(notes.contains("`No Finding` (1) in `y` stands for none"), "{notes}");
    for cells in [["Effusion;Mass", "Mass", "normal"], ["['Effusion', 'Mass']", "['Mass']", "[]"]] {
        let got = encoded(&many, &column(&cells)).expect(cells[0]);
        assert_eq!(got.classes, ["Effusion", "Mass"]);
        assert_eq!(got.truths, [each(&[1, 1]), each(&[0, 1]), each(&[0, 0])], "{cells:?}");
    }
    let stated = |classes: &[&str]| Task {
        classes: classes.iter().map(ToString::to_string).collect(),
        ..task(Target::MultiLabel, &["y"])
    };
    let got = encoded(&stated(&["Mass", "Nodule"]), &column(&cells)).expect("a part");
    assert_eq!(got.truths[2], each(&[1, 0]));
    assert!(got.notes.iter().any(|n| n.contains("ignored: `Effusion` (3)")), "{:?}", got.notes);
    let error = encoded(&stated(&["Mass", "Efusion"]), &column(&cells)).expect_err("a slip");
    assert!(error.contains("did you mean `Effusion`?"), "{error}");
    let got = encoded(&stated(&["a", "b", "c"]), &column(&["0|2", "1", "2"])).expect("indices");
    assert_eq!(got.truths, [each(&[1, 0, 1]), each(&[0, 1, 0]), each(&[0, 0, 1])]);
    let error = encoded(&task(Target::MultiClass, &["y"]), &column(&cells)).expect_err("lists");
    assert!(
        error.contains("several labels in one cell") && error.contains("multi-label"),
        "{error}"
    );
}

#[test]
fn words_are_labels_of_columns_too() {
    let text = "a,b\nyes,no\nTrue,FALSE\npositive,absent\n";
    let got = encoded(&task(Target::MultiLabel, &["a", "b"]), text).expect("words");
    assert_eq!(got.truths, [each(&[1, 0]), each(&[1, 0]), each(&[1, 0])]);
}

#[test]
fn a_column_per_class_has_one_1_in_each_row() {
    let text = "MEL,NV,BCC\n1.0,0.0,0.0\n0,0,1\n0,1,0\n";
    let hot = task(Target::MultiClass, &["MEL", "NV", "BCC"]);
    let got = encoded(&hot, text).expect("one-hot");
    assert_eq!(got.classes, ["MEL", "NV", "BCC"]);
    assert_eq!(got.truths, [one(0), one(2), one(1)]);
    for (row, count) in [("1,1,0", "2 labels"), ("0,0,0", "0 labels")] {
        let error = encoded(&hot, &format!("MEL,NV,BCC\n1,0,0\n{row}\n")).expect_err(row);
        assert!(error.starts_with("m.csv:3:3:") && error.contains(count), "{error}");
    }
    let error = encoded(&hot, "MEL,NV,BCC\n1,0,0\n0.5,0.5,0\n").expect_err("soft");
    assert!(error.starts_with("m.csv:3:1: `MEL` is `0.5`, expected 0 or 1"), "{error}");
    let two = task(Target::Binary, &["malignant", "benign"]);
    let got = encoded(&two, "malignant,benign\n1,0\n0,1\n").expect("two columns");
    assert_eq!(
        (got.classes, got.truths),
        (vec!["benign".into(), "malignant".into()], vec![one(1), one(0)])
    );
}

#[test]
fn a_manifest_without_any_label_is_an_error() {
    let ignore = Task { uncertain: LabelPolicy::Ignore, ..task(Target::MultiLabel, &["y"]) };
    let error = encoded(&ignore, &column(&["-1", "", "-1"])).expect_err("nothing");
    assert!(error.contains("no label in any row"), "{error}");
}

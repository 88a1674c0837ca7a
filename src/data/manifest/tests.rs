use std::fs;

use tempfile::TempDir;

use super::*;
use crate::spec::{Source, Target};

fn task(folder: &TempDir, text: impl AsRef<[u8]>, target: Target, labels: &[&str]) -> Task {
    let path = folder.path().join("m.csv");
    fs::write(&path, text).expect("write");
    Task {
        path: Some(path),
        labels: labels.iter().map(ToString::to_string).collect(),
        ..Task::new(Source::Manifest, target)
    }
}

fn good(text: &str, target: Target, labels: &[&str]) -> Manifest {
    let folder = tempfile::tempdir().expect("folder");
    read("t", &task(&folder, text, target, labels)).expect("manifest")
}

/// The message without the folder.
fn bad(text: impl AsRef<[u8]>, target: Target, labels: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let error = read("t", &task(&folder, text, target, labels)).expect_err("error").to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

fn truths(manifest: &Manifest) -> Vec<&Truth> {
    manifest.rows.iter().map(|row| &row.truth).collect()
}

/// The class of each row of a target with one.
fn classes(manifest: &Manifest) -> Vec<usize> {
    let of = |row: &Row| (0..manifest.classes.len()).find(|&class| row.truth.has(class));
    manifest.rows.iter().filter_map(of).collect()
}

#[test]
fn binary_numbers() {
    let m = good("image,tb\na.png,0\nb.png,1.0\n", Target::Binary, &["tb"]);
    assert_eq!(m.classes, ["no tb", "tb"]);
    assert_eq!(classes(&m), [0, 1]);
    assert_eq!(m.rows[1].id, "b.png");
    assert_eq!(m.rows[1].patient, "b.png");
    assert_eq!(m.rows[1].line, 3);
    assert_eq!(m.notes.len(), 2, "{:?}", m.notes);
    let vague = good("image,label\na.png,0\nb.png,1\n", Target::Binary, &["label"]);
    assert_eq!(vague.classes, ["0", "1"]);
}

#[test]
fn binary_words() {
    let text = "image,x\na,sick\nb,healthy\n";
    let m = good(text, Target::Binary, &["x"]);
    assert_eq!(m.classes, ["healthy", "sick"]);
    assert_eq!(classes(&m), [1, 0]);
    assert!(m.notes.iter().any(|note| note.contains("`sick` is the positive class")));

    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&folder, text, Target::Binary, &["x"]);
    task.classes = vec!["sick".into(), "healthy".into()];
    assert_eq!(classes(&read("t", &task).expect("manifest")), [0, 1]);
}

#[test]
fn multi_class_by_words_numbers_and_names() {
    let m = good("image,y\na,cat\nb,ant\nc,cat\n", Target::MultiClass, &["y"]);
    assert_eq!(m.classes, ["ant", "cat"]);
    assert_eq!(classes(&m), [1, 0, 1]);
    let m = good("image,y\na,10\nb,9\nc,10.0\n", Target::MultiClass, &["y"]);
    assert_eq!(m.classes, ["9", "10"]);
    assert_eq!(classes(&m), [1, 0, 1]);

    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&folder, "image,y\na,b\nb,2\nc,a\n", Target::MultiClass, &["y"]);
    task.classes = vec!["a".into(), "b".into(), "c".into()];
    assert_eq!(classes(&read("t", &task).expect("manifest")), [1, 2, 0]);
}

#[test]
fn multi_label_columns_in_the_order_of_the_task() {
    let m = good("image,p,q\na,0,1\nb,1,1\n", Target::MultiLabel, &["q", "p"]);
    assert_eq!(m.classes, ["q", "p"]);
    let expected = [[true, false], [true, true]].map(Truth::of_each);
    assert_eq!(truths(&m), expected.each_ref());
}

#[test]
fn dialects() {
    let expected = good("image,y,split\na b.png,1,test\nc,0,train\n", Target::Binary, &["y"]);
    for text in [
        "\u{feff}image,y,split\r\na b.png,1,test\r\nc,0,train\r\n",
        "image;y;split\na b.png;1;test\nc;0;train",
        "image\ty\tsplit\na b.png\t1\tTEST\nc\t0\tTraining\n",
        "\"image\" , y , split \n\"a b.png\", 1 ,testing\n\nc,0,train\n\n",
    ] {
        let m = good(text, Target::Binary, &["y"]);
        assert_eq!(truths(&m), truths(&expected), "{text:?}");
        let plain = |m: &Manifest| -> Vec<(String, Option<Split>)> {
            m.rows.iter().map(|row| (row.id.clone(), row.split)).collect()
        };
        assert_eq!(plain(&m), plain(&expected), "{text:?}");
    }
}

#[test]
fn lines_are_those_of_the_file() {
    for text in ["image,y\na,0\n\n\nb,2\n", "image,y\r\na,0\r\n\r\n\r\nb,2\r\n"] {
        let error = bad(text, Target::Binary, &["y"]);
        assert!(error.starts_with("m.csv:5:2: `y` is `2`, expected 0 or 1"), "{error}");
    }
    let error = bad("image,y\n\"a\nx\",0\nb,2\n", Target::Binary, &["y"]);
    assert!(error.starts_with("m.csv:4:2:"), "{error}");
}

#[test]
fn missing_columns_are_named_with_what_there_is() {
    let error = bad("image,lable\na,0\n", Target::Binary, &["label"]);
    assert_eq!(
        error,
        "m.csv: has no column `label` (asked for by `labels`); its columns are `image`, `lable`; \
         did you mean `lable`?"
    );
    let error = bad("file,y\na,0\n", Target::Binary, &["y"]);
    assert!(error.contains("no column `image` (asked for by `image_column`)"), "{error}");
    let error = bad("image,y\na,0\n", Target::Binary, &[]);
    assert!(error.contains("names 0 columns") && error.contains("`y`"), "{error}");
    let error = bad("image,y,y\na,0,1\n", Target::Binary, &["y"]);
    assert!(error.contains("names column \"y\" twice"), "{error}");
}

#[test]
fn a_default_column_may_be_missing_another_may_not() {
    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&folder, "image,y,PatientID\na,0,7\nb,1,7\n", Target::Binary, &["y"]);
    let error = read("t", &task).expect_err("a near name").to_string();
    assert!(error.contains("split.patient_column = \"PatientID\""), "{error}");
    assert!(error.contains("split.patient_column = \"none\""), "{error}");
    task.split.patient_column = "none".into();
    let m = read("t", &task).expect("manifest");
    assert!(m.patient_column.is_none() && m.rows[0].patient == "a");
    assert!(m.notes.iter().any(|n| n.contains("no column names the patient")), "{:?}", m.notes);
    task.split.patient_column = "PatientID".into();
    assert_eq!(read("t", &task).expect("manifest").rows[0].patient, "7");
    task.split.patient_column = "patient".into();
    let error = read("t", &task).expect_err("column").to_string();
    assert!(error.contains("no column `patient` (asked for by `split.patient_column`)"), "{error}");
}

#[test]
fn bad_cells_are_named_with_line_and_column() {
    for (text, target, expected) in [
        ("image,y\na,0\nb,\n", Target::Binary, "m.csv:3:2: `y` is empty"),
        ("image,y\na,0\nb,sick\n", Target::Binary, "m.csv:3:2: `y` is `sick`, expected 0 or 1"),
        ("image,y\na,0\n,1\n", Target::Binary, "m.csv:3:1: `image` is empty"),
        ("image,y\na,0\nb,-1\n", Target::MultiLabel, "m.csv:3:2: `y` is `-1`, expected 0 or 1"),
        ("image,y\na,0\nb,nan\n", Target::MultiLabel, "m.csv:3:2: `y` is `nan`, expected 0 or 1"),
        ("image,y\na,0\nb,1\nc,x\n", Target::MultiClass, "m.csv:4:2: `y` is `x`, expected a whole"),
        ("image,y\na,1\nb,2\nc,.5\n", Target::MultiClass, "m.csv:4:2: `y` is `.5`, expected a"),
        ("image,y,patient_id\na,0,\n", Target::Binary, "m.csv:2:3: `patient_id` is empty"),
        ("image,y\na,0\nb\n", Target::Binary, "m.csv:3:1: has 1 cell, the header in line 1 has 2"),
        (
            "image,y,split\na,0,trian\n",
            Target::Binary,
            "m.csv:2:3: unknown split `trian`, expected train, val or test; did you mean `train`?",
        ),
    ] {
        let error = bad(text, target, &["y"]);
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn unknown_classes_are_named() {
    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&folder, "image,y\na,cat\nb,dgo\n", Target::MultiClass, &["y"]);
    task.classes = vec!["cat".into(), "dog".into()];
    let error = read("t", &task).expect_err("class").to_string();
    assert!(error.contains(":3:2: `y` is `dgo`"), "{error}");
    assert!(error.contains("`cat`, `dog`"), "{error}");
    task.classes = vec!["cat".into(), "cat".into()];
    let error = read("t", &task).expect_err("classes").to_string();
    assert!(error.contains("has `cat` twice"), "{error}");
}

#[test]
fn wrong_numbers_of_classes_are_errors() {
    let error = bad("image,y\na,u\nb,v\nc,w\n", Target::Binary, &["y"]);
    assert!(error.contains("3 different values (`u`, `v`, `w`)"), "{error}");
    let error = bad("image,y\na,u\nb,u\n", Target::MultiClass, &["y"]);
    assert!(error.contains("`u` in every row"), "{error}");
}

#[test]
fn the_same_image_twice_is_an_error_with_lines() {
    let error = bad("image,y\na.png,0\nb.png,1\n./a.png,1\nx/../b.png,1\n", Target::Binary, &["y"]);
    assert_eq!(
        error,
        "m.csv: 2 images appear more than once; keep one row of each: a.png (lines 2, 4); b.png \
         (lines 3, 5)"
    );
}

#[test]
fn files_that_are_no_manifests() {
    assert!(bad("", Target::Binary, &["y"]).contains("is empty"));
    assert!(bad("image,y\n", Target::Binary, &["y"]).contains("no rows"));
    assert!(bad(b"\x89HDF\r\n\x1a\n", Target::Binary, &["y"]).contains("HDF5"));
    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&folder, "", Target::Binary, &["y"]);
    task.path = Some(folder.path().join("other.csv"));
    let error = read("t", &task).expect_err("missing").to_string();
    assert!(error.contains("cannot read manifest") && error.contains("other.csv"), "{error}");
    task.path = None;
    assert!(read("t", &task).expect_err("no path").to_string().contains("`path` is missing"));
}

#[test]
fn images_start_from_the_manifest_or_the_given_folder() {
    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&folder, "image,y\na.png,0\n", Target::Binary, &["y"]);
    assert_eq!(read("t", &task).expect("m").rows[0].file, folder.path().join("a.png"));
    task.images = Some("/pictures".into());
    assert_eq!(read("t", &task).expect("m").rows[0].file, Path::new("/pictures/a.png"));
}

#[test]
fn anything_is_read_or_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let failures = crate::table::fuzz::failures(|bytes| {
        for target in [Target::Binary, Target::MultiClass, Target::MultiLabel] {
            let _ = read("t", &task(&folder, bytes, target, &["label"]));
        }
        let _ = listed_images(&folder.path().join("m.csv"), "image");
    });
    assert!(failures.is_empty(), "inputs {failures:?}");
}

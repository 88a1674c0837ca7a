use std::fs;

use image::{GrayImage, Luma};

use super::*;
use crate::data::{check, prepare};
use crate::spec::Source;

/// Images of different content at some paths.
fn images(paths: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (index, path) in paths.iter().enumerate() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        let image = GrayImage::from_fn(24, 24, |x, y| {
            Luma([((x + 1) * (y + 3) * (index as u32 + 2) * 7 % 251) as u8])
        });
        image.save_with_format(&path, image::ImageFormat::Png).expect("saved");
    }
    folder
}

fn task(folder: &Path, target: Target) -> Task {
    Task { path: Some(folder.to_path_buf()), ..Task::new(Source::Folder, target) }
}

fn planned(task: &Task) -> Result<Plan, String> {
    let cache = tempfile::tempdir().expect("a folder");
    plan("t", task, cache.path()).map_err(|error| error.to_string())
}

#[test]
fn a_folder_per_class_is_a_data_set() {
    let folder =
        images(&["NORMAL/a.png", "PNEUMONIA/b.PNG", "NORMAL/deep/er/c", "PNEUMONIA/d.jpg"]);
    let plan = planned(&task(folder.path(), Target::Binary)).expect("a plan");
    assert_eq!(plan.classes, ["NORMAL", "PNEUMONIA"]);
    let rows: Vec<_> = plan.rows.iter().map(|row| (row.id.as_str(), row.truth.has(1))).collect();
    assert_eq!(
        rows,
        [
            ("NORMAL/a.png", false),
            ("NORMAL/deep/er/c", false),
            ("PNEUMONIA/b.PNG", true),
            ("PNEUMONIA/d.jpg", true)
        ]
    );
    assert!(plan.rows.iter().all(|row| row.split.is_none() && row.patient == row.id));
    let notes = plan.notes.join("\n");
    assert!(notes.contains("`PNEUMONIA` is the positive class"), "{notes}");
    assert!(notes.contains("every image counts as a patient"), "{notes}");
    let other = Task { positive: Some("normal".into()), ..task(folder.path(), Target::Binary) };
    assert_eq!(planned(&other).expect("a plan").classes, ["PNEUMONIA", "NORMAL"]);
}

#[test]
fn splits_are_folders_above_the_classes() {
    let paths = [
        "Training/glioma/1.png",
        "Training/notumor/1.png",
        "Training/pituitary/1.png",
        "Testing/glioma/1.png",
        "Testing/notumor/1.png",
        "Testing/pituitary/1.png",
        "val/glioma/x.png",
    ];
    let folder = images(&paths);
    let plan = planned(&task(folder.path(), Target::MultiClass)).expect("a plan");
    assert_eq!(plan.classes, ["glioma", "notumor", "pituitary"]);
    let count = |split| plan.rows.iter().filter(|row| row.split == Some(split)).count();
    assert_eq!([Split::Train, Split::Val, Split::Test].map(count), [3, 1, 3]);
    fs::create_dir(folder.path().join("extra")).expect("a folder");
    let error = planned(&task(folder.path(), Target::MultiClass)).map(|_| ()).expect_err("beside");
    assert!(error.contains("beside others (`extra`)"), "{error}");
}

#[test]
fn skipped_files_are_counted_by_reason() {
    let folder = images(&["a/1.png", "b/2.png", "a/3.png"]);
    for (name, text) in [
        ("a/.DS_Store", "x"),
        ("a/notes.txt", "text"),
        ("b/Thumbs.db", "x"),
        ("b/more.TXT", "text"),
        ("README", "text"),
        ("cover.png", "text"),
    ] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    fs::create_dir(folder.path().join("__MACOSX")).expect("a folder");
    let plan = planned(&task(folder.path(), Target::MultiClass)).expect("a plan");
    assert_eq!(plan.rows.len(), 3);
    let note = plan.notes.iter().find(|note| note.contains("skipped")).expect("a note");
    for part in [
        "7 files",
        "2 hidden",
        "2 that are no images (.txt)",
        "1 that are no images (.db)",
        "1 images in no folder of a class",
        "1 in no folder of a class",
    ] {
        assert!(note.contains(part), "{part}: {note}");
    }
}

#[test]
fn a_file_that_is_called_an_image_and_is_none_is_an_error() {
    let folder = images(&["a/1.png", "b/2.png"]);
    fs::write(folder.path().join("a/empty.jpg"), "").expect("written");
    fs::write(folder.path().join("b/page.PNG"), "<html>").expect("written");
    let error = planned(&task(folder.path(), Target::MultiClass)).map(|_| ()).expect_err("damaged");
    assert!(
        error.contains("a/empty.jpg is empty") && error.contains("b/page.PNG is not an image"),
        "{error}"
    );
}

#[test]
fn folders_that_are_no_data_set() {
    let folder = images(&["inner/train/a/1.png", "inner/test/b/1.png"]);
    let inner = planned(&task(&folder.path().join("inner"), Target::MultiClass));
    assert!(inner.is_ok(), "{:?}", inner.err());
    let error =
        planned(&task(folder.path(), Target::MultiClass)).map(|_| ()).expect_err("one class");
    assert!(error.contains("one folder of a class (`inner`)"), "{error}");
    let empty = tempfile::tempdir().expect("a folder");
    let error = planned(&task(empty.path(), Target::MultiClass)).map(|_| ()).expect_err("empty");
    assert!(error.contains("a folder per class"), "{error}");
    let error = planned(&task(&empty.path().join("no"), Target::MultiClass))
        .map(|_| ())
        .expect_err("missing");
    assert!(error.contains("cannot read folder"), "{error}");
    let three = images(&["a/1.png", "b/2.png", "c/3.png"]);
    let error = planned(&task(three.path(), Target::Binary)).map(|_| ()).expect_err("three");
    assert!(error.contains("3 folders of classes") && error.contains("multi-class"), "{error}");
    let two = images(&["cyst/1.png", "polyp/2.png"]);
    let error = planned(&task(two.path(), Target::Binary)).map(|_| ()).expect_err("asked");
    assert!(error.contains("positive = \"cyst\""), "{error}");
    let named = |classes: &[&str]| Task {
        classes: classes.iter().map(ToString::to_string).collect(),
        ..task(three.path(), Target::MultiClass)
    };
    assert_eq!(planned(&named(&["c", "a", "b"])).expect("named").classes, ["c", "a", "b"]);
    for (classes, part) in [
        (&["a", "b"][..], "`c`, which is none"),
        (&["a", "b", "c", "d"], "no folder of the class `d`"),
    ] {
        let error = planned(&named(classes)).map(|_| ()).expect_err("classes");
        assert!(error.contains(part), "{error}");
    }
}

/// The same image in two folders of classes, and a link that leads up.
#[cfg(unix)]
#[test]
fn a_whole_folder_is_prepared_and_checked() {
    let paths: Vec<String> = (0..30)
        .map(|i| format!("{}/{i}.png", if i % 2 == 0 { "benign" } else { "malignant" }))
        .collect();
    let folder = images(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    fs::copy(folder.path().join("benign/0.png"), folder.path().join("malignant/copy.png"))
        .expect("copied");
    let cache = tempfile::tempdir().expect("a folder");
    let task = task(folder.path(), Target::Binary);
    let data = prepare("t", &task, 32, cache.path(), &|_, _| {}).expect("prepared");
    assert_eq!(data.len(), 31);
    let findings = check(&data);
    let said: Vec<&str> = findings.iter().map(|f| f.text.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("different labels")), "{said:#?}");
    assert!(
        said.iter().any(|text| text.contains("`malignant` is the positive class")),
        "{said:#?}"
    );
    let facts = data.facts.expect("facts");
    assert!(facts.patient_column.is_none() && facts.patients == 31);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("benign/up")).expect("linked");
    let error = prepare("t", &task, 32, cache.path(), &|_, _| {})
        .map(|_| ())
        .expect_err("a circle")
        .to_string();
    assert!(error.contains("folders below that of its class"), "{error}");
}

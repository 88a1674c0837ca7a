//! Image data sets as people have them, through the program: what the reader
//! understood is said by the check, before training, and in the report.

use std::fs;
use std::path::{Path, PathBuf};

use image::{GrayImage, Luma};

use crate::program::{Said, run};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cases/data")
}

/// A folder with the files of a case and images beside them.
fn case(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let from = golden().join(name);
    copy(&from, dir.path());
    if !dir.path().join("img").exists() {
        copy(&golden().join("img"), &dir.path().join("img"));
    }
    dir
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(&source, &target).expect("copied");
        }
    }
}

/// Puts lines into the table of the task.
fn with(dir: &Path, file: &str, lines: &str) {
    let path = dir.join(file);
    let text = fs::read_to_string(&path).expect("a study");
    let text = text.replace("source = \"manifest\"", &format!("{lines}\nsource = \"manifest\""));
    fs::write(&path, text).expect("written");
}

fn check(dir: &Path, file: &str) -> Said {
    run(dir, &["data", "check", file])
}

/// Fails where any of the parts was said.
fn silent_on(said: Said, parts: &[&str]) -> Said {
    let all = format!("{}{}", said.out, said.err);
    for part in parts {
        assert!(!all.contains(part), "{part:?} is in: {all}");
    }
    said
}

/// Runs a study and gives what was said and its page.
fn run_and_report(dir: &Path, file: &str) -> (Said, String) {
    let said = run(dir, &["run", file, "--device", "cpu", "--threads", "1", "--output", "out"]);
    let said = said.expect(0);
    run(dir, &["report", "out"]).expect(0);
    (said, fs::read_to_string(dir.join("out/report.html")).expect("a page"))
}

#[test]
fn near_column_names_are_asked_about_and_what_was_understood_is_reported() {
    let dir = case("78-column-names");
    let here = dir.path();
    check(here, "study.toml")
        .expect(3)
        .mentions(&["split.patient_column = \"PatientID\"", "split.patient_column = \"none\""]);
    check(here, "split.toml").expect(3).mentions(&["split.column = \"Split\""]);
    run(here, &["run", "study.toml", "--device", "cpu"]).expect(3).mentions(&["PatientID"]);
    // With the line that was offered, patients stay together and the page says so.
    with(here, "study.toml", "split.patient_column = \"PatientID\"");
    silent_on(check(here, "study.toml").expect(0), &["patient of its own"]);
    let (_, page) = run_and_report(here, "study.toml");
    assert!(page.contains("cases of one patient (column `PatientID`) stay in one split"));
    // Without patients, neither says what was not looked at.
    let other = case("78-column-names");
    with(other.path(), "study.toml", "split.patient_column = \"none\"");
    let (said, page) = run_and_report(other.path(), "study.toml");
    let note = "no column names the patient: every image counts as a patient of its own";
    let before = said.err.find(note).or_else(|| said.out.find(note));
    assert!(before.is_some(), "{}{}", said.out, said.err);
    assert!(page.contains(note) && page.contains("patients are not told"));
    assert!(!page.contains("stay in one split") && !page.contains("stay in one set"));
    assert!(page.contains("cases were divided image by image"));
}

#[test]
fn words_that_look_like_patients_or_splits_are_told_from_those_that_do_not() {
    for (header, key) in [
        ("patient id", Some("split.patient_column = \"patient id\"")),
        ("Subject", Some("split.patient_column = \"Subject\"")),
        ("patientId", Some("split.patient_column = \"patientId\"")),
        ("Patient_No", Some("split.patient_column = \"Patient_No\"")),
        ("MRN", Some("split.patient_column = \"MRN\"")),
        ("Patient Age", None),
        ("Patient Gender", None),
        ("view", None),
    ] {
        let dir = case("78-column-names");
        let path = dir.path().join("m.csv");
        let text = fs::read_to_string(&path).expect("a manifest");
        fs::write(&path, text.replace("PatientID", header)).expect("written");
        let said = check(dir.path(), "study.toml");
        match key {
            Some(key) => said.expect(3).mentions(&[key]),
            None => said.expect(0).mentions(&["note: the manifest has no column `patient_id`"]),
        };
    }
    // Whatever its name, a column of nothing but splits is one.
    let dir = case("78-column-names");
    let path = dir.path().join("split.csv");
    let text = fs::read_to_string(&path).expect("a manifest");
    fs::write(&path, text.replace("Split", "subset")).expect("written");
    check(dir.path(), "split.toml").expect(3).mentions(&["split.column = \"subset\""]);
}

#[test]
fn dark_images_are_told_and_a_range_makes_them_bright() {
    let dir = case("83-dark16");
    let here = dir.path();
    check(here, "study.toml").expect(0).mentions(&[
        "come out dark",
        "range = \"auto\"",
        "range = [0, 4095]",
    ]);
    let (_, page) = run_and_report(here, "study.toml");
    assert!(page.contains("come out dark"));
    for range in ["\"auto\"", "[0, 4095]"] {
        let other = case("83-dark16");
        with(other.path(), "study.toml", &format!("range = {range}"));
        let said = check(other.path(), "study.toml").expect(0).mentions(&["4095"]);
        silent_on(said, &["come out dark"]);
    }
}

#[test]
fn label_forms_are_read_told_or_asked_about() {
    let dir = case("48-label-forms");
    let here = dir.path();
    for (file, code, parts) in [
        ("b12.toml", 3, &["positive = \"1\" or positive = \"2\""][..]),
        ("case.toml", 0, &["`Normal` (8) and `normal` (8) are one class", "2 classes"]),
        ("mal.toml", 0, &["`malignant` is the positive class", "malignant (12, positive)"]),
        ("norm.toml", 0, &["`COVID` is the positive class"]),
        ("one.toml", 0, &["have gaps: `1`, `2`, `4`"]),
        ("tf.toml", 0, &["`True` is the positive class"]),
    ] {
        check(here, file).expect(code).mentions(parts);
    }
    with(here, "b12.toml", "positive = \"2\"");
    check(here, "b12.toml").expect(0).mentions(&["`2` is the positive class"]);
}

#[test]
fn uncertain_and_blank_labels_need_a_stated_policy() {
    let dir = case("42-chexpert");
    let here = dir.path();
    for file in ["study.toml", "bin.toml", "bin3.toml", "multi.toml", "multi3.toml"] {
        check(here, file).expect(3).mentions(&["if that stands for", "\"ignore\""]);
        with(here, file, "uncertain = \"ignore\"");
        check(here, file).expect(0).mentions(&["are left out of loss and metrics"]);
    }
    let (_, page) = run_and_report(here, "study.toml");
    assert!(page.contains("labels of `Edema` are left out of loss and metrics"));
    assert!(page.contains("Predictions are left out") && page.contains("have no label of `Edema`"));
    let other = case("42-chexpert");
    with(other.path(), "study.toml", "uncertain = \"ones\"");
    check(other.path(), "study.toml")
        .expect(0)
        .mentions(&["count as 1", "blank labels of `Edema` count as 0"]);
}

#[test]
fn lists_of_labels_are_several_labels() {
    let dir = case("46-finding-labels");
    let here = dir.path();
    check(here, "study.toml").expect(0).mentions(&[
        "2 classes",
        "holds lists of labels: `Effusion` (12), `Mass` (12)",
        "`No Finding` (6) in `Finding Labels` stands for none of the labels",
    ]);
    check(here, "mc.toml").expect(3).mentions(&["several labels in one cell", "multi-label"]);
    check(here, "cols.toml").expect(3).mentions(&["labels = [\"Finding Labels\"]"]);
}

#[test]
fn patients_with_leading_zeros_are_one() {
    let dir = case("44-patient-zeros");
    check(dir.path(), "study.toml").expect(0).mentions(&[
        "12 patients are written in several ways",
        "`0` = `0000`",
        "6 patients are in more than one split",
    ]);
    let said = check(dir.path(), "auto.toml").expect(0).mentions(&["count as one each"]);
    silent_on(said, &["in more than one split"]);
}

/// A study of one manifest of given images and labels.
fn study(dir: &Path, task: &str) {
    let text = format!(
        "[study]\nname = \"s\"\nseeds = [0]\n[tasks.t]\n{task}\n[models.m]\nbackbone = \
         \"resnet8_cifar\"\n[inits.random]\nrandom = true\n[recipe]\nepochs = 1\nimage_size = 32\n"
    );
    fs::write(dir.join("study.toml"), text).expect("written");
}

/// An image that no other seed gives.
fn picture(seed: u32, side: u32) -> GrayImage {
    let (a, b, c) = (1 + seed % 5, 1 + seed / 5 % 7, f64::from(seed));
    GrayImage::from_fn(side, side, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(side), f64::from(y) / f64::from(side));
        let wave = (9.0 * x * f64::from(a) + c).sin() + (7.0 * y * f64::from(b) + 2.0 * c).cos();
        let spot = (-60.0 * ((x - 0.3).powi(2) + (y - (0.2 + 0.05 * f64::from(a))).powi(2))).exp();
        Luma([(128.0 + 45.0 * wave + 40.0 * spot) as u8])
    })
}

#[test]
fn a_folder_per_class_needs_no_manifest() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    for index in 0..40 {
        let split = if index < 28 { "train" } else { "test" };
        let class = if index % 2 == 0 { "NORMAL" } else { "PNEUMONIA" };
        let folder = here.join("xray").join(split).join(class);
        fs::create_dir_all(&folder).expect("a folder");
        picture(index, 40).save(folder.join(format!("{index}.png"))).expect("saved");
    }
    fs::write(here.join("xray/train/NORMAL/.DS_Store"), "x").expect("written");
    study(here, "source = \"folder\"\npath = \"xray\"\ntarget = \"binary\"");
    check(here, "study.toml").expect(0).mentions(&[
        "12 test, 2 classes",
        "PNEUMONIA (20, positive)",
        "1 files of the folder are skipped: 1 hidden",
        "the source has no val cases",
    ]);
    let (_, page) = run_and_report(here, "study.toml");
    assert!(page.contains("splits as in its folders"));
    assert!(page.contains("`PNEUMONIA` is the positive class"));
}

/// 20 training, 4 validation and 10 test images: one copied, one halved, one mirrored, one
/// compressed again.
fn leaking(dir: &Path) {
    let mut text = String::from("image,y,split,note\n");
    for index in 0..34_u32 {
        let split = match index {
            0..20 => "train",
            20..30 => "test",
            _ => "val",
        };
        let image = match index {
            26 => image::imageops::resize(
                &picture(1, 64),
                32,
                32,
                image::imageops::FilterType::Triangle,
            ),
            27 => image::imageops::flip_horizontal(&picture(2, 64)),
            other => picture(if other == 25 { 0 } else { other }, 64),
        };
        let name = format!("{index}.{}", if index == 28 { "jpg" } else { "png" });
        let image = if index == 28 { picture(3, 64) } else { image };
        image.save(dir.join(&name)).expect("saved");
        text.push_str(&format!("{name},{},{split},\"a, b\"\n", index % 2));
    }
    fs::write(dir.join("m.csv"), text).expect("written");
}

const MANIFEST: &str =
    "source = \"manifest\"\npath = \"m.csv\"\nlabels = [\"y\"]\ntarget = \"binary\"";

#[test]
fn copies_in_the_test_set_are_found_and_there_is_a_way_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    leaking(here);
    study(here, MANIFEST);
    let found = check(here, "study.toml").expect(3).mentions(&[
        "1 images are in train and, pixel by pixel, in test too: 0.png = 25.png",
        "duplicates = \"drop-from-train\"",
        "3 images of train are nearly the same as images of test",
        "1.png ~ 26.png",
        "2.png ~ 27.png (mirrored)",
        "3.png ~ 28.jpg",
    ]);
    drop(found);
    // A clean manifest keeps the test set and all columns.
    run(here, &["data", "check", "study.toml", "--write-clean", "clean/m.csv"])
        .expect(1)
        .mentions(&["there is no folder clean"]);
    run(here, &["data", "check", "study.toml", "--write-clean", "m.csv"])
        .expect(1)
        .mentions(&["is the manifest itself"]);
    let said = run(here, &["data", "check", "study.toml", "--write-clean", "clean.csv"]);
    said.expect(3).mentions(&[
        "4 training images that are in the test set left out (1 pixel by pixel, 3 nearly), 30 rows",
        "path = \"clean.csv\"",
    ]);
    let clean = fs::read_to_string(here.join("clean.csv")).expect("written");
    assert_eq!(clean.lines().filter(|line| line.contains(",test,")).count(), 10);
    assert!(clean.starts_with("image,y,split,note\n4.png,0,train,\"a, b\"\n"), "{clean}");
    study(here, &MANIFEST.replace("m.csv", "clean.csv"));
    silent_on(check(here, "study.toml").expect(0), &["in test too", "nearly the same"]);
}

/// Identities of the runs of a study folder.
fn runs(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir.join("out/runs"))
        .expect("runs")
        .map(|entry| entry.expect("a run").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn duplicates_are_dropped_or_allowed_as_the_study_states() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    leaking(here);
    study(here, &format!("{MANIFEST}\nduplicates = \"drop-from-train\""));
    check(here, "study.toml").expect(0).mentions(&[
        "4 images were left out of training because they are in the test set",
        "10 test",
    ]);
    let (_, page) = run_and_report(here, "study.toml");
    assert!(page.contains("4 images left out of training because they are in the test set"));
    let dropped = runs(here);
    fs::remove_dir_all(here.join("out")).expect("removed");
    study(here, &format!("{MANIFEST}\nduplicates = \"allow\""));
    check(here, "study.toml").expect(0).mentions(&["the study file allows it"]);
    let (_, page) = run_and_report(here, "study.toml");
    assert!(page.contains("the study file allows it; scores may be too high"));
    assert_ne!(runs(here), dropped);
}

#[test]
fn images_are_read_by_what_they_are() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    let tails = golden().join("40-jpeg-tail");
    let exif = golden().join("34-exif");
    let mut text = String::from("image,y,split\n");
    for index in 0..20 {
        picture(index, 32).save(here.join(format!("{index}.png"))).expect("saved");
        let split = if index < 14 { "train" } else { "test" };
        text.push_str(&format!("{index}.png,{},{split}\n", index % 2));
    }
    for name in ["a_plain.jpg", "b_motion.jpg", "c_dhav.jpg"] {
        fs::copy(tails.join(name), here.join(name)).expect("copied");
        text.push_str(&format!("{name},1,train\n"));
    }
    for name in ["b_exif6.jpg", "e_exif6.png"] {
        fs::copy(exif.join(name), here.join(name)).expect("copied");
        text.push_str(&format!("{name},0,train\n"));
    }
    fs::write(here.join("m.csv"), &text).expect("written");
    study(here, MANIFEST);
    check(here, "study.toml").expect(0).mentions(&[
        "2 of 25 images have a tag (EXIF) that says to turn or mirror them, which is not applied",
        "orientation = \"apply\"",
    ]);
    study(here, &format!("{MANIFEST}\norientation = \"apply\""));
    check(here, "study.toml").expect(0).mentions(&["2 of 25 images have a tag", "and were turned"]);
    study(here, MANIFEST);
    for name in ["d_no_eoi.jpg", "e_half.jpg", "f_half_then_tail.jpg"] {
        fs::copy(tails.join(name), here.join(name)).expect("copied");
        fs::write(here.join("m.csv"), format!("{text}{name},1,train\n")).expect("written");
        check(here, "study.toml").expect(3).mentions(&[name, "truncated JPEG"]);
    }
    fs::copy(golden().join("e_f32.tif"), here.join("e_f32.tif")).expect("copied");
    fs::write(here.join("m.csv"), format!("{text}e_f32.tif,1,train\n")).expect("written");
    check(here, "study.toml")
        .expect(3)
        .mentions(&["has floating-point pixels", "range = [LOW, HIGH]"]);
    study(here, &format!("{MANIFEST}\nrange = [0, 1]"));
    check(here, "study.toml").expect(0).mentions(&["0 is black, 1 is white"]);
}

#[test]
fn control_characters_of_names_do_not_reach_the_terminal() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path();
    fs::write(here.join("m.csv"), "image,y\na\u{1b}[31m.png,0\nb\0.png,1\nc.png,\u{7}no\n")
        .expect("written");
    study(here, MANIFEST);
    let said = check(here, "study.toml").expect(3);
    for text in [&said.out, &said.err] {
        assert!(!text.contains(['\u{1b}', '\0', '\u{7}']), "{text:?}");
    }
    fs::write(here.join("m.csv"), "image,y\na\u{1b}[31m.png,0\nb.png,1\n").expect("written");
    let said = check(here, "study.toml").expect(3).mentions(&["\\u{1b}"]);
    assert!(!said.err.contains(['\u{1b}', '\0']), "{:?}", said.err);
}

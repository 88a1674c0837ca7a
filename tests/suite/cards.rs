//! Dataset cards through the program: lists, checks, fetching, and studies whose
//! tasks are cards, of labels and of masks, from PNG and DICOM files.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use image::{GrayImage, Luma};

use crate::program::run;

fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, bytes).expect("written");
}

/// A DICOM file of 64 x 64 numbers of 12 bits with a bright half.
fn dicom(path: &Path, patient: &str, seed: u32) {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let mut put = |tag: [u16; 2], vr: &str, value: &[u8]| {
        file.extend(tag.iter().flat_map(|half| half.to_le_bytes()));
        file.extend(vr.bytes());
        let even = value.len().div_ceil(2) * 2;
        if vr == "OW" {
            file.extend([0, 0]);
            file.extend((even as u32).to_le_bytes());
        } else {
            file.extend((even as u16).to_le_bytes());
        }
        file.extend(value);
        file.extend(vec![0; even - value.len()]);
    };
    put([2, 0x10], "UI", b"1.2.840.10008.1.2.1");
    put([8, 0x60], "CS", b"DX");
    put([0x10, 0x10], "PN", b"Secret^Name");
    put([0x10, 0x20], "LO", patient.as_bytes());
    for (tag, value) in [(2, 1_u16), (0x10, 64), (0x11, 64), (0x100, 16), (0x101, 12), (0x102, 11)]
    {
        if tag == 0x10 {
            put([0x28, 4], "CS", b"MONOCHROME2");
        }
        put([0x28, tag], "US", &value.to_le_bytes());
    }
    put([0x28, 0x1050], "DS", b"2048");
    put([0x28, 0x1051], "DS", b"4096");
    let shade = |at: u32| {
        let bright = if at % 64 < 20 + seed % 20 { 2500 } else { 200 };
        (bright + (at * 31 + seed * 17) % 400) as u16
    };
    let pixels: Vec<u8> = (0..64 * 64).flat_map(|at| shade(at).to_le_bytes()).collect();
    put([0x7fe0, 0x10], "OW", &pixels);
    write(path, file);
}

/// Shenzhen's images with the benchmark's lists, and SIIM's files.
fn trees() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("shenzhen");
    for (list, range) in [("train", 1..13_u32), ("valid", 13..17), ("test", 17..25)] {
        let mut lines = String::new();
        for i in range {
            let name = format!("CHNCXR_{i:04}_{}.png", i % 2);
            let _ = writeln!(lines, "{name},{}", i % 2);
            let shade = |x: u32, y: u32| Luma([((x * (7 + i) + y * 13 + i * i * 3) % 251) as u8]);
            fs::create_dir_all(root.join("images")).expect("a folder");
            GrayImage::from_fn(64, 64, shade).save(root.join("images").join(name)).expect("saved");
        }
        write(&root.join(format!("ShenzenCXR_{list}_data.txt")), lines);
    }
    let root = dir.path().join("siim");
    let mut table = "ImageId, EncodedPixels\n".to_owned();
    for i in 0..20 {
        dicom(&root.join(format!("dicom-images-train/{i}/1.2.{i}.dcm")), &format!("P{}", i / 2), i);
        let _ = match i % 4 {
            0 => writeln!(table, "1.2.{i},-1"),
            _ => writeln!(table, "1.2.{i},10 20 44 20 44 20 44 20"),
        };
    }
    write(&root.join("train-rle.csv"), table);
    dir
}

#[test]
fn cards_are_listed_and_shown() {
    let dir = tempfile::tempdir().expect("a folder");
    let list = run(dir.path(), &["data", "list"]).expect(0).mentions(&[
        "chestxray14",
        "scr-clavicle",
        "pathmnist",
        "by hand",
    ]);
    assert_eq!(list.out.lines().count(), 25);
    run(dir.path(), &["data", "show", "shenzhen"]).expect(0).mentions(&[
        "labels: normal, tuberculosis",
        "662 images, 463 train, 65 val, 134 test",
        "card = \"shenzhen\"",
        "no checksum is published",
    ]);
    run(dir.path(), &["data", "show", "pathmnist"]).expect(0).mentions(&["MD5 a8b06965"]);
    run(dir.path(), &["data", "show", "shenzen"]).fails().mentions(&["did you mean `shenzhen`?"]);
    run(dir.path(), &["data", "fetch", "chexpert", "d"])
        .fails()
        .mentions(&["register on the page"]);
}

#[test]
fn a_folder_is_checked_against_its_card() {
    let dir = trees();
    let here = dir.path();
    run(here, &["data", "check", "shenzhen", "shenzhen"]).expect(3).mentions(&[
        "12 train, 4 val, 8 test",
        "normal (12), tuberculosis (12, positive)",
        "error: images: 24, expected 662",
        "error: train: 12, expected 463",
    ]);
    run(here, &["data", "check", "busi", "shenzhen"])
        .expect(3)
        .mentions(&["has none of its layouts", "missing benign, malignant, normal"]);
    run(here, &["data", "check", "shenzhen"]).fails().mentions(&["name the folder of its data"]);
    run(here, &["data", "check", "shenzhen", "nowhere"]).fails().mentions(&["no folder nowhere"]);
    // A leak between the lists, and a file that is no image.
    let list = here.join("shenzhen/ShenzenCXR_train_data.txt");
    let text = fs::read_to_string(&list).expect("read");
    fs::write(&list, format!("{text}CHNCXR_0017_1.png,1\n")).expect("written");
    run(here, &["data", "check", "shenzhen", "shenzhen"])
        .expect(3)
        .mentions(&["ShenzenCXR_train_data.txt:13", "ShenzenCXR_test_data.txt:1"]);
    fs::write(&list, text).expect("written");
    write(&here.join("shenzhen/images/CHNCXR_0003_1.png"), "no image");
    run(here, &["data", "check", "shenzhen", "shenzhen"])
        .expect(3)
        .mentions(&["CHNCXR_0003_1.png (", "ShenzenCXR_train_data.txt:3) is not an image file"]);
}

const STUDY: &str = r#"
[study]
name = "cards"
seeds = [1]

[parameters]
data = "."

[tasks.tb]
card = "shenzhen"
root = "${data}/shenzhen"

[tasks.pneumothorax]
card = "siim-acr"
root = "${data}/siim"
split.patient_column = "dicom:PatientID"

[models.mobilenet]
backbone = "mobilenet_v2"

[inits.random]
random = true

[recipe]
batch_size = 8
epochs = 1
image_size = 64
"#;

/// One epoch of labels and of masks; the page names nobody.
#[test]
fn a_study_of_cards_trains_and_reports() {
    let dir = trees();
    let here = dir.path();
    write(&here.join("study.toml"), STUDY);
    let args = ["run", "study.toml", "--device", "cpu", "--threads", "1", "--output", "out"];
    run(here, &args).expect(0);
    run(here, &["report", "out"]).expect(0);
    let page = fs::read_to_string(here.join("out/report.html")).expect("a page");
    // Numbers of a page stand in elements of their own.
    let mut words = String::new();
    for piece in page.split('<') {
        words.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    for part in ["DICOM images are shown:", "through their first window", "dicom:PatientID"] {
        assert!(words.contains(part), "{part}");
    }
    let mut files = vec![here.join("out")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).expect("list").flatten().map(|entry| entry.path()));
        } else {
            let bytes = fs::read(&path).expect("read");
            assert!(!bytes.windows(6).any(|part| part == b"Secret"), "{}", path.display());
        }
    }
    // The task as it was resolved, and not the card, names the runs.
    let study = fs::read_to_string(here.join("out/study.json")).expect("read");
    assert!(study.contains("siim-acr") && !study.contains("\"card\""), "{study}");
}

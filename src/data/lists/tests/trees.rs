//! A synthetic tree in each published layout, decoded as a study decodes it.

use image::{GrayImage, Luma};

use super::*;
use crate::data::dataset::Dataset;
use crate::data::dicom::tests::writer::{DataSet, Image, Style};
use crate::data::prepare;
use crate::spec::{OfFiles, RawSpec, SegmentationSpec, Spacing, card, card_task};

const SIDE: u32 = 32;

fn png(path: &Path, seed: u32) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    let noise = |x, y| Luma([((x * 7 + y * 13 + seed * 31) % 251) as u8]);
    GrayImage::from_fn(SIDE, SIDE, noise).save(path).expect("saved");
}

/// A mask with a square that is larger with each seed.
fn mask(path: &Path, seed: u32) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    let inside = |x, y| if x < 4 + seed % 8 && y < 5 { 255 } else { 0 };
    let mask = GrayImage::from_fn(SIDE, SIDE, |x, y| Luma([inside(x, y)]));
    if path.extension().is_some_and(|ending| ending == "gif") {
        let mask = image::DynamicImage::from(mask).to_rgba8();
        return mask.save(path).expect("saved");
    }
    mask.save(path).expect("saved");
}

fn dicom(path: &Path, patient: &str, seed: u16) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    let image = Image { rows: 32, columns: 32, ..Image::GREY16 };
    let values: Vec<u16> = (0..1024).map(|v| (v * 13 + seed * 97) % 4096).collect();
    let set = DataSet::new(Style::Explicit)
        .text((8, 0x60), "CS", "DX")
        .text((0x10, 0x20), "LO", patient)
        .text((0x18, 0x1164), "DS", "0.2\\0.1")
        .text((0x18, 0x5101), "CS", "PA")
        .image(&image)
        .text((0x28, 0x1050), "DS", "2048")
        .text((0x28, 0x1051), "DS", "4096")
        .numbers((0x7fe0, 0x10), "OW", &values);
    fs::write(path, set.file("1.2.840.10008.1.2.1")).expect("written");
}

fn text(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("written");
}

/// The data of a card in a folder.
fn of_card(id: &str, root: &Path) -> Dataset {
    let task = card_task(card(id).expect("a card"), root).expect("a task");
    let cache = tempfile::tempdir().expect("a folder");
    prepare(id, &task, SIDE, cache.path(), &|_, _| {})
        .unwrap_or_else(|error| panic!("{id}: {error}"))
}

fn splits(data: &Dataset) -> [usize; 3] {
    Split::ALL.map(|split| data.indices(split).len())
}

fn said(data: &Dataset, part: &str) -> bool {
    data.notes.iter().any(|note| note.contains(part))
}

#[test]
fn shenzhen() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let name = |i: u32| format!("CHNCXR_{i:04}_{}.png", i % 2);
    for (list, range) in [("train", 1..9), ("valid", 9..13), ("test", 13..17)] {
        let lines: String = range.clone().map(|i| format!("{},{}\n", name(i), i % 2)).collect();
        text(&root.join(format!("ShenzenCXR_{list}_data.txt")), &lines);
        range.for_each(|i| png(&root.join("images").join(name(i)), i));
    }
    let data = of_card("shenzhen", root);
    assert_eq!(splits(&data), [8, 4, 4]);
    assert_eq!(data.classes, ["normal", "tuberculosis"]);
}

#[test]
fn chestxray14_and_chexpert() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let row = "1 0 0 0 0 0 0 0 0 0 0 0 0 1";
    for (list, id) in [("train", 1), ("val", 2), ("test", 3)] {
        let name = format!("0000000{id}_000.png");
        text(&root.join(format!("Xray14_{list}_official.txt")), &format!("{name} {row}\n"));
        png(&root.join(format!("images_00{id}/images/{name}")), id);
    }
    let data = of_card("chestxray14", root);
    assert_eq!((splits(&data), data.classes.len()), ([1, 1, 1], 14));
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let image = |part: &str, id: u32| format!("{part}/patient0000{id}/study1/view1_frontal.jpg");
    let table = |part: &str, ids: std::ops::Range<u32>| {
        let rows = ids.map(|id| {
            png(&root.join(image(part, id).replace(".jpg", ".png")), id);
            fs::rename(
                root.join(image(part, id).replace(".jpg", ".png")),
                root.join(image(part, id)),
            )
            .expect("renamed");
            format!(
                "CheXpert-v1.0-small/{},F,6,Frontal,AP,,,1.0,,,-1.0,,,0.0,,{}.0,,,\n",
                image(part, id),
                id % 2
            )
        });
        format!("{CHEXPERT}{}", rows.collect::<String>())
    };
    text(&root.join("train.csv"), &table("train", 1..7));
    text(&root.join("valid.csv"), &table("valid", 7..9));
    let data = of_card("chexpert", root);
    assert_eq!(splits(&data), [5, 1, 2]);
    assert!(said(&data, "drawn once for each case and class"), "{:?}", data.notes);
    let Truth::Classes(judged) = &data.cases[data.indices(Split::Test)[0]].truth else {
        panic!("labels")
    };
    assert_eq!(judged[3], Label::Unknown, "an uncertain label does not judge");
}

/// A patient in two lists is found by the check.
#[test]
fn a_patient_in_two_lists_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let row = "1 0 0 0 0 0 0 0 0 0 0 0 0 1";
    for (list, name, seed) in
        [("train", "00000001_000", 1), ("val", "00000002_000", 2), ("test", "00000001_001", 3)]
    {
        text(&root.join(format!("Xray14_{list}_official.txt")), &format!("{name}.png {row}\n"));
        png(&root.join(format!("images/{name}.png")), seed);
    }
    let data = of_card("chestxray14", root);
    assert_eq!(data.facts.as_ref().expect("facts").straddling, 1);
    let found = crate::data::check(&data);
    let warned = found.iter().find(|finding| finding.text.contains("in more than one split"));
    let severity = warned.map(|finding| finding.severity);
    assert_eq!(severity, Some(crate::data::Severity::Warning), "{found:?}");
}

/// DICOM slices, by study, shown through their window.
#[test]
fn rsna_pe() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mut table =
        "StudyInstanceUID,SeriesInstanceUID,SOPInstanceUID,pe_present_on_image\n".to_owned();
    for study in 0..8_u16 {
        for slice in 0..2_u16 {
            let file = format!("s{study}/e{study}/i{slice}");
            dicom(&root.join("train").join(format!("{file}.dcm")), "x", study * 2 + slice);
            table += &format!("{},{}\n", file.replace('/', ","), slice);
        }
    }
    text(&root.join("train.csv"), &table);
    let data = of_card("rsna-pe", root);
    assert_eq!(data.len(), 16);
    assert!(
        said(&data, "16 DICOM images are shown: 16 through their first window"),
        "{:?}",
        data.notes
    );
    let facts = data.facts.as_ref().expect("facts");
    assert_eq!((facts.patients, facts.straddling), (8, 0));
}

#[test]
fn siim_acr() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mut table = "ImageId, EncodedPixels\n".to_owned();
    for image in 0..10_u16 {
        dicom(&root.join(format!("stage_2_images/{image}/1.2.{image}.dcm")), "x", image);
        table += &match image % 3 {
            0 => format!("1.2.{image},-1\n"),
            1 => format!("1.2.{image},33 4 28 4\n"),
            _ => format!("1.2.{image},0 3\n1.2.{image},100 5\n"),
        };
    }
    text(&root.join("stage_2_train.csv"), &table);
    let data = of_card("siim-acr", root);
    assert_eq!(data.len(), 10);
    let area = |id: &str| {
        let place = data.cases.iter().position(|case| case.id.ends_with(id)).expect("a case");
        let planes = data.original(place).expect("planes");
        let inside = planes.structure(0);
        (inside.iter().filter(|there| **there).count(), inside)
    };
    assert_eq!(area("1.2.0.dcm").0, 0);
    assert_eq!(area("1.2.2.dcm").0, 8);
    let (count, inside) = area("1.2.1.dcm");
    // The second column from the second pixel on, and the third.
    assert_eq!(count, 8);
    assert!(inside[32 + 1] && inside[4 * 32 + 1] && inside[32 + 2] && !inside[1]);
    // The size of a pixel as each file states it.
    assert_eq!(data.spacing(0), None);
    let cache = tempfile::tempdir().expect("a folder");
    let mut task = card_task(card("siim-acr").expect("a card"), root).expect("a task");
    let own = Spacing::OfFiles(OfFiles::Files);
    task.segmentation = Some(SegmentationSpec { spacing: Some(own), ..task.segmentation() });
    let stated = prepare("t", &task, SIDE, cache.path(), &|_, _| {}).expect("data");
    assert!((0..10).all(|case| stated.spacing(case) == Some([0.2, 0.1])));
    assert_ne!(stated.data_hash, data.data_hash);
    let bytes = fs::read(root.join("stage_2_images/3/1.2.3.dcm")).expect("read");
    let none = bytes.windows(7).position(|window| window == b"0.2\\0.1").expect("the tag");
    let bytes = [&bytes[..none], b"0.2    ", &bytes[none + 7..]].concat();
    fs::write(root.join("stage_2_images/3/1.2.3.dcm"), bytes).expect("written");
    let error = prepare("t", &task, SIDE, cache.path(), &|_, _| {}).expect_err("no width");
    let error = error.to_string();
    assert!(error.contains("1.2.3.dcm") && error.contains("ImagerPixelSpacing `0.2`"), "{error}");
}

#[test]
fn masks_of_montgomery_scr_and_busi() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for i in 0..8 {
        let name = format!("MCUCXR_000{i}_0.png");
        png(&root.join("CXR_png").join(&name), i);
        mask(&root.join("ManualMask/leftMask").join(&name), i);
        mask(&root.join("ManualMask/rightMask").join(&name), i + 1);
    }
    let data = of_card("montgomery", root);
    assert_eq!((data.len(), data.classes.as_slice()), (8, &["lungs".to_owned()][..]));
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for i in 0..8_u32 {
        let name = format!("{} ({i})", if i < 6 { "benign" } else { "normal" });
        let class = if i < 6 { "benign" } else { "normal" };
        png(&root.join(class).join(format!("{name}.png")), i);
        mask(&root.join(class).join(format!("{name}_mask.png")), i);
    }
    mask(&root.join("benign/benign (0)_mask_1.png"), 7);
    fs::create_dir_all(root.join("malignant")).expect("a folder");
    let data = of_card("busi", root);
    assert_eq!(data.len(), 8);
    assert!(said(&data, "1 images have several masks"));
    // JSRT's raw images with SCR's outlines of half the side.
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for i in 0..8_u32 {
        let raw: Vec<u8> = (0..64 * 64)
            .flat_map(|v: u32| ((v * 3 + i * 41) % 4096).to_be_bytes()[2..].to_vec())
            .collect();
        fs::create_dir_all(root.join("images")).expect("a folder");
        fs::write(root.join(format!("images/JPCLN00{i}.IMG")), raw).expect("written");
        let fold = 1 + i % 2;
        mask(&root.join(format!("fold{fold}/masks/heart/JPCLN00{i}.gif")), i);
    }
    let mut task = card_task(card("scr-heart").expect("a card"), root).expect("a task");
    let raw = task.raw.expect("raw");
    task.raw = Some(RawSpec { width: 64, height: 64, ..raw });
    let data = prepare("h", &task, SIDE, &root.join("cache"), &|_, _| {}).expect("data");
    assert_eq!(splits(&data), [3, 1, 4]);
}

#[test]
fn drive_with_its_field_of_view() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for (part, range) in [("training", 21..27), ("test", 1..4)] {
        for i in range {
            png(&root.join(format!("{part}/images/{i:02}_{part}.tif")), i);
            mask(&root.join(format!("{part}/1st_manual/{i:02}_manual1.gif")), i);
            mask(&root.join(format!("{part}/mask/{i:02}_{part}_mask.gif")), i + 2);
        }
    }
    let data = of_card("drive", root);
    assert_eq!(splits(&data), [5, 1, 3]);
    let planes = data.original(0).expect("planes");
    assert!(planes.bits().contains(&0), "outside of the field of view");
}

#[test]
fn mimic_and_vindr() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mut labels = "subject_id,study_id,Edema,Pneumonia\n".to_owned();
    let mut table = "dicom_id,study_id,subject_id,split\n".to_owned();
    for (i, split) in ["train", "train", "validate", "test"].iter().enumerate() {
        labels += &format!("1000{i},5{i},{}.0,\n", i % 2);
        table += &format!("abc{i},5{i},1000{i},{split}\n");
        png(&root.join(format!("files/p10/p1000{i}/s5{i}/abc{i}.png")), i as u32);
    }
    let packed = |name: &str, text: &str| {
        use std::io::Write as _;
        let file = fs::File::create(root.join(name)).expect("created");
        let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        gz.write_all(text.as_bytes()).expect("written");
        gz.finish().expect("closed");
    };
    packed("mimic-cxr-2.0.0-chexpert.csv.gz", &labels);
    packed("mimic-cxr-2.0.0-split.csv.gz", &table);
    let data = of_card("mimic-cxr", root);
    assert_eq!(
        (splits(&data), data.classes.as_slice()),
        ([2, 1, 1], &["Edema".to_owned(), "Pneumonia".into()][..])
    );
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for (list, ids) in [("train", ["0a", "0b"]), ("val", ["1a", "1b"]), ("test", ["2a", "2b"])] {
        let lines: String =
            ids.iter().map(|id| format!("{list}_jpeg/{id} 1 0 1 0 1 0 \n")).collect();
        text(&root.join(format!("{list}.txt")), &lines);
        for (i, id) in ids.iter().enumerate() {
            png(&root.join(format!("{list}_jpeg/{id}.png")), i as u32 + list.len() as u32 * 7);
        }
    }
    assert_eq!(splits(&of_card("vindr-cxr", root)), [2, 2, 2]);
}

/// A corrupt file among the training data is named with its list and line.
#[test]
fn a_corrupt_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mut table = "ImageId, EncodedPixels\n".to_owned();
    for image in 0..4_u16 {
        dicom(&root.join(format!("stage_2_images/1.2.{image}.dcm")), "x", image);
        table += &format!("1.2.{image},0 3\n");
    }
    text(&root.join("stage_2_train.csv"), &table);
    let task = card_task(card("siim-acr").expect("a card"), root).expect("a task");
    let fails = |part: &[&str]| {
        let error = prepare("t", &task, SIDE, &root.join("cache"), &|_, _| {});
        let error = error.expect_err("an error").to_string();
        for part in part {
            assert!(error.contains(part), "{error}\n{part}");
        }
    };
    let path = root.join("stage_2_images/1.2.1.dcm");
    let whole = fs::read(&path).expect("read");
    fs::write(&path, &whole[..whole.len() - 100]).expect("written");
    fails(&["1.2.1.dcm", "stage_2_train.csv:3", "is a truncated DICOM file"]);
    fs::write(&path, &whole).expect("written");
    text(&root.join("stage_2_train.csv"), &table.replace("1.2.2,0 3", "1.2.2,1020 5"));
    fails(&[
        "1.2.2.dcm",
        "stage_2_train.csv:4",
        "a run up to pixel 1025, but its image has 32 x 32",
    ]);
}

/// A patient's images stay together by a tag, and nobody is named.
#[test]
fn patients_of_dicom_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mut table = "image,y\n".to_owned();
    for image in 0..12_u16 {
        dicom(&root.join(format!("{image}.dcm")), &format!("SECRET^{}", image / 2), image);
        table += &format!("{image}.dcm,{}\n", image % 2);
    }
    text(&root.join("m.csv"), &table);
    let mut task = Task {
        path: Some(root.join("m.csv")),
        labels: vec!["y".into()],
        ..Task::new(Source::Manifest, Target::Binary)
    };
    let data = |task: &Task| prepare("t", task, SIDE, &root.join("cache"), &|_, _| {});
    let without = data(&task).expect("data");
    assert!(
        said(&without, "write split.patient_column = \"dicom:PatientID\""),
        "{:?}",
        without.notes
    );
    task.split.patient_column = "dicom:PatientID".into();
    let with = data(&task).expect("data");
    let facts = with.facts.as_ref().expect("facts");
    assert_eq!((facts.patients, facts.straddling), (6, 0));
    assert_eq!(facts.patient_column.as_deref(), Some("dicom:PatientID"));
    assert!(with.cases.iter().all(|case| case.patient.starts_with("dicom-")));
    // Neither the cache nor anything beside it has a name.
    for entry in fs::read_dir(root.join("cache")).expect("list").flatten() {
        if let Ok(bytes) = fs::read(entry.path()) {
            assert!(!bytes.windows(6).any(|part| part == b"SECRET"), "{:?}", entry.path());
        }
    }
    let mut views = Task { labels: vec!["dicom:ViewPosition".into()], ..task.clone() };
    let error = data(&views).expect_err("one view").to_string();
    assert!(error.contains("`dicom:ViewPosition` has 1 different values (`PA`)"), "{error}");
    for (label, part) in [
        ("dicom:PatientName", "may tell who somebody is"),
        ("dicom:PatientID", "is no label"),
        ("dicom:ViewPositon", "did you mean `ViewPosition`?"),
        ("dicom:KVP", "has no tag KVP"),
    ] {
        views.labels = vec![label.into()];
        let error = data(&views).expect_err(label).to_string();
        assert!(error.contains(part), "{error}\n{part}");
    }
    png(&root.join("0.dcm.png"), 1);
    fs::rename(root.join("0.dcm.png"), root.join("0.dcm")).expect("renamed");
    let error = data(&task).expect_err("a PNG").to_string();
    assert!(
        error.contains("0.dcm (line 2 of the manifest) is no DICOM file and has no tags"),
        "{error}"
    );
}

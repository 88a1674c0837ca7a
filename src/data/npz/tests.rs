use std::io::Write;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::spec::Source;

/// The bytes of an `.npy` file.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

fn write(folder: &TempDir, arrays: &[(&str, Vec<u8>)]) -> PathBuf {
    let path = folder.path().join("a.npz");
    let mut zip = ZipWriter::new(File::create(&path).expect("create"));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), SimpleFileOptions::default()).expect("start");
        zip.write_all(bytes).expect("write");
    }
    zip.finish().expect("finish");
    path
}

/// 3 train and 2 test images of 4 x 5 grey pixels.
fn arrays() -> Vec<(&'static str, Vec<u8>)> {
    let pixels = |n: u8| (0..n * 20).collect::<Vec<u8>>();
    vec![
        ("train_images", npy("|u1", "(3, 4, 5)", &pixels(3))),
        ("train_labels", npy("|u1", "(3, 1)", &[0, 1, 0])),
        ("test_images", npy("|u1", "(2, 4, 5)", &pixels(2))),
        ("test_labels", npy("|u1", "(2, 1)", &[1, 0])),
    ]
}

#[allow(clippy::needless_pass_by_value)]
fn with(name: &str, bytes: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    arrays()
        .into_iter()
        .map(|(n, old)| if n == name { (n, bytes.clone()) } else { (n, old) })
        .collect()
}

fn task(path: &Path, target: Target) -> Task {
    Task { path: Some(path.to_path_buf()), ..Task::new(Source::Npz, target) }
}

fn read(arrays: &[(&str, Vec<u8>)], target: Target) -> Result<(Plan, Vec<Ready>), String> {
    let folder = tempfile::tempdir().expect("folder");
    let path = write(&folder, arrays);
    read_file(&folder, &path, target)
}

fn read_file(folder: &TempDir, path: &Path, target: Target) -> Result<(Plan, Vec<Ready>), String> {
    let task = task(path, target);
    let plan = plan("t", &task, folder.path()).map_err(|error| error.to_string())?;
    let mut images = Vec::new();
    source::decode(&task, &plan, 5, &mut |ready, _| {
        images.extend(ready);
        Ok(())
    })
    .map_err(|error| error.to_string())?;
    Ok((plan, images))
}

fn error(arrays: &[(&str, Vec<u8>)], target: Target) -> String {
    match read(arrays, target) {
        Ok(_) => panic!("no error"),
        Err(error) => error,
    }
}

#[test]
fn grey_images_and_binary_labels() {
    let (plan, images) = read(&arrays(), Target::Binary).expect("archive");
    assert_eq!(plan.classes, ["0", "1"]);
    assert_eq!((plan.rows.len(), images.len()), (5, 5));
    assert_eq!(plan.rows[1].id, "train/00001");
    assert_eq!(plan.rows[1].truth, Truth::Class(1));
    assert_eq!(plan.rows[3].split, Some(Split::Test));
    assert!(images.iter().all(|image| image.channels == 1 && image.pixels.len() == 25));
    // The first image of train and of test have the same pixels.
    assert_eq!(images[0].hash, images[3].hash);
    assert_ne!(images[0].hash, images[1].hash);
}

#[test]
fn color_images_and_many_labels() {
    let mut arrays = with(
        "train_images",
        npy(
            "|u1",
            "(3, 2, 2, 3)",
            &[7; 35].map(|v| v).iter().copied().chain([9]).collect::<Vec<u8>>(),
        ),
    );
    arrays[1].1 = npy(
        "<i8",
        "(3, 2)",
        &[1, 0, 0, 1, 1, 1].iter().flat_map(|&v: &i64| v.to_le_bytes()).collect::<Vec<u8>>(),
    );
    arrays[2].1 = npy("|u1", "(2, 2, 2, 3)", &(0..24).collect::<Vec<u8>>());
    arrays[3].1 = npy(">i2", "(2, 2)", &[0, 1, 0, 0, 0, 0, 0, 1]);
    let (plan, images) = read(&arrays, Target::MultiLabel).expect("archive");
    assert_eq!(plan.classes, ["0", "1"]);
    assert_eq!(plan.rows[2].truth, Truth::of_each([true, true]));
    assert_eq!(plan.rows[3].truth, Truth::of_each([true, false]));
    assert_eq!(plan.rows[4].truth, Truth::of_each([false, true]));
    let channels: Vec<u32> = images.iter().map(|image| image.channels).collect();
    assert_eq!(channels, [1, 1, 3, 3, 3], "grey where all channels are equal");
}

#[test]
fn labels_of_every_width() {
    let train = |descr: &str, bytes: Vec<u8>| with("train_labels", npy(descr, "(3,)", &bytes));
    let values = [2_i64, 0, 1];
    for (descr, width, big) in [
        ("|i1", 1, false),
        ("<u2", 2, false),
        (">u2", 2, true),
        ("<i4", 4, false),
        (">i8", 8, true),
    ] {
        let bytes = values
            .iter()
            .flat_map(|value| {
                let mut bytes = value.to_le_bytes()[..width].to_vec();
                if big {
                    bytes.reverse();
                }
                bytes
            })
            .collect();
        let (plan, _) = read(&train(descr, bytes), Target::MultiClass).expect(descr);
        let got: Vec<&Truth> = plan.rows[..3].iter().map(|row| &row.truth).collect();
        assert_eq!(got, [2, 0, 1].map(Truth::Class).each_ref(), "{descr}");
        assert_eq!(plan.classes.len(), 3);
    }
    let (plan, _) = read(&train("|b1", vec![1, 0, 1]), Target::Binary).expect("bool");
    assert_eq!(plan.rows[0].truth, Truth::Class(1));
}

#[test]
fn wrong_labels_are_errors() {
    for (array, target, expected) in [
        (
            npy("|u1", "(3, 1)", &[0, 2, 0]),
            Target::Binary,
            "row 1 of `train_labels` is 2, expected 0 to 1; set target",
        ),
        (npy("|i1", "(3, 1)", &[0, 0xff, 0]), Target::MultiClass, "is -1, expected 0 to 1"),
        (
            npy("|u1", "(2, 1)", &[0, 1]),
            Target::Binary,
            "`train_labels` has 2 rows, `train_images` has 3",
        ),
        (npy("<f4", "(3, 1)", &[0; 12]), Target::Binary, "dtype '<f4', expected whole numbers"),
        (npy("|u1", "(3, 2)", &[0; 6]), Target::Binary, "they must agree"),
        (npy("|u1", "(3, 1, 1)", &[0; 3]), Target::Binary, "expected [N] or [N, K]"),
    ] {
        let error = error(&with("train_labels", array), target);
        assert!(error.contains(expected), "{error}\n{expected}");
    }
}

#[test]
fn wrong_images_are_errors() {
    for (array, expected) in [
        (npy("<f4", "(3, 4, 5)", &[0; 240]), "dtype '<f4', expected unsigned bytes"),
        (npy("|u1", "(3, 20)", &[0; 60]), "expected [N, H, W]"),
        (npy("|u1", "(3, 2, 2, 5)", &[0; 60]), "volumes are not read"),
        (npy("|u1", "(0, 4, 5)", &[]), "at least one image"),
        (npy("|u1", "(3, 5, 4)", &[0; 60]), "all splits must agree"),
        (npy("|u1", "(3, 4, 5)", &[0; 59]), "has 59 bytes of data, its shape [3, 4, 5] needs 60"),
        (npy("|u1", "(3000000, 4000, 4000)", &[0; 60]), "the archive is damaged"),
        (npy("|u1", "(300000, 4000, 4000)", &[0; 60]), "the archive is damaged"),
        (npy("|u1", "(99999999999, 99999999999, 99999999999)", &[]), "without a usable shape"),
        (npy("|O", "(3, 4, 5)", &[0; 60]), "pickled"),
        (b"not numpy at all".to_vec(), "not a numpy array"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(), "header of 4294967295 bytes"),
        (b"\x93N".to_vec(), "truncated"),
    ] {
        let error = error(&with("train_images", array), Target::Binary);
        assert!(error.contains(expected) && error.contains("a.npz"), "{error}\n{expected}");
    }
}

#[test]
fn missing_arrays_are_named() {
    let mut arrays = arrays();
    arrays[2].0 = "tset_images";
    let text = error(&arrays, Target::Binary);
    assert!(text.contains("no array `test_images`"), "{text}");
    assert!(text.contains("did you mean `tset_images`?"), "{text}");
    arrays.retain(|(name, _)| *name != "train_labels");
    arrays[1].0 = "test_images";
    assert!(error(&arrays, Target::Binary).contains("no array `train_labels`"));
}

/// Cut anywhere, or with any byte of the data changed: an error, no panic.
#[test]
fn damaged_archives_are_errors() {
    let folder = tempfile::tempdir().expect("folder");
    let path = write(&folder, &arrays());
    let whole = std::fs::read(&path).expect("read");
    for cut in (0..whole.len()).step_by(37) {
        std::fs::write(&path, &whole[..cut]).expect("write");
        let error = read_file(&folder, &path, Target::Binary).err().expect("cut");
        assert!(error.contains("a.npz"), "{error}");
    }
    let mut silent = 0;
    for at in (0..whole.len()).step_by(11) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        std::fs::write(&path, &bytes).expect("write");
        silent += usize::from(read_file(&folder, &path, Target::Binary).is_ok());
    }
    // Fields that nobody needs, such as times, may change unnoticed.
    assert!(silent < whole.len() / 11 / 2, "{silent} of {}", whole.len() / 11);
}

#[test]
fn class_names_must_fit() {
    let folder = tempfile::tempdir().expect("folder");
    let mut task = task(&write(&folder, &arrays()), Target::Binary);
    task.classes = vec!["normal".into(), "pneumonia".into()];
    assert_eq!(plan("t", &task, folder.path()).expect("plan").classes, task.classes);
    task.classes.push("other".into());
    let error = plan("t", &task, folder.path()).err().expect("classes").to_string();
    assert!(error.contains("has 2 classes, `classes` names 3"), "{error}");
}

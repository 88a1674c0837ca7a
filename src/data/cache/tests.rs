use std::cell::Cell;
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;

use image::{GrayImage, Luma, Rgb, RgbImage};
use tempfile::TempDir;

use super::*;
use crate::data::{Severity, check, estimate};
use crate::spec::{LabelPolicy, PhantomLabels, PhantomSpec, SoftLabel, SubsetRule};

fn task(source: Source, target: Target) -> Task {
    Task::new(source, target)
}

/// A manifest of 12 grey images of different sizes.
fn manifest(folder: &TempDir) -> Task {
    let mut text = String::from("image,sick,patient_id\n");
    for i in 0..12_u32 {
        let image = GrayImage::from_fn(10 + i, 20, |x, y| Luma([(x * 9 + y * i) as u8]));
        image.save(folder.path().join(format!("{i}.png"))).expect("save");
        text.push_str(&format!("{i}.png,{},p{}\n", i % 2, i / 2 * 2 + i % 2));
    }
    let path = folder.path().join("m.csv");
    fs::write(&path, text).expect("write");
    Task { path: Some(path), labels: vec!["sick".into()], ..task(Source::Manifest, Target::Binary) }
}

fn prepare_quietly(task: &Task, size: u32, cache: &Path) -> Result<Dataset, DataError> {
    prepare("t", task, size, cache, &|_, _| {})
}

fn cache_files(cache: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(cache)
        .expect("cache")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

#[test]
fn a_manifest_is_decoded_once() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    let calls = Cell::new((0, 0));
    let first = prepare("t", &task, 16, cache.path(), &|done, all| calls.set((done, all)))
        .expect("dataset");
    assert_eq!(calls.get(), (12, 12));
    assert_eq!((first.len(), first.channels, first.size), (12, 1, 16));
    assert_eq!(first.classes, ["no sick", "sick"]);
    assert_eq!(first.image(3).len(), 256);
    assert_eq!(cache_files(cache.path()).len(), 1);

    let again =
        prepare("t", &task, 16, cache.path(), &|_, _| panic!("decoded twice")).expect("dataset");
    let opened = Dataset::open(cache.path(), &first.data_hash).expect("open");
    for other in [&again, &opened] {
        assert_eq!(other.cases, first.cases);
        assert_eq!(other.notes, first.notes);
        assert_eq!(other.data_hash, first.data_hash);
        assert!((0..12).all(|i| other.image(i) == first.image(i)));
    }
}

#[test]
fn the_hash_follows_the_content_and_not_the_place() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let mut task = manifest(&folder);
    let hash =
        |task: &Task, size| prepare_quietly(task, size, cache.path()).expect("dataset").data_hash;
    let first = hash(&task, 16);
    assert_ne!(first, hash(&task, 17));
    task.split.seed = 5;
    let other_split = hash(&task, 16);
    assert_ne!(first, other_split);
    task.split.seed = 0;

    let moved = tempfile::tempdir().expect("c");
    for entry in fs::read_dir(folder.path()).expect("folder") {
        let entry = entry.expect("entry");
        fs::copy(entry.path(), moved.path().join(entry.file_name())).expect("copy");
    }
    let elsewhere = Task { path: Some(moved.path().join("m.csv")), ..task.clone() };
    assert_eq!(first, hash(&elsewhere, 16));

    GrayImage::from_pixel(10, 20, Luma([200])).save(folder.path().join("0.png")).expect("save");
    assert_ne!(first, hash(&task, 16));
}

#[test]
fn one_color_image_makes_all_three_channels() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    let grey = prepare_quietly(&task, 16, cache.path()).expect("dataset");
    RgbImage::from_fn(16, 16, |x, _| Rgb([x as u8, 0, 99]))
        .save(folder.path().join("7.png"))
        .expect("save");
    let color = prepare_quietly(&task, 16, cache.path()).expect("dataset");
    assert_eq!(color.channels, 3);
    for i in (0..12).filter(|&i| i != 7) {
        let wide: Vec<u8> = grey.image(i).iter().flat_map(|&v| [v; 3]).collect();
        assert_eq!(color.image(i), wide, "image {i}");
    }
    assert_eq!(color.image(7)[..6], [0, 0, 99, 1, 0, 99]);
    let names: Vec<String> = cache_files(cache.path())
        .iter()
        .map(|path| path.extension().expect("extension").to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["u8", "u8"], "no leftovers");
}

#[test]
fn damaged_caches_are_found_and_rebuilt() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    let first = prepare_quietly(&task, 16, cache.path()).expect("dataset");
    let expected: Vec<Vec<u8>> = (0..12).map(|i| first.image(i).to_vec()).collect();
    let hash = first.data_hash.clone();
    drop(first);
    let path = format::path(cache.path(), &hash);
    let whole = fs::read(&path).expect("read");

    for cut in [0, 7, 100, 4095, 4096, 5000, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).expect("write");
        let error = Dataset::open(cache.path(), &hash).expect_err("cut").to_string();
        assert!(error.contains("truncated") || error.contains("map"), "{cut}: {error}");
        let again = prepare_quietly(&task, 16, cache.path()).expect("rebuilt");
        assert!((0..12).all(|i| again.image(i) == expected[i]), "cut at {cut}");
    }
    for at in [0, 8, 20, 40, 4096, 4500, whole.len() - 20] {
        let mut file = OpenOptions::new().write(true).open(&path).expect("open");
        file.seek(SeekFrom::Start(at as u64)).expect("seek");
        file.write_all(&[whole[at] ^ 0x10]).expect("write");
        drop(file);
        let again = prepare_quietly(&task, 16, cache.path()).expect("rebuilt");
        assert!((0..12).all(|i| again.image(i) == expected[i]), "byte {at}");
    }
    assert_eq!(fs::read(&path).expect("read"), whole, "rebuilt to the same bytes");
}

#[test]
fn a_cache_that_is_not_there_is_an_error() {
    let cache = tempfile::tempdir().expect("cache");
    let error = Dataset::open(cache.path(), "abc").expect_err("missing").to_string();
    assert!(error.contains("cannot open") && error.contains("abc.u8"), "{error}");
}

#[test]
fn many_processes_may_prepare_the_same_task() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    let images: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let data = prepare_quietly(&task, 16, cache.path()).expect("dataset");
                    (0..12).flat_map(|i| data.image(i).to_vec()).collect()
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("thread")).collect()
    });
    assert!(images.iter().all(|image| *image == images[0]));
    assert_eq!(cache_files(cache.path()).len(), 1);
}

#[test]
fn all_unreadable_images_are_listed_and_nothing_is_left() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    let png = fs::read(folder.path().join("3.png")).expect("read");
    fs::write(folder.path().join("3.png"), &png[..png.len() / 2]).expect("write");
    fs::write(folder.path().join("5.png"), "hello").expect("write");
    let error = prepare_quietly(&task, 16, cache.path()).expect_err("unreadable").to_string();
    assert!(error.starts_with("2 of 12 images cannot be read:"), "{error}");
    assert!(error.contains("3.png (line 5 of the manifest) is a"), "{error}");
    assert!(error.contains("5.png (line 7 of the manifest) is not an image file"), "{error}");
    assert_eq!(cache_files(cache.path()), Vec::<PathBuf>::new());

    fs::remove_file(folder.path().join("8.png")).expect("remove");
    let error = prepare_quietly(&task, 16, cache.path()).expect_err("missing").to_string();
    assert!(error.starts_with("3 of 12 images"), "{error}");
    assert!(error.contains("8.png (line 10 of the manifest) does not exist"), "{error}");
}

#[test]
fn a_phantom_is_prepared_and_sound() {
    let cache = tempfile::tempdir().expect("cache");
    for (labels, target) in [
        (PhantomLabels::Finding, Target::MultiLabel),
        (PhantomLabels::Fine, Target::MultiClass),
        (PhantomLabels::Coarse, Target::MultiClass),
    ] {
        let spec = PhantomSpec {
            labels,
            size: 32,
            train: 150,
            val: 60,
            test: 60,
            ..PhantomSpec::default()
        };
        let task = Task { phantom: Some(spec.clone()), ..task(Source::Phantom, target) };
        let data = prepare_quietly(&task, 32, cache.path()).expect("dataset");
        assert_eq!(data.len(), 270);
        assert_eq!(data.image(151), phantom::image(&spec, Split::Val, 1));
        assert_eq!(data.cases[151].id, "val/00001");
        assert_eq!(check(&data), [], "{labels:?}");
        let larger = prepare_quietly(&task, 37, cache.path()).expect("dataset");
        assert_eq!(larger.image(0).len(), 37 * 37);
        let estimate = estimate("t", &task, 37).expect("estimate");
        assert_eq!((estimate.images, estimate.cache_bytes), (270, 270 * 37 * 37));
    }
    let wrong = Task { phantom: None, ..task(Source::Phantom, Target::Binary) };
    let error = prepare_quietly(&wrong, 32, cache.path()).expect_err("target").to_string();
    assert!(error.contains("need target MultiLabel"), "{error}");
    let error = prepare_quietly(&wrong, 0, cache.path()).expect_err("size").to_string();
    assert!(error.contains("0 pixels"), "{error}");
}

#[test]
fn dark_16_bit_files_are_noted() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    image::ImageBuffer::from_fn(8, 8, |x, _| Luma([x as u16 * 500]))
        .save(folder.path().join("2.png"))
        .expect("save");
    let data = prepare_quietly(&task, 16, cache.path()).expect("dataset");
    let note = data.notes.iter().find(|note| note.contains("16 bits")).expect("note");
    assert!(note.starts_with("1 of 12 images") && note.contains("3500"), "{note}");
}

#[test]
fn a_cache_folder_that_cannot_be_is_an_error() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let task = manifest(&folder);
    let file = cache.path().join("file");
    fs::write(&file, "x").expect("write");
    let error = prepare_quietly(&task, 16, &file.join("cache")).expect_err("file").to_string();
    assert!(error.starts_with("cannot create cache folder"), "{error}");
}

/// The error of a full disk, by way of a folder on one: see the text.
#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let Some(small) = std::env::var_os("TRANSFOLIO_TEST_SMALL_DISK").map(PathBuf::from) else {
        eprintln!("skipped: TRANSFOLIO_TEST_SMALL_DISK does not name a folder on a disk of 1 MiB");
        return;
    };
    let spec = PhantomSpec { size: 128, train: 200, val: 3, test: 3, ..PhantomSpec::default() };
    let task = Task { phantom: Some(spec), ..task(Source::Phantom, Target::MultiLabel) };
    let error = prepare_quietly(&task, 128, &small).expect_err("full").to_string();
    assert!(error.starts_with("disk full while writing 4 MiB"), "{error}");
    assert_eq!(cache_files(&small), Vec::<PathBuf>::new());
}

/// Real images beside the project; see the text where they are not there.
fn real(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let path = root.join("datasets").join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "skipped: no {}; set TRANSFOLIO_TEST_DATA to the folder with real images",
        path.display()
    );
    None
}

#[test]
fn real_chest_x_rays() {
    let Some(folder) = real("nih_cxr_pneumonia") else { return };
    let cache = tempfile::tempdir().expect("cache");
    let task = Task {
        path: Some(folder.join("labels.csv")),
        image_column: "file".into(),
        labels: vec!["label".into()],
        ..task(Source::Manifest, Target::Binary)
    };
    let data = prepare_quietly(&task, 256, cache.path()).expect("dataset");
    assert_eq!((data.len(), data.channels, data.size), (100, 1, 256));
    assert_eq!(data.classes, ["No_findings", "Pneumonia"]);
    assert!(data.notes.iter().any(|note| note.contains("divided by patient")), "{:?}", data.notes);
    let findings = check(&data);
    assert!(findings.iter().all(|finding| finding.severity < Severity::Error), "{findings:?}");
    for split in Split::ALL {
        let cases = data.indices(split);
        let sick = cases.iter().filter(|&&i| data.cases[i].truth.has(1)).count();
        let share = sick as f64 / cases.len() as f64;
        assert!((0.3..0.7).contains(&share), "{split}: {sick} of {}", cases.len());
    }
    let again = prepare("t", &task, 256, cache.path(), &|_, _| panic!("decoded twice"));
    assert_eq!(again.expect("dataset").data_hash, data.data_hash);
}

#[test]
fn soft_labels_are_stored_for_training_alone_and_are_of_the_data() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    manifest(&folder);
    // Image, two findings, split; the order of the rows must not matter to a draw.
    let rows = [
        "0.png,1,-1,train",
        "1.png,u,0,train",
        "2.png,,1,train",
        "3.png,-1,?,train",
        "4.png,-1,1,val",
        "5.png,0,,val",
        "6.png,-1.0,-1,test",
        "7.png,1,uncertain,test",
    ];
    let text = |rows: &[&str]| format!("image,a,b,split\n{}\n", rows.join("\n"));
    let path = folder.path().join("soft.csv");
    let with = |rows: &[&str], uncertain| {
        fs::write(&path, text(rows)).expect("write");
        let task = Task {
            path: Some(path.clone()),
            labels: vec!["a".into(), "b".into()],
            uncertain,
            ..task(Source::Manifest, Target::MultiLabel)
        };
        prepare_quietly(&task, 16, cache.path()).expect("dataset")
    };
    let of = |data: &Dataset, id: &str| {
        let case = data.cases.iter().find(|case| case.id == id);
        case.map(|case| case.truth.numbers())
    };
    let data = with(&rows, LabelPolicy::Soft(SoftLabel::DEFAULT));
    for (id, numbers) in [
        ("0.png", Some(vec![1.0, 0.7])),
        ("1.png", Some(vec![0.7, 0.0])),
        ("2.png", Some(vec![0.0, 1.0])),
        ("3.png", Some(vec![0.7, 0.7])),
        ("4.png", Some(vec![-1.0, 1.0])),
        ("5.png", Some(vec![0.0, 0.0])),
        ("6.png", None),
        ("7.png", Some(vec![1.0, -1.0])),
    ] {
        assert_eq!(of(&data, id), numbers, "{id}");
    }
    let notes = data.notes.join("\n");
    for part in ["count as 0.7 in the loss of training", "1 cases of validation and test have no"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let other = with(&rows, LabelPolicy::Soft(SoftLabel::Fixed(0.6)));
    assert_ne!(other.data_hash, data.data_hash);
    let range = LabelPolicy::Soft(SoftLabel::Drawn(0.55, 0.85));
    let drawn = with(&rows, range);
    let turned: Vec<&str> = rows.iter().rev().copied().collect();
    let again = with(&turned, range);
    for index in 0..8 {
        let id = format!("{index}.png");
        assert_eq!(of(&drawn, &id), of(&again, &id), "{id}");
    }
    let soft = of(&drawn, "3.png").expect("a case");
    assert!(soft.iter().all(|value| (0.55..0.85).contains(value)) && soft[0] != soft[1]);
    // A cache file that was written comes back as it was.
    let opened = Dataset::open(cache.path(), &drawn.data_hash).expect("open");
    assert_eq!(of(&opened, "3.png"), Some(soft));
}

#[test]
fn real_pneumonia_mnist_has_8_duplicates() {
    let Some(path) = real("pneumoniamnist_imbalanced/pneumoniamnist.npz") else { return };
    let cache = tempfile::tempdir().expect("cache");
    let task = Task { path: Some(path), ..task(Source::Npz, Target::Binary) };
    let data = prepare_quietly(&task, 28, cache.path()).expect("dataset");
    let sizes = Split::ALL.map(|split| data.indices(split).len());
    assert_eq!(sizes, [3882, 524, 624]);
    let sick = |split| data.indices(split).iter().filter(|&&i| data.cases[i].truth.has(1)).count();
    assert_eq!(Split::ALL.map(sick), [3494, 389, 390]);
    let findings = check(&data);
    let text = |finding: &crate::data::Finding| finding.text.clone();
    let found = findings.iter().find(|f| f.text.contains("in train and, pixel by pixel, in val"));
    assert!(found.is_some_and(|f| text(f).starts_with("8 images")), "{findings:#?}");
    assert!(findings.iter().all(|f| f.severity < Severity::Error), "{findings:#?}");
    let kept = data
        .train_subset(crate::spec::Labels::Share(0.05), SubsetRule::Stratified, 0)
        .expect("subset");
    let sick = kept.iter().filter(|&&i| data.cases[i].truth.has(1)).count();
    assert_eq!((kept.len(), sick), (194, 175), "5 % of 388 and of 3494");
}

#[test]
fn real_retina_tiff_and_gif() {
    let Some(folder) = real("drive/training") else { return };
    let cache = tempfile::tempdir().expect("cache");
    let mut text = String::from("image,kind\n");
    for part in ["images", "1st_manual"] {
        let mut files: Vec<PathBuf> = fs::read_dir(folder.join(part))
            .expect("folder")
            .map(|entry| entry.expect("entry").path())
            .collect();
        files.sort();
        for file in files {
            text.push_str(&format!("{},{part}\n", file.display()));
        }
    }
    let path = cache.path().join("m.csv");
    fs::write(&path, text).expect("write");
    let task = Task {
        path: Some(path),
        labels: vec!["kind".into()],
        ..task(Source::Manifest, Target::MultiClass)
    };
    let data = prepare_quietly(&task, 64, cache.path()).expect("dataset");
    assert_eq!((data.len(), data.channels), (40, 3));
    assert_eq!(data.classes, ["1st_manual", "images"]);
    let grey = |i: usize| data.image(i).chunks(3).all(|p| p[0] == p[1] && p[1] == p[2]);
    assert!((0..20).all(|i| !grey(i)) && (20..40).all(grey));
}

/// Runs are named by this hash: whoever has a cache or a study folder of
/// version 0.1.0 keeps both.
#[test]
fn the_data_hash_is_that_of_the_first_version() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let data = prepare_quietly(&manifest(&folder), 16, cache.path()).expect("dataset");
    assert_eq!(data.data_hash, FIRST);
}

/// As version 0.1.0 computed it.
const FIRST: &str = "2c2720db564f0995966d858c44ce889b5944897432daf7a05cb121818f8923a3";

#[test]
fn notes_are_those_of_the_task_that_asks() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let path = folder.path().join("m.csv");
    let mut text = String::from("image,sick,split\n");
    for i in 0..12_u32 {
        let image = image::ImageBuffer::from_fn(16, 16, |x, y| Luma([(x * 90 + y * i * 9) as u16]));
        image.save(folder.path().join(format!("{i}.png"))).expect("save");
        text.push_str(&format!("{i}.png,{},{}\n", i % 2, ["train", "val", "test"][i as usize / 4]));
    }
    fs::write(&path, text).expect("write");
    let labels = vec!["sick".into()];
    let mut task = Task { path: Some(path), labels, ..task(Source::Manifest, Target::Binary) };
    let first = prepare_quietly(&task, 16, cache.path()).expect("dataset");
    assert!(first.notes.iter().any(|note| note.contains("has no column `patient_id`")));
    assert!(first.notes.iter().any(|note| note.contains("come out dark")), "{:?}", first.notes);
    // The same data by another study file: from the same cache file.
    task.split.patient_column = "none".into();
    let second = prepare("t", &task, 16, cache.path(), &|_, _| panic!("decoded twice"));
    let second = second.expect("dataset");
    assert_eq!(second.data_hash, first.data_hash);
    assert!(second.notes.iter().any(|note| note.contains("the study file says")));
    assert!(!second.notes.iter().any(|note| note.contains("has no column `patient_id`")));
    assert!(second.notes.iter().any(|note| note.contains("come out dark")), "{:?}", second.notes);
    // What is stated of the images is other data.
    for (orientation, range) in [
        (Orientation::Apply, None),
        (Orientation::Ignore, Some(ValueRange::Auto)),
        (Orientation::Ignore, Some(ValueRange::Stated(0.0, 4095.0))),
    ] {
        let other = Task { orientation, range, ..task.clone() };
        let other = prepare_quietly(&other, 16, cache.path()).expect("dataset");
        assert_ne!(other.data_hash, first.data_hash, "{orientation:?} {range:?}");
    }
}

#[test]
fn what_is_dropped_from_training_is_other_data() {
    let (folder, cache) = (tempfile::tempdir().expect("a"), tempfile::tempdir().expect("b"));
    let mut text = String::from("image,sick,split\n");
    for i in 0..20_u32 {
        let seed = if i == 15 { 3 } else { i };
        let image =
            GrayImage::from_fn(20, 20, |x, y| Luma([(x * x * 7 + y * (3 + seed * 29)) as u8]));
        image.save(folder.path().join(format!("{i}.png"))).expect("save");
        let split = if i < 10 {
            "train"
        } else if i < 14 {
            "val"
        } else {
            "test"
        };
        text.push_str(&format!("{i}.png,{},{split}\n", i % 2));
    }
    let path = folder.path().join("m.csv");
    fs::write(&path, text).expect("write");
    let labels = vec!["sick".into()];
    let task = Task { path: Some(path), labels, ..task(Source::Manifest, Target::Binary) };
    let whole = prepare_quietly(&task, 16, cache.path()).expect("dataset");
    assert!(check(&whole).iter().any(|finding| finding.severity == Severity::Error));
    let with = |duplicates| Task { duplicates, ..task.clone() };
    let allowed = prepare_quietly(&with(Duplicates::Allow), 16, cache.path()).expect("dataset");
    assert_eq!(allowed.data_hash, whole.data_hash);
    let dropped = prepare_quietly(&with(Duplicates::DropFromTrain), 16, cache.path());
    let dropped = dropped.expect("dataset");
    assert_ne!(dropped.data_hash, whole.data_hash);
    let ids = |data: &Dataset, split| -> Vec<String> {
        data.indices(split).into_iter().map(|i| data.cases[i].id.clone()).collect()
    };
    assert_eq!(ids(&dropped, Split::Test), ids(&whole, Split::Test));
    assert_eq!(ids(&dropped, Split::Val), ids(&whole, Split::Val));
    assert!(!ids(&dropped, Split::Train).contains(&"3.png".into()));
    assert_eq!(
        dropped.facts.as_ref().map(|facts| facts.dropped),
        Some(whole.len() as u64 - dropped.len() as u64)
    );
    let index = |data: &Dataset, id: &str| data.cases.iter().position(|case| case.id == id);
    let last = |data: &Dataset| data.image(index(data, "19.png").expect("a case")).to_vec();
    assert_eq!(last(&dropped), last(&whole), "images follow their cases");
    assert!(!check(&dropped).iter().any(|finding| finding.severity == Severity::Error));
}

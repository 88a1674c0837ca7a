use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::data::truth::{Label, Truth};
use crate::spec::{LabelPolicy, SegmentationSpec, SoftLabel, Source, Target};

mod masks;
mod trees;

/// A folder with files; a file without content is an image that nobody opens.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("written");
    }
    folder
}

fn list(format: ListFormat) -> ListSpec {
    ListSpec {
        format,
        train: None,
        val: None,
        test: None,
        table: None,
        splits: None,
        masks: Vec::new(),
    }
}

/// A task of lists below a folder.
fn task(folder: &TempDir, target: Target, mut list: ListSpec, images: &str) -> Task {
    for path in [&mut list.train, &mut list.val, &mut list.test, &mut list.table, &mut list.splits]
    {
        *path = path.take().map(|path| folder.path().join(path));
    }
    list.masks = list.masks.iter().map(|path| folder.path().join(path)).collect();
    Task {
        images: Some(folder.path().join(images)),
        list: Some(list),
        ..Task::new(Source::List, target)
    }
}

fn good(task: &Task) -> Manifest {
    read("t", task).expect("lists").into_parts().0
}

/// The message without the folder.
fn bad(folder: &TempDir, task: &Task) -> String {
    let error = read("t", task).expect_err("an error").to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

fn cases(manifest: &Manifest) -> Vec<(&str, &str, Option<Split>)> {
    manifest.rows.iter().map(|r| (r.id.as_str(), r.patient.as_str(), r.split)).collect()
}

fn known(there: &[bool]) -> Truth {
    Truth::of_each(there.iter().copied())
}

const ROW: &str = "0 1 0 0 0 0 0 0 0 0 0 0 0 0";

fn chestxray14(train: &str) -> TempDir {
    tree(&[
        ("train.txt", train),
        ("val.txt", &format!("00000003_000.png {ROW}\n")),
        ("test.txt", &format!("00000002_000.png {ROW}")),
        ("images_001/images/00000001_000.png", ""),
        ("images_002/images/00000001_001.png", ""),
        ("images_002/images/00000002_000.png", ""),
        ("images_002/images/00000003_000.png", ""),
    ])
}

fn three(format: ListFormat) -> ListSpec {
    ListSpec {
        train: Some("train.txt".into()),
        val: Some("val.txt".into()),
        test: Some("test.txt".into()),
        ..list(format)
    }
}

#[test]
fn lists_of_chestxray14() {
    let folder = chestxray14(&format!("00000001_000.png {ROW}\n00000001_001.png {ROW}\n"));
    let mut task = task(&folder, Target::MultiLabel, three(ListFormat::Chestxray14), "");
    let manifest = good(&task);
    assert_eq!(manifest.classes, chestxray14::FINDINGS);
    assert_eq!(
        cases(&manifest),
        [
            ("00000001_000.png", "00000001", Some(Split::Train)),
            ("00000001_001.png", "00000001", Some(Split::Train)),
            ("00000003_000.png", "00000003", Some(Split::Val)),
            ("00000002_000.png", "00000002", Some(Split::Test)),
        ]
    );
    let file = folder.path().join("images_002/images/00000001_001.png");
    assert_eq!(manifest.rows[1].file, file, "in one of several folders");
    assert_eq!(
        manifest.rows[0].truth,
        known(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].map(|v| v == 1))
    );
    assert_eq!(manifest.patient_column.as_deref(), Some(chestxray14::PATIENT));
    let places = read("t", &task).expect("lists").places;
    let line = manifest.rows[1].line;
    assert!(places.of(line).expect("a place").ends_with("train.txt:2"));
    // Some of the findings.
    task.labels = vec!["Mass".into(), "Cardiomegaly".into()];
    let some = good(&task);
    assert_eq!(
        (some.classes.as_slice(), &some.rows[0].truth),
        (&task.labels[..], &known(&[false, true]))
    );
    task.labels = vec!["Masses".into()];
    let error = bad(&folder, &task);
    assert!(
        error.contains("`Masses`, which these lists do not have")
            && error.contains("did you mean `Mass`"),
        "{error}"
    );
}

/// Every fault of a list is named with the list and the line.
#[test]
fn faults_of_lists_have_a_line() {
    for (train, expected) in [
        ("", "train.txt: is empty"),
        ("a.png 0 1", "train.txt:1:1: has 3 fields, expected a name and 14 numbers"),
        (&format!("a.png {ROW} 0"), "train.txt:1:1: has 16 fields"),
        (&format!("a.png {ROW}\n\nb.png {ROW}"), "train.txt:2:1: is blank"),
        (
            &format!("a.png {ROW}\nb.png 0 1 2 0 0 0 0 0 0 0 0 0 0 0"),
            "train.txt:2:4: is `2`, expected 0 or 1",
        ),
        (&format!("a.png {ROW}\nb.png 0 1 -1 0 0 0 0 0 0 0 0 0 0 0"), "train.txt:2:4: is `-1`"),
        (&format!("a.png {ROW}\r\nb.png 0 1 1.0 0 0 0 0 0 0 0 0 0 0 0"), "train.txt:2:4: is `1.0`"),
        (
            &format!("00000001_000.png {ROW}\n00000002_000.png {ROW}\n"),
            "1 images appear more than once",
        ),
    ] {
        let folder = chestxray14(train);
        let task = task(&folder, Target::MultiLabel, three(ListFormat::Chestxray14), "");
        let error = bad(&folder, &task);
        assert!(error.contains(expected), "{error}\n{expected}");
    }
    let folder = chestxray14("x");
    let mut missing = three(ListFormat::Chestxray14);
    missing.val = Some("other.txt".into());
    missing.train = None;
    let error = bad(&folder, &task(&folder, Target::MultiLabel, missing, ""));
    assert!(error.contains("cannot read list other.txt"), "{error}");
    let none = task(&folder, Target::MultiLabel, list(ListFormat::Chestxray14), "");
    assert!(bad(&folder, &none).contains("names no list of cases"));
    let none = task(&folder, Target::MultiLabel, three(ListFormat::Chestxray14), "nowhere");
    assert!(bad(&folder, &none).contains("nowhere: is no folder; `images` names"));
    fs::write(folder.path().join("train.txt"), b"a.png 0\n\xff\xfe").expect("written");
    let odd = task(&folder, Target::MultiLabel, three(ListFormat::Chestxray14), "");
    assert!(bad(&folder, &odd).contains("train.txt:2:1: is no text in UTF-8"));
}

/// An image in two lists is named with both of its lines.
#[test]
fn an_image_in_two_lists_is_an_error() {
    let folder = chestxray14(&format!("00000001_000.png {ROW}\n00000002_000.png {ROW}\n"));
    let task = task(&folder, Target::MultiLabel, three(ListFormat::Chestxray14), "");
    let error = bad(&folder, &task);
    assert!(error.contains("train.txt:2") && error.contains("test.txt:1"), "{error}");
}

#[test]
fn rows_pointing_nowhere_are_listed_with_their_line() {
    let folder = chestxray14(&format!("00000001_000.png {ROW}\n00000009_000.png {ROW}\n"));
    let task = task(&folder, Target::MultiLabel, three(ListFormat::Chestxray14), "");
    let plan = crate::data::source::plan("t", &task, folder.path());
    let error = plan.err().expect("an error").to_string();
    assert!(
        error.contains("00000009_000.png") && error.contains("train.txt:2) does not exist"),
        "{error}"
    );
}

#[test]
fn the_published_table_of_chestxray14() {
    let table = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,\
                 View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n";
    let row = |name: &str, labels: &str, id: u32| {
        format!("{name},{labels},0,{id},058Y,M,PA,2682,2749,0.143,0.143,\n")
    };
    let text = [
        table,
        &row("00000001_000.png", "Cardiomegaly|Pleural_Thickening", 1),
        &row("00000002_000.png", "No Finding", 2),
        &row("00000003_000.png", "Hernia", 3),
    ]
    .concat();
    let lists = |text: &str, train: &str, test: &str| {
        tree(&[
            ("entry.csv", text),
            ("train_val_list.txt", train),
            ("test_list.txt", test),
            ("images/x", ""),
        ])
    };
    let spec = ListSpec {
        table: Some("entry.csv".into()),
        train: Some("train_val_list.txt".into()),
        test: Some("test_list.txt".into()),
        ..list(ListFormat::NihChestxray)
    };
    let folder = lists(&text, "00000001_000.png\n", "00000002_000.png");
    let task_of = |folder: &TempDir| task(folder, Target::MultiLabel, spec.clone(), "images");
    let manifest = good(&task_of(&folder));
    assert_eq!(
        cases(&manifest),
        [
            ("00000001_000.png", "1", Some(Split::Train)),
            ("00000002_000.png", "2", Some(Split::Test)),
        ]
    );
    assert!(manifest.rows[0].truth.has(1) && manifest.rows[0].truth.has(12));
    assert_eq!(manifest.rows[1].truth, known(&[false; 14]));
    assert!(
        manifest.notes.iter().any(|note| note.contains("1 images of the table are in no list"))
    );
    for (folder, expected) in [
        (
            lists(&text, "00000001_000.png\n9.png", "00000002_000.png"),
            "train_val_list.txt:2:1: names `9.png`",
        ),
        (
            lists(&text, "00000001_000.png", "00000001_000.png"),
            "test_list.txt:1:1: names `00000001_000.png`, which is in",
        ),
        (
            lists(&text.replace("Hernia", "Hernai"), "00000001_000.png", "00000002_000.png"),
            "did you mean `Hernia`?",
        ),
        (
            lists(&text.replace("Finding Labels", "Labels"), "a", "b"),
            "has no column `Finding Labels`",
        ),
    ] {
        let error = bad(&folder, &task_of(&folder));
        assert!(error.contains(expected), "{error}\n{expected}");
    }
    let mut without = spec.clone();
    (without.train, without.test) = (None, None);
    let manifest = good(&task(&folder, Target::MultiLabel, without, "images"));
    assert!(manifest.rows.len() == 3 && manifest.rows[0].split.is_none());
}

const CHEXPERT: &str = "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,\
    Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,\
    Pleural Effusion,Pleural Other,Fracture,Support Devices\n";

fn chexpert(row: &str) -> TempDir {
    let image = "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg";
    let text = format!("{CHEXPERT}{image},Female,68,Frontal,AP,{row}\n");
    let valid = format!(
        "{CHEXPERT}CheXpert-v1.0-small/valid/patient64541/study1/view1_frontal.jpg,Male,73,Frontal,AP,\
         0.0,1.0,1.0,1.0,0.0,0.0,-1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n"
    );
    tree(&[
        ("data/train.csv", &text),
        ("data/valid.csv", &valid),
        ("data/train/patient00001/study1/view1_frontal.jpg", ""),
        ("data/valid/patient64541/study1/view1_frontal.jpg", ""),
    ])
}

fn chexpert_task(folder: &TempDir, uncertain: LabelPolicy) -> Task {
    let spec = ListSpec {
        train: Some("data/train.csv".into()),
        test: Some("data/valid.csv".into()),
        ..list(ListFormat::Chexpert)
    };
    let labels = ["Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion"];
    Task {
        labels: labels.map(str::to_owned).to_vec(),
        uncertain,
        blank: Some(LabelPolicy::Zeros),
        ..task(folder, Target::MultiLabel, spec, "data")
    }
}

/// The image folder may be the one that the paths begin with.
#[test]
fn tables_of_chexpert() {
    let folder = chexpert("1.0,,,,,,,,-1.0,,1.0,0.0,,");
    let soft = LabelPolicy::Soft(SoftLabel::Drawn(0.55, 0.85));
    for (uncertain, expected) in [
        (LabelPolicy::Ones, Label::Known(true)),
        (LabelPolicy::Zeros, Label::Known(false)),
        (LabelPolicy::Ignore, Label::Unknown),
        (LabelPolicy::Soft(SoftLabel::Fixed(0.7)), Label::Soft(0.7)),
    ] {
        let manifest = good(&chexpert_task(&folder, uncertain));
        let Truth::Classes(labels) = &manifest.rows[0].truth else { panic!("labels") };
        assert_eq!(labels[0], expected);
        assert_eq!(labels[4], Label::Known(true));
        assert_eq!(labels[1], Label::Known(false), "a blank");
    }
    let manifest = good(&chexpert_task(&folder, soft));
    let Truth::Classes(labels) = &manifest.rows[0].truth else { panic!("labels") };
    assert!(matches!(labels[0], Label::Soft(value) if (0.55..0.85).contains(&value)));
    assert_eq!(manifest.rows[0].patient, "patient00001");
    assert!(manifest.rows[0].file.is_file() && manifest.rows[1].file.is_file());
    assert_eq!(manifest.rows[1].split, Some(Split::Test));
    let error = bad(&folder, &chexpert_task(&folder, LabelPolicy::Error));
    assert!(
        error.contains("data/train.csv:2") && error.contains("uncertain = \"ones\""),
        "{error}"
    );
}

/// What is uncertain is never drawn in what a network is judged by.
#[test]
fn uncertain_labels_do_not_judge() {
    let folder = chexpert("1.0,,,,,,,,-1.0,,1.0,0.0,,");
    let task = chexpert_task(&folder, LabelPolicy::Soft(SoftLabel::Drawn(0.55, 0.85)));
    let mut plan = crate::data::source::plan("t", &task, folder.path()).expect("a plan");
    let splits = crate::data::soft::only_for_training(&mut plan, vec![Split::Train, Split::Test]);
    assert_eq!(splits.len(), 2);
    let Truth::Classes(judged) = &plan.rows[1].truth else { panic!("labels") };
    assert_eq!(judged[2], Label::Unknown, "-1 of Consolidation");
}

#[test]
fn faults_of_chexpert() {
    for (row, expected) in [
        (
            "1.0,,,,,,,,2.0,,1.0,0.0,,",
            "data/train.csv:2:14: `Atelectasis` is `2.0`, expected 1, 0, -1",
        ),
        ("1.0,,,,,,,,yes,,1.0,0.0,,", "`Atelectasis` is `yes`"),
    ] {
        let folder = chexpert(row);
        let error = bad(&folder, &chexpert_task(&folder, LabelPolicy::Ones));
        assert!(error.contains(expected), "{error}\n{expected}");
    }
    let folder = chexpert("1.0,,,,,,,,1.0,,1.0,0.0,,");
    let path = folder.path().join("data/train.csv");
    let text = fs::read_to_string(&path).expect("read").replace("patient00001", "p1");
    fs::write(&path, text).expect("written");
    let error = bad(&folder, &chexpert_task(&folder, LabelPolicy::Ones));
    assert!(
        error.contains("train.csv:2:1") && error.contains("no folder such as patient00001"),
        "{error}"
    );
}

#[test]
fn tables_of_mimic_cxr() {
    let labels =
        "subject_id,study_id,Atelectasis,Cardiomegaly\n10000032,50414267,1.0,\n10000033,5,,0.0\n";
    let splits = "dicom_id,study_id,subject_id,split\nabc,50414267,10000032,train\n\
                  def,5,10000033,validate\nghi,5,10000033,test\nxyz,7,10000034,test\n";
    let folder = tree(&[
        ("labels.csv", labels),
        ("split.csv", splits),
        ("files/p10/p10000032/s50414267/abc.jpg", ""),
    ]);
    let spec = ListSpec {
        table: Some("labels.csv".into()),
        splits: Some("split.csv".into()),
        ..list(ListFormat::MimicCxr)
    };
    let task = Task {
        blank: Some(LabelPolicy::Zeros),
        ..task(&folder, Target::MultiLabel, spec, "files")
    };
    let manifest = good(&task);
    assert_eq!(manifest.classes, ["Atelectasis", "Cardiomegaly"]);
    let splits: Vec<_> = manifest.rows.iter().map(|row| row.split.map(Split::name)).collect();
    assert_eq!(splits, [Some("train"), Some("val"), Some("test")]);
    assert!(manifest.rows[0].file.ends_with("p10/p10000032/s50414267/abc.jpg"));
    assert_eq!(manifest.patient_column.as_deref(), Some("subject_id"));
    assert!(
        manifest.notes.iter().any(|note| note.contains("1 images are of studies without labels"))
    );
    let path = folder.path().join("split.csv");
    fs::write(&path, "dicom_id,study_id,subject_id,split\nabc,50414267,10000032,holdout\n")
        .expect("written");
    let error = bad(&folder, &task);
    assert!(error.contains("split.csv:2:4: `split` is `holdout`"), "{error}");
}

#[test]
fn lists_of_shenzhen() {
    let folder = tree(&[
        ("train.txt", "CHNCXR_0402_1.png,1\nCHNCXR_0001_0.png,0\n"),
        ("val.txt", "CHNCXR_0002_0.png,0\n"),
        ("test.txt", "CHNCXR_0403_1.png,1\n"),
        ("images/CHNCXR_0402_1.png", ""),
        ("images/CHNCXR_0403_1.png", ""),
    ]);
    let spec = three(ListFormat::Shenzhen);
    let manifest = good(&task(&folder, Target::Binary, spec.clone(), "images"));
    assert_eq!(manifest.classes, ["no tuberculosis", "tuberculosis"]);
    assert_eq!(manifest.rows[0].truth, Truth::Class(1));
    assert_eq!(manifest.rows[1].truth, Truth::Class(0));
    assert!(manifest.notes.iter().any(|note| note.contains("the lists name no patients")));
    assert!(
        !manifest.notes.iter().any(|note| note.contains("study file says")),
        "{:?}",
        manifest.notes
    );
    let of_names = good(&task(&folder, Target::Binary, list(ListFormat::Shenzhen), "images"));
    assert_eq!(of_names.rows.len(), 2);
    assert!(of_names.notes.iter().any(|note| note.contains("at the end of the file names")));
    for (line, expected) in [
        ("CHNCXR_0402_1.png,0", "train.txt:1:2: says 0 of `CHNCXR_0402_1.png`, whose name says 1"),
        ("CHNCXR_0402_1.png", "train.txt:1:1: has 1 fields, expected a name and 1 number"),
        ("CHNCXR_0402_1.png,1,1", "has 3 fields"),
        ("CHNCXR_0402_1.png,2", "train.txt:1:2: is `2`"),
    ] {
        fs::write(folder.path().join("train.txt"), line).expect("written");
        let error = bad(&folder, &task(&folder, Target::Binary, spec.clone(), "images"));
        assert!(error.contains(expected), "{error}\n{expected}");
    }
}

#[test]
fn lists_of_vindr_cxr() {
    let folder = tree(&[
        ("train.txt", "train_jpeg/0a 1 0 1 0 1 0 \n"),
        ("test.txt", "test_jpeg/0b 0 0 0 0 0 1 \n"),
        ("train_jpeg/0a.jpeg", ""),
        ("test_jpeg/0b.png", ""),
    ]);
    let spec = ListSpec { val: None, ..three(ListFormat::VindrCxr) };
    let manifest = good(&task(&folder, Target::MultiLabel, spec, ""));
    assert_eq!(manifest.rows[0].truth, known(&[true, false, true, false, true, false]));
    assert!(manifest.rows[0].file.ends_with("train_jpeg/0a.jpeg"));
    assert!(manifest.rows[1].file.ends_with("test_jpeg/0b.png"));
    assert_eq!(manifest.classes[0], "PE");
}

#[test]
fn slices_of_rsna_pe() {
    let text = "StudyInstanceUID,SeriesInstanceUID,SOPInstanceUID,pe_present_on_image,qa_motion\n\
                s1,e1,i1,0,0\ns1,e1,i2,1,0\ns2,e2,i3,0,0\n";
    let folder = tree(&[("train.csv", text), ("train/s1/e1/i1.dcm", "")]);
    let spec = ListSpec { table: Some("train.csv".into()), ..list(ListFormat::RsnaPe) };
    let task = task(&folder, Target::Binary, spec, "train");
    let manifest = good(&task);
    assert_eq!(
        cases(&manifest),
        [("s1/e1/i1.dcm", "s1", None), ("s1/e1/i2.dcm", "s1", None), ("s2/e2/i3.dcm", "s2", None)]
    );
    assert_eq!(manifest.rows[1].truth, Truth::Class(1));
    fs::write(folder.path().join("train.csv"), text.replace("i2,1", "i2,x")).expect("written");
    let error = bad(&folder, &task);
    assert!(error.contains("train.csv:3:4: `pe_present_on_image` is `x`"), "{error}");
}

/// The benchmark's own lists, where a machine has them.
#[test]
fn the_original_lists_load_unchanged() {
    let folder = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let folder = folder.join("datasets/shenzhen");
    if !folder.is_dir() {
        eprintln!("skipped: {} has no Shenzhen images", folder.display());
        return;
    }
    let list = |name: &str| Some(folder.join(format!("ShenzenCXR_{name}_data.txt")));
    let spec = ListSpec {
        train: list("train"),
        val: list("valid"),
        test: list("test"),
        ..list_of(ListFormat::Shenzhen)
    };
    let task = Task {
        images: Some(folder.join("images")),
        list: Some(spec),
        ..Task::new(Source::List, Target::Binary)
    };
    let manifest = good(&task);
    let count = |split, class| {
        let of = |row: &&manifest::Row| {
            row.split == Some(split) && class == usize::from(row.truth.has(1))
        };
        manifest.rows.iter().filter(of).count()
    };
    let counts = Split::ALL.map(|split| (count(split, 0) + count(split, 1), count(split, 1)));
    assert_eq!(counts, [(463, 235), (65, 33), (134, 68)]);
    assert!(manifest.rows.iter().all(|row| row.file.is_file()));
}

/// The benchmark's lists of ChestX-ray14 and the published tables, where a
/// machine has them: `TRANSFOLIO_TEST_LISTS` names a folder with
/// `Xray14_{train,val,test}_official.txt`, `Data_Entry_2017_v2020.csv` and
/// CheXpert's `train.csv`. Counts of positives: those of the lists themselves.
#[test]
fn large_lists_load_unchanged() {
    let Some(folder) = std::env::var_os("TRANSFOLIO_TEST_LISTS").map(PathBuf::from) else {
        eprintln!("skipped: TRANSFOLIO_TEST_LISTS names no folder of lists");
        return;
    };
    let list = |name: &str| Some(folder.join(format!("Xray14_{name}_official.txt")));
    let of = |list: ListSpec| Task {
        images: Some(folder.clone()),
        list: Some(list),
        blank: Some(LabelPolicy::Zeros),
        uncertain: LabelPolicy::Ignore,
        ..Task::new(Source::List, Target::MultiLabel)
    };
    let spec = ListSpec {
        train: list("train"),
        val: list("val"),
        test: list("test"),
        ..list_of(ListFormat::Chestxray14)
    };
    let manifest = good(&of(spec));
    let count = |split, class| {
        let in_it = manifest.rows.iter().filter(|row| row.split == Some(split));
        in_it.filter(|row| class == 14 || row.truth.has(class)).count()
    };
    for (class, expected) in [
        (14, [75_312, 11_212, 25_596]),
        (0, [7205, 1075, 3279]),
        (3, [12_036, 1746, 6112]),
        (12, [1927, 315, 1143]),
        (13, [126, 15, 86]),
    ] {
        assert_eq!(Split::ALL.map(|split| count(split, class)), expected, "{class}");
    }
    let table = |name: &str| Some(folder.join(name));
    let spec =
        ListSpec { table: table("Data_Entry_2017_v2020.csv"), ..list_of(ListFormat::NihChestxray) };
    assert_eq!(good(&of(spec)).rows.len(), 112_120);
    let spec = ListSpec { train: table("train.csv"), ..list_of(ListFormat::Chexpert) };
    assert_eq!(good(&of(spec)).rows.len(), 223_414);
}

fn list_of(format: ListFormat) -> ListSpec {
    list(format)
}

#[test]
fn anything_is_read_or_refused() {
    let folder = tree(&[("images/a.png", ""), ("masks/a.png", "")]);
    let path = folder.path().join("l.csv");
    let failures = crate::table::fuzz::failures(|bytes| {
        fs::write(&path, bytes).expect("written");
        for format in [
            ListFormat::Chestxray14,
            ListFormat::NihChestxray,
            ListFormat::Chexpert,
            ListFormat::Shenzhen,
            ListFormat::SiimAcr,
            ListFormat::Coco,
        ] {
            let spec = ListSpec {
                train: Some("l.csv".into()),
                table: Some("l.csv".into()),
                ..list(format)
            };
            let target =
                if format.is_of_masks() { Target::Segmentation } else { Target::MultiLabel };
            let _ = read("t", &task(&folder, target, spec, "images"));
        }
    });
    assert!(failures.is_empty(), "inputs {failures:?}");
}

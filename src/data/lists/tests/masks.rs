//! Lists that tell masks.

use super::*;
use crate::data::mask::{MaskPart, Masks};

fn masks(manifest: &Manifest) -> Vec<&Masks> {
    manifest.rows.iter().map(|row| row.masks.as_ref().expect("masks")).collect()
}

/// The mask files of the first structure of each case, below the folder.
fn files(folder: &TempDir, manifest: &Manifest) -> Vec<Vec<String>> {
    let name = |part: &MaskPart| match part {
        MaskPart::File(path) => {
            path.strip_prefix(folder.path()).expect("below").display().to_string()
        }
        other => format!("{other:?}"),
    };
    masks(manifest).iter().map(|masks| masks.structures[0].iter().map(name).collect()).collect()
}

fn structure(folder: &TempDir, spec: ListSpec, images: &str, name: &str) -> Task {
    Task { classes: vec![name.into()], ..task(folder, Target::Segmentation, spec, images) }
}

#[test]
fn names_of_scr() {
    let folder = tree(&[
        ("train.txt", "JPCLN001\n"),
        ("val.txt", "JPCLN002"),
        ("test.txt", "JPNNN003\n"),
        ("images/JPCLN001.IMG.png", ""),
        ("images/JPCLN002.png", ""),
        ("images/JPNNN003.IMG", ""),
        ("fold1/masks/left lung/JPCLN001.gif", ""),
        ("fold1/masks/right lung/JPCLN001.gif", ""),
        ("fold2/masks/left lung/JPCLN002.gif", ""),
        ("fold2/masks/right lung/JPCLN002.gif", ""),
        ("fold2/masks/left lung/JPNNN003.gif", ""),
        ("fold2/masks/right lung/JPNNN003.gif", ""),
    ]);
    let lungs = [
        "fold1/masks/left lung",
        "fold1/masks/right lung",
        "fold2/masks/left lung",
        "fold2/masks/right lung",
    ];
    let mut spec = three(ListFormat::Scr);
    spec.masks = lungs.map(PathBuf::from).to_vec();
    let manifest = good(&structure(&folder, spec.clone(), "images", "lungs"));
    assert_eq!(
        cases(&manifest),
        [
            ("JPCLN001.IMG.png", "JPCLN001.IMG.png", Some(Split::Train)),
            ("JPCLN002.png", "JPCLN002.png", Some(Split::Val)),
            ("JPNNN003.IMG", "JPNNN003.IMG", Some(Split::Test)),
        ]
    );
    let left_right = |fold: u8, name: &str| {
        ["left", "right"].map(|side| format!("fold{fold}/masks/{side} lung/{name}.gif")).to_vec()
    };
    assert_eq!(
        files(&folder, &manifest)[..2],
        [left_right(1, "JPCLN001"), left_right(2, "JPCLN002")]
    );
    assert_eq!(manifest.classes, ["lungs"]);
    // Without lists the folds are train and test.
    (spec.train, spec.val, spec.test) = (None, None, None);
    let manifest = good(&structure(&folder, spec, "images", "lungs"));
    let splits: Vec<_> = manifest.rows.iter().map(|row| row.split.map(Split::name)).collect();
    assert_eq!(splits, [Some("train"), Some("test"), Some("test")]);
    fs::write(folder.path().join("val.txt"), "JPCLN009").expect("written");
    let mut spec = three(ListFormat::Scr);
    spec.masks = lungs.map(PathBuf::from).to_vec();
    let error = bad(&folder, &structure(&folder, spec, "images", "lungs"));
    assert!(error.contains("val.txt:1:1: names `JPCLN009`, of which no folder"), "{error}");
}

#[test]
fn several_masks_of_busi() {
    let folder = tree(&[
        ("benign/benign (1).png", ""),
        ("benign/benign (1)_mask.png", ""),
        ("benign/benign (1)_mask_1.png", ""),
        ("benign/benign (1)_mask_2.png", ""),
        ("normal/normal (2).png", ""),
        ("normal/normal (2)_mask.png", ""),
        ("list.txt", "benign/benign (1).png\n"),
        ("bad.txt", "benign/benign (1)_mask.png\n"),
    ]);
    let manifest = good(&structure(&folder, list(ListFormat::Busi), "", "lesion"));
    assert_eq!(
        files(&folder, &manifest),
        [
            vec![
                "benign/benign (1)_mask.png",
                "benign/benign (1)_mask_1.png",
                "benign/benign (1)_mask_2.png",
            ],
            vec!["normal/normal (2)_mask.png"],
        ]
    );
    assert!(
        manifest.notes.iter().any(|note| note == "1 images have several masks, whose union counts")
    );
    let spec = ListSpec { train: Some("list.txt".into()), ..list(ListFormat::Busi) };
    assert_eq!(good(&structure(&folder, spec, "", "lesion")).rows.len(), 1);
    let spec = ListSpec { train: Some("bad.txt".into()), ..list(ListFormat::Busi) };
    let error = bad(&folder, &structure(&folder, spec, "", "lesion"));
    assert!(
        error.contains("bad.txt:1:1: names `benign/benign (1)_mask.png`, which is a mask"),
        "{error}"
    );
}

#[test]
fn masks_of_the_same_name() {
    let folder = tree(&[
        ("CXR_png/MCUCXR_0001_0.png", ""),
        ("CXR_png/MCUCXR_0002_1.png", ""),
        ("masks/MCUCXR_0001_0.png", ""),
        ("masks/MCUCXR_0002_1.gif", ""),
        ("ManualMask/leftMask/MCUCXR_0001_0.png", ""),
        ("ManualMask/rightMask/MCUCXR_0001_0.png", ""),
    ]);
    let of = |masks: &[&str]| {
        let masks = masks.iter().map(PathBuf::from).collect();
        let spec = ListSpec { masks, ..list(ListFormat::SameName) };
        structure(&folder, spec, "CXR_png", "lungs")
    };
    let manifest = good(&of(&["masks"]));
    assert_eq!(
        files(&folder, &manifest),
        [["masks/MCUCXR_0001_0.png"], ["masks/MCUCXR_0002_1.gif"]]
    );
    let both = of(&["ManualMask/leftMask", "ManualMask/rightMask"]);
    assert_eq!(files(&folder, &good(&both))[0].len(), 2);
    let error = crate::data::source::plan("t", &both, folder.path()).err().expect("missing");
    let error = error.to_string();
    assert!(
        error.contains("its mask") && error.contains("rightMask/MCUCXR_0002_1.png does not exist"),
        "{error}"
    );
    assert!(bad(&folder, &of(&[])).contains("`list.masks` is missing"));
}

fn drive() -> TempDir {
    tree(&[
        ("training/images/21_training.tif", ""),
        ("training/1st_manual/21_manual1.gif", ""),
        ("training/mask/21_training_mask.gif", ""),
        ("test/images/01_test.tif", ""),
        ("test/1st_manual/01_manual1.gif", ""),
        ("test/mask/01_test_mask.gif", ""),
    ])
}

#[test]
fn folders_of_drive() {
    let folder = drive();
    let mut task = structure(&folder, list(ListFormat::Drive), "", "vessels");
    let manifest = good(&task);
    assert_eq!(
        cases(&manifest).iter().map(|case| (case.0, case.2)).collect::<Vec<_>>(),
        [
            ("training/images/21_training.tif", Some(Split::Train)),
            ("test/images/01_test.tif", Some(Split::Test)),
        ]
    );
    assert_eq!(files(&folder, &manifest)[0], ["training/1st_manual/21_manual1.gif"]);
    assert!(masks(&manifest)[0].field_of_view.is_none(), "only where it is asked for");
    let field =
        SegmentationSpec { field_of_view: Some("mask".into()), ..SegmentationSpec::default() };
    task.segmentation = Some(field);
    let manifest = good(&task);
    let field = masks(&manifest)[1].field_of_view.as_ref().expect("a field of view");
    assert!(field.ends_with("test/mask/01_test_mask.gif"));
    fs::remove_dir_all(folder.path().join("test/1st_manual")).expect("removed");
    let manifest = good(&task);
    assert_eq!(manifest.rows.len(), 1);
    assert!(manifest.notes.iter().any(|note| note.contains("has no masks (1st_manual)")));
    fs::remove_dir_all(folder.path().join("training/1st_manual")).expect("removed");
    assert!(bad(&folder, &task).contains("neither training/1st_manual nor"));
}

/// The copy that the benchmark used: PNG masks in a folder of their own.
#[test]
fn drive_in_one_folder() {
    let folder = tree(&[("images/21_training.png", ""), ("labels/21_manual1.png", "")]);
    let spec = ListSpec { masks: vec!["labels".into()], ..list(ListFormat::Drive) };
    let manifest = good(&structure(&folder, spec, "images", "vessels"));
    assert_eq!(files(&folder, &manifest), [["labels/21_manual1.png"]]);
    assert_eq!(manifest.rows[0].split, None);
}

fn siim(rows: &str) -> TempDir {
    tree(&[
        ("rle.csv", &format!("ImageId, EncodedPixels\n{rows}")),
        ("dicom/a/b/1.2.3.dcm", ""),
        ("dicom/1.2.4.dcm", ""),
        ("dicom/1.2.5.dcm", ""),
    ])
}

fn siim_task(folder: &TempDir) -> Task {
    let spec = ListSpec { table: Some("rle.csv".into()), ..list(ListFormat::SiimAcr) };
    structure(folder, spec, "dicom", "pneumothorax")
}

#[test]
fn runs_of_siim() {
    let folder = siim("1.2.3, 1 2 3 1\n1.2.4, -1\n1.2.3,3 1\n");
    let manifest = good(&siim_task(&folder));
    let ids: Vec<&str> = manifest.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["a/b/1.2.3.dcm", "1.2.4.dcm"]);
    let found = masks(&manifest);
    assert_eq!((found[0].structures[0].len(), found[1].structures[0].len()), (2, 0));
    for note in ["1 images have several rows", "1 images of the folder have no row"] {
        assert!(manifest.notes.iter().any(|n| n.contains(note)), "{note}: {:?}", manifest.notes);
    }
    assert!(!manifest.notes.iter().any(|n| n.contains("overlap")));
    let folder = siim("1.2.3,1 4\n1.2.3,3 1\n1.2.4,-1\n1.2.5,-1\n");
    let notes = good(&siim_task(&folder)).notes;
    assert!(notes.iter().any(|n| n.contains("rows of 1 images overlap")), "{notes:?}");
    for (rows, expected) in [
        ("1.2.3,1 2 3\n", "rle.csv:2:2: has runs of 3 numbers, expected pairs"),
        ("1.2.3,1 2\n1.2.3,-1\n", "rle.csv:3:2: `1.2.3` has a row that says -1"),
        ("1.2.3,-1\n1.2.3,1 2\n", "rle.csv:3:2: `1.2.3` has a row that says -1"),
        ("1.2.3,\n", "rle.csv:2:2: ` EncodedPixels` is empty"),
        ("1.2.3,a b\n", "rle.csv:2:2: has runs with `a`"),
    ] {
        let folder = siim(rows);
        let error =
            bad(&folder, &siim_task(&folder)).replace("`EncodedPixels`", "` EncodedPixels`");
        assert!(error.contains(expected), "{error}\n{expected}");
    }
    let folder = siim("9.9.9,1 2\n1.2.3,-1\n");
    let plan = crate::data::source::plan("t", &siim_task(&folder), folder.path());
    let error = plan.err().expect("missing").to_string();
    assert!(error.contains("9.9.9.dcm") && error.contains("rle.csv:2) does not exist"), "{error}");
}

fn coco(annotation: &str) -> TempDir {
    let text = format!(
        "{{\"images\":[{{\"id\":7,\"file_name\":\"a.png\",\"width\":4,\"height\":3}},\
         {{\"id\":8,\"file_name\":\"b.png\",\"width\":4,\"height\":3}}],\
         \"categories\":[{{\"id\":1,\"name\":\"lung\"}},{{\"id\":2,\"name\":\"heart\"}}],\
         \"annotations\":[{annotation}]}}"
    );
    tree(&[("train.json", &text), ("a.png", ""), ("b.png", "")])
}

fn coco_task(folder: &TempDir) -> Task {
    let spec = ListSpec { table: Some("train.json".into()), ..list(ListFormat::Coco) };
    task(folder, Target::Segmentation, spec, "")
}

#[test]
fn annotations_of_coco() {
    let folder = coco(
        "{\"id\":1,\"image_id\":7,\"category_id\":1,\"segmentation\":[[0,0,3,0,3,2],[1,1,2,1,2,2]]},\
         {\"id\":2,\"image_id\":7,\"category_id\":2,\"segmentation\":{\"counts\":[1,4,7],\"size\":[3,4]}},\
         {\"id\":3,\"image_id\":7,\"category_id\":2,\"segmentation\":{\"counts\":\"147\",\"size\":[3,4]}}",
    );
    let manifest = good(&coco_task(&folder));
    assert_eq!(manifest.classes, ["lung", "heart"]);
    let found = masks(&manifest);
    assert_eq!((found[0].structures[0].len(), found[0].structures[1].len()), (2, 2));
    assert_eq!(found[0].structures[1][0], found[0].structures[1][1], "both forms of runs");
    assert!(found[1].structures.iter().all(Vec::is_empty));
    for (annotation, expected) in [
        (
            "{\"id\":1,\"image_id\":9,\"category_id\":1,\"segmentation\":[]}",
            "annotation 1 is of image 9",
        ),
        (
            "{\"image_id\":7,\"category_id\":5,\"segmentation\":[]}",
            "annotation number 1 is of category 5",
        ),
        (
            "{\"id\":4,\"image_id\":7,\"category_id\":1,\"segmentation\":{\"counts\":[12],\"size\":[4,3]}}",
            "its runs are of [4, 3] (height, width), its image has 4 x 3",
        ),
        (
            "{\"id\":4,\"image_id\":7,\"category_id\":1,\"segmentation\":3}",
            "neither a list of polygons",
        ),
        ("{\"id\":4}", "is no file of COCO annotations"),
    ] {
        let folder = coco(annotation);
        let error = bad(&folder, &coco_task(&folder));
        assert!(error.contains(expected), "{error}\n{expected}");
    }
}

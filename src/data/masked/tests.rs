//! Manifests with masks, from their files to the data set.

use std::path::Path;

use image::{GrayImage, Luma};

use super::*;
use crate::data::{Split, prepare};
use crate::spec::{Resolution, SegmentationSpec, Source, Target, Task};

/// Six images of 6 x 4 pixels, the left half of which is the organ.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a folder"));
        for case in 0..6_u8 {
            place.image(&format!("{case}.png"), (6, 4), |x, y| (40 * case) + (x + y) as u8);
            place.image(&format!("{case}_organ.png"), (6, 4), |x, _| if x < 3 { 255 } else { 0 });
        }
        place
    }

    fn image(&self, name: &str, (width, height): (u32, u32), value: impl Fn(u32, u32) -> u8) {
        let image = GrayImage::from_fn(width, height, |x, y| Luma([value(x, y)]));
        image.save(self.0.path().join(name)).expect("saved");
    }

    fn task(&self, text: &str, labels: &[&str], change: impl Fn(&mut SegmentationSpec)) -> Task {
        let path = self.0.path().join("m.csv");
        std::fs::write(&path, text).expect("written");
        let mut spec = SegmentationSpec::default();
        change(&mut spec);
        Task {
            path: Some(path),
            labels: labels.iter().map(ToString::to_string).collect(),
            segmentation: Some(spec),
            ..Task::new(Source::Manifest, Target::Segmentation)
        }
    }

    fn read(&self, task: &Task) -> Result<Dataset, String> {
        let cache: &Path = &self.0.path().join("cache");
        prepare("t", task, 4, cache, &|_, _| {}).map_err(|error| error.to_string())
    }
}

const SPLITS: [&str; 6] = ["train", "train", "train", "val", "test", "test"];

/// A manifest whose mask cells are given for cases 0 to 5.
fn manifest(masks: [&str; 6]) -> String {
    let rows = (0..6).map(|case| format!("{case}.png,{},p{case},{}\n", masks[case], SPLITS[case]));
    rows.fold("image,organ,patient_id,split\n".into(), |text, row| text + &row)
}

const ALL: [&str; 6] =
    ["0_organ.png", "1_organ.png", "2_organ.png", "3_organ.png", "4_organ.png", "5_organ.png"];

fn with(index: usize, cell: &'static str) -> String {
    let mut masks = ALL;
    masks[index] = cell;
    manifest(masks)
}

#[test]
fn masks_lie_beside_their_images_in_both_sizes() {
    let place = Place::new();
    let task = place.task(&manifest(ALL), &["organ"], |_| {});
    for _ in 0..2 {
        let data = place.read(&task).expect("data");
        assert_eq!(
            (data.classes.clone(), data.target),
            (vec!["organ".into()], Target::Segmentation)
        );
        assert_eq!(data.mask(5).expect("a mask"), [0x81, 0x81, 0x80, 0x80].repeat(4));
        let original = data.original(4).expect("masks");
        assert_eq!((original.width(), original.height()), (6, 4));
        assert_eq!(original.bits(), [0x81, 0x81, 0x81, 0x80, 0x80, 0x80].repeat(4));
        assert!(data.cases.iter().all(|case| case.truth.has(0)));
        assert_eq!(data.image(0).len(), 16);
    }
}

#[test]
fn a_structure_may_be_nowhere_or_in_several_parts() {
    let place = Place::new();
    place.image("right.png", (6, 4), |x, _| if x == 5 { 255 } else { 0 });
    let mut masks = ALL;
    (masks[0], masks[1], masks[5]) = ("none", "1_organ.png|right.png", "-1");
    let data = place.read(&place.task(&manifest(masks), &["organ"], |_| {})).expect("data");
    assert!(
        !data.cases[0].truth.has(0) && !data.cases[5].truth.has(0) && data.cases[1].truth.has(0)
    );
    assert_eq!(data.original(1).expect("masks").bits()[..6], [0x81, 0x81, 0x81, 0x80, 0x80, 0x81]);
}

#[test]
fn one_mask_may_hold_all_structures() {
    let place = Place::new();
    for case in 0..6 {
        place.image(&format!("{case}_organ.png"), (6, 4), |x, _| (x / 2) as u8);
    }
    let mut task = place.task(&manifest(ALL), &["organ"], |spec| spec.mask_values = vec![2, 1]);
    task.classes = vec!["right".into(), "middle".into()];
    let data = place.read(&task).expect("data");
    let expected = [0x80, 0x80, 0x82, 0x82, 0x81, 0x81];
    assert_eq!(data.original(0).expect("masks").bits()[..6], expected);
    place.image("4_organ.png", (6, 4), |_, _| 7);
    let error = place.read(&task).expect_err("another value");
    assert!(
        error.contains("4_organ.png") && error.contains("value 7, expected 0, 2, 1"),
        "{error}"
    );
}

#[test]
fn pixels_outside_of_the_field_of_view_do_not_count() {
    let place = Place::new();
    place.image("fov.png", (6, 4), |x, _| if x > 0 { 255 } else { 0 });
    let text = manifest(ALL).lines().enumerate().fold(String::new(), |text, (at, line)| {
        text + line + if at == 0 { ",fov\n" } else { ",fov.png\n" }
    });
    let task = place.task(&text, &["organ"], |spec| spec.field_of_view = Some("fov".into()));
    let data = place.read(&task).expect("data");
    assert_eq!(data.original(0).expect("masks").bits()[..4], [0, 0x81, 0x81, 0x80]);
    place.image("fov.png", (6, 4), |_, _| 0);
    let error = place.read(&task).expect_err("black");
    assert!(error.contains("fov.png: it is black"), "{error}");
}

#[test]
fn images_may_keep_their_pixels() {
    let place = Place::new();
    place.image("3.png", (9, 7), |x, y| (x * y) as u8);
    place.image("3_organ.png", (9, 7), |x, _| if x == 8 { 255 } else { 0 });
    let task = place.task(&manifest(ALL), &["organ"], |spec| spec.resolution = Resolution::Native);
    let data = place.read(&task).expect("data");
    assert!(data.is_native() && data.size == 9);
    assert_eq!((data.file_size(0), data.file_size(3)), (Some((6, 4)), Some((9, 7))));
    let mask = data.mask(0).expect("a mask");
    assert_eq!(mask[..9], [0x81, 0x81, 0x81, 0x80, 0x80, 0x80, 0, 0, 0]);
    assert!(mask[4 * 9..].iter().all(|bits| *bits == 0));
    assert_eq!(data.image(0)[..9], [0, 1, 2, 3, 4, 5, 0, 0, 0]);
}

#[test]
fn a_changed_mask_is_other_data() {
    let place = Place::new();
    let task = place.task(&manifest(ALL), &["organ"], |_| {});
    let before = place.read(&task).expect("data").data_hash;
    place.image("5_organ.png", (6, 4), |x, _| if x < 2 { 255 } else { 0 });
    let changed = place.read(&task).expect("data").data_hash;
    let other = place.task(&manifest(ALL), &["organ"], |spec| spec.threshold = 100);
    let threshold = place.read(&other).expect("data").data_hash;
    assert!(before != changed && changed != threshold);
}

#[test]
fn scaled_masks_are_noted() {
    let place = Place::new();
    place.image("1_organ.png", (6, 4), |x, _| (50 * x) as u8);
    let data = place.read(&place.task(&manifest(ALL), &["organ"], |_| {})).expect("data");
    let notes = data.notes.join("\n");
    assert!(notes.contains("1 of 6 images have masks with grey values"), "{notes}");
    assert_eq!(data.original(1).expect("masks").bits()[..6], [0x80, 0x80, 0x80, 0x81, 0x81, 0x81]);
}

#[test]
fn what_is_wrong_with_a_mask_is_told_with_its_place() {
    type Change = Box<dyn Fn(&Place)>;
    let nothing = || Box::new(|_: &Place| {}) as Change;
    let cases: Vec<(String, Change, &[&str])> = vec![
        (with(1, ""), nothing(), &["m.csv:3:2", "`organ` is empty", "write none"]),
        (with(1, "gone.png"), nothing(), &["1.png", "gone.png does not exist"]),
        (
            manifest(ALL),
            Box::new(|place| place.image("2_organ.png", (4, 6), |_, _| 255)),
            &["2.png", "line 4", "has 4 x 6 pixels, but its image has 6 x 4"],
        ),
        (
            manifest(ALL),
            Box::new(|place| place.image("2_organ.png", (6, 4), |x, _| u8::from(x > 2))),
            &["2_organ.png", "values up to 1", "threshold = 1"],
        ),
        (
            manifest(ALL),
            Box::new(|place| {
                let path = place.0.path().join("0_organ.png");
                std::fs::write(path, "no image").expect("written");
            }),
            &["0.png", "0_organ.png"],
        ),
        (
            manifest(ALL),
            Box::new(|place| {
                let colours = image::RgbImage::from_pixel(6, 4, image::Rgb([255, 0, 0]));
                colours.save(place.0.path().join("0_organ.png")).expect("saved");
            }),
            &["0_organ.png", "has colours"],
        ),
    ];
    for (text, change, parts) in cases {
        let place = Place::new();
        change(&place);
        let error = place.read(&place.task(&text, &["organ"], |_| {})).expect_err("an error");
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}

#[test]
fn a_damaged_cache_is_told_and_made_again() {
    let place = Place::new();
    let task = place.task(&manifest(ALL), &["organ"], |_| {});
    let data = place.read(&task).expect("data");
    let file = place.0.path().join(format!("cache/{}.u8", data.data_hash));
    let mut bytes = std::fs::read(&file).expect("a cache");
    // The first byte of the masks lies behind six images of 16 bytes.
    bytes[4096 + 6 * 16] ^= 1;
    std::fs::write(&file, &bytes).expect("written");
    let again = place.read(&task).expect("data");
    assert_eq!(again.mask(0).expect("a mask")[0], 0x81);
    assert_eq!(again.indices(Split::Test), [4, 5]);
}

use std::collections::BTreeMap;

use super::*;

fn spec(labels: PhantomLabels) -> PhantomSpec {
    PhantomSpec { labels, ..PhantomSpec::default() }
}

#[test]
fn type_names_follow_the_structures() {
    let names: Vec<&str> = structure::Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names, TYPES);
    assert_eq!(TYPES.len(), 3 * GROUPS.len());
}

/// The first bytes of images are pinned: they must never change by accident,
/// and must be the same on every machine. A change on purpose raises
/// `scene::VERSION`.
#[test]
fn images_are_pinned() {
    let hash = |labels, split, index| {
        super::super::decode::hash(&image(&spec(labels), split, index))[..16].to_owned()
    };
    let got = [
        hash(PhantomLabels::Finding, Split::Train, 0),
        hash(PhantomLabels::Finding, Split::Test, 7),
        hash(PhantomLabels::Fine, Split::Train, 3),
    ];
    assert_eq!(VERSION, 1);
    assert_eq!(got, ["a5edeba20ba065cd", "dcecc77ef00be204", "9410c79b190a7586"]);
}

/// The class of a training image of a source task.
fn class(spec: &PhantomSpec, index: u32) -> usize {
    let truth = truth(spec, Split::Train, index);
    (0..TYPES.len()).find(|&class| truth.has(class)).expect("a class")
}

/// Names of the classes that an image shows.
fn shown(truth: &Truth, classes: &[&'static str]) -> Vec<&'static str> {
    (0..classes.len()).filter(|&class| truth.has(class)).map(|class| classes[class]).collect()
}

#[test]
fn coarse_and_fine_label_the_same_images() {
    let (coarse, fine) = (spec(PhantomLabels::Coarse), spec(PhantomLabels::Fine));
    for index in 0..24 {
        let (group, kind) = (class(&coarse, index), class(&fine, index));
        assert_eq!(group, kind / 3);
        assert_eq!(image(&coarse, Split::Train, index), image(&fine, Split::Train, index));
    }
}

#[test]
fn images_differ_by_seed_split_index_and_task() {
    let base = spec(PhantomLabels::Finding);
    let other = PhantomSpec { seed: 1, ..base.clone() };
    let first = image(&base, Split::Train, 0);
    assert_eq!(first.len(), 64 * 64);
    assert_eq!(first, image(&base, Split::Train, 0));
    for different in [
        image(&other, Split::Train, 0),
        image(&base, Split::Val, 0),
        image(&base, Split::Train, 1),
        image(&spec(PhantomLabels::Fine), Split::Train, 0),
    ] {
        assert_ne!(first, different);
    }
}

#[test]
fn types_are_balanced() {
    let spec = spec(PhantomLabels::Fine);
    let mut counts = BTreeMap::new();
    for index in 0..120 {
        *counts.entry(class(&spec, index)).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 12);
    assert!(counts.values().all(|&count| count == 10));
}

#[test]
fn patients_have_one_to_three_images_and_lasting_findings() {
    let spec = spec(PhantomLabels::Finding);
    let mut patients: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for index in 0..600 {
        patients.entry(patient(&spec, Split::Train, index)).or_default().push(index);
    }
    assert_eq!(patients.len(), 300);
    for size in 1..=3 {
        assert_eq!(patients.values().filter(|images| images.len() == size).count(), 100);
    }
    let share = |finding: usize| {
        (0..600).filter(|&i| truth(&spec, Split::Train, i).has(finding)).count() as f64 / 600.0
    };
    for (finding, name) in FINDINGS.iter().enumerate() {
        assert!((0.17..0.35).contains(&share(finding)), "{name} {}", share(finding));
    }
}

#[test]
fn masks_show_what_the_labels_say() {
    let spec = spec(PhantomLabels::Finding);
    let mut seen = 0;
    let mut empty = 0;
    for index in 0..60 {
        let masks = masks(&spec, Split::Train, index);
        assert_eq!(masks[0].structure, "right lung");
        for mask in &masks[..3] {
            let share = mask.pixels.iter().filter(|&&pixel| pixel).count() as f64 / 4096.0;
            assert!((0.02..0.35).contains(&share), "{} {share}", mask.structure);
        }
        let mut found: Vec<&str> = masks.iter().filter_map(|mask| mask.finding).collect();
        found.dedup();
        let expected = shown(&truth(&spec, Split::Train, index), &FINDINGS);
        assert_eq!(found, expected, "image {index}");
        for finding in expected {
            seen += 1;
            let of = masks.iter().filter(|mask| mask.finding == Some(finding));
            empty += usize::from(!of.flat_map(|mask| &mask.pixels).any(|&pixel| pixel));
        }
    }
    assert!(seen > 40, "{seen}");
    // A finding that is out of the image or behind the heart is rare.
    assert!(empty * 50 <= seen, "{empty} of {seen} findings cannot be seen");
}

/// Every structure changes its pixels by more than the noise, on average.
#[test]
fn structures_leave_a_trace() {
    let spec = PhantomSpec { size: 128, ..spec(PhantomLabels::Fine) };
    let mut contrast: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for index in 0..48 {
        let scene = Scene::new(&spec, Split::Train, index);
        for (name, change) in scene.contrasts(spec.size) {
            contrast.entry(name).or_default().push(change);
        }
    }
    assert_eq!(contrast.len(), 12);
    for (name, changes) in contrast {
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        assert!((0.06..0.45).contains(&mean), "{name}: {mean:.3}");
    }
}

/// Writes contact sheets; `TRANSFOLIO_CONTACT_SHEET` names the folder.
#[test]
fn contact_sheet() {
    let Some(folder) = std::env::var_os("TRANSFOLIO_CONTACT_SHEET") else {
        eprintln!("skipped: TRANSFOLIO_CONTACT_SHEET does not name a folder for contact sheets");
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    for (name, labels, size) in [
        ("fine", PhantomLabels::Fine, 128),
        ("finding", PhantomLabels::Finding, 128),
        ("fine64", PhantomLabels::Fine, 64),
    ] {
        let spec = PhantomSpec { size, ..spec(labels) };
        let (columns, rows) = (8, 6);
        let mut sheet = image::GrayImage::new(columns * size, rows * size);
        let mut legend = String::new();
        for index in 0..columns * rows {
            let pixels = image(&spec, Split::Train, index);
            for (i, &value) in (0_u32..).zip(&pixels) {
                let x = index % columns * size + i % size;
                let y = index / columns * size + i / size;
                sheet.put_pixel(x, y, image::Luma([value]));
            }
            let shown = shown(&truth(&spec, Split::Train, index), classes(labels));
            legend.push_str(&format!("{}.{} {shown:?}\n", index / columns, index % columns));
        }
        sheet.save(folder.join(format!("{name}.png"))).expect("sheet");
        std::fs::write(folder.join(format!("{name}.txt")), legend).expect("legend");
    }
}

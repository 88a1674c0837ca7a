//! Studies of masks from their files to a page: at the size of the input, in
//! windows, stopped and resumed, beside a task of classes.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{command, run};
use crate::study::{args, folder, read};

const ANATOMY: &str = r#"
[study]
name = "anatomy"
seeds = [1, 2]
label_fractions = [0.5, 1.0]

[tasks.anatomy]
title = "Lungs and heart"
source = "phantom"
target = "segmentation"
phantom = { labels = "anatomy", size = 40, train = 12, val = 4, test = 6 }
segmentation = { decision = "validation" }

[models.mobilenet_v2]
backbone = "mobilenet_v2"

[inits.random]
random = true

[inits.slow]
random = true
recipe = { learning_rate = 1e-5 }

[recipe]
learning_rate = 3e-3
batch_size = 4
epochs = 3
image_size = 32
loss = "dice+bce"
selection = "metric"
test_augmentation = "flip"
"#;

const FINDINGS: &str = r#"
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 16, val = 8, test = 16 }
recipe = { loss = "auto", steps = 6, test_augmentation = "ten-crop" }
"#;

/// All that the runs of a study left of their cases, in name order.
fn left(study: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(study.join("runs")).expect("runs") {
        let run = entry.expect("a run").path();
        for name in ["case_metrics.parquet", "case_masks.parquet", "history.csv"] {
            let id = run.file_name().expect("a name").to_string_lossy().into_owned();
            files.push((format!("{id}/{name}"), read(&run.join(name))));
        }
    }
    files.sort();
    files
}

#[test]
fn masks_are_trained_on_and_reported() {
    let dir = folder(ANATOMY);
    let here = dir.path();
    run(here, &args("a", &["--jobs", "2"])).expect(0).mentions(&["8 of 8 runs done"]);
    let table = String::from_utf8(read(&here.join("a/results.csv"))).expect("text");
    for metric in ["dice", "iou", "hd95", "assd", "nsd"] {
        for class in ["", "lungs", "heart"] {
            assert_eq!(
                table.matches(&format!(",{metric},{class},")).count(),
                8,
                "{metric} {class}"
            );
        }
    }
    run(here, &["compare", "a"]).expect(0).mentions(&["Dice", "random", "slow"]);
    run(here, &["check", "a"]).expect(0).mentions(&["8 with sound results", "nothing is damaged"]);
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    for part in [
        "Masks of test cases",
        "data:image/jpeg;base64,",
        "data:image/png;base64,",
        "MobileNetV2 as encoder of a U-Net",
        "the highest mean Dice on the validation cases",
        "Of this recipe differ: slow (learning_rate",
        "the same number of passes over their labels",
        "best validation metric",
        "of its mirror image were averaged",
        "whole patients redrawn",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("predictions.parquet"), "masks are no predictions");
    run(here, &["verify", "a/report.html"]).expect(0);
    run(here, &["verify", "a/report.html", "--records", "a"]).expect(0);
    // The page shows what lies in the folder: another mask is other data.
    let first = fs::read_dir(here.join("a/runs")).expect("runs").next().expect("one").expect("run");
    let masks = first.path().join("case_masks.parquet");
    let mut bytes = read(&masks);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    fs::write(&masks, bytes).expect("written");
    run(here, &["check", "a"]).expect(6).mentions(&["case_masks.parquet"]);
}

/// However often and wherever it is stopped, a study of masks comes to the same
/// bytes.
#[test]
fn a_stopped_study_of_masks_goes_on_to_the_same_bytes() {
    let dir = folder(&ANATOMY.replace("seeds = [1, 2]", "seeds = [1]"));
    let here = dir.path();
    run(here, &args("whole", &[])).expect(0);
    for wait in [900, 2200, 4100] {
        let mut child = command(here, &args("parts", &[]))
            .env("TRANSFOLIO_SAVE_SECONDS", "0")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let until = Instant::now() + Duration::from_millis(wait);
        while Instant::now() < until && child.try_wait().expect("a state").is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    run(here, &args("parts", &[])).expect(0);
    assert_eq!(left(&here.join("whole")), left(&here.join("parts")));
    assert_eq!(read(&here.join("whole/results.csv")), read(&here.join("parts/results.csv")));
}

/// Windows over images of several sizes, with a field of view, from files.
#[test]
fn images_that_keep_their_pixels_are_seen_in_windows() {
    let dir = folder(
        &ANATOMY
            .replace(
                "source = \"phantom\"",
                "source = \"manifest\"\npath = \"m.csv\"\nlabels = [\"disc\"]",
            )
            .replace(
                "phantom = { labels = \"anatomy\", size = 40, train = 12, val = 4, test = 6 }",
                "",
            )
            .replace(
                "{ decision = \"validation\" }",
                "{ resolution = \"native\", field_of_view = \"seen\", spacing = [0.5, 0.5] }",
            )
            .replace("seeds = [1, 2]", "seeds = [1]")
            .replace("label_fractions = [0.5, 1.0]", ""),
    );
    let here = dir.path();
    let mut manifest = String::from("image,disc,seen,patient_id,split\n");
    for case in 0..12_u32 {
        let (width, height) = (40 + 3 * case, 50 - case);
        let centre = (20 + case, 22);
        let at = |x: u32, y: u32| x.abs_diff(centre.0).pow(2) + y.abs_diff(centre.1).pow(2);
        let save = |name: &str, value: &dyn Fn(u32, u32) -> u8| {
            let image = image::GrayImage::from_fn(width, height, |x, y| image::Luma([value(x, y)]));
            image.save(here.join(format!("{case}_{name}.png"))).expect("saved");
        };
        let noise = |x: u32, y: u32| (x * 31 + y * 17 + case * 7) % 60;
        save("image", &|x, y| (noise(x, y) + if at(x, y) < 100 { 150 } else { 20 }) as u8);
        save("disc", &|x, y| if at(x, y) < 100 { 255 } else { 0 });
        save("seen", &|x, _| if x > 3 { 255 } else { 0 });
        let split = match case {
            0..=6 => "train",
            7 | 8 => "val",
            _ => "test",
        };
        let image = format!("{case}_image.png,{case}_disc.png,{case}_seen.png");
        manifest += &format!("{image},p{case},{split}\n");
    }
    fs::write(here.join("m.csv"), manifest).expect("written");
    run(here, &args("a", &[])).expect(0).mentions(&["2 of 2 runs done"]);
    run(here, &["check", "a"]).expect(0);
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    for part in
        ["a window slid over the whole image", "distances are in millimetres", "field of view"]
    {
        let found = page.to_lowercase().contains(&part.to_lowercase());
        assert!(found, "{part}");
    }
}

/// Classes and masks in one study: each task has its own metric.
#[test]
fn a_study_may_have_tasks_of_both_kinds() {
    let dir = folder(
        &format!("{ANATOMY}{FINDINGS}")
            .replace("seeds = [1, 2]", "seeds = [1]")
            .replace("test_augmentation = \"flip\"\n", ""),
    );
    let here = dir.path();
    run(here, &args("a", &["--jobs", "2"])).expect(0).mentions(&["8 of 8 runs done"]);
    let table = String::from_utf8(read(&here.join("a/results.csv"))).expect("text");
    assert_eq!(table.matches(",primary,,").count(), 8);
    run(here, &["compare", "a"]).expect(0).mentions(&["AUC or Dice"]);
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    for part in [
        "AUC or Dice is the primary metric of each task",
        "Masks of test cases",
        "Calibration",
        "test_augmentation ten-crop",
        "Classification heads and decoders",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn what_does_not_go_with_masks_is_told_before_a_run() {
    for (from, to, parts) in [
        ("\"flip\"", "\"ten-crop\"", &["ten-crop", "tasks.anatomy has masks"][..]),
        ("backbone = \"mobilenet_v2\"", "backbone = \"deit_tiny\"", &["no decoder for DeiT-Ti"]),
        ("image_size = 32", "image_size = 40", &["multiples of 32"]),
        ("\"anatomy\", size", "\"finding\", size", &["target is Segmentation", "MultiLabel"]),
    ] {
        assert!(ANATOMY.contains(from), "{from}");
        let dir = folder(&ANATOMY.replace(from, to));
        run(dir.path(), &args("a", &[])).expect(2).mentions(parts);
    }
}

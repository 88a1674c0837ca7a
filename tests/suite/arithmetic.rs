//! Precision, memory format and kept memory, as a user asks for them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{command, run, said};
use crate::study::{args, folder, predictions, read};

const STUDY: &str = r#"
[study]
name = "modes"
seeds = [3]
keep_weights = true

[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 24, val = 8, test = 16 }

[models.net]
backbone = "resnet18"

[inits.random]
random = true

[recipe]
batch_size = 8
epochs = 2
image_size = 32
"#;

fn with(line: &str) -> String {
    format!("{STUDY}{line}\n")
}

/// The record of the one run of a study.
fn record(study: &Path) -> Value {
    let run = fs::read_dir(study.join("runs")).expect("runs").next().expect("a run");
    let path = run.expect("a run").path().join("record.json");
    serde_json::from_slice(&read(&path)).expect("a record")
}

#[test]
fn a_record_says_how_it_was_computed_and_the_name_of_a_run_when_it_was_asked() {
    let mut names = Vec::new();
    for (line, precision, format) in [
        ("", "f32", "channels_last"),
        ("precision = \"f32\"\nmemory_format = \"auto\"", "f32", "channels_last"),
        ("memory_format = \"contiguous\"", "f32", "contiguous"),
        ("precision = \"bf16\"", "bf16", "channels_last"),
        ("precision = \"f64\"", "f64", "contiguous"),
    ] {
        let dir = folder(&with(line));
        let here = dir.path();
        for output in ["a", "b"] {
            run(here, &args(output, &[])).expect(0);
        }
        assert_eq!(predictions(&here.join("a")), predictions(&here.join("b")), "{line}");
        let record = record(&here.join("a"));
        let made = &record["provenance"];
        assert_eq!(made["arithmetic"]["precision"], precision, "{line}");
        assert_eq!(made["arithmetic"]["memory_format"], format, "{line}");
        assert_eq!(made["arithmetic"]["optimizer"], "fused", "{line}");
        let share = made["waiting"].as_f64().expect("a share");
        assert!(share > 0.0 && share < 1.0, "{share}");
        assert!(made["images_per_second"].as_f64() > Some(0.0), "{made}");
        assert!(made["peak_memory"].as_u64() > Some(10 << 20), "{made}");
        names.push(record["run"].as_str().expect("a name").to_string());
        let page = here.join("a/report.html");
        run(here, &["report", "a"]).expect(0);
        let page = String::from_utf8(read(&page)).expect("text");
        let words = ["32-bit arithmetic", "mixed (bfloat16 and 32-bit) arithmetic", "64-bit"];
        let wanted = words[usize::from(precision == "bf16") + 2 * usize::from(precision == "f64")];
        assert!(page.contains(wanted), "{line}: {wanted}");
        let how = format!("{precision} {format} with fused optimiser");
        assert!(page.contains(&how), "{line}: {how}");
    }
    assert_eq!(names[0], names[1], "what is the default names nothing");
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), 4, "{names:?}");
}

/// `predict` computes as the training did, to the bit, unless asked otherwise.
#[test]
fn weights_of_a_bf16_training_predict_as_they_did_there() {
    let dir = folder(&with("precision = \"bf16\""));
    let here = dir.path();
    run(here, &args("s", &[])).expect(0);
    let run_dir = fs::read_dir(here.join("s/runs")).expect("runs").next().expect("a run");
    let run_dir = run_dir.expect("a run").path();
    for i in 0..3u32 {
        let image = image::GrayImage::from_fn(32, 32, |x, y| image::Luma([(x * 7 + y * i) as u8]));
        image.save(here.join(format!("{i}.png"))).expect("saved");
    }
    fs::write(here.join("list.txt"), "0.png\n1.png\n2.png\n").expect("written");
    let scores = |output: &str, more: &[&str]| {
        let weights = run_dir.to_string_lossy();
        let fixed = ["predict", "--weights", &weights, "--input", "list.txt", "--threads", "1"];
        let output_args = ["--device", "cpu", "--output", output];
        run(here, &[&fixed[..], &output_args, more].concat()).expect(0);
        read(&here.join(output))
    };
    let as_trained = scores("a.npy", &[]);
    assert_eq!(as_trained, scores("b.npy", &["--dtype", "bf16"]));
    assert_ne!(as_trained, scores("c.npy", &["--dtype", "f32"]));
    let none = ["predict", "--arch", "resnet18", "--weights", "random:1", "--classes", "2"];
    let more = ["--input", "list.txt", "--output", "d.npy", "--device", "cpu", "--dtype", "tf32"];
    run(here, &[&none[..], &more].concat()).expect(4).mentions(&["tf32", "has f32, bf16 and f64"]);
}

#[test]
fn a_precision_that_the_device_lacks_is_refused_before_anything_runs() {
    let dir = folder(&with("precision = \"tf32\""));
    let refused = run(dir.path(), &args("s", &[])).expect(4);
    refused.mentions(&["precision \"tf32\"", "device cpu has f32, bf16 and f64"]);
    assert!(!dir.path().join("s/runs").exists());
    for (line, parts) in [
        ("precision = \"fp16\"", &["study.toml", "fp16", "bf16"][..]),
        ("precision = \"BF16\"", &["BF16", "bf16"]),
        ("memory_format = \"channels-last\"", &["channels-last", "channels_last"]),
        ("memory_format = \"nhwc\"", &["nhwc", "contiguous"]),
    ] {
        let dir = folder(&with(line));
        run(dir.path(), &["run", "study.toml", "--dry-run"]).expect(2).mentions(parts);
    }
}

/// A study of version 0.1 that is extended.
#[test]
fn results_of_an_older_arithmetic_beside_new_ones_are_told_by_run() {
    let dir = folder(STUDY);
    let here = dir.path();
    let first = run(here, &args("s", &[])).expect(0);
    assert!(!first.err.contains("computed otherwise"), "{}", first.err);
    let run_dir = fs::read_dir(here.join("s/runs")).expect("runs").next().expect("a run");
    let path = run_dir.expect("a run").path().join("record.json");
    let mut old: Value = serde_json::from_slice(&read(&path)).expect("a record");
    // Records of that version carry no checksums.
    for seal in ["spec_sha256", "files", "sha256"] {
        old.as_object_mut().expect("a record").remove(seal);
    }
    let made = old["provenance"].as_object_mut().expect("a table");
    made.remove("arithmetic");
    made.remove("waiting");
    made.insert("transfolio".into(), "0.1.0".into());
    fs::write(&path, old.to_string()).expect("written");
    // Alone it is one arithmetic; beside a further seed it is not.
    let alone = run(here, &args("s", &[])).expect(0);
    assert!(!alone.err.contains("computed otherwise"), "{}", alone.err);
    fs::write(here.join("study.toml"), STUDY.replace("[3]", "[3, 4]")).expect("written");
    run(here, &args("s", &[])).expect(0).mentions(&[
        "1 of 2 results were computed otherwise",
        "parameter by parameter, by transfolio 0.1.0",
    ]);
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn kept_memory_is_said_by_doctor_and_can_be_switched_off() {
    let dir = tempfile::tempdir().expect("a folder");
    let doctor = |variable: Option<(&str, &str)>| {
        let mut command = command(dir.path(), &["doctor", "--device", "cpu"]);
        command.env_remove("TRANSFOLIO_KEEP_MEMORY").env_remove("MALLOC_TOP_PAD_");
        command.envs(variable);
        said(&command.output().expect("the program starts")).expect(0)
    };
    doctor(None).mentions(&["keep freed memory", "TRANSFOLIO_KEEP_MEMORY=0", "bf16"]);
    let off = doctor(Some(("TRANSFOLIO_KEEP_MEMORY", "0")));
    off.mentions(&["handled as TRANSFOLIO_KEEP_MEMORY in the environment says"]);
    doctor(Some(("MALLOC_TOP_PAD_", "0"))).mentions(&["handled as MALLOC_TOP_PAD_"]);
}

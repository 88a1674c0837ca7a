//! Checkpoints of one's own as inits: what is understood, what is told, and
//! lines that are proposed and then work.

use std::fs;
use std::path::Path;

use tch::{Device, Tensor, nn};
use transfolio::models::build;
use transfolio::spec::Backbone;

use crate::program::run;
use crate::study::{args, folder, read};

const HEAD: &str = r#"
[study]
name = "weights"
seeds = [3]
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 16, val = 8, test = 8 }
[recipe]
batch_size = 8
epochs = 1
image_size = 32
[inits.random]
random = true
"#;

const MODEL: &str = "[models.small]\nbackbone = \"resnet20_cifar_option_a\"\n";

/// The smallest network there is, under other names.
fn network(path: &Path, seed: i64, rename: impl Fn(&str) -> String) {
    let mut tensors = Vec::new();
    add(&mut tensors, seed, rename);
    Tensor::write_safetensors(&tensors, path).expect("written");
}

fn add(tensors: &mut Vec<(String, Tensor)>, seed: i64, rename: impl Fn(&str) -> String) {
    tch::manual_seed(seed);
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), Backbone::Resnet20CifarOptionA, 3);
    let variables = store.variables().into_iter();
    tensors.extend(variables.map(|(name, tensor)| (rename(&name), tensor.detach())));
}

fn study(here: &Path, text: &str) {
    fs::write(here.join("study.toml"), format!("{HEAD}{text}")).expect("written");
}

fn ids(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("runs")).expect("runs");
    let mut ids: Vec<String> =
        entries.map(|e| e.expect("a run").file_name().to_string_lossy().into_owned()).collect();
    ids.sort();
    ids
}

/// The line goes from the message into the study, which runs then; the rules
/// are part of the names of its runs.
#[test]
fn the_proposed_line_makes_a_study_run() {
    let dir = folder("");
    let here = dir.path();
    network(&here.join("w.safetensors"), 1, |name| name.replace("layer", "stage"));
    let init = format!("{MODEL}[inits.own]\nweights = \"w.safetensors\"\n");
    study(here, &init);
    let said = run(here, &args("a", &[])).expect(3).mentions(&["init own", "its names are others"]);
    let (_, rest) = said.err.split_once("write `").expect("a line");
    let (line, _) = rest.split_once("` under [inits.NAME]").expect("a table");
    study(here, &format!("{init}{line}\n"));
    run(here, &args("a", &[])).expect(0).mentions(&["2 of 2 runs done"]);
    let first = ids(&here.join("a"));
    // A further rule without effect on what is loaded makes another name all
    // the same: names follow what is written.
    let more = line.trim_end().trim_end_matches('}');
    study(here, &format!("{init}{more}, ignore = [\"nothing.\"] }}\n"));
    run(here, &args("b", &[])).expect(0);
    let second = ids(&here.join("b"));
    assert_eq!(first.iter().filter(|id| second.contains(id)).count(), 1, "{first:?} {second:?}");
}

/// `zoo inspect` prints what a study file says.
#[test]
fn what_inspect_proposes_can_be_pasted() {
    let dir = folder("");
    let here = dir.path();
    let files: [(&str, fn(&str) -> String); 2] = [
        ("plain.safetensors", |name| format!("net._orig_mod.{name}")),
        ("my own \"file\".safetensors", |name| name.replace("layer3", "last")),
    ];
    for (file, rename) in files {
        network(&here.join(file), 1, rename);
        let said = run(here, &["zoo", "inspect", file]).expect(0);
        let (_, pasted) = said.out.split_once("# in a study file:").expect("a proposal");
        study(here, pasted);
        run(here, &args("out", &[])).expect(0).mentions(&["2 of 2 runs done"]);
        fs::remove_dir_all(here.join("out")).expect("removed");
    }
}

/// Which of two copies was taken stands in the output, in the study's record,
/// in the run's record and in the report.
#[test]
fn what_was_taken_is_told_and_recorded() {
    let dir = folder("");
    let here = dir.path();
    let mut tensors = Vec::new();
    add(&mut tensors, 1, |name| format!("teacher.{name}"));
    add(&mut tensors, 2, |name| format!("student.{name}"));
    tensors.push(("criterion.pos_weight".into(), Tensor::from_slice(&[1.0f32])));
    Tensor::write_safetensors(&tensors, here.join("w.safetensors")).expect("written");
    let init = format!("{MODEL}[inits.own]\nweights = \"w.safetensors\"\n");
    study(here, &init);
    let told = "what lies under `teacher.` was taken, not under `student.`";
    run(here, &args("a", &[])).expect(0).mentions(&["weights of own: ", told, "criterion (1)"]);
    let record = String::from_utf8(read(&here.join("a/study.json"))).expect("text");
    assert!(record.contains(told), "{record}");
    let records: Vec<String> = ids(&here.join("a"))
        .iter()
        .map(|id| here.join("a/runs").join(id).join("record.json"))
        .map(|path| String::from_utf8(read(&path)).expect("text"))
        .collect();
    assert_eq!(records.iter().filter(|record| record.contains(told)).count(), 1, "{records:?}");
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    assert!(page.contains("Weights of own: "), "the report does not say which was taken");
    run(here, &["verify", "a/report.html"]).expect(0);

    // The other copy, by either way; each is a run of its own.
    let mut all = ids(&here.join("a"));
    for (folder, line) in
        [("b", "weights_from = \"student\"\n"), ("c", "keys = { strip = \"student.\" }\n")]
    {
        study(here, &format!("{init}{line}"));
        run(here, &args(folder, &[])).expect(0);
        all.extend(ids(&here.join(folder)));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4, "{all:?}");
}

#[test]
fn a_folder_of_hugging_face_is_an_init_and_a_distributed_checkpoint_is_none() {
    let dir = folder("");
    let here = dir.path();
    fs::create_dir(here.join("hf")).expect("a folder");
    fs::write(here.join("hf/config.json"), "{}").expect("written");
    network(&here.join("hf/model.safetensors"), 1, |name| format!("model.{name}"));
    study(here, &format!("{MODEL}[inits.own]\nweights = \"hf\"\n"));
    run(here, &args("a", &[])).expect(0).mentions(&["2 of 2 runs done"]);
    fs::create_dir(here.join("dcp")).expect("a folder");
    for name in [".metadata", "__0_0.distcp"] {
        fs::write(here.join("dcp").join(name), "x").expect("written");
    }
    study(here, &format!("{MODEL}[inits.own]\nweights = \"dcp\"\n"));
    run(here, &args("b", &[])).expect(3).mentions(&[
        "init own",
        "distributed checkpoint",
        "dcp_to_torch",
    ]);
}

#[test]
fn rules_that_cannot_be_meant_are_refused_where_they_stand() {
    let dir = folder("");
    let here = dir.path();
    for (lines, parts) in [
        ("random = true\nkeys = { strip = \"a.\" }", &["only for inits with `weights`"][..]),
        ("zoo = \"swav\"\nweights_from = \"ema\"", &["inits.own.weights_from", "no `zoo`"]),
        ("weights = \"w\"\nkeys = {}", &["inits.own.keys says nothing"]),
        ("weights = \"w\"\nkeys = { stripp = \"a.\" }", &["did you mean `strip`"]),
        ("weights = \"w\"\nkeys = { ignore = [\"*\"] }", &["keys.ignore", "says nothing"]),
        ("weights = \"w\"\nweights_from = \"\"", &["zoo inspect"]),
    ] {
        study(here, &format!("{MODEL}[inits.own]\n{lines}\n"));
        run(here, &args("a", &[])).expect(2).mentions(&["study.toml:"]).mentions(parts);
    }
}

/// A classifier among layers without parameters: classes, and a note.
#[test]
fn a_nested_classifier_of_several_classes_takes_a_softmax() {
    let dir = folder("");
    let here = dir.path();
    let nested = |name: &str| name.replace("linear.", "fc.1.");
    network(&here.join("w.safetensors"), 1, nested);
    let image = image::GrayImage::from_fn(32, 32, |x, y| image::Luma([(x * y) as u8]));
    image.save(here.join("i.png")).expect("saved");
    let predict = ["predict", "--weights", "w.safetensors", "--input", "i.png", "--output"];
    let said = run(here, &[&predict[..], &["y.npy"]].concat()).expect(0);
    let said = said.mentions(&["3 probabilities each", "fc.1", "softmax", "--target multi-label"]);
    assert!(said.err.contains("note: "), "{}", said.err);
    let values = npy(&here.join("y.npy"));
    assert!((values.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{values:?}");
    let each = [&predict[..], &["z.npy", "--target", "multi-label"]].concat();
    let said = run(here, &each).expect(0);
    assert!(!said.err.contains("note: "), "{}", said.err);
    let values = npy(&here.join("z.npy"));
    assert!((values.iter().sum::<f32>() - 1.0).abs() > 1e-5, "{values:?}");
}

/// Values of an array of floats.
fn npy(path: &Path) -> Vec<f32> {
    let bytes = read(path);
    let start = bytes.windows(1).position(|byte| byte == b"\n").expect("a header") + 1;
    bytes[start..].chunks(4).map(|b| f32::from_le_bytes(b.try_into().expect("four"))).collect()
}

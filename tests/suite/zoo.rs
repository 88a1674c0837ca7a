//! Models of the catalogue and of one's own as inits, without a network.

use std::fs;
use std::path::Path;

use tch::{Device, Tensor, nn};
use transfolio::models::build;
use transfolio::spec::Backbone;

use crate::program::run;
use crate::study::{args, folder, read};

/// ResNet-50 under the names of SwAV's file, with its heads.
fn swav(path: &Path) {
    tch::manual_seed(5);
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), Backbone::Resnet50, 3);
    let mut tensors: Vec<(String, Tensor)> = store
        .variables()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("fc."))
        .map(|(name, tensor)| (format!("module.{name}"), tensor.detach()))
        .collect();
    for head in ["module.projection_head.0.weight", "module.prototypes.weight"] {
        tensors.push((head.into(), Tensor::from_slice(&[1.0f32, 2.0])));
    }
    Tensor::write_safetensors(&tensors, path).expect("written");
}

const ADAPTED: &str = r#"
[study]
name = "adapted"
seeds = [3]
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "fine", size = 32, train = 16, val = 8, test = 8 }
[tasks.findings]
source = "phantom"
target = "multi-label"
phantom = { labels = "finding", size = 32, train = 16, val = 8, test = 8 }
[models.resnet50]
backbone = "resnet50"
[inits.swav]
zoo = "swav"
[inits.adapted]
pretrain = "chest"
[pretraining.chest]
task = "source"
init = "swav"
[recipe]
batch_size = 8
epochs = 1
image_size = 32
"#;

/// From a catalogue model to a domain-adaptive pretraining, to a local model,
/// to an init of another study.
#[test]
fn a_catalogue_model_is_adapted_exported_and_used_by_name() {
    let dir = folder(ADAPTED);
    let here = dir.path();
    run(here, &args("a", &[])).expect(3).mentions(&["init swav", "zoo fetch swav"]);
    swav(&here.join("download.pth.tar"));
    run(here, &["zoo", "fetch", "swav", "--from", "download.pth.tar"])
        .expect(0)
        .mentions(&["verified", "now pinned"]);
    run(here, &args("a", &[])).expect(0).mentions(&["3 of 3 runs done"]);
    let specs: Vec<String> = fs::read_dir(here.join("a/runs"))
        .expect("runs")
        .map(|run| run.expect("a run").path())
        .map(|run| String::from_utf8(read(&run.join("spec.json"))).expect("text"))
        .collect();
    // All three start from the catalogue's weights, so with their normalisation.
    assert!(specs.iter().all(|spec| spec.contains("\"normalization\": \"swav\"")), "{specs:?}");
    let adapted = specs.iter().find(|spec| spec.contains("\"init\": \"adapted\"")).expect("one");
    assert!(adapted.contains("\"granularity\": \"domain-adaptive\""), "{adapted}");
    run(here, &["report", "a"]).expect(0);
    let page = String::from_utf8(read(&here.join("a/report.html"))).expect("text");
    assert!(page.contains("going on from swav") && page.contains("of the catalogue"));

    run(here, &["zoo", "export", "a", "--name", "../chest"]).expect(2).mentions(&["no name"]);
    run(here, &["zoo", "export", "a", "--name", "chest"]).expect(0).mentions(&[
        "local:chest",
        "SwAV",
        "the pretraining `chest` on `source`",
    ]);
    run(here, &["zoo", "export", "a", "--name", "chest"]).expect(0);
    run(here, &["zoo", "list", "--family", "own"]).expect(0).mentions(&["local:chest", "1 local"]);
    run(here, &["zoo", "show", "local:chest"])
        .expect(0)
        .mentions(&["normalization   swav", "12: "]);

    let (head, _) = ADAPTED.split_once("[inits.swav]").expect("a head");
    let (_, recipe) = ADAPTED.split_once("[recipe]").expect("a recipe");
    let inits = "[inits.random]\nrandom = true\n[inits.chest]\nzoo = \"local:chest\"\n[recipe]";
    let source = head.find("[tasks.source]").expect("a source")
        ..head.find("[tasks.findings]").expect("a target");
    let other = format!("{head}{inits}{recipe}").replace("\"adapted\"", "\"other\"");
    let other = other.replace(&head[source], "");
    fs::write(here.join("study.toml"), other).expect("written");
    run(here, &args("b", &[])).expect(0).mentions(&["2 of 2 runs done"]);
    let study = String::from_utf8(read(&here.join("b/study.json"))).expect("text");
    assert!(study.contains("the pretraining `chest` on `source`") && study.contains("SwAV"));
    run(here, &["report", "b"]).expect(0);
    let page = String::from_utf8(read(&here.join("b/report.html"))).expect("text");
    assert!(page.contains("then the pretraining") && page.contains("Ancestor of the weights"));

    // The model's own head predicts its own classes.
    let image = image::GrayImage::from_fn(32, 32, |x, y| image::Luma([(x * y) as u8]));
    image.save(here.join("i.png")).expect("saved");
    let predict = ["predict", "--zoo", "local:chest", "--input", "i.png", "--output", "y.parquet"];
    run(here, &predict).expect(0).mentions(&["12 probabilities", "normalised: swav"]);
}

#[test]
fn a_pretraining_that_continues_nothing_or_itself_is_refused() {
    for (from, to, parts) in [
        ("init = \"swav\"", "init = \"swaf\"", &["did you mean `swav`"][..]),
        ("init = \"swav\"", "init = \"adapted\"", &["continues itself", "chest -> chest"]),
        ("zoo = \"swav\"", "zoo = \"swav\"\nmodels = [\"other\"]", &["no model \"other\""]),
        (
            "task = \"source\"",
            "task = \"source\"\nrecipe = { image_size = 16 }",
            &["pretraining.chest.recipe.image_size", "16"],
        ),
        ("zoo = \"swav\"", "zoo = \"local:\"", &["names no model"]),
    ] {
        let dir = folder(&ADAPTED.replacen(from, to, 1));
        run(dir.path(), &["run", "study.toml", "--dry-run"]).expect(2).mentions(parts);
    }
    let swin = ADAPTED
        .replace(
            "\"resnet50\"\n[inits.swav]\nzoo = \"swav\"",
            "\"swin_tiny\"\n[inits.swav]\nrandom = true",
        )
        .replace("image_size = 32", "image_size = 64")
        .replace("init = \"swav\"", "recipe = { image_size = 80 }");
    let dir = folder(&swin);
    run(dir.path(), &["run", "study.toml", "--dry-run"])
        .expect(2)
        .mentions(&["pretraining.chest.recipe.image_size is 80", "multiples of 32"]);
}

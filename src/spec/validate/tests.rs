use std::path::Path;

use indexmap::IndexMap;

use crate::spec::{Study, parse};

const STUDY: &str = r#"
[study]
name = "s"
[tasks.xray]
source = "manifest"
path = "m.csv"
labels = ["sick"]
target = "binary"
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "fine" }
[models.net]
backbone = "resnet18"
[inits.random]
random = true
[inits.fine]
pretrain = "fine"
[pretraining.fine]
task = "source"
"#;

fn read(text: &str) -> Result<Study, String> {
    parse(Path::new("study.toml"), text, &IndexMap::new()).map_err(|error| error.to_string())
}

/// What is said of the study with `from` replaced by `to`.
fn faults(from: &str, to: &str) -> String {
    assert!(STUDY.contains(from), "{from}");
    read(&STUDY.replace(from, to)).expect_err("a fault")
}

#[test]
fn the_study_itself_is_valid() {
    read(STUDY).expect("a study");
}

#[test]
fn label_columns_fit_the_target() {
    let three = faults("[\"sick\"]", "[\"sick\", \"old\", \"tall\"]");
    assert!(three.contains("tasks.xray.labels names 3 columns, expected one, or two"), "{three}");
    read(&STUDY.replace("[\"sick\"]", "[\"sick\", \"well\"]")).expect("a column per class");
    let none = faults("[\"sick\"]\ntarget = \"binary\"", "[]\ntarget = \"multi-label\"");
    assert!(none.contains("names 0 columns, expected one per class"), "{none}");
    let many = STUDY
        .replace("[\"sick\"]\ntarget = \"binary\"", "[\"a\", \"b\"]\ntarget = \"multi-label\"");
    read(&many).expect("a study");
}

#[test]
fn the_labels_of_the_phantom_have_their_target() {
    for (labels, target) in
        [("fine", "multi-class"), ("coarse", "multi-class"), ("finding", "multi-label")]
    {
        let task = format!("target = \"{target}\"\nphantom = {{ labels = \"{labels}\" }}");
        let from = "target = \"multi-class\"\nphantom = { labels = \"fine\" }";
        read(&STUDY.replace(from, &task)).expect("a study");
    }
    let other = faults("labels = \"fine\"", "labels = \"finding\"");
    assert!(other.contains("these phantom labels are MultiLabel"), "{other}");
}

#[test]
fn what_belongs_to_another_source_is_refused() {
    let path = faults("phantom = {", "path = \"x\"\nphantom = {");
    assert!(path.contains("takes no `path`"), "{path}");
    let labels = faults("phantom = {", "labels = [\"x\"]\nphantom = {");
    assert!(labels.contains("tasks.source.labels is only for"), "{labels}");
    let missing = faults("path = \"m.csv\"\n", "");
    assert!(missing.contains("tasks.xray has no `path`"), "{missing}");
}

#[test]
fn a_pretraining_does_not_continue_itself() {
    let circle = faults("task = \"source\"", "task = \"source\"\ninit = \"fine\"");
    assert!(circle.contains("continues itself: fine -> fine"), "{circle}");
}

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let text = STUDY
        .replace("name = \"s\"", "name = \"s s\"\nseeds = [1, 1]\nlabel_fractions = [10.0]")
        .replace("[pretraining.fine]", "[recipe]\nbatch_size = 0\n[pretraining.fine]");
    let told = read(&text).expect_err("faults");
    for part in ["study.toml:3:", "names a folder", "a seed twice", "write 0.1", "batch_size is 0"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn every_task_a_source_leaves_nothing_to_compare_on() {
    let text = STUDY.replace("task = \"source\"", "task = \"xray\"");
    let (start, end) = (text.find("[tasks.source]"), text.find("[models.net]"));
    let alone = format!("{}{}", &text[..start.expect("a task")], &text[end.expect("a model")..]);
    let told = read(&alone).expect_err("a fault");
    assert!(told.contains("nothing to compare on"), "{told}");
}

/// A study with two inits and a claim about them.
fn with_claim(claim: &str) -> String {
    format!("{STUDY}\n[[claims]]\ntext = \"c\"\n{claim}")
}

#[test]
fn claims_name_what_the_study_has() {
    let sides = "better = { init = \"fine\" }\nthan = { init = \"random\" }\n";
    let study = read(&with_claim(&format!(
        "{sides}at = {{ task = \"xray\", model = \"net\", label_fraction = 1 }}"
    )));
    assert!(study.expect("a study").claims[0].at.iter().count() == 3);
    for (claim, parts) in [
        ("better = { init = \"fin\" }\nthan = { init = \"random\" }", ["init \"fin\"", "`fine`"]),
        (
            "better = { inti = \"fine\" }\nthan = { init = \"random\" }",
            ["column \"inti\"", "`init`"],
        ),
        (
            "better = { init = \"fine\" }\nthan = { model = \"net\" }",
            ["no column in which", "same column"],
        ),
        ("better = { init = \"fine\" }\nthan = {}", ["second side", "names no column"]),
        (
            "better = { init = \"fine\" }\nthan = { init = \"fine\" }",
            ["both sides", "are the same"],
        ),
    ] {
        let error = read(&with_claim(claim)).expect_err("a fault");
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
    let error = read(&with_claim(&format!("{sides}at = {{ label_fraction = 0.5 }}")));
    assert!(error.expect_err("a fault").contains("label fraction 0.5, the study has [1.0]"));
}

#[test]
fn settings_of_labels_and_images_fit_source_and_target() {
    let with = |lines: &str| faults("target = \"binary\"", lines);
    for (lines, part) in [
        ("target = \"multi-class\"\npositive = \"a\"", "only for `target = \"binary\"`"),
        ("target = \"multi-class\"\nuncertain = \"ones\"", "write \"ignore\""),
        ("target = \"binary\"\nblank = \"ones\"", "what nobody mentioned"),
        ("target = \"binary\"\nuncertain = \"maybe\"", "unknown variant `maybe`"),
        ("target = \"binary\"\nuncertain = \"maybe\"", "{ soft = 0.7 }"),
        ("target = \"binary\"\nuncertain = \"soft\"", "set target = \"multi-label\""),
        ("target = \"multi-class\"\nuncertain = \"soft\"", "write \"ignore\""),
        ("target = \"multi-label\"\nuncertain = { soft = 1.5 }", "uncertain: soft is 1.5"),
        ("target = \"multi-label\"\nuncertain = { soft = -0.5 }", "between 0 and 1"),
        ("target = \"multi-label\"\nuncertain = { soft = 1 }", "write \"ones\""),
        ("target = \"multi-label\"\nuncertain = { soft = [0.9, 0.5] }", "the smaller first"),
        ("target = \"multi-label\"\nuncertain = 0.7", "{ soft = 0.7 }"),
        ("target = \"multi-label\"\nblank = \"soft\"", "half found"),
        ("target = \"binary\"\nduplicates = \"drop\"", "`drop-from-train`"),
        ("target = \"binary\"\nrange = [4095, 0]", "is not below"),
        (
            "target = \"binary\"\nclasses = [\"a\", \"b\"]\npositive = \"a\"",
            "names the negative class first",
        ),
    ] {
        let said = with(lines);
        assert!(said.contains(part), "{lines}: {said}");
    }
    let phantom = |line: &str| faults("phantom = {", &format!("{line}\nphantom = {{"));
    for (line, part) in [
        ("orientation = \"apply\"", "only for images in files"),
        ("range = \"auto\"", "only for images in files"),
        ("duplicates = \"allow\"", "no images twice"),
        ("uncertain = \"ignore\"", "only for `source = \"manifest\"`"),
    ] {
        let said = phantom(line);
        assert!(said.contains(part), "{line}: {said}");
    }
    let folder = |target: &str| {
        let from =
            "source = \"manifest\"\npath = \"m.csv\"\nlabels = [\"sick\"]\ntarget = \"binary\"";
        let to = format!("source = \"folder\"\npath = \"images\"\ntarget = \"{target}\"");
        read(&STUDY.replace(from, &to))
    };
    folder("binary").expect("a study");
    folder("multi-class").expect("a study");
    let several = folder("multi-label").expect_err("one class an image");
    assert!(several.contains("one class, not several"), "{several}");
}

const MASKS: &str = r#"
[study]
name = "s"
[tasks.lungs]
source = "manifest"
path = "m.csv"
labels = ["left", "right"]
target = "segmentation"
[tasks.tb]
source = "manifest"
path = "m.csv"
labels = ["sick"]
target = "binary"
[models.net]
backbone = "resnet18"
[inits.random]
random = true
"#;

#[test]
fn masks_are_described_without_contradiction() {
    read(MASKS).expect("a study");
    for (from, to, parts) in [
        (
            "target = \"binary\"",
            "target = \"binary\"\nsegmentation = { threshold = 1 }",
            &["tasks.tb.segmentation is only for"][..],
        ),
        (
            "labels = [\"left\", \"right\"]",
            "labels = [\"left\", \"right\"]\nsegmentation = { mask_values = [1, 1, 0] }",
            &["names 2 columns", "3 values for 0 `classes`", "has 0", "has 1 twice"],
        ),
        (
            "labels = [\"left\", \"right\"]",
            "labels = [\"left\", \"right\"]\nclasses = [\"a\"]\nsegmentation = { threshold = 0, \
             spacing = [0, 1], decision = 1.5, tolerance = 0 }",
            &[
                "names 1 structures",
                "threshold is 0",
                "spacing is [0.0, 1.0]",
                "decision is 1.5",
                "tolerance is 0",
            ],
        ),
        (
            "labels = [\"left\", \"right\"]",
            "labels = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\"]",
            &["has 8 structures, expected at most 7"],
        ),
        (
            "source = \"manifest\"\npath = \"m.csv\"\nlabels = [\"left\", \"right\"]",
            "source = \"folder\"\npath = \"m\"",
            &["masks are named by a manifest"],
        ),
        (
            "labels = [\"left\", \"right\"]",
            "labels = [\"left\", \"right\"]\nuncertain = \"ones\"",
            &["says nothing of masks"],
        ),
        (
            "\"resnet18\"",
            "\"densenet121\"",
            &["no decoder for DenseNet-121", "resnet50", "swin_tiny"],
        ),
        (
            "\"resnet18\"",
            "\"resnet18\"\ndecoder = \"upernet\"",
            &["does not go with ResNet-18", "swin_tiny"],
        ),
        (
            "\"resnet18\"",
            "\"resnet18\"\nrecipe = { image_size = 200 }",
            &["models.net.recipe.image_size is 200", "multiples of 32"],
        ),
        (
            "random = true",
            "random = true\nrecipe = { learning_rate = -1.0 }",
            &["inits.random.recipe.learning_rate is -1"],
        ),
        (
            "random = true",
            "random = true\nrecipe = { steps = 0 }",
            &["inits.random.recipe.steps is 0"],
        ),
        (
            "random = true",
            "random = true\n[recipe]\nloss = \"dice\"",
            &["recipe.loss is \"dice\"", "tasks.tb (binary)"],
        ),
    ] {
        assert!(MASKS.contains(from), "{from}");
        let told = read(&MASKS.replace(from, to)).expect_err(to);
        for part in parts {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}

#[test]
fn a_study_is_about_the_metric_of_its_targets() {
    let metric = |text: &str| read(text).expect("a study").comparison.metric;
    assert_eq!(metric(STUDY), "auc");
    assert_eq!(metric(MASKS), "primary");
    let of_masks = MASKS.split("[tasks.tb]").next().unwrap_or_default();
    let rest = &MASKS[MASKS.find("[models.net]").expect("a model")..];
    assert_eq!(metric(&format!("{of_masks}{rest}")), "dice");
    assert_eq!(metric(&format!("{MASKS}[comparison]\nmetric = \"HD95\"")), "HD95");
    let told = read(&format!("{STUDY}[comparison]\nmetric = \"dice\"")).expect_err("no masks");
    assert!(told.contains("expected \"auc\" or \"accuracy\""), "{told}");
}

/// What an init states wins over what its model does, and that over its task.
#[test]
fn recipes_of_parts_are_merged() {
    let text = MASKS
        .replace(
            "labels = [\"left\", \"right\"]",
            "labels = [\"left\"]\nrecipe = { epochs = 7, batch_size = 4, loss = \"dice\" }",
        )
        .replace("\"resnet18\"", "\"resnet18\"\nrecipe = { epochs = 8, image_size = 64 }")
        .replace("random = true", "random = true\nrecipe = { epochs = 9 }");
    let study = read(&text).expect("a study");
    let recipe = study.recipe_of("lungs", "net", "random");
    assert_eq!((recipe.epochs, recipe.batch_size, recipe.image_size), (9, 4, 64));
    let other = study.recipe_of("tb", "net", "random");
    assert_eq!((other.epochs, other.batch_size, other.image_size), (9, 32, 64));
}

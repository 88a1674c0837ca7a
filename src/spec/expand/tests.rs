use std::path::Path;

use indexmap::IndexMap;

use super::*;
use crate::spec::Target;
use crate::spec::parse;

const STUDY: &str = r#"
[study]
name = "s"
seeds = [3, 5]
label_fractions = [0.1, 1.0]
[tasks.chest]
source = "phantom"
target = "multi-label"
[tasks.source]
source = "phantom"
target = "multi-class"
phantom = { labels = "coarse" }
[models.small]
backbone = "resnet18"
[models.large]
backbone = "resnet50"
[inits.random]
random = true
[inits.adapted]
pretrain = "second"
models = ["small"]
[inits.first]
pretrain = "first"
[pretraining.second]
task = "source"
init = "first"
[pretraining.first]
task = "source"
per_seed = false
recipe = { image_size = 64, augmentation = "none" }
[recipe]
image_size = 32
normalization = "half"
"#;

fn study(text: &str) -> Study {
    parse(Path::new("study.toml"), text, &IndexMap::new()).expect("a study")
}

fn prints(study: &Study) -> Fingerprints {
    let hashes = data_needed(study).into_iter().map(|(task, size)| {
        let hash = format!("{task}-{size}");
        ((task, size), hash)
    });
    Fingerprints { data: hashes.collect(), ..Fingerprints::default() }
}

fn runs(text: &str) -> Vec<RunSpec> {
    let study = study(text);
    expand(&study, &prints(&study))
}

/// `init model fraction seed` of each run.
fn cells(runs: &[RunSpec]) -> Vec<String> {
    let cell = |r: &RunSpec| format!("{} {} {} {}", r.init, r.model, r.label_fraction, r.seed);
    runs.iter().map(cell).collect()
}

#[test]
fn images_are_stored_with_room_for_crops() {
    let size = |image_size, augmentation| {
        stored_size(Target::Binary, &Recipe { image_size, augmentation, ..Recipe::default() })
    };
    assert_eq!(size(224, Augmentation::Light), 256);
    assert_eq!(size(64, Augmentation::Published), 74);
    assert_eq!(size(224, Augmentation::None), 224);
}

#[test]
fn the_matrix_is_in_the_order_of_the_file_with_pretraining_first() {
    let runs = runs(STUDY);
    let pretraining = runs.iter().take_while(|run| run.kind == RunKind::Pretraining).count();
    // The first is continued by the second, so it stands before it; the large
    // model has no `adapted`.
    assert_eq!(
        cells(&runs[..pretraining]),
        ["first small 1 3", "second small 1 3", "second small 1 5", "first large 1 3"]
    );
    assert_eq!(
        cells(&runs[pretraining..])[..6],
        [
            "random small 0.1 3",
            "random small 0.1 5",
            "random small 1 3",
            "random small 1 5",
            "adapted small 0.1 3",
            "adapted small 0.1 5"
        ]
    );
    assert_eq!(runs.len() - pretraining, 4 * 3 + 4 * 2);
    assert!(runs[pretraining..].iter().all(|run| run.task == "chest"));
}

#[test]
fn a_run_names_the_one_it_starts_from() {
    let runs = runs(STUDY);
    for run in &runs {
        if let InitSource::Pretrained { run: source } = &run.init_source {
            let at = runs.iter().position(|other| other.id() == *source).expect("its source");
            let own = runs.iter().position(|other| other == run).expect("itself");
            assert!(at < own && runs[at].model == run.model);
            let shared = runs[at].init == "first";
            assert_eq!(runs[at].seed, if shared { 3 } else { run.seed });
        }
    }
    for run in &runs {
        let random = run.init_source == InitSource::Random;
        let first = run.kind == RunKind::Pretraining && run.init == "first";
        assert_eq!(random, run.init == "random" || first, "{}", run.init);
    }
}

#[test]
fn what_is_continued_hands_on_its_normalisation_and_is_domain_adaptive() {
    let text = STUDY.replace("[inits.first]\n", "[inits.first]\nnormalization = \"swav\"\n");
    let runs = runs(&text);
    let of = |init: &str, kind: RunKind| {
        let run = runs.iter().find(|run| run.init == init && run.kind == kind).expect("a run");
        (run.normalization, run.granularity)
    };
    let adaptive = Some(Granularity::DomainAdaptive);
    assert_eq!(of("adapted", RunKind::Target), (Normalization::Swav, adaptive));
    assert_eq!(of("second", RunKind::Pretraining).0, Normalization::Swav);
    assert_eq!(of("random", RunKind::Target), (Normalization::Half, Some(Granularity::None)));
}

#[test]
fn each_recipe_has_its_data() {
    let study = study(STUDY);
    let needed: Vec<(String, u32)> = data_needed(&study).into_iter().collect();
    let at = |task: &str, size| (task.to_string(), size);
    assert_eq!(needed, [at("chest", 37), at("source", 37), at("source", 64)]);
    for run in expand(&study, &prints(&study)) {
        assert_eq!(
            run.data_hash,
            format!("{}-{}", run.task, stored_size(run.task_spec.target, &run.recipe))
        );
    }
}

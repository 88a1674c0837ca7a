//! From a study to its list of runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::also_test::AlsoTest;
use super::labels::Labels;
use super::recipe::{Augmentation, Normalization, Recipe, RecipeOverride, TestAugmentation};
use super::run::{InitSource, RunKind, RunSpec};
use super::segmentation::DecoderChoice;
use super::study::{Granularity, Init, Model, Study};
use super::task::{Target, Task};

/// Side in pixels at which images are stored for a recipe: room for the crops
/// of an augmentation (256 for 224), else the input size itself. Of images with
/// masks nothing is cut away: they are stored at the input size.
pub fn stored_size(target: Target, recipe: &Recipe) -> u32 {
    let crops = (recipe.image_size * 8).div_ceil(7);
    match recipe.augmentation {
        _ if target == Target::Segmentation => recipe.image_size,
        Augmentation::None if recipe.test_augmentation != TestAugmentation::TenCrop => {
            recipe.image_size
        }
        Augmentation::None | Augmentation::Light | Augmentation::Published => crops,
    }
}

/// Hashes of the files behind a study, so that a run's name follows contents.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints {
    /// Hash of the prepared data, by task and stored image size.
    pub data: BTreeMap<(String, u32), String>,
    /// SHA-256 of checkpoint files.
    pub weights: BTreeMap<PathBuf, String>,
    /// Number of training cases, by task.
    pub train: BTreeMap<String, usize>,
}

/// Tasks and stored image sizes that the study needs.
pub fn data_needed(study: &Study) -> BTreeSet<(String, u32)> {
    let of = |task: &str, recipe: &Recipe| {
        let target = study.tasks.get(task).map_or(Target::Binary, |task| task.target);
        (task.to_owned(), stored_size(target, recipe))
    };
    let mut needed = BTreeSet::new();
    for task in target_tasks(study) {
        for (model, init) in study.cells() {
            let recipe = study.recipe_of(task, model, init);
            needed.insert(of(task, &recipe));
            needed.extend(study.tasks[task].also_test.iter().map(|set| of(set, &recipe)));
        }
    }
    for pretraining in study.pretraining.values() {
        for model in study.models.keys() {
            needed.insert(of(&pretraining.task, &study.pretraining_recipe(pretraining, model)));
        }
    }
    needed
}

/// Tasks that are compared on: those that no pretraining uses as its source and
/// that are not there for tests alone.
pub fn target_tasks(study: &Study) -> impl Iterator<Item = &String> {
    let sources: BTreeSet<&String> = study.pretraining.values().map(|p| &p.task).collect();
    let of = study.tasks.iter().filter(|(_, task)| !task.role.is_test_only());
    of.map(|(name, _)| name).filter(move |name| !sources.contains(name))
}

/// All runs of a study in matrix order, pretraining first. A run that another
/// starts from stands before it.
pub fn expand(study: &Study, prints: &Fingerprints) -> Vec<RunSpec> {
    let mut runs = Vec::new();
    for (pretraining, model) in pretraining_cells(study) {
        let per_seed = study.pretraining[pretraining].per_seed;
        let seeds = if per_seed { &study.study.seeds[..] } else { &study.study.seeds[..1] };
        for seed in seeds {
            runs.push(pretraining_run(study, prints, pretraining, model, *seed));
        }
    }
    for task in target_tasks(study) {
        let amounts = amounts(study, prints.train.get(task).copied());
        for (model_name, init_name) in study.cells() {
            let (model, init) = (&study.models[model_name], &study.inits[init_name]);
            for labels in amounts.iter().copied() {
                for seed in &study.study.seeds {
                    let cell = TargetCell { task, model_name, model, init_name, init };
                    runs.push(target_run(study, prints, &cell, labels, *seed));
                }
            }
        }
    }
    runs
}

/// How much of a task's labels its runs see. A number that is all of them is no
/// other run than all: it would stand beside it as a second result of one cell.
fn amounts(study: &Study, cases: Option<usize>) -> Vec<Labels> {
    let mut amounts: Vec<Labels> = Vec::new();
    for labels in study.study.labels() {
        let labels = match labels {
            Labels::Count(count) if cases == Some(count as usize) => Labels::Share(1.0),
            other => other,
        };
        if !amounts.contains(&labels) {
            amounts.push(labels);
        }
    }
    amounts
}

/// Pretrainings by model, for the models that an init asks them for. One that
/// another continues stands before it.
fn pretraining_cells(study: &Study) -> Vec<(&str, &str)> {
    let mut cells = Vec::new();
    for name in study.pretraining.keys() {
        for model in study.models.keys() {
            let wanted = study
                .inits
                .values()
                .any(|init| init.pretrain.as_ref() == Some(name) && init.is_for(model));
            if wanted {
                add_cell(study, name, model, &mut cells);
            }
        }
    }
    cells
}

fn add_cell<'a>(
    study: &'a Study,
    name: &'a str,
    model: &'a str,
    cells: &mut Vec<(&'a str, &'a str)>,
) {
    if cells.contains(&(name, model)) {
        return;
    }
    if let Some((_, init)) = study.continued(name)
        && let Some(before) = &init.pretrain
    {
        add_cell(study, before, model, cells);
    }
    cells.push((name, model));
}

fn pretraining_run(
    study: &Study,
    prints: &Fingerprints,
    name: &str,
    model: &str,
    seed: u64,
) -> RunSpec {
    let pretraining = &study.pretraining[name];
    let recipe = study.pretraining_recipe(pretraining, model);
    let task = &study.tasks[&pretraining.task];
    RunSpec {
        format: RunSpec::FORMAT,
        kind: RunKind::Pretraining,
        task: pretraining.task.clone(),
        task_spec: alone(task),
        data_hash: data_hash(prints, &pretraining.task, task.target, &recipe),
        model: model.into(),
        backbone: study.models[model].backbone,
        decoder: decoder(task, &study.models[model]),
        init: name.into(),
        init_source: match study.continued(name) {
            Some((_, init)) => init_source(study, prints, init, model, seed),
            None => InitSource::Random,
        },
        granularity: match study.continued(name) {
            Some((_, init)) => granularity(study, init),
            None => Some(Granularity::None),
        },
        normalization: match study.continued(name) {
            Some((_, init)) => normalization(study, init),
            None => recipe.normalization,
        },
        label_fraction: 1.0,
        label_count: None,
        seed,
        recipe,
        threads: study.study.threads,
        also_test: Vec::new(),
    }
}

struct TargetCell<'a> {
    task: &'a str,
    model_name: &'a str,
    model: &'a Model,
    init_name: &'a str,
    init: &'a Init,
}

fn target_run(
    study: &Study,
    prints: &Fingerprints,
    cell: &TargetCell<'_>,
    labels: Labels,
    seed: u64,
) -> RunSpec {
    let init = cell.init;
    let task = &study.tasks[cell.task];
    let recipe = study.recipe_of(cell.task, cell.model_name, cell.init_name);
    let (share, label_count) = match labels {
        Labels::Share(share) => (Some(share), None),
        Labels::Count(count) => (None, Some(count)),
    };
    RunSpec {
        format: RunSpec::FORMAT,
        kind: RunKind::Target,
        task: cell.task.into(),
        task_spec: alone(task),
        also_test: also_test(study, prints, task, &recipe),
        data_hash: data_hash(prints, cell.task, task.target, &recipe),
        model: cell.model_name.into(),
        backbone: cell.model.backbone,
        decoder: decoder(task, cell.model),
        init: cell.init_name.into(),
        init_source: init_source(study, prints, init, cell.model_name, seed),
        granularity: granularity(study, init),
        normalization: normalization(study, init),
        label_fraction: match prints.train.get(cell.task) {
            Some(cases) => labels.share(*cases),
            None => share.unwrap_or(1.0),
        },
        label_count,
        seed,
        recipe,
        threads: study.study.threads,
    }
}

/// A task without what a run has beside it: the recipe and further test sets.
fn alone(task: &Task) -> Task {
    let (recipe, also_test) = (RecipeOverride::default(), Vec::new());
    Task { recipe, also_test, ..task.clone() }
}

/// The further test sets of a task's runs, at the size of their images.
fn also_test(study: &Study, prints: &Fingerprints, task: &Task, recipe: &Recipe) -> Vec<AlsoTest> {
    let sets = task.also_test.iter().filter_map(|name| Some((name, study.tasks.get(name)?)));
    sets.map(|(name, set)| AlsoTest {
        name: name.clone(),
        task_spec: alone(set),
        data_hash: data_hash(prints, name, set.target, recipe),
    })
    .collect()
}

/// The decoder of a network on a task of segmentation: its own, or the one that
/// goes with its backbone.
fn decoder(task: &Task, model: &Model) -> Option<DecoderChoice> {
    (task.target == Target::Segmentation)
        .then(|| model.decoder.or(model.backbone.usual_decoder()))
        .flatten()
}

fn init_source(
    study: &Study,
    prints: &Fingerprints,
    init: &Init,
    model: &str,
    seed: u64,
) -> InitSource {
    if let Some(path) = &init.weights {
        let sha256 = prints.weights.get(path).cloned().unwrap_or_default();
        // The name of a local model decides nothing: its file does.
        let zoo = init.zoo.clone().filter(|_| init.local().is_none());
        InitSource::Weights {
            path: path.clone(),
            sha256,
            zoo,
            weights_from: init.weights_from.clone(),
            keys: init.keys.clone(),
        }
    } else if let Some(name) = &init.pretrain {
        let per_seed = study.pretraining[name].per_seed;
        let source_seed = if per_seed { seed } else { study.study.seeds[0] };
        InitSource::Pretrained {
            run: pretraining_run(study, prints, name, model, source_seed).id(),
        }
    } else {
        InitSource::Random
    }
}

fn granularity(study: &Study, init: &Init) -> Option<Granularity> {
    if init.random {
        return Some(Granularity::None);
    }
    let continued = init.pretrain.as_ref().and_then(|name| study.continued(name));
    init.granularity.or(continued.map(|_| Granularity::DomainAdaptive))
}

/// An init's own, that of the weights which its pretraining continues, or the
/// recipe's.
fn normalization(study: &Study, init: &Init) -> Normalization {
    let continued = || init.pretrain.as_ref().and_then(|name| study.continued(name));
    match (init.normalization, continued()) {
        (Some(own), _) => own,
        (None, Some((_, before))) => normalization(study, before),
        (None, None) => study.recipe.normalization,
    }
}

fn data_hash(prints: &Fingerprints, task: &str, target: Target, recipe: &Recipe) -> String {
    prints.data.get(&(task.to_string(), stored_size(target, recipe))).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! From a study to its list of runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::recipe::{Augmentation, Normalization, Recipe};
use super::run::{InitSource, RunKind, RunSpec};
use super::study::{Granularity, Init, Model, Study};

/// Side in pixels at which images are stored for a recipe: room for the crops
/// of an augmentation (256 for 224), else the input size itself.
pub fn stored_size(recipe: &Recipe) -> u32 {
    match recipe.augmentation {
        Augmentation::None => recipe.image_size,
        Augmentation::Light | Augmentation::Published => (recipe.image_size * 8).div_ceil(7),
    }
}

/// Hashes of the files behind a study, so that a run's name follows contents.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints {
    /// Hash of the prepared data, by task and stored image size.
    pub data: BTreeMap<(String, u32), String>,
    /// SHA-256 of checkpoint files.
    pub weights: BTreeMap<PathBuf, String>,
}

/// Tasks and stored image sizes that the study needs.
pub fn data_needed(study: &Study) -> BTreeSet<(String, u32)> {
    let targets = target_tasks(study).map(|task| (task.clone(), stored_size(&study.recipe)));
    let sources = study.pretraining.values().map(|pretraining| {
        (pretraining.task.clone(), stored_size(&pretraining.recipe.apply(&study.recipe)))
    });
    targets.chain(sources).collect()
}

/// Tasks that are compared on: those that no pretraining uses as its source.
pub fn target_tasks(study: &Study) -> impl Iterator<Item = &String> {
    let sources: BTreeSet<&String> = study.pretraining.values().map(|p| &p.task).collect();
    study.tasks.keys().filter(move |name| !sources.contains(name))
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
        for (model_name, model) in &study.models {
            for (init_name, init) in &study.inits {
                if !init.is_for(model_name) {
                    continue;
                }
                for fraction in &study.study.label_fractions {
                    for seed in &study.study.seeds {
                        let cell = TargetCell { task, model_name, model, init_name, init };
                        runs.push(target_run(study, prints, &cell, *fraction, *seed));
                    }
                }
            }
        }
    }
    runs
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
    let recipe = pretraining.recipe.apply(&study.recipe);
    RunSpec {
        format: RunSpec::FORMAT,
        kind: RunKind::Pretraining,
        task: pretraining.task.clone(),
        task_spec: study.tasks[&pretraining.task].clone(),
        data_hash: data_hash(prints, &pretraining.task, &recipe),
        model: model.into(),
        backbone: study.models[model].backbone,
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
        seed,
        recipe,
        threads: study.study.threads,
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
    label_fraction: f64,
    seed: u64,
) -> RunSpec {
    let init = cell.init;
    RunSpec {
        format: RunSpec::FORMAT,
        kind: RunKind::Target,
        task: cell.task.into(),
        task_spec: study.tasks[cell.task].clone(),
        data_hash: data_hash(prints, cell.task, &study.recipe),
        model: cell.model_name.into(),
        backbone: cell.model.backbone,
        init: cell.init_name.into(),
        init_source: init_source(study, prints, init, cell.model_name, seed),
        granularity: granularity(study, init),
        normalization: normalization(study, init),
        label_fraction,
        seed,
        recipe: study.recipe.clone(),
        threads: study.study.threads,
    }
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

fn data_hash(prints: &Fingerprints, task: &str, recipe: &Recipe) -> String {
    prints.data.get(&(task.to_string(), stored_size(recipe))).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! The study file as a whole.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::also_test::Role;
use super::backbone::Backbone;
use super::cluster::Site;
use super::comparison::{Claim, ComparisonSpec};
use super::expand::target_tasks;
use super::keys::Keys;
use super::labels::{LabelCount, Labels};
use super::reading::is_default;
use super::recipe::{Normalization, Recipe, RecipeOverride};
use super::segmentation::DecoderChoice;
use super::task::{Target, Task};
use super::validate::references::references;
use crate::scores::prediction::METRICS;
use crate::scores::{MetricRules, PRIMARY, canonical};
use crate::text::percent;

/// A study file: what is compared, on what, how it is trained.
///
/// Tables keep the order of the file: it is the order of figures and tables,
/// and the first init is the baseline unless `[comparison]` names another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Name, title, seeds and label fractions.
    pub study: Header,
    /// What `${name}` stands for in any text of the file: texts, numbers, truth
    /// values or lists. `--set name=value` replaces one by another of its type.
    #[serde(default)]
    pub parameters: IndexMap<String, toml::Value>,
    /// Target and source tasks.
    pub tasks: IndexMap<String, Task>,
    /// Networks.
    pub models: IndexMap<String, Model>,
    /// Where the weights of a network start.
    pub inits: IndexMap<String, Init>,
    /// Pretraining runs of this study, for inits that ask for them.
    #[serde(default)]
    pub pretraining: IndexMap<String, Pretraining>,
    /// How networks are trained.
    #[serde(default)]
    pub recipe: Recipe,
    /// What is compared and how.
    #[serde(default)]
    pub comparison: ComparisonSpec,
    /// What is to be known of metrics, by name.
    #[serde(default, skip_serializing_if = "MetricRules::is_empty")]
    pub metrics: MetricRules,
    /// Hypotheses, each with its formal part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What `submit` asks a scheduler for; in no record, because no result depends
    /// on it.
    #[serde(default, skip_serializing)]
    pub cluster: Site,
}

/// `[study]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Short name: letters, digits, `-` and `_`; also the default folder name.
    pub name: String,
    /// Title of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// One paragraph for the head of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seeds; each is one replication of the whole matrix.
    #[serde(default = "seeds")]
    pub seeds: Vec<u64>,
    /// Shares of the training labels, each in (0, 1].
    #[serde(default = "label_fractions")]
    pub label_fractions: Vec<f64>,
    /// Numbers of training labels, the same for every task, in the place of shares:
    /// `[25, 50, "all"]`. Results hold the share that they are of the task's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub label_counts: Vec<LabelCount>,
    /// Folder of the records, relative to the study file; `runs/<name>` in the
    /// working folder where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<PathBuf>,
    /// Keep the weights of every run, for `predict` and `zoo export`;
    /// pretraining runs keep theirs in any case.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep_weights: bool,
    /// Compute threads of each run, whatever the machine and however many runs
    /// work at a time: their number decides the last digits of a result.
    #[serde(default = "threads", skip_serializing_if = "is_usual")]
    pub threads: u32,
}

/// Compute threads of a run where a study does not say: many runs of one thread
/// finish sooner than few of many.
pub const THREADS: u32 = 1;

pub(super) fn threads() -> u32 {
    THREADS
}

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_usual(threads: &u32) -> bool {
    *threads == THREADS
}

impl Header {
    /// How much of the labels the runs see, in the order of the file.
    pub fn labels(&self) -> Vec<Labels> {
        match self.label_counts.as_slice() {
            [] => self.label_fractions.iter().copied().map(Labels::Share).collect(),
            counts => counts.iter().map(|count| count.labels()).collect(),
        }
    }

    /// The same for readers: what they are called, and each.
    pub fn labels_in_words(&self) -> (&'static str, Vec<String>) {
        match self.label_counts.as_slice() {
            [] => {
                let shares = self.label_fractions.iter().map(|share| percent(*share));
                ("label fractions", shares.collect())
            }
            counts => ("label counts", counts.iter().map(ToString::to_string).collect()),
        }
    }
}

/// What the name of a local model begins with in `zoo = "local:NAME"`.
pub const LOCAL_MODEL: &str = "local:";

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

fn seeds() -> Vec<u64> {
    vec![0, 1, 2]
}

fn label_fractions() -> Vec<f64> {
    vec![1.0]
}

/// `[models.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Architecture.
    pub backbone: Backbone,
    /// Title for figures and tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What turns its maps into masks, on tasks of segmentation: where absent
    /// the U-Net on ResNet and MobileNetV2, `UPerNet` on Swin and ConvNeXt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder: Option<DecoderChoice>,
    /// Recipe keys that differ from `[recipe]` for this network.
    #[serde(default, skip_serializing_if = "is_default")]
    pub recipe: RecipeOverride,
}

/// `[inits.NAME]`: exactly one of `random = true`, `weights` or `zoo` (or both),
/// and `pretrain`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Init {
    /// Title for figures and tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Start from random weights.
    pub random: bool,
    /// Checkpoint file, in any container that `transfolio zoo inspect` reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<PathBuf>,
    /// Model of the catalogue (`transfolio zoo list`): the fetched file, or the
    /// one that `weights` names, is read by its adapter. `local:NAME` is a model
    /// that `transfolio zoo export` put there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoo: Option<String>,
    /// SHA-256 that the checkpoint file must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Which of several sets of weights in the file is meant: the key under
    /// which its tensors lie, as `transfolio zoo inspect` lists them
    /// (`state_dict_ema`), or the beginning of their names (`teacher`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights_from: Option<String>,
    /// Rules about the names in the file, where they are unusual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Keys>,
    /// Key of a `[pretraining.NAME]` table of this study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pretrain: Option<String>,
    /// Kind of labels the pretraining used; a catalogue or local model brings
    /// its own, and a pretraining that starts from another init is
    /// domain-adaptive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granularity: Option<Granularity>,
    /// Number of classes the pretraining used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_classes: Option<u32>,
    /// Input normalisation the weights were trained with; a catalogue or local
    /// model brings its own. The published benchmark normalised as for ImageNet
    /// whatever the model: `normalization = "imagenet"` does so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalization: Option<Normalization>,
    /// Only for these models; all where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Recipe keys that differ from `[recipe]` where weights start here.
    #[serde(skip_serializing_if = "is_default")]
    pub recipe: RecipeOverride,
}

/// Kind of labels behind a set of pretrained weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Granularity {
    /// No pretraining.
    None,
    /// Few broad classes.
    Coarse,
    /// Many narrow classes.
    Fine,
    /// No labels, a pretext task.
    SelfSupervised,
    /// Continued on data of the target's domain.
    DomainAdaptive,
}

/// `[pretraining.NAME]`: a source task that weights are trained on first. With
/// `init` it continues a pretraining: on data of the target's domain it is
/// domain-adaptive pretraining.
///
/// ```toml
/// [inits.imagenet]
/// zoo = "in1k_resnet50"
/// [inits.adapted]
/// pretrain = "chest"
/// [pretraining.chest]
/// task = "nih"
/// init = "imagenet"
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pretraining {
    /// Key of the source task.
    pub task: String,
    /// Key of the `[inits.NAME]` that the weights start from; random weights
    /// where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<String>,
    /// One pretraining per seed of the study (default), or one with the first
    /// seed that all seeds share.
    #[serde(default = "yes")]
    pub per_seed: bool,
    /// Recipe keys that differ from `[recipe]`.
    #[serde(default)]
    pub recipe: RecipeOverride,
}

fn yes() -> bool {
    true
}

impl Init {
    /// Whether it applies to a model of the study.
    pub fn is_for(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|name| name == model)
    }

    /// The local model that it names.
    pub fn local(&self) -> Option<&str> {
        self.zoo.as_ref()?.strip_prefix(LOCAL_MODEL)
    }
}

impl Study {
    /// Whether every name in it leads somewhere, as in a study that was read from
    /// its file. One from a record or a page may say anything.
    ///
    /// # Errors
    /// The first name that does not, in words.
    pub fn check_references(&self) -> Result<(), String> {
        references(self).into_iter().next().map_or(Ok(()), |fault| Err(fault.message))
    }

    /// Metrics of the study's runs, the one that a comparison is about by default
    /// first.
    pub fn metrics(&self) -> Vec<String> {
        const OF_CLASSES: [&str; 2] = ["auc", "accuracy"];
        const OF_MASKS: [&str; 5] = ["dice", "iou", "hd95", "assd", "nsd"];
        let masks = |task: &String| self.tasks[task].target == Target::Segmentation;
        let of_masks = target_tasks(self).filter(|task| masks(task)).count();
        let usual = match (of_masks, target_tasks(self).count() - of_masks) {
            (0, _) => OF_CLASSES.to_vec(),
            (_, 0) => OF_MASKS.to_vec(),
            _ => [&[PRIMARY][..], &OF_CLASSES, &OF_MASKS].concat(),
        };
        let mut all: Vec<String> = usual.into_iter().map(String::from).collect();
        for name in self.further_metrics() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }

    /// Metrics of classes that the comparison names and that follow from predictions.
    pub fn further_metrics(&self) -> Vec<String> {
        let comparison = &self.comparison;
        let named = comparison.further.iter().chain([&comparison.metric]);
        let named = named.map(|name| canonical(name));
        named.filter(|name| METRICS.contains(&name.as_str())).collect()
    }

    /// The networks with the inits that are for them, in the order of the file.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str)> {
        self.models.keys().flat_map(move |model| {
            let inits = self.inits.iter().filter(move |(_, init)| init.is_for(model));
            inits.map(move |(init, _)| (model.as_str(), init.as_str()))
        })
    }

    /// The recipe of a target run: `[recipe]`, with what the task, the network
    /// and the init state of it; the last one wins.
    pub fn recipe_of(&self, task: &str, model: &str, init: &str) -> Recipe {
        let parts = [
            self.tasks.get(task).map(|task| &task.recipe),
            self.models.get(model).map(|model| &model.recipe),
            self.inits.get(init).map(|init| &init.recipe),
        ];
        parts.into_iter().flatten().fold(self.recipe.clone(), |recipe, part| part.apply(&recipe))
    }

    /// Whether anything is trained on the tasks that are compared on; networks of
    /// files can be tested as they are.
    pub fn trains(&self) -> bool {
        let untrained = |task| {
            let mut cells = self.cells();
            cells.all(|(model, init)| self.recipe_of(task, model, init).epochs == 0)
        };
        !target_tasks(self).all(|task| untrained(task))
    }

    /// A task as its data are prepared: where nothing is trained, as a set for tests.
    pub fn prepared(&self, name: &str) -> Task {
        let task = self.tasks[name].clone();
        let source = self.pretraining.values().any(|pretraining| pretraining.task == name);
        let role = if self.trains() || source { task.role } else { Role::Test };
        Task { role, ..task }
    }

    /// The recipe of a pretraining run; what the pretraining states wins.
    pub fn pretraining_recipe(&self, pretraining: &Pretraining, model: &str) -> Recipe {
        let parts = [
            self.tasks.get(&pretraining.task).map(|task| &task.recipe),
            self.models.get(model).map(|model| &model.recipe),
            Some(&pretraining.recipe),
        ];
        parts.into_iter().flatten().fold(self.recipe.clone(), |recipe, part| part.apply(&recipe))
    }

    /// The init that a pretraining continues, where it does.
    pub fn continued(&self, pretraining: &str) -> Option<(&str, &Init)> {
        let name = self.pretraining.get(pretraining)?.init.as_ref()?;
        let init = self.inits.get(name)?;
        (!init.random).then_some((name, init))
    }
}

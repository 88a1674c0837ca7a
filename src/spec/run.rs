//! One resolved run and the hash that names it.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::also_test::AlsoTest;
use super::backbone::Backbone;
use super::keys::Keys;
use super::labels::Labels;
use super::recipe::{Normalization, Recipe};
use super::segmentation::DecoderChoice;
use super::study::{Granularity, is_usual, threads};
use super::task::{SplitSpec, Task};

/// Everything that decides the outcome of one run, all defaults written out.
///
/// Two runs with the same [`RunSpec::id`] give the same predictions on the
/// same device type; files are identified by their hashes, not by their paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// Version of this structure.
    pub format: u32,
    /// Target run or pretraining run.
    pub kind: RunKind,
    /// Key of the task.
    pub task: String,
    /// The task's settings.
    pub task_spec: Task,
    /// Hash of the task's decoded images, labels and splits.
    pub data_hash: String,
    /// Key of the model.
    pub model: String,
    /// Architecture.
    pub backbone: Backbone,
    /// What turns its maps into masks, on a task of segmentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder: Option<DecoderChoice>,
    /// Key of the init (of the pretraining, for a pretraining run).
    pub init: String,
    /// Where the weights start.
    pub init_source: InitSource,
    /// Kind of labels behind the init.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granularity: Option<Granularity>,
    /// Input normalisation in effect.
    pub normalization: Normalization,
    /// Share of the training labels, in (0, 1].
    pub label_fraction: f64,
    /// Number of the training labels, where the study states one: it decides, and
    /// the share is what it comes to, 1 where the data are not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_count: Option<u32>,
    /// Seed of the subset, the weights, the order and the augmentation.
    pub seed: u64,
    /// Training recipe.
    pub recipe: Recipe,
    /// Compute threads that the study states.
    #[serde(default = "threads", skip_serializing_if = "is_usual")]
    pub threads: u32,
    /// Further sets that the trained network is tested on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_test: Vec<AlsoTest>,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// Makes weights for other runs; not part of the result table.
    Pretraining,
    /// Fine-tuned and tested on a target task.
    Target,
}

/// Where the weights of a run start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InitSource {
    /// Random, by the run's seed.
    Random,
    /// A checkpoint file.
    Weights {
        /// Where it lies on this machine; not part of the hash.
        path: PathBuf,
        /// SHA-256 of the file.
        sha256: String,
        /// Catalogue model whose names and nesting the file has; the
        /// backbone's own where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zoo: Option<String>,
        /// Which of several sets of weights in the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weights_from: Option<String>,
        /// Rules about the names in the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keys: Option<Keys>,
    },
    /// The best weights of a pretraining run of the same study.
    Pretrained {
        /// That run.
        run: RunId,
    },
}

impl RunSpec {
    /// Version written by this build.
    pub const FORMAT: u32 = 1;

    /// The name of the run: the first 16 hex digits of the SHA-256 of the
    /// specification as JSON, with paths and titles left out.
    pub fn id(&self) -> RunId {
        RunId::of(&self.sha256())
    }

    /// How much of the training labels it sees.
    pub fn labels(&self) -> Labels {
        self.label_count.map_or(Labels::Share(self.label_fraction), Labels::Count)
    }

    /// The SHA-256 that the name of the run begins.
    pub fn sha256(&self) -> String {
        let json = serde_json::to_vec(&self.portable()).expect("a run specification is plain data");
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
        let digest = Sha256::digest(&json);
        digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// The specification without what is of one machine or for readers alone:
    /// paths and titles. That a column is stated not to be there is as good as
    /// that it is not there.
    #[must_use]
    pub fn portable(&self) -> Self {
        let mut spec = self.clone();
        make_portable(&mut spec.task_spec);
        spec.also_test.iter_mut().for_each(|set| make_portable(&mut set.task_spec));
        if let InitSource::Weights { path, .. } = &mut spec.init_source {
            path.clear();
        }
        spec
    }
}

fn make_portable(task: &mut Task) {
    task.path = None;
    task.images = None;
    if let Some(list) = &mut task.list {
        list.forget_paths();
    }
    task.title = None;
    let defaults = SplitSpec::default();
    for (column, default) in [
        (&mut task.split.column, defaults.column),
        (&mut task.split.patient_column, defaults.patient_column),
    ] {
        if column == SplitSpec::NONE {
            *column = default;
        }
    }
}

/// The name of a run: 16 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl RunId {
    /// The name that a specification of this SHA-256 has.
    pub fn of(sha256: &str) -> Self {
        Self(sha256.chars().take(16).collect())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{
        Duplicates, LabelPolicy, Orientation, PhantomLabels, PhantomSpec, SoftLabel, Source,
        THREADS, Target, ValueRange,
    };

    fn spec() -> RunSpec {
        RunSpec {
            format: 1,
            kind: RunKind::Target,
            task: "xray".into(),
            task_spec: Task {
                phantom: Some(PhantomSpec {
                    labels: PhantomLabels::Finding,
                    ..PhantomSpec::default()
                }),
                ..Task::new(Source::Phantom, Target::MultiLabel)
            },
            data_hash: "00ff".into(),
            model: "net".into(),
            backbone: Backbone::Resnet18,
            decoder: None,
            init: "file".into(),
            init_source: InitSource::Weights {
                path: "a.pth".into(),
                sha256: "12".into(),
                zoo: None,
                weights_from: None,
                keys: None,
            },
            granularity: Some(Granularity::Fine),
            normalization: Normalization::Half,
            label_fraction: 0.1,
            label_count: None,
            seed: 3,
            recipe: Recipe::default(),
            threads: THREADS,
            also_test: Vec::new(),
        }
    }

    /// The names of runs in all folders that are on disk somewhere.
    #[test]
    fn the_name_of_a_run_is_that_of_the_first_version() {
        assert_eq!(spec().id().to_string(), "cd4d41530a512820");
    }

    #[test]
    fn places_and_titles_do_not_count() {
        let mut other = spec();
        other.task_spec.title = Some("X-ray".into());
        other.task_spec.path = Some("elsewhere/m.csv".into());
        other.task_spec.images = Some("elsewhere".into());
        if let InitSource::Weights { path, .. } = &mut other.init_source {
            *path = "elsewhere/a.pth".into();
        }
        assert_eq!(other.id(), spec().id());
        other.task_spec.split.patient_column = "none".into();
        other.task_spec.split.column = "none".into();
        assert_eq!(other.id(), spec().id());
    }

    #[test]
    fn whatever_decides_the_outcome_counts() {
        let with = |spec: &mut RunSpec, from: &str, ignore: &str| {
            if let InitSource::Weights { weights_from, keys, .. } = &mut spec.init_source {
                *weights_from = Some(from.into()).filter(|from: &String| !from.is_empty());
                *keys = (!ignore.is_empty())
                    .then(|| Keys { ignore: vec![ignore.into()], ..Keys::default() });
            }
        };
        let soft = |value| LabelPolicy::Soft(SoftLabel::Fixed(value));
        let changes: [&dyn Fn(&mut RunSpec); 21] = [
            &|s: &mut RunSpec| s.threads = 2,
            &|s: &mut RunSpec| s.data_hash = "00fe".into(),
            &|s: &mut RunSpec| s.seed = 4,
            &|s: &mut RunSpec| s.label_fraction = 0.2,
            &|s: &mut RunSpec| s.backbone = Backbone::Resnet34,
            &|s: &mut RunSpec| s.normalization = Normalization::Imagenet,
            &|s: &mut RunSpec| s.recipe.epochs += 1,
            &|s: &mut RunSpec| s.task_spec.target = Target::MultiClass,
            &|s: &mut RunSpec| s.init_source = InitSource::Random,
            &|s: &mut RunSpec| with(s, "state_dict_ema", ""),
            &|s: &mut RunSpec| with(s, "", "aux."),
            &|s: &mut RunSpec| with(s, "", "aux2."),
            &|s: &mut RunSpec| s.task_spec.positive = Some("b".into()),
            &|s: &mut RunSpec| s.task_spec.uncertain = LabelPolicy::Ones,
            &|s: &mut RunSpec| s.task_spec.uncertain = soft(0.7),
            &|s: &mut RunSpec| s.task_spec.uncertain = soft(0.6),
            &|s: &mut RunSpec| {
                s.task_spec.uncertain = LabelPolicy::Soft(SoftLabel::Drawn(0.55, 0.85));
            },
            &|s: &mut RunSpec| s.task_spec.blank = Some(LabelPolicy::Error),
            &|s: &mut RunSpec| s.task_spec.duplicates = Duplicates::Allow,
            &|s: &mut RunSpec| s.task_spec.orientation = Orientation::Apply,
            &|s: &mut RunSpec| s.task_spec.range = Some(ValueRange::Auto),
        ];
        let mut ids: Vec<RunId> = changes
            .iter()
            .map(|change| {
                let mut other = spec();
                change(&mut other);
                other.id()
            })
            .collect();
        ids.push(spec().id());
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), changes.len() + 1);
    }

    #[test]
    fn a_specification_comes_back_from_its_file() {
        let json = serde_json::to_string(&spec()).expect("JSON");
        assert_eq!(serde_json::from_str::<RunSpec>(&json).expect("a specification"), spec());
    }

    #[test]
    fn a_number_of_labels_decides_and_is_kept() {
        let of = RunSpec { label_fraction: 0.054, label_count: Some(25), ..spec() };
        assert_ne!(of.id(), RunSpec { label_count: None, ..of.clone() }.id());
        let read: RunSpec = serde_json::from_str(&serde_json::to_string(&of).unwrap()).unwrap();
        assert_eq!(read.labels(), Labels::Count(25));
    }
}

//! The parts of a study that is described in Rust: tasks, starting points, trainings,
//! claims.

use crate::setting::{Setting, Settings, add};

/// A part of a study file with methods for what it may say.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $part(pub(crate) Settings);

        impl $part {
            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $field(self, $field: $kind) -> Self {
                    self.set(stringify!($field), $field)
                }
            )*

            /// Any setting of the study file by its name there.
            #[must_use]
            pub fn set(mut self, name: &str, value: impl Into<Setting>) -> Self {
                self.0.set(name, value);
                self
            }
        }

        impl From<$part> for Setting {
            fn from(part: $part) -> Self {
                part.0.into()
            }
        }
    };
}

part! {
    /// Images with their labels: `[tasks.NAME]`.
    Task {
        /// What pages call it.
        title: &str,
        /// `binary`, `multi-class`, `multi-label` or `segmentation`.
        target: &str,
        /// Folder that the paths of a manifest are in.
        images: &str,
        /// Column of the images.
        image_column: &str,
        /// Columns of the labels.
        labels: impl Into<Setting>,
        /// Classes, where the labels do not say them.
        classes: impl Into<Setting>,
        /// The class that counts as positive.
        positive: &str,
        /// What an uncertain label becomes: `error`, `ones`, `zeros` or `ignore`.
        uncertain: &str,
    }
}

impl Task {
    fn of(source: &str) -> Self {
        Self::default().set("source", source)
    }

    /// Generated images of this many pixels a side, in so many cases for training,
    /// validation and test. Labels are `coarse` or `fine` (sources, multi-class),
    /// `finding` (multi-label) or `anatomy` (masks).
    pub fn phantom(labels: &str, size: u32, [train, val, test]: [u32; 3]) -> Self {
        let mut phantom = Settings::default();
        phantom.set("labels", labels);
        phantom.set("size", size);
        phantom.set("train", train);
        phantom.set("val", val);
        phantom.set("test", test);
        Self::of("phantom").set("phantom", phantom)
    }

    /// Generated images of another seed: other images of the same kind.
    #[must_use]
    pub fn phantom_seed(mut self, seed: u64) -> Self {
        if let Some((_, phantom)) = self.0.0.iter_mut().find(|(name, _)| name == "phantom") {
            add(phantom, "seed", &seed.into());
        }
        self
    }

    /// A table of image files with their labels.
    pub fn manifest(path: &str) -> Self {
        Self::of("manifest").set("path", path)
    }

    /// A folder with a folder of images for each class.
    pub fn folder(path: &str) -> Self {
        Self::of("folder").set("path", path)
    }

    /// An `.npz` file of arrays.
    pub fn npz(path: &str) -> Self {
        Self::of("npz").set("path", path)
    }
}

part! {
    /// What the weights of a network are before training: `[inits.NAME]`.
    Init {
        /// What pages call it.
        title: &str,
        /// Kind of labels of the pretraining: `coarse`, `fine`, `self-supervised`,
        /// `domain-adaptive` or `none`.
        granularity: &str,
        /// Models that it is for; unless said, all.
        models: impl Into<Setting>,
        /// Input normalisation that the weights were trained with.
        normalization: &str,
    }
}

impl Init {
    /// Random weights.
    pub fn random() -> Self {
        Self::default().set("random", true)
    }

    /// The weights that a pretraining of the study ends with.
    pub fn pretrain(name: &str) -> Self {
        Self::default().set("pretrain", name)
    }

    /// A checkpoint file.
    pub fn weights(path: &str) -> Self {
        Self::default().set("weights", path)
    }

    /// A checkpoint of the catalogue (`transfolio zoo list`).
    pub fn zoo(id: &str) -> Self {
        Self::default().set("zoo", id)
    }
}

part! {
    /// How networks are trained: `[recipe]`, and the recipe of a pretraining, where
    /// it says only what differs.
    Recipe {
        /// `adamw`, `adam` or `sgd`.
        optimizer: &str,
        /// Learning rate at its highest.
        learning_rate: f64,
        /// Weight decay.
        weight_decay: f64,
        /// Momentum of `sgd`.
        momentum: f64,
        /// `cosine`, `constant` or `reduce-on-plateau`.
        schedule: &str,
        /// Epochs in which the learning rate rises.
        warmup_epochs: u32,
        /// Images of a step.
        batch_size: u32,
        /// Epochs.
        epochs: u32,
        /// Epochs without a better one after which training ends; 0: never.
        patience: u32,
        /// Side of the images in pixels.
        image_size: u32,
        /// `none`, `light` or `published`.
        augmentation: &str,
        /// `imagenet`, `half`, `chest-xray`, `swav` or `none`.
        normalization: &str,
    }
}

impl Recipe {
    /// A recipe of which nothing is said yet: all that is not said has a default.
    pub fn new() -> Self {
        Self::default()
    }
}

/// A training before the studied one: `[pretraining.NAME]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pretraining {
    settings: Settings,
    recipe: Recipe,
}

impl Pretraining {
    /// On a task of the study.
    pub fn on(task: &str) -> Self {
        Self::default().set("task", task)
    }

    /// Goes on from the weights of an init.
    #[must_use]
    pub fn from(self, init: &str) -> Self {
        self.set("init", init)
    }

    /// Epochs.
    #[must_use]
    pub fn epochs(mut self, epochs: u32) -> Self {
        self.recipe = self.recipe.epochs(epochs);
        self
    }

    /// In what it is trained otherwise than the studied networks.
    #[must_use]
    pub fn recipe(mut self, recipe: Recipe) -> Self {
        self.recipe = recipe;
        self
    }

    /// Any setting of the study file by its name there.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Setting>) -> Self {
        self.settings.set(name, value);
        self
    }

    pub(crate) fn settings(&self) -> Settings {
        let mut all = self.settings.clone();
        if self.recipe != Recipe::default() {
            all.set("recipe", self.recipe.clone());
        }
        all
    }
}

/// A hypothesis that the results are held against: `[[claims]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim(pub(crate) Settings);

impl Claim {
    fn of(text: &str, relation: &str, side: &[(&str, &str)], other: &[(&str, &str)]) -> Self {
        let mut settings = Settings::default();
        settings.set("text", text);
        settings.set(relation, levels(side));
        settings.set(if relation == "equivalent" { "to" } else { "than" }, levels(other));
        Self(settings)
    }

    /// One side is better than the other; a side is one level or several:
    /// `Claim::better("Fine beats coarse", &[("init", "fine")], &[("init", "coarse")])`.
    pub fn better(text: &str, side: &[(&str, &str)], than: &[(&str, &str)]) -> Self {
        Self::of(text, "better", side, than)
    }

    /// One side is worse than the other by less than the margin.
    pub fn not_worse(text: &str, side: &[(&str, &str)], than: &[(&str, &str)]) -> Self {
        Self::of(text, "not_worse", side, than)
    }

    /// The sides differ by less than the margin.
    pub fn equivalent(text: &str, side: &[(&str, &str)], to: &[(&str, &str)]) -> Self {
        Self::of(text, "equivalent", side, to)
    }

    /// Where it is claimed, beside a label fraction: `.at("task", "chest")`.
    #[must_use]
    pub fn at(mut self, column: &str, level: impl Into<Setting>) -> Self {
        let level = level.into();
        match self.0.0.iter_mut().find(|(name, _)| name == "at") {
            Some((_, scope)) => add(scope, column, &level),
            None => {
                let mut scope = Settings::default();
                scope.set(column, level);
                self.0.set("at", scope);
            }
        }
        self
    }

    /// Any setting of the study file by its name there: `metric`, `margin`.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Setting>) -> Self {
        self.0.set(name, value);
        self
    }
}

fn levels(side: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    side.iter().for_each(|(column, level)| settings.set(column, *level));
    settings
}

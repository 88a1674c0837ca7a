//! `[recipe]`: how a network is trained.

use serde::{Deserialize, Serialize};

use super::class_weights::ClassWeights;
use super::reading::is_default;

/// Training recipe of a study; every key has a visible default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// Optimiser.
    pub optimizer: Optimizer,
    /// Learning rate at its peak.
    pub learning_rate: f64,
    /// Weight decay: decoupled for `adamw`, added to the gradient otherwise.
    pub weight_decay: f64,
    /// Momentum of `sgd`.
    pub momentum: f64,
    /// Course of the learning rate.
    pub schedule: Schedule,
    /// Epochs of linear warm-up; `cosine` only.
    pub warmup_epochs: u32,
    /// Factor of `reduce-on-plateau`.
    pub plateau_factor: f64,
    /// Epochs without improvement before `reduce-on-plateau` acts.
    pub plateau_patience: u32,
    /// Images per step.
    pub batch_size: u32,
    /// Most epochs that are run. With 0 nothing is trained: what the file of the
    /// init holds is tested, its head or decoder included.
    pub epochs: u32,
    /// Stop after this many epochs without a lower validation loss; absent or
    /// 0 means never.
    pub patience: u32,
    /// Side of the square network input in pixels.
    pub image_size: u32,
    /// Augmentation of training images.
    pub augmentation: Augmentation,
    /// Input normalisation, unless an init brings its own.
    pub normalization: Normalization,
    /// Arithmetic of the network.
    pub precision: Precision,
    /// Order of the values of images in memory. Runs are named without it
    /// where nothing was asked for, as they were before it could be.
    #[serde(skip_serializing_if = "MemoryFormat::is_auto")]
    pub memory_format: MemoryFormat,
    /// Images per evaluation step; fewer where masks are predicted on large images.
    pub eval_batch_size: u32,
    /// What training makes small.
    #[serde(skip_serializing_if = "is_default")]
    pub loss: Loss,
    /// How much more a case counts that has a class than one that has not, of
    /// `binary` and `multi-label` targets: `"auto"` (cases without over cases with
    /// it, of the training cases of the run), a number, or one per class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos_weight: Option<ClassWeights>,
    /// How much a case of each class counts, of `multi-class` targets: `"auto"`
    /// (inversely to the number of training cases) or a number per class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<ClassWeights>,
    /// Which epoch's weights are tested.
    #[serde(skip_serializing_if = "is_default")]
    pub selection: Selection,
    /// Views of a test image whose probabilities are averaged.
    #[serde(skip_serializing_if = "is_default")]
    pub test_augmentation: TestAugmentation,
    /// Steps that a run takes, whatever the label fraction: with a tenth of the
    /// labels a pass over them has a tenth of the steps, and equal passes would
    /// compare fewer labels with less training. `epochs` then says how many equal
    /// parts a run has: after each the validation cases are looked at. Where
    /// absent an epoch is one pass over the training cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            optimizer: Optimizer::Adamw,
            learning_rate: 2e-4,
            weight_decay: 0.01,
            momentum: 0.9,
            schedule: Schedule::Cosine,
            warmup_epochs: 0,
            plateau_factor: 0.5,
            plateau_patience: 5,
            batch_size: 32,
            epochs: 20,
            patience: 0,
            image_size: 224,
            augmentation: Augmentation::Light,
            normalization: Normalization::Imagenet,
            precision: Precision::F32,
            memory_format: MemoryFormat::Auto,
            eval_batch_size: 64,
            loss: Loss::default(),
            pos_weight: None,
            class_weights: None,
            selection: Selection::default(),
            test_augmentation: TestAugmentation::default(),
            steps: None,
        }
    }
}

/// The keys of [`Recipe`] that a task, a model, an init or a pretraining may set
/// for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct RecipeOverride {
    pub optimizer: Option<Optimizer>,
    pub learning_rate: Option<f64>,
    pub weight_decay: Option<f64>,
    pub momentum: Option<f64>,
    pub schedule: Option<Schedule>,
    pub warmup_epochs: Option<u32>,
    pub batch_size: Option<u32>,
    pub epochs: Option<u32>,
    pub patience: Option<u32>,
    pub image_size: Option<u32>,
    pub augmentation: Option<Augmentation>,
    pub loss: Option<Loss>,
    pub pos_weight: Option<ClassWeights>,
    pub class_weights: Option<ClassWeights>,
    pub selection: Option<Selection>,
    pub test_augmentation: Option<TestAugmentation>,
    pub steps: Option<u32>,
    pub eval_batch_size: Option<u32>,
}

impl RecipeOverride {
    /// The recipe `base` with the keys set here replaced.
    pub fn apply(&self, base: &Recipe) -> Recipe {
        Recipe {
            optimizer: self.optimizer.unwrap_or(base.optimizer),
            learning_rate: self.learning_rate.unwrap_or(base.learning_rate),
            weight_decay: self.weight_decay.unwrap_or(base.weight_decay),
            momentum: self.momentum.unwrap_or(base.momentum),
            schedule: self.schedule.unwrap_or(base.schedule),
            warmup_epochs: self.warmup_epochs.unwrap_or(base.warmup_epochs),
            batch_size: self.batch_size.unwrap_or(base.batch_size),
            epochs: self.epochs.unwrap_or(base.epochs),
            patience: self.patience.unwrap_or(base.patience),
            image_size: self.image_size.unwrap_or(base.image_size),
            augmentation: self.augmentation.unwrap_or(base.augmentation),
            loss: self.loss.unwrap_or(base.loss),
            pos_weight: self.pos_weight.clone().or_else(|| base.pos_weight.clone()),
            class_weights: self.class_weights.clone().or_else(|| base.class_weights.clone()),
            selection: self.selection.unwrap_or(base.selection),
            test_augmentation: self.test_augmentation.unwrap_or(base.test_augmentation),
            steps: self.steps.or(base.steps),
            eval_batch_size: self.eval_batch_size.unwrap_or(base.eval_batch_size),
            ..base.clone()
        }
    }
}

/// What training makes small; `auto` is cross-entropy where cases have classes,
/// and `dice+bce` where pixels have structures. The others are for
/// segmentation, but for `focal`, which goes with `binary` and `multi-label`
/// targets too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// What goes with the target.
    #[default]
    Auto,
    /// Binary cross-entropy, mean over pixels.
    Bce,
    /// One minus the soft Dice of a batch, mean over structures (Milletari et al.
    /// 2016).
    Dice,
    /// The sum of both.
    #[serde(rename = "dice+bce")]
    DiceBce,
    /// Cross-entropy in which what is known well counts less (Lin et al. 2017),
    /// with gamma 2 and alpha 0.25.
    Focal,
    /// One minus the Tversky index of a batch with alpha 0.3 for false positives and
    /// beta 0.7 for false negatives (Salehi et al. 2017), for small structures.
    Tversky,
}

impl Loss {
    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Bce => "bce",
            Self::Dice => "dice",
            Self::DiceBce => "dice+bce",
            Self::Focal => "focal",
            Self::Tversky => "tversky",
        }
    }
}

/// Views of a test image whose probabilities are averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestAugmentation {
    /// The image as it is.
    #[default]
    None,
    /// The image and its mirror image.
    Flip,
    /// Corners and centre and their mirror images, as the published benchmark
    /// does; only where cases have classes.
    TenCrop,
}

/// Which epoch's weights are tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// Those with the lowest validation loss.
    #[default]
    Loss,
    /// Those with the best validation metric: the AUC of classes, the Dice of
    /// structures.
    Metric,
}

/// Optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimizer {
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    Adamw,
    /// Adam (Kingma and Ba 2015).
    Adam,
    /// Stochastic gradient descent with momentum.
    Sgd,
}

/// Course of the learning rate over a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Always the same.
    Constant,
    /// Linear warm-up, then half a cosine down to 0, step by step.
    Cosine,
    /// Multiplied by a factor when the validation loss stops falling.
    ReduceOnPlateau,
}

/// Augmentation of training images; evaluation is never augmented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Augmentation {
    /// None.
    None,
    /// Crops of 80 to 100 % of the area, flips, rotations of up to 7 degrees.
    Light,
    /// The published benchmark's: crops of 8 to 100 % of the area with aspect
    /// ratio 3/4 to 4/3, flips, rotations of up to 7 degrees. Of images with masks
    /// brightness, contrast or gamma, elastic, grid or optical distortion, and crops of
    /// a sized square, each with its probability.
    Published,
}

/// Per-channel input normalisation `(x - mean) / std` of images in 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalization {
    /// Mean .485 .456 .406, std .229 .224 .225.
    Imagenet,
    /// Mean .5, std .5.
    Half,
    /// Mean .5056, std .252: the published chest X-ray statistics.
    ChestXray,
    /// Mean .485 .456 .406, std .228 .224 .225: the code of SwAV, DeepCluster
    /// v2 and SeLa v2.
    Swav,
    /// Images stay in 0..1.
    None,
}

impl Normalization {
    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Imagenet => "imagenet",
            Self::Half => "half",
            Self::ChestXray => "chest-xray",
            Self::Swav => "swav",
            Self::None => "none",
        }
    }

    /// Mean and standard deviation per channel.
    pub fn mean_std(self) -> ([f64; 3], [f64; 3]) {
        match self {
            Self::Imagenet => ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
            Self::Half => ([0.5; 3], [0.5; 3]),
            Self::ChestXray => ([0.5056; 3], [0.252; 3]),
            Self::Swav => ([0.485, 0.456, 0.406], [0.228, 0.224, 0.225]),
            Self::None => ([0.0; 3], [1.0; 3]),
        }
    }
}

/// Arithmetic of the network. Weights, loss, statistics of norms and optimiser
/// are in 32 bits, or in 64 with `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// 32-bit floating point.
    F32,
    /// 64-bit floating point, for reference results.
    F64,
    /// CUDA only: 32-bit, but convolutions and matrix products round their
    /// arguments to 10 bits behind the point.
    Tf32,
    /// Convolutions, matrix products and what lies between them in bfloat16
    /// (8 bits of precision, the range of 32-bit floating point).
    Bf16,
}

impl Precision {
    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Tf32 => "tf32",
            Self::Bf16 => "bf16",
        }
    }
}

/// Order of the values of images in memory, inside the network too. It changes
/// the speed, and results by rounding alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryFormat {
    /// What was measured to be faster for the network.
    Auto,
    /// The channels of a pixel side by side.
    ChannelsLast,
    /// One channel after the other.
    Contiguous,
}

impl MemoryFormat {
    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::ChannelsLast => "channels_last",
            Self::Contiguous => "contiguous",
        }
    }

    // The form that serde calls.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

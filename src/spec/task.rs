//! `[tasks.NAME]`: where the images and labels of one task come from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::also_test::Role;
use super::label_policy::LabelPolicy;
use super::list::ListSpec;
use super::raw::RawSpec;
use super::reading::{Duplicates, Orientation, ValueRange, is_default};
use super::recipe::RecipeOverride;
use super::segmentation::{Resolution, SegmentationSpec};

/// One target (or source) task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Title for figures and tables; the task's key where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Kind of source.
    pub source: Source,
    /// The manifest (`.csv`), the archive (`.npz`) or the folder of class
    /// folders; not used by the phantom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Folder that the manifest's image paths start from; the manifest's own
    /// folder where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<PathBuf>,
    /// Manifest column that holds the image path.
    #[serde(default = "image_column")]
    pub image_column: String,
    /// Manifest columns that hold the labels: one for binary and multi-class
    /// targets (or one per class with a single 1 in each row), one per class
    /// for multi-label targets (or one with lists such as `Mass|Edema`). For
    /// segmentation they name mask files, one column per structure.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Names of the classes in label order; taken from the data where absent.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The class of a binary target that is looked for, as the data has it;
    /// told from the words where absent, or asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// What a label of -1 (or `uncertain`) counts as.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uncertain: LabelPolicy,
    /// What a blank label counts as; as `uncertain` says where absent, but
    /// never as "ones" or "soft".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<LabelPolicy>,
    /// What is predicted.
    pub target: Target,
    /// How cases are divided into train, val and test.
    #[serde(default)]
    pub split: SplitSpec,
    /// Which training cases a label fraction keeps.
    #[serde(default)]
    pub subset: SubsetRule,
    /// What happens where an image of the test set is in the training set too.
    #[serde(default, skip_serializing_if = "is_default")]
    pub duplicates: Duplicates,
    /// Whether images are turned as their EXIF tag says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub orientation: Orientation,
    /// Values of black and white of images with more than 8 bits; the full
    /// range of 16 bits where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<ValueRange>,
    /// What image files without a head are; those with one are read as ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<RawSpec>,
    /// The published lists of cases; only with `source = "list"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListSpec>,
    /// Settings of the built-in phantom; only with `source = "phantom"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phantom: Option<PhantomSpec>,
    /// How masks are read; only with `target = "segmentation"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segmentation: Option<SegmentationSpec>,
    /// Recipe keys that differ from `[recipe]` on this task. They are part of a
    /// run's own recipe.
    #[serde(default, skip_serializing_if = "is_default")]
    pub recipe: RecipeOverride,
    /// Tasks of the study on whose test cases the networks of this one are tested
    /// too: data of other hospitals, say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_test: Vec<String>,
    /// Whether anything is trained on it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Role,
}

fn image_column() -> String {
    "image".into()
}

impl Task {
    /// A task with nothing stated but its source and its target.
    pub fn new(source: Source, target: Target) -> Self {
        Self {
            title: None,
            source,
            path: None,
            images: None,
            image_column: image_column(),
            labels: Vec::new(),
            classes: Vec::new(),
            positive: None,
            uncertain: LabelPolicy::default(),
            blank: None,
            target,
            split: SplitSpec::default(),
            subset: SubsetRule::default(),
            duplicates: Duplicates::default(),
            orientation: Orientation::default(),
            range: None,
            raw: None,
            list: None,
            phantom: None,
            segmentation: None,
            recipe: RecipeOverride::default(),
            also_test: Vec::new(),
            role: Role::default(),
        }
    }

    /// How masks are read, with all defaults.
    pub fn segmentation(&self) -> SegmentationSpec {
        self.segmentation.clone().unwrap_or_default()
    }

    /// What it means that nothing tells the patients, as the end of a sentence.
    pub(crate) fn without_patients(&self) -> &'static str {
        if self.role.is_test_only() {
            "every image counts as a patient of its own"
        } else {
            "every image counts as a patient of its own, and images of one patient may be in several \
             splits"
        }
    }

    /// Whether images keep their pixels, and a network sees windows of them.
    pub fn is_native(&self) -> bool {
        self.target == Target::Segmentation && self.segmentation().resolution == Resolution::Native
    }

    /// What a blank label counts as, whichever key says so.
    pub fn blank_policy(&self) -> LabelPolicy {
        let unsaid = match self.uncertain {
            // What nobody mentioned is not what somebody suspected.
            LabelPolicy::Ones | LabelPolicy::Soft(_) => LabelPolicy::Zeros,
            other => other,
        };
        self.blank.unwrap_or(unsaid)
    }
}

/// Kind of data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The built-in phantom, generated.
    Phantom,
    /// A CSV file with one row per image.
    Manifest,
    /// List files in a published format (`[tasks.NAME.list]`), with the folder
    /// `images`.
    List,
    /// A MedMNIST archive: `{train,val,test}_{images,labels}`.
    Npz,
    /// A folder per class, below `train`, `val` and `test` or without them.
    Folder,
}

/// What a network predicts for one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One label, 0 or 1; one output, binary cross-entropy.
    Binary,
    /// One label out of K; K outputs, cross-entropy.
    MultiClass,
    /// K labels, each 0 or 1; K outputs, binary cross-entropy.
    MultiLabel,
    /// For each pixel, whether each of K structures is there; they may overlap.
    /// K maps of outputs.
    Segmentation,
}

impl Target {
    /// Most structures of a segmentation target: a pixel is a byte with a bit
    /// for each of them and one for the field of view.
    pub const MOST_STRUCTURES: usize = 7;

    /// The name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::MultiClass => "multi-class",
            Self::MultiLabel => "multi-label",
            Self::Segmentation => "segmentation",
        }
    }

    /// Whether a manifest tells it by so many label columns.
    pub(crate) fn takes_label_columns(self, count: usize) -> bool {
        match self {
            Self::Binary => matches!(count, 1 | 2),
            Self::MultiClass | Self::MultiLabel | Self::Segmentation => count > 0,
        }
    }

    /// Whether a data set can have so many classes for it.
    pub(crate) fn takes_classes(self, count: usize) -> bool {
        match self {
            Self::Binary => count == 2,
            Self::MultiClass | Self::MultiLabel => true,
            Self::Segmentation => (1..=Self::MOST_STRUCTURES).contains(&count),
        }
    }

    /// The number of label columns in words.
    pub(crate) fn label_columns(self) -> &'static str {
        match self {
            Self::Binary => "one, or two with a single 1 in each row",
            Self::MultiClass => "one, or one per class",
            Self::MultiLabel => "one per class, or one with lists such as `Mass|Edema`",
            Self::Segmentation => {
                "one with mask files per structure, or one mask of all with `mask_values`"
            }
        }
    }
}

/// Division of the cases into train, val and test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitSpec {
    /// Manifest column with `train`, `val` or `test`. When the manifest has no
    /// such column, or this is [`NONE`](Self::NONE), the cases are divided by
    /// the shares below.
    pub column: String,
    /// Manifest column with the patient; cases of one patient stay together.
    /// When the manifest has no such column, or this is [`NONE`](Self::NONE),
    /// every case is its own patient.
    pub patient_column: String,
    /// Share of the patients used for validation.
    pub val: f64,
    /// Share of the patients used for testing.
    pub test: f64,
    /// Seed of the division: fixed for a task, so that every run is tested on
    /// the same cases.
    pub seed: u64,
}

impl SplitSpec {
    /// Instead of a column: there is none, and none is to be looked for.
    pub const NONE: &str = "none";
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self {
            column: "split".into(),
            patient_column: "patient_id".into(),
            val: 0.15,
            test: 0.25,
            seed: 0,
        }
    }
}

/// Which training cases a label fraction keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubsetRule {
    /// Stratified by label, nested (10 % is inside 25 %), drawn by the run's
    /// seed, whole patients together.
    #[default]
    Stratified,
    /// The rule of the published benchmark: shuffle with Python's
    /// `random.Random(99)` and keep the first `int(n * percent / 100)`.
    Published,
}

/// Settings of the built-in phantom task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PhantomSpec {
    /// Which labels the task exposes.
    pub labels: PhantomLabels,
    /// Side of the square images in pixels.
    pub size: u32,
    /// Number of training images.
    pub train: u32,
    /// Number of validation images.
    pub val: u32,
    /// Number of test images.
    pub test: u32,
    /// Seed of the generator; images are a function of seed, split and index.
    pub seed: u64,
}

impl Default for PhantomSpec {
    fn default() -> Self {
        Self {
            labels: PhantomLabels::Finding,
            size: 64,
            train: 400,
            val: 100,
            test: 300,
            seed: 2026,
        }
    }
}

/// Labels of the phantom, from one generator of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhantomLabels {
    /// Pretraining source, multi-class: the group of the structure shown.
    Coarse,
    /// Pretraining source, multi-class: the type of the structure shown.
    Fine,
    /// Target task, multi-label: which findings are present in a chest image
    /// that may hold several or none.
    Finding,
    /// Target task, segmentation: lungs and heart in the images of `finding`.
    Anatomy,
}

impl PhantomLabels {
    /// The target that a task with these labels has.
    pub fn target(self) -> Target {
        match self {
            Self::Coarse | Self::Fine => Target::MultiClass,
            Self::Finding => Target::MultiLabel,
            Self::Anatomy => Target::Segmentation,
        }
    }
}

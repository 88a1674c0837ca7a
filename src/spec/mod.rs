//! `study.toml`: its types, visible defaults, validation, expansion into runs
//! and the hash that names a run. Of the rest of the crate it
//! knows the names of the statistics alone.

mod also_test;
mod backbone;
mod card;
mod card_in;
mod class_weights;
mod cluster;
mod comparison;
mod expand;
mod keys;
mod label_policy;
mod labels;
mod levels;
mod list;
mod locate;
mod parameters;
mod parse;
mod raw;
mod reading;
mod recipe;
mod run;
mod segmentation;
mod study;
mod task;
mod validate;
mod validate_comparison;
mod validate_segmentation;
mod validate_task;

pub use also_test::{AlsoTest, Role};
pub use backbone::Backbone;
pub use card::{Card, CardFile, Counts, Layout, card, card_task, cards};
pub use class_weights::ClassWeights;
pub use cluster::Site;
pub use comparison::{
    Claim, ComparisonSpec, DesignChoice, FamilyAdjustment, FamilyScope, Relation, TestFamily,
};
pub use expand::{Fingerprints, data_needed, expand, stored_size, target_tasks};
pub use keys::{Keys, toml_text};
pub use label_policy::{LabelPolicy, SoftLabel};
pub use labels::{LabelCount, Labels};
pub use levels::{Level, Levels, Scope, Side};
pub use list::{ListFormat, ListSpec};
pub use locate::Problem;
pub use parse::{Loaded, SpecError, load, load_claims, parse};
pub use raw::RawSpec;
pub use reading::{Duplicates, Orientation, ValueRange};
pub use recipe::{
    Augmentation, Loss, MemoryFormat, Normalization, Optimizer, Precision, Recipe, RecipeOverride,
    Schedule, Selection, TestAugmentation,
};
pub use run::{InitSource, RunId, RunKind, RunSpec};
pub use segmentation::{
    Chosen, Decision, DecoderChoice, OfFiles, Resolution, SegmentationSpec, Spacing,
};
pub use study::{Granularity, Header, Init, LOCAL_MODEL, Model, Pretraining, Study, THREADS};
pub use task::{PhantomLabels, PhantomSpec, Source, SplitSpec, SubsetRule, Target, Task};

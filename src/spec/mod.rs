//! `study.toml`: its types, visible defaults, validation, expansion into runs
//! and the hash that names a run. Depends on nothing else of the crate.

mod backbone;
mod expand;
mod locate;
mod parse;
mod recipe;
mod run;
mod study;
mod task;
mod validate;

pub use backbone::Backbone;
pub use expand::{Fingerprints, data_needed, expand, stored_size, target_tasks};
pub use locate::Problem;
pub use parse::{Loaded, SpecError, load, parse};
pub use recipe::{
    Augmentation, Normalization, Optimizer, Precision, Recipe, RecipeOverride, Schedule,
};
pub use run::{InitSource, RunId, RunKind, RunSpec};
pub use study::{ComparisonSpec, Granularity, Header, Init, Model, Pretraining, Study};
pub use task::{PhantomLabels, PhantomSpec, Source, SplitSpec, SubsetRule, Target, Task};

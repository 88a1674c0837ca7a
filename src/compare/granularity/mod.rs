//! Granularities of pretraining labels against each other: coarse against fine,
//! and any other two, per task and pooled over tasks.

mod analysis;
mod contrast;
mod per_seed;
mod pooled;
mod scope;
mod sentences;
mod table;
#[cfg(test)]
mod tests;

pub use analysis::{GranularityAnalysis, granularity};
pub use contrast::Contrast;
pub use pooled::Pooled;
pub use scope::Scope;
pub use sentences::{contrast_sentence, pooled_sentence};
pub use table::table;

//! The answer over tasks: every level against another, or every kind of
//! pretraining labels against another, per task, on the tasks studied, and for
//! tasks like these.

mod analysis;
mod contrast;
mod from_summaries;
mod per_seed;
mod question;
mod scope;
mod sentences;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod within;

pub use analysis::{PooledAnalysis, granularity, over_tasks};
pub use contrast::Contrast;
pub use question::Question;
pub use scope::Scope;
pub use sentences::{answer_sentence, contrast_sentence, pooled_sentence, within_sentence};
pub use summary::Pooled;
pub use table::{answers_table, table};
pub use within::Within;

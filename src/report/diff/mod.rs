//! Two reports against each other: what changed, and what is noise.

mod asked;
mod digest;
mod html;
mod reasons;
mod run;
mod sides;
mod story;
mod text;
mod types;
mod values;
mod verdicts;

pub use asked::SettingChange;
pub use run::diff;
pub use sides::{DiffSide, diff_of};
pub use story::{SentenceChange, Story};
pub use text::Everything;
pub use types::{Change, Diff, Side, Weight};
pub use values::{Fate, ValueChange, ValueChanges};
pub use verdicts::{Cause, VerdictChange, VerdictChanges};

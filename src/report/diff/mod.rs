//! Two reports against each other: what changed, and what is noise.

mod html;
mod run;
mod text;
mod types;

pub use run::diff;
pub use types::{Change, Diff, Side, Weight};

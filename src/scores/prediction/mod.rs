//! From the predictions of a run to its metrics: on all cases, and on resamples
//! of them.

mod counts;
mod kind;
mod prepared;
mod redraw;

pub use kind::ScoreKind;
pub use prepared::{METRICS, Prepared};
pub use redraw::redraw;

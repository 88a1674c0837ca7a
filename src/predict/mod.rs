//! Forward passes outside of a study: any backbone and weights over images or
//! an array, to logits, probabilities or pooled features.
//!
//! ```text
//!  input (folder, list, manifest, image, .npy) ─┐
//!                                               ├─> forward ─> output (.npy, .parquet)
//!  model (checkpoint, run, catalogue, random) ──┘
//! ```

mod array;
mod error;
mod forward;
mod images;
mod input;
mod job;
mod model;
mod output;

pub use error::PredictError;
pub use job::{Classes, Job, Summary, Weights, What, predict};

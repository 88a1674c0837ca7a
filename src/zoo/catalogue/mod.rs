//! The catalogue of pretrained models, embedded in the binary.
//!
//! `dataset/zoo/*.toml` has one table per model, with the facts that are
//! needed to fetch and to read it, and where each fact is from.

mod entry;
mod select;

pub use entry::{Entry, Source};
pub use select::{CatalogueError, catalogue, find};

//! Images and labels of a task: sources, splits, label fractions, the cache
//! and the data check.
//!
//! ```text
//!  manifest, folder     ─┐
//!  npz                  ├─> split ─> cache ─> Dataset ─> check
//!  phantom              ┘                        └─> subset (label fractions)
//! ```
//!
//! [`prepare`] turns a [`Task`](crate::spec::Task) into a [`Dataset`]: it
//! decodes every image once into a file that all runs map into memory.
//! Nothing here knows of tensors: images are bytes, and what is true of a case
//! is a [`Truth`].

mod cache;
mod check;
mod class_names;
mod dataset;
mod decode;
mod dicom;
mod error;
mod estimate;
mod external;
#[cfg(feature = "torch")]
mod fetch;
mod file_index;
mod folder;
mod leaks;
mod lists;
mod manifest;
mod mask;
mod masked;
mod names;
mod near;
#[cfg(feature = "torch")]
pub mod node;
mod npz;
pub mod phantom;
mod picture;
mod python_random;
mod rng;
mod soft;
mod source;
mod split;
mod strata;
mod subset;
mod truth;
#[cfg(feature = "torch")]
mod unpack;

pub use cache::prepare;
pub use cache::stock::{Kept, KeptData, kept, remove};
pub use check::{Finding, Severity, check, check_with};
pub use dataset::{Case, Dataset, Split};
pub use error::DataError;
#[cfg(feature = "torch")]
pub(crate) use error::visible;
pub use estimate::{Estimate, estimate};
pub use external::shared;
#[cfg(feature = "torch")]
pub use fetch::{CardFetchError, CardFetched, fetch_card};
pub use leaks::leaking;
pub use manifest::{listed_images, write_clean};
pub use mask::Planes;
pub use picture::{Picture, Reading};
pub use subset::subset;
pub use truth::{Label, Truth};

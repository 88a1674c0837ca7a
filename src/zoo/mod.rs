//! Pretrained weights: the catalogue, checkpoint readers that execute nothing,
//! adapters from the originals' names, and downloads that are verified.
//!
//! The container is told from the content, never from the file's suffix.

mod adapter;
mod archive;
mod aside;
mod catalogue;
mod cause;
mod checkpoint;
mod choose;
mod crc32c;
mod encoder;
mod error;
mod fetch;
mod fit;
mod folder;
mod group;
mod guess;
mod head;
mod inspect;
mod keys;
mod load;
mod local;
mod mend;
mod numpy;
mod origin;
mod pickle;
mod safetensors_file;
mod scope;
mod source;
mod target;
mod tensor;
mod tensorflow;
#[cfg(test)]
mod tests;
mod torch;
mod whole;

pub use catalogue::{CatalogueError, Entry, Source, catalogue, find};
pub use checkpoint::{Checkpoint, Container, read, read_as, read_nested};
pub use encoder::load_encoder;
pub use error::CheckpointError;
pub use fetch::{FetchError, FetchEvent, Fetched, Options as FetchOptions, fetch, fetched};
pub use group::Group;
pub use head::{Head, head, load_head};
pub use inspect::{Inspection, Match, inspect};
pub use load::{LoadReport, check_backbone, check_entry, load_backbone, load_entry};
pub use local::{Local, LocalError, export, find_local, local_models};
pub use mend::Proposal;
pub use origin::{Origin, ancestry, origin};
pub use safetensors_file::save_safetensors;
pub(crate) use safetensors_file::{read_tensors, write_tensors};
pub use tensor::{Dtype, TensorData};
pub use whole::load_whole;

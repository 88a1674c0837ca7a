//! Pretrained weights: checkpoint readers that execute nothing.
//!
//! The container is told from the content, never from the file's suffix.

mod backbone;
mod checkpoint;
mod error;
mod pickle;
mod safetensors_file;
#[cfg(test)]
mod tests;
mod torch_zip;

pub use backbone::{LoadReport, check_backbone, load_backbone};
pub use checkpoint::{Checkpoint, Container, TensorData, read};
pub use error::CheckpointError;
pub use safetensors_file::save_safetensors;
pub(crate) use safetensors_file::{read_tensors, write_tensors};

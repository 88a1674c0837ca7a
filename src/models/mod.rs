//! Networks: one architecture per file, parameters named as in the public
//! checkpoints.

mod convnext;
mod densenet;
mod error;
mod family;
mod layers;
mod mobilenet_v2;
mod network;
mod options;
mod resize;
mod resnet;
mod resnet_cifar;
pub mod segmentation;
mod swin;
#[cfg(test)]
pub(crate) mod tests;
mod vit;
mod window;

pub use error::ModelError;
pub use family::{feature_width, head_path, head_prefix};
pub use network::{Network, build, build_with};
pub use options::BuildOptions;
pub use resize::{ResizeError, can_resize, resize};

//! Networks: one architecture per file, parameters named as in torchvision.

mod layers;
mod mobilenet_v2;
mod network;
mod resnet;

pub use network::{Network, build, head_prefix};

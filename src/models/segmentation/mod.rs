//! Segmentation networks: an encoder that is one of the backbones, and a
//! decoder that turns its maps into logits per pixel.
//!
//! [`Decoder::Unet`] goes with ResNet and MobileNetV2, [`Decoder::Upernet`]
//! with Swin and ConvNeXt. The published benchmark's UPerNet gave its encoders
//! unequal means, so that its comparison of Swin with ConvNeXt is also one of
//! decoders; [`UpernetForm`] tells its form from one that treats them alike.

mod network;
mod pyramid;
mod unet;
mod upernet;

pub use network::{Decoder, SegmentationNetwork, UpernetForm, build};

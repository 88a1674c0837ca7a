//! Choice of encoder and decoder.

use std::fmt;

use tch::nn::{self, ModuleT};
use tch::{TchError, Tensor};

use super::unet::Unet;
use super::upernet::Upernet;
use crate::models::error::ModelError;
use crate::models::family::Family;
use crate::models::network::{caught, check_side};
use crate::models::options::{BuildOptions, Settings};
use crate::spec::Backbone;

/// What turns the maps of an encoder into logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// U-Net of `segmentation_models_pytorch`, on ResNet and MobileNetV2.
    Unet,
    /// Pyramid pooling and feature pyramid, on Swin and ConvNeXt.
    Upernet(UpernetForm),
}

/// Two forms of UPerNet.
///
/// | | published | matched |
/// |---|---|---|
/// | maps of Swin | after the merging: 1/8, 1/16, 1/32, 1/32 | before it: 1/4, 1/8, 1/16, 1/32 |
/// | maps of ConvNeXt | 1/4, 1/8, 1/16, 1/32 | the same |
/// | norms of the maps | none on Swin, layer norm on ConvNeXt | layer norm on both |
/// | width of the decoder | 192 or 256 on Swin, 96 or 128 on ConvNeXt | 96 or 128 on both |
/// | top-down path | each sum takes the coarser level's lateral map | each sum takes the coarser level's sum |
/// | smoothing | one convolution for all levels (three names) | one per level |
/// | drop path | Swin 0.1, ConvNeXt 0.4 / 0.3 / 0.4 | 0.1 on both |
/// | first layer scale of ConvNeXt | 1 | 1e-6, as in classification |
/// | names of ConvNeXt | the authors' | timm's, as in classification |
///
/// The published form reproduces the benchmark's numbers. The matched form is
/// for comparing encoders: what differs between two networks is the encoder
/// alone, and the decoder is the feature pyramid of the paper (Xiao et al.
/// 2018).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpernetForm {
    /// As the benchmark's code has it.
    Published,
    /// The same means for every encoder.
    #[default]
    Matched,
}

impl Decoder {
    fn name(self) -> &'static str {
        match self {
            Self::Unet => "unet",
            Self::Upernet(UpernetForm::Published) => "upernet, published form",
            Self::Upernet(UpernetForm::Matched) => "upernet, matched form",
        }
    }

    /// Whether there is an encoder of that architecture for this decoder.
    pub fn takes(self, backbone: Backbone) -> bool {
        matches!(
            (self, Family::of(backbone)),
            (Self::Unet, Family::Resnet(_) | Family::Mobilenet)
                | (Self::Upernet(_), Family::Swin(_) | Family::Convnext(_))
        )
    }

    /// What the names of encoder parameters begin with.
    pub fn encoder_prefix(self) -> &'static str {
        match self {
            Self::Unet => "encoder.",
            Self::Upernet(_) => "backbone.",
        }
    }
}

/// A network for images `[N, 3, H, W]` with logits for each pixel.
pub struct SegmentationNetwork {
    module: Box<dyn ModuleT>,
    /// The side that images must have, where only one fits.
    size: Option<i64>,
    /// What the sides of images must be a multiple of.
    step: i64,
    /// Whether a batch norm sees one value per channel and image.
    pools_to_one: bool,
}

impl fmt::Debug for SegmentationNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentationNetwork").finish_non_exhaustive()
    }
}

impl SegmentationNetwork {
    /// Logits: `[N, 3, H, W]` -> `[N, classes, H, W]`; panics where libtorch
    /// fails (wrong shape, out of memory).
    pub fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        self.module.forward_t(images, train)
    }

    /// [`SegmentationNetwork::forward_t`] that gives the error back.
    ///
    /// # Errors
    /// Also for one image in training with a pyramid pooling: its coarsest
    /// batch norm would have a single value per channel, and no variance.
    pub fn try_forward(&self, images: &Tensor, train: bool) -> Result<Tensor, TchError> {
        check_side(images, self.size)?;
        let shape = images.size();
        if shape.len() != 4 || shape[2..].iter().any(|side| side % self.step != 0) {
            return Err(TchError::Shape(format!(
                "images of shape {shape:?}, expected [N, 3, H, W] with sides that are multiples \
                 of {}",
                self.step
            )));
        }
        if train && self.pools_to_one && shape[0] < 2 {
            return Err(TchError::Shape(
                "a batch of 1 image in training, expected 2 or more: the pyramid pooling \
                 normalises one value per image and channel"
                    .into(),
            ));
        }
        caught(|| self.forward_t(images, train))
    }
}

impl ModuleT for SegmentationNetwork {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        Self::forward_t(self, images, train)
    }
}

/// Builds a segmentation network under `root` with one map of logits per
/// class.
///
/// # Errors
/// Where the decoder has no such encoder, or the encoder does not take images
/// of the size asked for.
pub fn build(
    root: &nn::Path<'_>,
    decoder: Decoder,
    backbone: Backbone,
    classes: i64,
    options: &BuildOptions,
) -> Result<SegmentationNetwork, ModelError> {
    let settings = Settings::check(backbone, classes, options)?;
    let module: Option<Box<dyn ModuleT>> = match (decoder, Family::of(backbone)) {
        (Decoder::Unet, family) => {
            Unet::new(root, family, classes).map(|net| Box::new(net) as Box<dyn ModuleT>)
        }
        (Decoder::Upernet(form), family) => Upernet::new(root, form, family, settings, classes)
            .map(|net| Box::new(net) as Box<dyn ModuleT>),
    };
    let Some(module) = module else {
        let takes = Backbone::ALL.into_iter().filter(|other| decoder.takes(*other));
        return Err(ModelError::Decoder {
            decoder: decoder.name(),
            backbone: backbone.name(),
            takes: takes.map(Backbone::name).collect::<Vec<_>>().join(", "),
        });
    };
    let step = if decoder == Decoder::Unet { Unet::STEP } else { 1 };
    if settings.size % step != 0 {
        return Err(ModelError::ImageSize {
            size: settings.size as u32,
            takes: format!("the U-Net takes multiples of {step}: it halves the map five times"),
        });
    }
    Ok(SegmentationNetwork {
        module,
        size: settings.fixed_size(backbone),
        step,
        pools_to_one: decoder != Decoder::Unet,
    })
}

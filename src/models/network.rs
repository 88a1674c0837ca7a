//! A backbone with a linear head.

use std::fmt;

use tch::nn::{self, ModuleT};
use tch::{TchError, Tensor};

use super::convnext::ConvNext;
use super::densenet::{self, DenseNet};
use super::error::ModelError;
use super::family::{Family, head_path};
use super::layers::{HE_FAN_IN, NORMAL_02};
use super::mobilenet_v2::{self, MobileNetV2};
use super::options::{BuildOptions, Settings};
use super::resnet::ResNet;
use super::resnet_cifar::ResNetCifar;
use super::swin::Swin;
use super::vit::Vit;
use crate::libtorch;
use crate::spec::Backbone;

/// A network for images `[N, 3, H, W]` with `outputs` logits.
pub struct Network {
    backbone: Box<dyn ModuleT>,
    head: nn::Linear,
    /// Dropout before the head, as a probability.
    dropout: f64,
    /// The side that images must have, where only one fits.
    size: Option<i64>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("head", &self.head).finish_non_exhaustive()
    }
}

impl Network {
    /// Pooled features: `[N, 3, H, W]` -> `[N, F]`. F is 512 or 2048 for
    /// ResNet (times two or four for its wider forms), 1024 for DenseNet-121,
    /// 1280 for MobileNetV2, 768 (T, S) or 1024 (B) for Swin and ConvNeXt, 192,
    /// 384 or 768 for DeiT, 256 or 64 for the CIFAR networks.
    pub fn features(&self, images: &Tensor, train: bool) -> Tensor {
        self.backbone.forward_t(images, train)
    }

    /// Logits: `[N, 3, H, W]` -> `[N, outputs]`; panics where libtorch fails
    /// (wrong shape, out of memory).
    pub fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let features = self.features(images, train);
        let features =
            if self.dropout > 0.0 { features.dropout(self.dropout, train) } else { features };
        // The head is small, and scores of 8 bits would tie.
        libtorch::as_given(features.device(), || {
            features.to_kind(self.head.ws.kind()).apply(&self.head)
        })
    }

    /// [`Network::forward_t`] that gives libtorch's error back.
    pub fn try_forward(&self, images: &Tensor, train: bool) -> Result<Tensor, TchError> {
        check_side(images, self.size)?;
        caught(|| self.forward_t(images, train))
    }

    /// [`Network::features`] that gives libtorch's error back.
    pub fn try_features(&self, images: &Tensor, train: bool) -> Result<Tensor, TchError> {
        check_side(images, self.size)?;
        caught(|| self.features(images, train))
    }
}

impl ModuleT for Network {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        Self::forward_t(self, images, train)
    }
}

/// An error unless the images have the side that the network was built for.
pub(super) fn check_side(images: &Tensor, side: Option<i64>) -> Result<(), TchError> {
    let shape = images.size();
    match side {
        Some(side) if shape.len() != 4 || shape[2..] != [side, side] => {
            Err(TchError::Shape(format!(
                "images of shape {shape:?}, expected [N, 3, {side}, {side}]: the network was \
                 built for that size"
            )))
        }
        _ => Ok(()),
    }
}

/// tch's layers have no fallible form; its panics carry the message.
pub(super) fn caught(forward: impl FnOnce() -> Tensor) -> Result<Tensor, TchError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(forward)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        TchError::Torch(text.unwrap_or_else(|| "the forward pass failed".into()))
    })
}

/// [`build_with`] the defaults.
pub fn build(root: &nn::Path<'_>, backbone: Backbone, outputs: i64) -> Network {
    assemble(root, backbone, outputs, Settings::native(backbone))
}

/// Builds a network under `root`. Weights are drawn from libtorch's generator
/// as the reference of each architecture draws them; backbone first, so that
/// the head of a seed is the same whatever weights replace the backbone's.
///
/// # Errors
/// Where the backbone does not take images of the size asked for.
pub fn build_with(
    root: &nn::Path<'_>,
    backbone: Backbone,
    outputs: i64,
    options: &BuildOptions,
) -> Result<Network, ModelError> {
    let settings = Settings::check(backbone, outputs, options)?;
    Ok(assemble(root, backbone, outputs, settings))
}

fn assemble(root: &nn::Path<'_>, backbone: Backbone, outputs: i64, settings: Settings) -> Network {
    let (module, features) = body(root, backbone, settings);
    let family = Family::of(backbone);
    let weights = match family {
        Family::Resnet(_) | Family::Densenet | Family::Mobilenet => SMALL,
        Family::Swin(_) | Family::Vit(_) | Family::Convnext(_) => NORMAL_02,
        Family::ResnetCifar(_) => HE_FAN_IN,
    };
    let path = head_path(backbone).split('.').fold(root.clone(), |path, part| path / part);
    let config =
        nn::LinearConfig { ws_init: weights, bs_init: Some(nn::Init::Const(0.0)), bias: true };
    Network {
        backbone: module,
        head: nn::linear(path, features, outputs, config),
        dropout: if matches!(family, Family::Mobilenet) { 0.2 } else { 0.0 },
        size: settings.fixed_size(backbone),
    }
}

/// What the published benchmark draws the heads of its convolutional networks
/// from.
const SMALL: nn::Init = nn::Init::Randn { mean: 0.0, stdev: 0.01 };

/// A backbone and the width of its features.
fn body(root: &nn::Path<'_>, backbone: Backbone, settings: Settings) -> (Box<dyn ModuleT>, i64) {
    let Settings { size, drop_path } = settings;
    match Family::of(backbone) {
        Family::Resnet(config) => (Box::new(ResNet::new(root, config)), config.channels()[4]),
        Family::ResnetCifar(config) => {
            (Box::new(ResNetCifar::new(root, config)), config.features())
        }
        Family::Densenet => (Box::new(DenseNet::new(root)), densenet::FEATURES),
        Family::Mobilenet => (Box::new(MobileNetV2::new(root)), mobilenet_v2::FEATURES),
        Family::Swin(config) => {
            let drop_path = drop_path.unwrap_or(0.1);
            (Box::new(Swin::new(root, config, size, drop_path)), config.channels()[3])
        }
        Family::Convnext(config) => {
            let drop_path = drop_path.unwrap_or(0.0);
            (Box::new(ConvNext::new(root, config, drop_path)), config.channels[3])
        }
        Family::Vit(config) => {
            let drop_path = drop_path.unwrap_or(0.1);
            (Box::new(Vit::new(root, config, size, drop_path)), config.width)
        }
    }
}

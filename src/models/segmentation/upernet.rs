//! UPerNet (Xiao et al. 2018) in the small form of the published benchmark, on
//! Swin and ConvNeXt; no auxiliary head.
//!
//! Pyramid pooling on the coarsest map, a feature pyramid, a 3x3 head, the
//! logits resized to the image. What the two forms differ in:
//! [`UpernetForm`]. Reference: the benchmark's `swin_transformer.py` and
//! `convnext.py`, which take their decoder from `yassouali/pytorch-segmentation`.
//!
//! A state dict of the published form lists the shared smoothing convolution
//! three times, `FPN.smooth_conv.0` to `.2`; here it is `.0`.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::network::UpernetForm;
use super::pyramid::{FeaturePyramid, PyramidPooling};
use crate::models::convnext::{self, Names, Start};
use crate::models::family::Family;
use crate::models::layers::{default_conv, norm_channels};
use crate::models::options::Settings;
use crate::models::swin::{self, Maps};

/// Encoder, decoder and head.
#[derive(Debug)]
pub(super) struct Upernet {
    encoder: Encoder,
    pooling: PyramidPooling,
    pyramid: FeaturePyramid,
    head: nn::Conv2D,
}

impl Upernet {
    /// None where the family is no encoder.
    pub(super) fn new(
        root: &nn::Path<'_>,
        form: UpernetForm,
        family: Family,
        settings: Settings,
        classes: i64,
    ) -> Option<Self> {
        let (encoder, channels) = Encoder::new(&(root / "backbone"), form, family, settings)?;
        let padded = nn::ConvConfig { padding: 1, ..nn::ConvConfig::default() };
        Some(Self {
            encoder,
            pooling: PyramidPooling::new(&(root / "PPN"), channels[3]),
            pyramid: FeaturePyramid::new(&(root / "FPN"), channels, form),
            head: default_conv(root / "head", channels[0], classes, 3, padded),
        })
    }
}

impl ModuleT for Upernet {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let mut maps = self.encoder.maps(images, train);
        if let Some(last) = maps.last_mut() {
            *last = self.pooling.forward_t(last, train);
        }
        let logits = self.pyramid.fuse(&maps, train).apply(&self.head);
        let size = images.size();
        logits.upsample_bilinear2d([size[2], size[3]], false, None, None)
    }
}

#[derive(Debug)]
enum Encoder {
    /// With the final norm, which this form has and does not use.
    PublishedSwin {
        trunk: swin::Trunk,
        _norm: nn::LayerNorm,
    },
    /// With a norm per map.
    MatchedSwin {
        trunk: swin::Trunk,
        norms: Vec<nn::LayerNorm>,
    },
    ConvNext {
        trunk: convnext::Trunk,
        norms: Vec<nn::LayerNorm>,
    },
}

impl Encoder {
    /// With the channels of its maps.
    fn new(
        path: &nn::Path<'_>,
        form: UpernetForm,
        family: Family,
        Settings { size, drop_path }: Settings,
    ) -> Option<(Self, [i64; 4])> {
        match (family, form) {
            (Family::Swin(config), UpernetForm::Published) => {
                let trunk = swin::Trunk::new(path, config, size, drop_path.unwrap_or(0.1));
                let [_, second, third, fourth] = config.channels();
                let norm = swin::final_norm(path, config);
                let encoder = Self::PublishedSwin { trunk, _norm: norm };
                Some((encoder, [second, third, fourth, fourth]))
            }
            (Family::Swin(config), UpernetForm::Matched) => {
                let trunk = swin::Trunk::new(path, config, size, drop_path.unwrap_or(0.1));
                let norms = (0..4).map(|stage| swin::map_norm(path, config, stage)).collect();
                Some((Self::MatchedSwin { trunk, norms }, config.channels()))
            }
            (Family::Convnext(config), form) => {
                let (names, default_rate, layer_scale) = match form {
                    UpernetForm::Published => (Names::Official, config.segmentation_drop, 1.0),
                    UpernetForm::Matched => (Names::Timm, 0.1, 1e-6),
                };
                let drop_path = drop_path.unwrap_or(default_rate);
                let start = Start { drop_path, layer_scale };
                let trunk = convnext::Trunk::new(path, config, names, start);
                let norms = (0..4).map(|stage| convnext::map_norm(path, config, stage)).collect();
                Some((Self::ConvNext { trunk, norms }, config.channels))
            }
            _ => None,
        }
    }

    /// Four maps from fine to coarse, `[N, C, H, W]`.
    fn maps(&self, images: &Tensor, train: bool) -> Vec<Tensor> {
        let first = |map: Tensor| map.permute([0, 3, 1, 2]).contiguous();
        match self {
            Self::PublishedSwin { trunk, .. } => {
                trunk.maps(images, Maps::AfterMerging, train).into_iter().map(first).collect()
            }
            Self::MatchedSwin { trunk, norms } => {
                let maps = trunk.maps(images, Maps::BeforeMerging, train);
                maps.iter().zip(norms).map(|(map, norm)| first(map.apply(norm))).collect()
            }
            Self::ConvNext { trunk, norms } => {
                let maps = trunk.maps(images, train);
                maps.iter().zip(norms).map(|(map, norm)| norm_channels(norm, map)).collect()
            }
        }
    }
}

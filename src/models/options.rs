//! What a network is built for, beyond its architecture.

use super::error::ModelError;
use super::family::Family;
use crate::spec::Backbone;

/// Settings of a network; the defaults are those of the published weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BuildOptions {
    /// Side of the square input images in pixels; the backbone's native size
    /// where absent. Only Swin and ViT differ by it: their tables do.
    pub image_size: Option<u32>,
    /// Rate of the last block's drop path; where absent Swin 0.1 (the
    /// published benchmark's, for every size), DeiT 0.1, ConvNeXt 0. Other
    /// architectures have none and ignore it.
    pub drop_path: Option<f64>,
}

/// Options that were checked and filled in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) size: i64,
    pub(super) drop_path: Option<f64>,
}

impl Settings {
    /// A backbone's own; every backbone takes its native size.
    pub(super) fn native(backbone: Backbone) -> Self {
        Self { size: i64::from(backbone.native_image_size()), drop_path: None }
    }

    pub(super) fn check(
        backbone: Backbone,
        outputs: i64,
        options: &BuildOptions,
    ) -> Result<Self, ModelError> {
        let size = options.image_size.unwrap_or_else(|| backbone.native_image_size());
        backbone.check_image_size(size).map_err(|takes| ModelError::ImageSize { size, takes })?;
        if let Some(rate) = options.drop_path
            && !(0.0..1.0).contains(&rate)
        {
            return Err(ModelError::DropPath { rate });
        }
        if outputs < 1 {
            return Err(ModelError::Outputs { outputs });
        }
        Ok(Self { size: size.into(), drop_path: options.drop_path })
    }

    /// The one size that the network takes, where it was built for one.
    pub(super) fn fixed_size(self, backbone: Backbone) -> Option<i64> {
        let fixed = match Family::of(backbone) {
            Family::Swin(_) | Family::Vit(_) => true,
            Family::ResnetCifar(config) => config.takes_one_size(),
            _ => false,
        };
        fixed.then_some(self.size)
    }
}

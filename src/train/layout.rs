//! Where the values of images and of convolution weights lie in memory.
//!
//! Convolutions of libtorch run on whole pixels in one layout and on whole
//! channels in the other, and so do the layers between them; which is faster
//! was measured for each network. Files always hold channels first.

use tch::nn::VarStore;
use tch::{TchError, Tensor, no_grad};

use crate::spec::{Backbone, MemoryFormat, Precision};

/// A gain below this could be one of the moment.
const NOISE: f64 = 1.03;

/// Order of the values of `[N, C, H, W]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One channel after the other.
    ChannelsFirst,
    /// The channels of a pixel side by side.
    ChannelsLast,
}

impl Layout {
    /// What was asked for, or what is faster.
    pub(crate) fn of(format: MemoryFormat, backbone: Backbone, precision: Precision) -> Self {
        match format {
            MemoryFormat::ChannelsLast => Self::ChannelsLast,
            MemoryFormat::Contiguous => Self::ChannelsFirst,
            MemoryFormat::Auto => {
                let [f32, bf16] = gain_of_channels_last(backbone);
                let gain = match precision {
                    Precision::Bf16 => bf16,
                    Precision::F32 | Precision::Tf32 => f32,
                    // For reference results: as the mathematics is written.
                    Precision::F64 => 1.0,
                };
                if gain > NOISE { Self::ChannelsLast } else { Self::ChannelsFirst }
            }
        }
    }

    /// The name in study files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ChannelsFirst => MemoryFormat::Contiguous.name(),
            Self::ChannelsLast => MemoryFormat::ChannelsLast.name(),
        }
    }

    /// Images `[N, C, H, W]` in this layout; the same tensor where they are.
    pub(crate) fn of_images(self, images: &Tensor) -> Result<Tensor, TchError> {
        match self {
            Self::ChannelsFirst => images.f_contiguous(),
            Self::ChannelsLast => {
                images.f_permute([0, 2, 3, 1])?.f_contiguous()?.f_permute([0, 3, 1, 2])
            }
        }
    }

    fn of_weights(self, mut weights: Tensor) -> Result<(), TchError> {
        let laid = self.of_images(&weights.f_detach()?)?;
        weights.f_set_data(&laid)
    }

    /// Brings the convolution weights of a network into this layout. What reads
    /// or writes variables by position comes before this.
    pub(crate) fn of_network(self, store: &VarStore) -> Result<(), TchError> {
        no_grad(|| {
            let mut weights = store.variables().into_values().filter(|tensor| tensor.dim() == 4);
            weights.try_for_each(|weights| self.of_weights(weights))
        })
    }
}

/// `tensor` in the layout of another one of its shape; the same tensor where it
/// has that layout.
pub(super) fn like(tensor: Tensor, other: &Tensor) -> Result<Tensor, TchError> {
    if walked(&tensor) == walked(other) {
        return Ok(tensor);
    }
    let mut copy = other.f_detach()?.f_empty_like()?;
    copy.f_copy_(&tensor)?;
    Ok(copy)
}

/// Strides; those of axes of length 1, along which nobody walks, as 0.
fn walked(tensor: &Tensor) -> Vec<i64> {
    let (sizes, strides) = (tensor.size(), tensor.stride());
    sizes.iter().zip(strides).map(|(size, stride)| if *size == 1 { 0 } else { stride }).collect()
}

/// Training images per second with channels last over channels first, in f32
/// and in bf16. Measured on a CPU with AVX-512 in processor time of one thread,
/// at 224 px and batch 8 (`benches/results/training-cpu.md`); larger networks of
/// a family are taken for its smallest. On CUDA nothing was measured here; the
/// figures that timm publishes for GPUs are above 1 and about 1 for the same
/// networks.
fn gain_of_channels_last(backbone: Backbone) -> [f64; 2] {
    match backbone {
        Backbone::Resnet18 | Backbone::Resnet34 => [1.14, 1.16],
        Backbone::Resnet50
        | Backbone::Resnet101
        | Backbone::Resnet152
        | Backbone::WideResnet50x2
        | Backbone::Resnet50x2
        | Backbone::Resnet50x4 => [1.11, 1.27],
        Backbone::Densenet121 => [1.16, 1.39],
        Backbone::MobilenetV2 => [1.50, 1.34],
        Backbone::SwinTiny | Backbone::SwinSmall | Backbone::SwinBase => [0.99, 1.01],
        Backbone::ConvnextTiny | Backbone::ConvnextSmall | Backbone::ConvnextBase => [1.00, 1.04],
        Backbone::DeitTiny | Backbone::DeitSmall | Backbone::DeitBase => [0.96, 1.01],
        Backbone::Resnet8Cifar | Backbone::Resnet20Cifar => [1.29, 1.31],
        Backbone::Resnet20CifarOptionA => [1.27, 1.04],
    }
}

#[cfg(test)]
mod tests;

//! Pyramid pooling and feature pyramid of UPerNet; see [`super::upernet`].

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::network::UpernetForm;
use crate::models::layers::{batch_norm, default_conv};

const BINS: [i64; 4] = [1, 2, 4, 6];
const DROPOUT: f64 = 0.1;

/// Bilinear, corners aligned.
fn resized(x: &Tensor, like: &Tensor) -> Tensor {
    let size = like.size();
    x.upsample_bilinear2d([size[2], size[3]], true, None, None)
}

/// Convolution without bias, batch norm, ReLU.
#[derive(Debug)]
struct ConvNorm(nn::Conv2D, nn::BatchNorm);

impl ConvNorm {
    /// With names from `first` on.
    fn new(path: &nn::Path<'_>, first: i64, inputs: i64, outputs: i64, kernel: i64) -> Self {
        let config =
            nn::ConvConfig { bias: false, padding: kernel / 2, ..nn::ConvConfig::default() };
        Self(
            default_conv(path / first, inputs, outputs, kernel, config),
            batch_norm(path / (first + 1), outputs),
        )
    }
}

impl ModuleT for ConvNorm {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        x.apply(&self.0).apply_t(&self.1, train).relu_()
    }
}

/// The coarsest map beside its averages over 1, 4, 16 and 36 bins.
#[derive(Debug)]
pub(super) struct PyramidPooling {
    stages: Vec<ConvNorm>,
    bottleneck: ConvNorm,
}

impl PyramidPooling {
    pub(super) fn new(path: &nn::Path<'_>, channels: i64) -> Self {
        let branch = channels / 4;
        let stages = 0..BINS.len();
        Self {
            stages: stages
                .map(|i| ConvNorm::new(&(path / "stages" / i), 1, channels, branch, 1))
                .collect(),
            bottleneck: ConvNorm::new(
                &(path / "bottleneck"),
                0,
                channels + 4 * branch,
                channels,
                3,
            ),
        }
    }
}

impl ModuleT for PyramidPooling {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let mut parts = vec![x.shallow_clone()];
        for (stage, bin) in self.stages.iter().zip(BINS) {
            let pooled = stage.forward_t(&x.adaptive_avg_pool2d([bin, bin]), train);
            parts.push(resized(&pooled, x));
        }
        let joined = self.bottleneck.forward_t(&Tensor::cat(&parts, 1), train);
        joined.feature_dropout(DROPOUT, train)
    }
}

/// Lateral maps of one width, summed from the top down, smoothed, resized to
/// the finest and fused.
#[derive(Debug)]
pub(super) struct FeaturePyramid {
    lateral: Vec<nn::Conv2D>,
    /// One for all levels, or one per level from the coarsest down.
    smooth: Vec<nn::Conv2D>,
    fusion: ConvNorm,
    form: UpernetForm,
}

impl FeaturePyramid {
    /// The width is that of the finest map.
    pub(super) fn new(path: &nn::Path<'_>, channels: [i64; 4], form: UpernetForm) -> Self {
        let width = channels[0];
        let smoothing = match form {
            UpernetForm::Published => 1,
            UpernetForm::Matched => 3,
        };
        let padded = nn::ConvConfig { padding: 1, ..nn::ConvConfig::default() };
        let coarser = channels[1..].iter().enumerate();
        Self {
            lateral: coarser
                .map(|(i, inputs)| {
                    let path = path / "conv1x1" / i;
                    default_conv(path, *inputs, width, 1, nn::ConvConfig::default())
                })
                .collect(),
            smooth: (0..smoothing)
                .map(|i| default_conv(path / "smooth_conv" / i, width, width, 3, padded))
                .collect(),
            fusion: ConvNorm::new(&(path / "conv_fusion"), 0, 4 * width, width, 3),
            form,
        }
    }

    /// Maps from fine to coarse -> one map of the size of the finest.
    pub(super) fn fuse(&self, maps: &[Tensor], train: bool) -> Tensor {
        let mut laterals = vec![maps[0].shallow_clone()];
        laterals.extend(maps[1..].iter().zip(&self.lateral).map(|(map, conv)| map.apply(conv)));
        let coarsest = laterals.len() - 1;
        let mut levels = vec![laterals[coarsest].shallow_clone()];
        let mut above = laterals[coarsest].shallow_clone();
        for level in (0..coarsest).rev() {
            let sum = resized(&above, &laterals[level]) + &laterals[level];
            let from_top = coarsest - 1 - level;
            let smooth = &self.smooth[from_top.min(self.smooth.len() - 1)];
            levels.push(sum.apply(smooth));
            above = match self.form {
                // The published sums do not accumulate.
                UpernetForm::Published => laterals[level].shallow_clone(),
                UpernetForm::Matched => sum,
            };
        }
        levels.reverse();
        let levels: Vec<_> = levels.iter().map(|level| resized(level, &maps[0])).collect();
        self.fusion.forward_t(&Tensor::cat(&levels, 1), train)
    }
}

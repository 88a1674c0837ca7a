//! MobileNetV2 1.0 (Sandler et al. 2018), with torchvision's names.
//!
//! Stem 3x3/2, seventeen inverted residuals, 1x1 to 1280, global average pool.
//! Reference: `torchvision/models/mobilenetv2.py`.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::layers::{batch_norm, conv, joined};

/// Expansion, output channels, blocks, stride of the first block.
const STAGES: [(i64, i64, usize, i64); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];
/// Width of the pooled features.
pub(super) const FEATURES: i64 = 1280;

/// Blocks (the stem is the first of them) up to which each map of an encoder
/// goes: 1/2, 1/4, 1/8, 1/16 and, with the last convolution, 1/32.
const MAP_ENDS: [usize; 4] = [2, 4, 7, 14];
/// Channels of those maps.
pub(super) const MAP_CHANNELS: [i64; 5] = [16, 24, 32, 96, FEATURES];

/// The network without its classifier.
#[derive(Debug)]
pub(super) struct MobileNetV2 {
    stem: ConvNorm,
    blocks: Vec<InvertedResidual>,
    last: ConvNorm,
}

impl MobileNetV2 {
    pub(super) fn new(root: &nn::Path<'_>) -> Self {
        let path = root / "features";
        let stem = ConvNorm::new(&(&path / 0), 3, 32, 3, 2, 1);
        let mut blocks = Vec::new();
        let mut inputs = 32;
        for (expansion, outputs, count, first_stride) in STAGES {
            for index in 0..count {
                let stride = if index == 0 { first_stride } else { 1 };
                let place = &path / (blocks.len() + 1);
                blocks.push(InvertedResidual::new(&place, inputs, outputs, expansion, stride));
                inputs = outputs;
            }
        }
        let last = ConvNorm::new(&(&path / (blocks.len() + 1)), inputs, FEATURES, 1, 1, 1);
        Self { stem, blocks, last }
    }

    /// The last map of each size (1/2 to 1/32), cut where
    /// `segmentation_models_pytorch` cuts.
    pub(super) fn maps(&self, images: &Tensor, train: bool) -> Vec<Tensor> {
        let mut x = self.stem.forward_t(images, train);
        let mut maps = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            x = block.forward_t(&x, train);
            if MAP_ENDS.contains(&(index + 2)) {
                maps.push(x.shallow_clone());
            }
        }
        maps.push(self.last.forward_t(&x, train));
        maps
    }
}

impl ModuleT for MobileNetV2 {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let stem = self.stem.forward_t(images, train);
        let body = self.blocks.iter().fold(stem, |x, block| block.forward_t(&x, train));
        self.last.forward_t(&body, train).adaptive_avg_pool2d([1, 1]).flatten(1, -1)
    }
}

/// Convolution (`0`), batch norm (`1`), `ReLU6`.
#[derive(Debug)]
struct ConvNorm {
    conv: nn::Conv2D,
    norm: nn::BatchNorm,
}

impl ConvNorm {
    fn new(
        path: &nn::Path<'_>,
        inputs: i64,
        outputs: i64,
        kernel: i64,
        stride: i64,
        groups: i64,
    ) -> Self {
        Self {
            conv: conv(path / 0, inputs, outputs, kernel, stride, groups),
            norm: batch_norm(path / 1, outputs),
        }
    }
}

impl ModuleT for ConvNorm {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        x.apply(&self.conv).apply_t(&self.norm, train).relu6_()
    }
}

/// Expand 1x1 (unless the expansion is 1), depthwise 3x3, project 1x1 without
/// activation; a shortcut where the shape stays.
#[derive(Debug)]
struct InvertedResidual {
    layers: Vec<ConvNorm>,
    project: nn::Conv2D,
    norm: nn::BatchNorm,
    shortcut: bool,
}

impl InvertedResidual {
    fn new(path: &nn::Path<'_>, inputs: i64, outputs: i64, expansion: i64, stride: i64) -> Self {
        let path = path / "conv";
        let hidden = inputs * expansion;
        let mut layers = Vec::new();
        if expansion != 1 {
            layers.push(ConvNorm::new(&(&path / 0), inputs, hidden, 1, 1, 1));
        }
        layers.push(ConvNorm::new(&(&path / layers.len()), hidden, hidden, 3, stride, hidden));
        let at = layers.len();
        Self {
            layers,
            project: conv(&path / at, hidden, outputs, 1, 1, 1),
            norm: batch_norm(&path / (at + 1), outputs),
            shortcut: stride == 1 && inputs == outputs,
        }
    }
}

impl ModuleT for InvertedResidual {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let hidden =
            self.layers.iter().fold(x.shallow_clone(), |x, layer| layer.forward_t(&x, train));
        let y = hidden.apply(&self.project).apply_t(&self.norm, train);
        if self.shortcut { joined(x, y) } else { y }
    }
}

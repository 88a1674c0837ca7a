//! `ResNet` (He et al. 2016), with torchvision's names.
//!
//! Stem 7x7/2, max pool 3x3/2, four stages, global average pool. Bottlenecks
//! have their stride in the 3x3 convolution ("V1.5").
//! Reference: `torchvision/models/resnet.py`.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::layers::{batch_norm, conv};

/// Networks of two 3x3 convolutions per block; 512 features.
pub(super) fn basic(root: &nn::Path<'_>, blocks: [usize; 4]) -> (Box<dyn ModuleT>, i64) {
    (Box::new(ResNet::new(root, blocks, Block::basic, 1)), 512)
}

/// Networks of 1x1, 3x3, 1x1 blocks; 2048 features.
pub(super) fn bottleneck(root: &nn::Path<'_>, blocks: [usize; 4]) -> (Box<dyn ModuleT>, i64) {
    (Box::new(ResNet::new(root, blocks, Block::bottleneck, 4)), 2048)
}

#[derive(Debug)]
struct ResNet {
    conv1: nn::Conv2D,
    bn1: nn::BatchNorm,
    blocks: Vec<Block>,
}

impl ResNet {
    fn new(
        root: &nn::Path<'_>,
        counts: [usize; 4],
        block: fn(&nn::Path<'_>, i64, i64, i64) -> Block,
        expansion: i64,
    ) -> Self {
        let conv1 = conv(root / "conv1", 3, 64, 7, 2, 1);
        let bn1 = batch_norm(root / "bn1", 64);
        let mut blocks = Vec::new();
        let mut inputs = 64;
        for (stage, (count, width)) in counts.into_iter().zip([64, 128, 256, 512]).enumerate() {
            let path = root / format!("layer{}", stage + 1);
            for index in 0..count {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                blocks.push(block(&(&path / index), inputs, width, stride));
                inputs = width * expansion;
            }
        }
        Self { conv1, bn1, blocks }
    }
}

impl ModuleT for ResNet {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let stem = images.apply(&self.conv1).apply_t(&self.bn1, train).relu_();
        let pooled = stem.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        let last = self.blocks.iter().fold(pooled, |x, block| block.forward_t(&x, train));
        last.adaptive_avg_pool2d([1, 1]).flatten(1, -1)
    }
}

/// A residual block: convolutions with batch norm, ReLU between them and after
/// the sum.
#[derive(Debug)]
struct Block {
    layers: Vec<(nn::Conv2D, nn::BatchNorm)>,
    downsample: Option<(nn::Conv2D, nn::BatchNorm)>,
}

impl Block {
    fn basic(path: &nn::Path<'_>, inputs: i64, width: i64, stride: i64) -> Self {
        let layers = vec![
            (conv(path / "conv1", inputs, width, 3, stride, 1), batch_norm(path / "bn1", width)),
            (conv(path / "conv2", width, width, 3, 1, 1), batch_norm(path / "bn2", width)),
        ];
        Self { layers, downsample: downsample(path, inputs, width, stride) }
    }

    fn bottleneck(path: &nn::Path<'_>, inputs: i64, width: i64, stride: i64) -> Self {
        let outputs = width * 4;
        let layers = vec![
            (conv(path / "conv1", inputs, width, 1, 1, 1), batch_norm(path / "bn1", width)),
            (conv(path / "conv2", width, width, 3, stride, 1), batch_norm(path / "bn2", width)),
            (conv(path / "conv3", width, outputs, 1, 1, 1), batch_norm(path / "bn3", outputs)),
        ];
        Self { layers, downsample: downsample(path, inputs, outputs, stride) }
    }
}

fn downsample(
    path: &nn::Path<'_>,
    inputs: i64,
    outputs: i64,
    stride: i64,
) -> Option<(nn::Conv2D, nn::BatchNorm)> {
    (stride != 1 || inputs != outputs).then(|| {
        let path = path / "downsample";
        (conv(&path / 0, inputs, outputs, 1, stride, 1), batch_norm(&path / 1, outputs))
    })
}

impl ModuleT for Block {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let mut y = x.shallow_clone();
        for (index, (conv, norm)) in self.layers.iter().enumerate() {
            y = y.apply(conv).apply_t(norm, train);
            if index + 1 < self.layers.len() {
                y = y.relu_();
            }
        }
        let shortcut = match &self.downsample {
            Some((conv, norm)) => x.apply(conv).apply_t(norm, train),
            None => x.shallow_clone(),
        };
        let _ = y.g_add_(&shortcut);
        y.relu_()
    }
}

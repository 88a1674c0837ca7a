//! `ResNet` (He et al. 2016), with torchvision's names.
//!
//! Stem 7x7/2, max pool 3x3/2, four stages, global average pool. Bottlenecks
//! have their stride in the 3x3 convolution ("V1.5"). Two ways to widen it:
//! Wide ResNet-50-2 (Zagoruyko & Komodakis 2016) doubles the inner width of the
//! bottlenecks, SimCLR's x2 and x4 (Chen et al. 2020) multiply every width.
//! References: `torchvision/models/resnet.py`; `resnet_wider.py` of the SimCLR
//! converters, which the published benchmark uses.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::layers::{batch_norm, conv};

/// Sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Config {
    blocks: [usize; 4],
    bottleneck: bool,
    /// Inner width of a bottleneck, as a multiple of the usual.
    inner: i64,
    /// Factor of every width.
    multiplier: i64,
}

impl Config {
    /// Two 3x3 convolutions per block.
    pub(super) const fn basic(blocks: [usize; 4]) -> Self {
        Self { blocks, bottleneck: false, inner: 1, multiplier: 1 }
    }

    /// Blocks of 1x1, 3x3 and 1x1 convolutions.
    pub(super) const fn bottleneck(blocks: [usize; 4]) -> Self {
        Self { blocks, bottleneck: true, inner: 1, multiplier: 1 }
    }

    pub(super) const fn with_inner_width(self, inner: i64) -> Self {
        Self { inner, ..self }
    }

    pub(super) const fn times(self, multiplier: i64) -> Self {
        Self { multiplier, ..self }
    }

    fn expansion(self) -> i64 {
        if self.bottleneck { 4 } else { 1 }
    }

    /// Channels after the stem and after each stage; the last are the features.
    pub(super) fn channels(self) -> [i64; 5] {
        let stage = self.multiplier * self.expansion();
        [64 * self.multiplier, 64 * stage, 128 * stage, 256 * stage, 512 * stage]
    }
}

/// The network without its classifier.
#[derive(Debug)]
pub(super) struct ResNet {
    conv1: nn::Conv2D,
    bn1: nn::BatchNorm,
    stages: Vec<Vec<Block>>,
}

impl ResNet {
    pub(super) fn new(root: &nn::Path<'_>, config: Config) -> Self {
        let stem = config.channels()[0];
        let conv1 = conv(root / "conv1", 3, stem, 7, 2, 1);
        let bn1 = batch_norm(root / "bn1", stem);
        let mut inputs = stem;
        let mut stages = Vec::new();
        for (stage, count) in config.blocks.into_iter().enumerate() {
            let path = root / format!("layer{}", stage + 1);
            let width = (64 << stage) * config.multiplier;
            let outputs = width * config.expansion();
            let mut blocks = Vec::new();
            for index in 0..count {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let path = &path / index;
                blocks.push(if config.bottleneck {
                    Block::bottleneck(&path, inputs, width * config.inner, outputs, stride)
                } else {
                    Block::basic(&path, inputs, width, stride)
                });
                inputs = outputs;
            }
            stages.push(blocks);
        }
        Self { conv1, bn1, stages }
    }

    fn stem(&self, images: &Tensor, train: bool) -> Tensor {
        images.apply(&self.conv1).apply_t(&self.bn1, train).relu_()
    }

    /// The maps after the stem (1/2) and after each stage (1/4 to 1/32).
    pub(super) fn maps(&self, images: &Tensor, train: bool) -> Vec<Tensor> {
        let stem = self.stem(images, train);
        let mut x = pool(&stem);
        let mut maps = vec![stem];
        for stage in &self.stages {
            x = stage.iter().fold(x, |x, block| block.forward_t(&x, train));
            maps.push(x.shallow_clone());
        }
        maps
    }
}

fn pool(stem: &Tensor) -> Tensor {
    stem.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false)
}

impl ModuleT for ResNet {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let pooled = pool(&self.stem(images, train));
        let blocks = self.stages.iter().flatten();
        let last = blocks.fold(pooled, |x, block| block.forward_t(&x, train));
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

    fn bottleneck(path: &nn::Path<'_>, inputs: i64, inner: i64, outputs: i64, stride: i64) -> Self {
        let layers = vec![
            (conv(path / "conv1", inputs, inner, 1, 1, 1), batch_norm(path / "bn1", inner)),
            (conv(path / "conv2", inner, inner, 3, stride, 1), batch_norm(path / "bn2", inner)),
            (conv(path / "conv3", inner, outputs, 1, 1, 1), batch_norm(path / "bn3", outputs)),
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

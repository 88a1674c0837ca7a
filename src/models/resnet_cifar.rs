//! Small `ResNet`s for images of 32 px (He et al. 2016, section 4.2), with the
//! names of the public CIFAR code: `conv1`, `layer1..3`, `linear`.
//!
//! Two forms. The paper's, with shortcuts that have no parameters ("option A":
//! every other pixel, missing channels filled with zeros half before and half
//! after); reference: `akamaster/pytorch_resnet_cifar10`, `resnet.py`. And a
//! form that some published checkpoints have: a stem of 64 channels, 1x1
//! convolutions as shortcuts, no ReLU after a block's sum but one at the end of
//! each stage, and a 2 x 2 map of features.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::layers::{batch_norm, conv_fan_in as conv};

const WIDTHS: [i64; 3] = [16, 32, 64];

/// Which form, with how many blocks per stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum Config {
    /// The paper's; 64 features.
    OptionA { blocks: usize },
    /// Stem of 64 channels; 256 features from images of 32 px.
    WideStem { blocks: usize },
}

impl Config {
    pub(super) fn features(self) -> i64 {
        match self {
            Self::OptionA { .. } => 64,
            Self::WideStem { .. } => 256,
        }
    }

    /// Whether the number of features follows from the image size.
    pub(super) fn takes_one_size(self) -> bool {
        matches!(self, Self::WideStem { .. })
    }
}

/// The network without its classifier.
#[derive(Debug)]
pub(super) struct ResNetCifar {
    conv1: nn::Conv2D,
    bn1: nn::BatchNorm,
    stages: Vec<Vec<Block>>,
    config: Config,
}

impl ResNetCifar {
    pub(super) fn new(root: &nn::Path<'_>, config: Config) -> Self {
        let (stem, blocks) = match config {
            Config::OptionA { blocks } => (16, blocks),
            Config::WideStem { blocks } => (64, blocks),
        };
        let mut inputs = stem;
        let mut stages = Vec::new();
        for (stage, width) in WIDTHS.into_iter().enumerate() {
            let path = root / format!("layer{}", stage + 1);
            let mut layer = Vec::new();
            for index in 0..blocks {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                layer.push(Block::new(&(&path / index), inputs, width, stride, config));
                inputs = width;
            }
            stages.push(layer);
        }
        Self {
            conv1: conv(root / "conv1", 3, stem, 3, 1),
            bn1: batch_norm(root / "bn1", stem),
            stages,
            config,
        }
    }
}

impl ModuleT for ResNetCifar {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let mut x = images.apply(&self.conv1).apply_t(&self.bn1, train).relu_();
        for stage in &self.stages {
            x = stage.iter().fold(x, |x, block| block.forward_t(&x, train));
            if matches!(self.config, Config::WideStem { .. }) {
                x = x.relu();
            }
        }
        let pooled = match self.config {
            Config::OptionA { .. } => x.adaptive_avg_pool2d([1, 1]),
            Config::WideStem { .. } => {
                x.avg_pool2d([4, 4], [4, 4], [0, 0], false, true, None::<i64>)
            }
        };
        pooled.flatten(1, -1)
    }
}

#[derive(Debug)]
enum Shortcut {
    Identity,
    /// Every other pixel; channels filled with zeros on both sides.
    Padded {
        channels: i64,
    },
    Projected(Box<(nn::Conv2D, nn::BatchNorm)>),
}

/// Two 3x3 convolutions with batch norm.
#[derive(Debug)]
struct Block {
    conv1: nn::Conv2D,
    bn1: nn::BatchNorm,
    conv2: nn::Conv2D,
    bn2: nn::BatchNorm,
    shortcut: Shortcut,
    relu: bool,
}

impl Block {
    fn new(path: &nn::Path<'_>, inputs: i64, width: i64, stride: i64, config: Config) -> Self {
        let shortcut = match config {
            _ if stride == 1 && inputs == width => Shortcut::Identity,
            Config::OptionA { .. } => Shortcut::Padded { channels: (width - inputs) / 2 },
            Config::WideStem { .. } => {
                let path = path / "shortcut";
                let conv = conv(&path / 0, inputs, width, 1, stride);
                Shortcut::Projected(Box::new((conv, batch_norm(&path / 1, width))))
            }
        };
        Self {
            conv1: conv(path / "conv1", inputs, width, 3, stride),
            bn1: batch_norm(path / "bn1", width),
            conv2: conv(path / "conv2", width, width, 3, 1),
            bn2: batch_norm(path / "bn2", width),
            shortcut,
            relu: matches!(config, Config::OptionA { .. }),
        }
    }
}

impl ModuleT for Block {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let hidden = x.apply(&self.conv1).apply_t(&self.bn1, train).relu_();
        let branch = hidden.apply(&self.conv2).apply_t(&self.bn2, train);
        let sum = match &self.shortcut {
            Shortcut::Identity => branch + x,
            Shortcut::Padded { channels } => {
                let every_other = x.slice(2, None, None, 2).slice(3, None, None, 2);
                let fill = [0, 0, 0, 0, *channels, *channels];
                branch + every_other.constant_pad_nd(fill)
            }
            Shortcut::Projected(layers) => branch + x.apply(&layers.0).apply_t(&layers.1, train),
        };
        if self.relu { sum.relu() } else { sum }
    }
}

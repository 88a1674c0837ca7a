//! `DenseNet`-121 (Huang et al. 2017), with torchvision's names.
//!
//! Stem 7x7/2, max pool 3x3/2, four dense blocks of growth 32 with bottlenecks
//! of 128, transitions that halve channels and map, global average pool.
//! Reference: `torchvision/models/densenet.py`.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::layers::{batch_norm, conv_fan_in as conv};

const GROWTH: i64 = 32;
const BOTTLENECK: i64 = 4 * GROWTH;
const STEM: i64 = 64;
const LAYERS: [usize; 4] = [6, 12, 24, 16];
/// Width of the pooled features.
pub(super) const FEATURES: i64 = 1024;

/// The network without its classifier.
#[derive(Debug)]
pub(super) struct DenseNet {
    conv0: nn::Conv2D,
    norm0: nn::BatchNorm,
    blocks: Vec<(Vec<DenseLayer>, Option<NormConv>)>,
    norm5: nn::BatchNorm,
}

impl DenseNet {
    pub(super) fn new(root: &nn::Path<'_>) -> Self {
        let path = root / "features";
        let conv0 = conv(&path / "conv0", 3, STEM, 7, 2);
        let norm0 = batch_norm(&path / "norm0", STEM);
        let mut channels = STEM;
        let mut blocks = Vec::new();
        for (block, count) in (1..).zip(LAYERS) {
            let at = &path / format!("denseblock{block}");
            let mut layers = Vec::new();
            for layer in 1..=count {
                layers.push(DenseLayer::new(&(&at / format!("denselayer{layer}")), channels));
                channels += GROWTH;
            }
            let transition = (block < LAYERS.len()).then(|| {
                let at = &path / format!("transition{block}");
                let outputs = channels / 2;
                let layer = NormConv {
                    norm: batch_norm(&at / "norm", channels),
                    conv: conv(&at / "conv", channels, outputs, 1, 1),
                };
                channels = outputs;
                layer
            });
            blocks.push((layers, transition));
        }
        Self { conv0, norm0, blocks, norm5: batch_norm(&path / "norm5", channels) }
    }

    /// The last map (1/32).
    pub(super) fn map(&self, images: &Tensor, train: bool) -> Tensor {
        let stem = images.apply(&self.conv0).apply_t(&self.norm0, train).relu_();
        let mut x = stem.max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false);
        for (layers, transition) in &self.blocks {
            x = dense(layers, x, train);
            if let Some(transition) = transition {
                x = transition.forward_t(&x, train);
                x = x.avg_pool2d([2, 2], [2, 2], [0, 0], false, true, None::<i64>);
            }
        }
        x.apply_t(&self.norm5, train).relu_()
    }
}

impl ModuleT for DenseNet {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        self.map(images, train).adaptive_avg_pool2d([1, 1]).flatten(1, -1)
    }
}

/// Each layer sees the input and the outputs of all layers before it.
fn dense(layers: &[DenseLayer], x: Tensor, train: bool) -> Tensor {
    let mut maps = vec![x];
    for layer in layers {
        let map = layer.forward_t(&Tensor::cat(&maps, 1), train);
        maps.push(map);
    }
    Tensor::cat(&maps, 1)
}

/// Batch norm, ReLU, convolution.
#[derive(Debug)]
struct NormConv {
    norm: nn::BatchNorm,
    conv: nn::Conv2D,
}

impl ModuleT for NormConv {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        x.apply_t(&self.norm, train).relu_().apply(&self.conv)
    }
}

/// 1x1 to the bottleneck, 3x3 to the growth.
#[derive(Debug)]
struct DenseLayer(NormConv, NormConv);

impl DenseLayer {
    fn new(path: &nn::Path<'_>, inputs: i64) -> Self {
        Self(
            NormConv {
                norm: batch_norm(path / "norm1", inputs),
                conv: conv(path / "conv1", inputs, BOTTLENECK, 1, 1),
            },
            NormConv {
                norm: batch_norm(path / "norm2", BOTTLENECK),
                conv: conv(path / "conv2", BOTTLENECK, GROWTH, 3, 1),
            },
        )
    }
}

impl ModuleT for DenseLayer {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        self.1.forward_t(&self.0.forward_t(x, train), train)
    }
}

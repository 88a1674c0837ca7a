//! U-Net (Ronneberger et al. 2015) on a classification network, with the names
//! of `segmentation_models_pytorch`.
//!
//! Five decoder blocks: the map doubled by nearest neighbour, the encoder's map
//! of that size appended, two 3x3 convolutions with batch norm and ReLU. No
//! centre block, no attention. Reference: `segmentation_models_pytorch/unet`,
//! `encoders/resnet.py`, `encoders/mobilenet.py`.

use tch::Tensor;
use tch::nn::init::{FanInOut, NonLinearity, NormalOrUniform};
use tch::nn::{self, ModuleT};

use crate::models::family::Family;
use crate::models::layers::batch_norm;
use crate::models::mobilenet_v2::{self, MobileNetV2};
use crate::models::resnet::ResNet;

const WIDTHS: [i64; 5] = [256, 128, 64, 32, 16];

#[derive(Debug)]
enum Encoder {
    ResNet(Box<ResNet>),
    MobileNetV2(Box<MobileNetV2>),
}

/// Encoder, decoder and head.
#[derive(Debug)]
pub(super) struct Unet {
    encoder: Encoder,
    blocks: Vec<Block>,
    head: nn::Conv2D,
}

impl Unet {
    /// What the sides of images must be a multiple of.
    pub(super) const STEP: i64 = 32;

    /// None where the family is no encoder.
    pub(super) fn new(root: &nn::Path<'_>, family: Family, classes: i64) -> Option<Self> {
        let path = root / "encoder";
        let (encoder, channels) = match family {
            Family::Resnet(config) => {
                (Encoder::ResNet(Box::new(ResNet::new(&path, config))), config.channels())
            }
            Family::Mobilenet => (
                Encoder::MobileNetV2(Box::new(MobileNetV2::new(&path))),
                mobilenet_v2::MAP_CHANNELS,
            ),
            _ => return None,
        };
        let path = root / "decoder" / "blocks";
        let mut inputs = channels[4];
        let mut blocks = Vec::new();
        for (index, width) in WIDTHS.into_iter().enumerate() {
            let skip = if index < 4 { channels[3 - index] } else { 0 };
            blocks.push(Block::new(&(&path / index), inputs + skip, width));
            inputs = width;
        }
        Some(Self { encoder, blocks, head: head(root / "segmentation_head" / 0, classes) })
    }
}

/// 3x3, Xavier-uniform, bias 0.
fn head(path: nn::Path<'_>, classes: i64) -> nn::Conv2D {
    let inputs = WIDTHS[4];
    let bound = (6.0 / (9 * (inputs + classes)) as f64).sqrt();
    let config = nn::ConvConfig {
        padding: 1,
        ws_init: nn::Init::Uniform { lo: -bound, up: bound },
        ..nn::ConvConfig::default()
    };
    nn::conv2d(path, inputs, classes, 3, config)
}

impl ModuleT for Unet {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let mut maps = match &self.encoder {
            Encoder::ResNet(net) => net.maps(images, train),
            Encoder::MobileNetV2(net) => net.maps(images, train),
        };
        let last = maps.pop();
        let mut x = last.unwrap_or_else(|| images.shallow_clone());
        for block in &self.blocks {
            x = block.forward(&x, maps.pop().as_ref(), train);
        }
        x.apply(&self.head)
    }
}

#[derive(Debug)]
struct Block([(nn::Conv2D, nn::BatchNorm); 2]);

impl Block {
    fn new(path: &nn::Path<'_>, inputs: i64, width: i64) -> Self {
        let layer = |name: &str, inputs| {
            let path = path / name;
            let config = nn::ConvConfig {
                padding: 1,
                bias: false,
                ws_init: nn::Init::Kaiming {
                    dist: NormalOrUniform::Uniform,
                    fan: FanInOut::FanIn,
                    non_linearity: NonLinearity::ReLU,
                },
                ..nn::ConvConfig::default()
            };
            (nn::conv2d(&path / 0, inputs, width, 3, config), batch_norm(&path / 1, width))
        };
        Self([layer("conv1", inputs), layer("conv2", width)])
    }

    fn forward(&self, x: &Tensor, skip: Option<&Tensor>, train: bool) -> Tensor {
        let size = x.size();
        let doubled = x.upsample_nearest2d([2 * size[2], 2 * size[3]], None, None);
        let joined = match skip {
            Some(skip) => Tensor::cat(&[&doubled, skip], 1),
            None => doubled,
        };
        self.0.iter().fold(joined, |x, (conv, norm)| x.apply(conv).apply_t(norm, train).relu_())
    }
}

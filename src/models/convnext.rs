//! ConvNeXt v1 (Liu et al. 2022), with timm's names or the authors'.
//!
//! Stem 4x4/4, four stages of depthwise 7x7 blocks with layer norm, layer scale
//! and stochastic depth, 2x2/2 convolutions between stages.
//! References: `timm/models/convnext.py`; `facebookresearch/ConvNeXt`,
//! `models/convnext.py` and `semantic_segmentation/backbone/convnext.py`.

use tch::Tensor;
use tch::nn::{self, ModuleT};

use super::layers::{DropPath, Mlp, NORMAL_02, joined, layer_norm, norm_channels};

const EPS: f64 = 1e-6;

/// Sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Config {
    depths: [usize; 4],
    pub(super) channels: [i64; 4],
    /// Drop path of the published segmentation encoder.
    pub(super) segmentation_drop: f64,
}

impl Config {
    pub(super) const TINY: Self =
        Self { depths: [3, 3, 9, 3], channels: [96, 192, 384, 768], segmentation_drop: 0.4 };
    pub(super) const SMALL: Self =
        Self { depths: [3, 3, 27, 3], segmentation_drop: 0.3, ..Self::TINY };
    pub(super) const BASE: Self =
        Self { depths: [3, 3, 27, 3], channels: [128, 256, 512, 1024], segmentation_drop: 0.4 };
}

/// Whose names the variables have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// `stem`, `stages.i.downsample`, `stages.i.blocks.j.conv_dw`, `.mlp.fc1`.
    Timm,
    /// `downsample_layers.i`, `stages.i.j.dwconv`, `.pwconv1`.
    Official,
}

impl Names {
    fn downsampling<'a>(self, root: &nn::Path<'a>, stage: usize) -> nn::Path<'a> {
        match (self, stage) {
            (Self::Official, _) => root / "downsample_layers" / stage,
            (Self::Timm, 0) => root / "stem",
            (Self::Timm, _) => root / "stages" / stage / "downsample",
        }
    }

    fn block<'a>(self, root: &nn::Path<'a>, stage: usize, block: usize) -> nn::Path<'a> {
        let stage = root / "stages" / stage;
        if self == Self::Timm { stage / "blocks" / block } else { stage / block }
    }
}

/// How a network starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) drop_path: f64,
    /// First value of every layer scale.
    pub(super) layer_scale: f64,
}

/// The stages without what comes after them.
#[derive(Debug)]
pub(super) struct Trunk {
    stages: Vec<(Downsampling, Vec<Block>)>,
}

impl Trunk {
    pub(super) fn new(root: &nn::Path<'_>, config: Config, names: Names, start: Start) -> Self {
        let mut drops = DropPath::rates(start.drop_path, config.depths.iter().sum());
        let mut inputs = 3;
        let mut stages = Vec::new();
        for (stage, width) in config.channels.into_iter().enumerate() {
            let path = names.downsampling(root, stage);
            let downsampling = Downsampling::new(&path, stage == 0, inputs, width);
            let drops: Vec<_> = drops.by_ref().take(config.depths[stage]).collect();
            let blocks = drops.into_iter().enumerate().map(|(index, drop)| {
                let path = names.block(root, stage, index);
                Block::new(&path, width, names, drop, start.layer_scale)
            });
            stages.push((downsampling, blocks.collect()));
            inputs = width;
        }
        Self { stages }
    }

    /// The maps of the four stages (1/4 to 1/32), `[N, C, H, W]`.
    pub(super) fn maps(&self, images: &Tensor, train: bool) -> Vec<Tensor> {
        let mut x = images.shallow_clone();
        let mut maps = Vec::new();
        for stage in &self.stages {
            x = run(stage, &x, train);
            maps.push(x.shallow_clone());
        }
        maps
    }
}

fn run((downsampling, blocks): &(Downsampling, Vec<Block>), x: &Tensor, train: bool) -> Tensor {
    blocks.iter().fold(downsampling.forward_t(x, train), |x, block| block.forward_t(&x, train))
}

/// A norm for the map of one stage, `norm0` to `norm3`.
pub(super) fn map_norm(root: &nn::Path<'_>, config: Config, stage: usize) -> nn::LayerNorm {
    layer_norm(root / format!("norm{stage}"), config.channels[stage], EPS)
}

/// The network with timm's names, without its classifier. The norm of the
/// pooled features, `head.norm`, was pretrained and belongs to the backbone.
#[derive(Debug)]
pub(super) struct ConvNext {
    trunk: Trunk,
    norm: nn::LayerNorm,
}

impl ConvNext {
    pub(super) fn new(root: &nn::Path<'_>, config: Config, drop_path: f64) -> Self {
        let trunk = Trunk::new(root, config, Names::Timm, Start { drop_path, layer_scale: 1e-6 });
        Self { trunk, norm: layer_norm(root / "head" / "norm", config.channels[3], EPS) }
    }
}

impl ModuleT for ConvNext {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let stages = self.trunk.stages.iter();
        let last = stages.fold(images.shallow_clone(), |x, stage| run(stage, &x, train));
        last.mean_dim([2i64, 3].as_slice(), false, None).apply(&self.norm)
    }
}

/// Convolution that draws normal of 0.02, with bias 0.
fn conv(
    path: nn::Path<'_>,
    inputs: i64,
    outputs: i64,
    kernel: i64,
    config: nn::ConvConfig,
) -> nn::Conv2D {
    nn::conv2d(path, inputs, outputs, kernel, nn::ConvConfig { ws_init: NORMAL_02, ..config })
}

/// The stem (convolution 4x4/4, then norm), or what comes before a later stage
/// (norm, then convolution 2x2/2).
#[derive(Debug)]
struct Downsampling {
    conv: nn::Conv2D,
    norm: nn::LayerNorm,
    stem: bool,
}

impl Downsampling {
    fn new(path: &nn::Path<'_>, stem: bool, inputs: i64, outputs: i64) -> Self {
        let kernel = if stem { 4 } else { 2 };
        let stride = nn::ConvConfig { stride: kernel, ..nn::ConvConfig::default() };
        let (conv_at, norm_at, normed) = if stem { (0, 1, outputs) } else { (1, 0, inputs) };
        Self {
            conv: conv(path / conv_at, inputs, outputs, kernel, stride),
            norm: layer_norm(path / norm_at, normed, EPS),
            stem,
        }
    }
}

impl ModuleT for Downsampling {
    fn forward_t(&self, x: &Tensor, _: bool) -> Tensor {
        if self.stem {
            norm_channels(&self.norm, &x.apply(&self.conv))
        } else {
            norm_channels(&self.norm, x).apply(&self.conv)
        }
    }
}

#[derive(Debug)]
struct Block {
    depthwise: nn::Conv2D,
    norm: nn::LayerNorm,
    mlp: Mlp,
    layer_scale: Tensor,
    drop: DropPath,
}

impl Block {
    fn new(
        path: &nn::Path<'_>,
        width: i64,
        names: Names,
        drop: DropPath,
        layer_scale: f64,
    ) -> Self {
        let grouped = nn::ConvConfig { groups: width, padding: 3, ..nn::ConvConfig::default() };
        let (depthwise, mlp) = match names {
            Names::Timm => {
                let mlp = path / "mlp";
                (path / "conv_dw", Mlp::named(&mlp / "fc1", &mlp / "fc2", width))
            }
            Names::Official => {
                (path / "dwconv", Mlp::named(path / "pwconv1", path / "pwconv2", width))
            }
        };
        Self {
            depthwise: conv(depthwise, width, width, 7, grouped),
            norm: layer_norm(path / "norm", width, EPS),
            mlp,
            layer_scale: path.var("gamma", &[width], nn::Init::Const(layer_scale)),
            drop,
        }
    }
}

impl ModuleT for Block {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let tokens = x.apply(&self.depthwise).permute([0, 2, 3, 1]);
        let branch = self.mlp.scaled(&tokens.apply(&self.norm), &self.layer_scale);
        let branch = branch.apply_t(&self.drop, train);
        joined(&x.permute([0, 2, 3, 1]), branch).permute([0, 3, 1, 2])
    }
}

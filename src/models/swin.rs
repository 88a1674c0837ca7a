//! Swin transformer v1 (Liu et al. 2021), with the official names.
//!
//! Patches of 4 px, four stages of window attention, every other block with
//! windows shifted by half, neighbouring tokens merged between stages.
//! Reference: `microsoft/Swin-Transformer`, `models/swin_transformer.py`.
//!
//! The official files carry the tables `relative_position_index` and
//! `attn_mask`. They follow from the image size and are no variables here.

use tch::Tensor;
use tch::nn::{self, Module, ModuleT};

use super::layers::{DropPath, Mlp, default_conv, joined, layer_norm, linear};
use super::window::{WindowAttention, join, partition};

const PATCH: i64 = 4;
const EPS: f64 = 1e-5;

/// Sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Config {
    width: i64,
    depths: [usize; 4],
    heads: [i64; 4],
}

impl Config {
    pub(super) const TINY: Self = Self { width: 96, depths: [2, 2, 6, 2], heads: [3, 6, 12, 24] };
    pub(super) const SMALL: Self = Self { depths: [2, 2, 18, 2], ..Self::TINY };
    pub(super) const BASE: Self = Self { width: 128, depths: [2, 2, 18, 2], heads: [4, 8, 16, 32] };

    /// Channels of the four stages, before the merging; the last are the
    /// features.
    pub(super) fn channels(self) -> [i64; 4] {
        [self.width, 2 * self.width, 4 * self.width, 8 * self.width]
    }
}

/// Side of the windows for images of `size` px, a multiple of 32: the official
/// 7 where it tiles the maps of all stages (224, 448, ...), else the side of the
/// last map, as timm's `set_input_size` has it (384 px: 12, the official window
/// for that size).
pub(super) fn window_side(size: i64) -> i64 {
    if size % 224 == 0 { 7 } else { size / 32 }
}

/// The stages without what comes after them.
#[derive(Debug)]
pub(super) struct Trunk {
    patches: nn::Conv2D,
    patch_norm: nn::LayerNorm,
    stages: Vec<Stage>,
}

/// Which of a stage's maps.
#[derive(Clone, Copy, Debug)]
pub(super) enum Maps {
    /// As the blocks leave it: 1/4, 1/8, 1/16, 1/32.
    BeforeMerging,
    /// As the next stage sees it: 1/8, 1/16, 1/32, 1/32.
    AfterMerging,
}

impl Trunk {
    /// For square images of `size` px, a multiple of 32.
    pub(super) fn new(root: &nn::Path<'_>, config: Config, size: i64, drop_path: f64) -> Self {
        let stride = nn::ConvConfig { stride: PATCH, ..nn::ConvConfig::default() };
        let embed = root / "patch_embed";
        let mut drops = DropPath::rates(drop_path, config.depths.iter().sum());
        let mut stages = Vec::new();
        let mut side = size / PATCH;
        for (stage, width) in config.channels().into_iter().enumerate() {
            let path = root / "layers" / stage;
            let drops: Vec<_> = drops.by_ref().take(config.depths[stage]).collect();
            let window = window_side(size).min(side);
            stages.push(Stage {
                blocks: drops
                    .into_iter()
                    .enumerate()
                    .map(|(index, drop)| {
                        let shift = if index % 2 == 1 && side > window { window / 2 } else { 0 };
                        let place = Place { side, window, shift };
                        let path = &path / "blocks" / index;
                        Block::new(&path, width, config.heads[stage], place, drop)
                    })
                    .collect(),
                merging: (stage < 3).then(|| Merging::new(&(&path / "downsample"), width)),
            });
            side /= 2;
        }
        Self {
            patches: default_conv(&embed / "proj", 3, config.width, PATCH, stride),
            patch_norm: layer_norm(&embed / "norm", config.width, EPS),
            stages,
        }
    }

    /// `[N, 3, H, W]` -> tokens `[N, H/4, W/4, C]`.
    fn embed(&self, images: &Tensor) -> Tensor {
        images.apply(&self.patches).permute([0, 2, 3, 1]).apply(&self.patch_norm)
    }

    /// The maps of the four stages, `[N, H, W, C]`.
    pub(super) fn maps(&self, images: &Tensor, which: Maps, train: bool) -> Vec<Tensor> {
        let mut x = self.embed(images);
        let mut maps = Vec::new();
        for stage in &self.stages {
            let before = stage.blocks(&x, train);
            x = stage.merged(&before);
            maps.push(match which {
                Maps::BeforeMerging => before,
                Maps::AfterMerging => x.shallow_clone(),
            });
        }
        maps
    }
}

/// The network without its classifier.
#[derive(Debug)]
pub(super) struct Swin {
    trunk: Trunk,
    norm: nn::LayerNorm,
}

impl Swin {
    pub(super) fn new(root: &nn::Path<'_>, config: Config, size: i64, drop_path: f64) -> Self {
        let trunk = Trunk::new(root, config, size, drop_path);
        Self { trunk, norm: final_norm(root, config) }
    }
}

/// The norm after the last stage.
pub(super) fn final_norm(root: &nn::Path<'_>, config: Config) -> nn::LayerNorm {
    layer_norm(root / "norm", config.channels()[3], EPS)
}

/// A norm for the map of one stage, `norm0` to `norm3`.
pub(super) fn map_norm(root: &nn::Path<'_>, config: Config, stage: usize) -> nn::LayerNorm {
    layer_norm(root / format!("norm{stage}"), config.channels()[stage], EPS)
}

impl ModuleT for Swin {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let mut x = self.trunk.embed(images);
        for stage in &self.trunk.stages {
            x = stage.merged(&stage.blocks(&x, train));
        }
        x.apply(&self.norm).mean_dim([1i64, 2].as_slice(), false, None)
    }
}

#[derive(Debug)]
struct Stage {
    blocks: Vec<Block>,
    merging: Option<Merging>,
}

impl Stage {
    fn blocks(&self, x: &Tensor, train: bool) -> Tensor {
        self.blocks.iter().fold(x.shallow_clone(), |x, block| block.forward_t(&x, train))
    }

    fn merged(&self, x: &Tensor) -> Tensor {
        self.merging.as_ref().map_or_else(|| x.shallow_clone(), |merging| x.apply(merging))
    }
}

/// Four neighbours into one token of twice the width.
#[derive(Debug)]
struct Merging {
    norm: nn::LayerNorm,
    reduction: nn::Linear,
}

impl Merging {
    fn new(path: &nn::Path<'_>, width: i64) -> Self {
        Self {
            norm: layer_norm(path / "norm", 4 * width, EPS),
            reduction: linear(path / "reduction", 4 * width, 2 * width, false),
        }
    }
}

impl Module for Merging {
    fn forward(&self, x: &Tensor) -> Tensor {
        let part = |row, column| x.slice(1, row, None, 2).slice(2, column, None, 2);
        let parts = [part(0, 0), part(1, 0), part(0, 1), part(1, 1)];
        Tensor::cat(&parts, -1).apply(&self.norm).apply(&self.reduction)
    }
}

/// Side of a stage's map, its windows, and how far they are shifted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) side: i64,
    pub(super) window: i64,
    pub(super) shift: i64,
}

/// Window attention and an MLP, each as a pre-norm residual branch.
#[derive(Debug)]
struct Block {
    norm1: nn::LayerNorm,
    attention: WindowAttention,
    norm2: nn::LayerNorm,
    mlp: Mlp,
    drop: DropPath,
    place: Place,
}

impl Block {
    fn new(path: &nn::Path<'_>, width: i64, heads: i64, place: Place, drop: DropPath) -> Self {
        Self {
            norm1: layer_norm(path / "norm1", width, EPS),
            attention: WindowAttention::new(&(path / "attn"), width, heads, place),
            norm2: layer_norm(path / "norm2", width, EPS),
            mlp: Mlp::new(&(path / "mlp"), width),
            drop,
            place,
        }
    }

    fn attend(&self, x: &Tensor) -> Tensor {
        let Place { side, window, shift } = self.place;
        if shift == 0 {
            return join(&self.attention.forward(&partition(x, window)), side, window);
        }
        let rolled = x.roll([-shift, -shift], [1, 2]);
        let mixed = self.attention.forward(&partition(&rolled, window));
        join(&mixed, side, window).roll([shift, shift], [1, 2])
    }
}

impl ModuleT for Block {
    /// `[N, H, W, C]` -> the same.
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let branch = self.attend(&x.apply(&self.norm1)).apply_t(&self.drop, train);
        let x = joined(x, branch);
        let branch = x.apply(&self.norm2).apply(&self.mlp).apply_t(&self.drop, train);
        joined(&x, branch)
    }
}

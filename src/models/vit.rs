//! Vision transformer with patches of 16 px (Dosovitskiy et al. 2021; DeiT:
//! Touvron et al. 2021), with timm's names.
//!
//! Patches as tokens, a class token in front, learned position embeddings,
//! twelve pre-norm blocks, the class token of the final norm as features.
//! Reference: `timm/models/vision_transformer.py`.

use tch::Tensor;
use tch::nn::{self, Module, ModuleT};

use super::layers::{DropPath, Mlp, NORMAL_02, default_conv, joined, layer_norm, linear};

const PATCH: i64 = 16;
const DEPTH: usize = 12;
const EPS: f64 = 1e-6;

/// Sizes of a network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Config {
    pub(super) width: i64,
    pub(super) heads: i64,
}

impl Config {
    pub(super) const TINY: Self = Self { width: 192, heads: 3 };
    pub(super) const SMALL: Self = Self { width: 384, heads: 6 };
    pub(super) const BASE: Self = Self { width: 768, heads: 12 };
}

/// The network without its classifier.
#[derive(Debug)]
pub(super) struct Vit {
    patches: nn::Conv2D,
    class_token: Tensor,
    positions: Tensor,
    blocks: Vec<Block>,
    norm: nn::LayerNorm,
}

impl Vit {
    /// For square images of `size` px, a multiple of 16.
    pub(super) fn new(root: &nn::Path<'_>, config: Config, size: i64, drop_path: f64) -> Self {
        let width = config.width;
        let tokens = (size / PATCH).pow(2) + 1;
        // timm's; DeiT's own code draws the class token from 0.02, too.
        let near_zero = nn::Init::Randn { mean: 0.0, stdev: 1e-6 };
        let stride = nn::ConvConfig { stride: PATCH, ..nn::ConvConfig::default() };
        Self {
            patches: default_conv(root / "patch_embed" / "proj", 3, width, PATCH, stride),
            class_token: root.var("cls_token", &[1, 1, width], near_zero),
            positions: root.var("pos_embed", &[1, tokens, width], NORMAL_02),
            blocks: DropPath::rates(drop_path, DEPTH)
                .enumerate()
                .map(|(i, drop)| Block::new(&(root / "blocks" / i), config, drop))
                .collect(),
            norm: layer_norm(root / "norm", width, EPS),
        }
    }
}

impl ModuleT for Vit {
    fn forward_t(&self, images: &Tensor, train: bool) -> Tensor {
        let patches = images.apply(&self.patches).flatten(2, -1).transpose(1, 2);
        let class = self.class_token.expand([patches.size()[0], -1, -1], false);
        let tokens = Tensor::cat(&[class, patches], 1) + &self.positions;
        let last = self.blocks.iter().fold(tokens, |x, block| block.forward_t(&x, train));
        self.norm.forward(&last.select(1, 0))
    }
}

#[derive(Debug)]
struct Block {
    norm1: nn::LayerNorm,
    attention: Attention,
    norm2: nn::LayerNorm,
    mlp: Mlp,
    drop: DropPath,
}

impl Block {
    fn new(path: &nn::Path<'_>, config: Config, drop: DropPath) -> Self {
        let width = config.width;
        Self {
            norm1: layer_norm(path / "norm1", width, EPS),
            attention: Attention::new(&(path / "attn"), config),
            norm2: layer_norm(path / "norm2", width, EPS),
            mlp: Mlp::new(&(path / "mlp"), width),
            drop,
        }
    }
}

impl ModuleT for Block {
    fn forward_t(&self, x: &Tensor, train: bool) -> Tensor {
        let branch = x.apply(&self.norm1).apply(&self.attention).apply_t(&self.drop, train);
        let x = joined(x, branch);
        let branch = x.apply(&self.norm2).apply(&self.mlp).apply_t(&self.drop, train);
        joined(&x, branch)
    }
}

/// Attention of all tokens to all.
#[derive(Debug)]
struct Attention {
    qkv: nn::Linear,
    proj: nn::Linear,
    heads: i64,
}

impl Attention {
    fn new(path: &nn::Path<'_>, Config { width, heads }: Config) -> Self {
        Self {
            qkv: linear(path / "qkv", width, 3 * width, true),
            proj: linear(path / "proj", width, width, true),
            heads,
        }
    }
}

impl Module for Attention {
    fn forward(&self, x: &Tensor) -> Tensor {
        let size = x.size();
        let (count, tokens, width) = (size[0], size[1], size[2]);
        let head = width / self.heads;
        let qkv = x.apply(&self.qkv).view([count, tokens, 3, self.heads, head]);
        let qkv = qkv.permute([2, 0, 3, 1, 4]);
        let (q, k, v) = (qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2));
        // Scaled by the square root of the head's width, which is its default.
        let none = None::<&Tensor>;
        let mixed = Tensor::scaled_dot_product_attention(&q, &k, &v, none, 0.0, false, None, false);
        let mixed = mixed.transpose(1, 2);
        mixed.reshape([count, tokens, width]).apply(&self.proj)
    }
}

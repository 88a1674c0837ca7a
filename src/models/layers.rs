//! Layers that the architectures share.

use tch::nn::init::{FanInOut, NonLinearity, NormalOrUniform};
use tch::nn::{self, Module, ModuleT};
use tch::{Kind, Tensor};

/// He-normal by fan-out, as torchvision draws `ResNet` and MobileNetV2.
pub(super) const HE_FAN_OUT: nn::Init = nn::Init::Kaiming {
    dist: NormalOrUniform::Normal,
    fan: FanInOut::FanOut,
    non_linearity: NonLinearity::ReLU,
};

/// He-normal by fan-in, as torchvision draws `DenseNet`.
pub(super) const HE_FAN_IN: nn::Init = nn::Init::Kaiming {
    dist: NormalOrUniform::Normal,
    fan: FanInOut::FanIn,
    non_linearity: NonLinearity::ReLU,
};

/// Normal of standard deviation 0.02. The references truncate it at an absolute
/// value of 2, which is a hundred deviations away.
pub(super) const NORMAL_02: nn::Init = nn::Init::Randn { mean: 0.0, stdev: 0.02 };

/// Convolution without bias, He-normal by fan-out, padded to keep the size.
pub(super) fn conv(
    path: nn::Path<'_>,
    inputs: i64,
    outputs: i64,
    kernel: i64,
    stride: i64,
    groups: i64,
) -> nn::Conv2D {
    let config = nn::ConvConfig {
        stride,
        groups,
        padding: (kernel - 1) / 2,
        bias: false,
        ws_init: HE_FAN_OUT,
        ..nn::ConvConfig::default()
    };
    nn::conv2d(path, inputs, outputs, kernel, config)
}

/// The same, He-normal by fan-in and ungrouped.
pub(super) fn conv_fan_in(
    path: nn::Path<'_>,
    inputs: i64,
    outputs: i64,
    kernel: i64,
    stride: i64,
) -> nn::Conv2D {
    let config = nn::ConvConfig {
        stride,
        padding: (kernel - 1) / 2,
        bias: false,
        ws_init: HE_FAN_IN,
        ..nn::ConvConfig::default()
    };
    nn::conv2d(path, inputs, outputs, kernel, config)
}

/// Convolution as PyTorch draws it where a network says nothing: weights and
/// bias uniform within 1/sqrt(fan-in). Its `padding` and `stride` are those of
/// `config`; the inits of `config` are not looked at.
pub(super) fn default_conv(
    path: nn::Path<'_>,
    inputs: i64,
    outputs: i64,
    kernel: i64,
    config: nn::ConvConfig,
) -> nn::Conv2D {
    let bound = 1.0 / ((inputs / config.groups * kernel * kernel) as f64).sqrt();
    let uniform = nn::Init::Uniform { lo: -bound, up: bound };
    let config = nn::ConvConfig { ws_init: uniform, bs_init: uniform, ..config };
    nn::conv2d(path, inputs, outputs, kernel, config)
}

/// Batch norm with weight 1 and bias 0 (tch's default weights are random).
pub(super) fn batch_norm(path: nn::Path<'_>, channels: i64) -> nn::BatchNorm {
    let config =
        nn::BatchNormConfig { ws_init: nn::Init::Const(1.0), ..nn::BatchNormConfig::default() };
    nn::batch_norm2d(path, channels, config)
}

/// Layer norm over the last axis.
pub(super) fn layer_norm(path: nn::Path<'_>, channels: i64, eps: f64) -> nn::LayerNorm {
    nn::layer_norm(path, vec![channels], nn::LayerNormConfig { eps, ..Default::default() })
}

/// Layer norm over the channels of `[N, C, H, W]`.
pub(super) fn norm_channels(norm: &nn::LayerNorm, x: &Tensor) -> Tensor {
    norm.forward(&x.permute([0, 2, 3, 1])).permute([0, 3, 1, 2])
}

/// Linear layer, normal of 0.02, bias 0.
pub(super) fn linear(path: nn::Path<'_>, inputs: i64, outputs: i64, bias: bool) -> nn::Linear {
    let config = nn::LinearConfig { ws_init: NORMAL_02, bs_init: Some(nn::Init::Const(0.0)), bias };
    nn::linear(path, inputs, outputs, config)
}

/// `fc1`, GELU (exact), `fc2`.
#[derive(Debug)]
pub(super) struct Mlp {
    fc1: nn::Linear,
    fc2: nn::Linear,
}

impl Mlp {
    /// Four times the width inside.
    pub(super) fn new(path: &nn::Path<'_>, width: i64) -> Self {
        Self::named(path / "fc1", path / "fc2", width)
    }

    /// The same, with names of its own.
    pub(super) fn named(fc1: nn::Path<'_>, fc2: nn::Path<'_>, width: i64) -> Self {
        Self { fc1: linear(fc1, width, 4 * width, true), fc2: linear(fc2, 4 * width, width, true) }
    }
}

impl Mlp {
    /// The output times `scale`, channel by channel. The factor goes into the
    /// weights of `fc2`: they are fewer than the values that leave it, and what
    /// leaves it need not be kept for the gradient of `scale`.
    pub(super) fn scaled(&self, x: &Tensor, scale: &Tensor) -> Tensor {
        let hidden = x.apply(&self.fc1).gelu("none");
        let weights = &self.fc2.ws * scale.unsqueeze(-1);
        let bias = self.fc2.bs.as_ref().map(|bias| bias * scale);
        hidden.linear(&weights, bias)
    }
}

impl Module for Mlp {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.apply(&self.fc1).gelu("none").apply(&self.fc2)
    }
}

/// Stochastic depth (Huang et al. 2016): in training, each image's residual
/// branch is left out with the given probability and scaled up where it stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct DropPath(f64);

impl DropPath {
    /// Rates that grow linearly from 0 at the first of `count` blocks.
    pub(super) fn rates(rate: f64, count: usize) -> impl Iterator<Item = Self> {
        let last = count.saturating_sub(1).max(1) as f64;
        (0..count).map(move |block| Self(rate * block as f64 / last))
    }
}

impl ModuleT for DropPath {
    fn forward_t(&self, branch: &Tensor, train: bool) -> Tensor {
        if !train || self.0 == 0.0 {
            return branch.shallow_clone();
        }
        let keep = 1.0 - self.0;
        let mut shape = vec![1; branch.dim()];
        shape[0] = branch.size()[0];
        let kept = Tensor::empty(shape, (branch.kind(), branch.device())).bernoulli_float_(keep);
        branch * (kept / keep)
    }
}

/// `x` plus a residual branch, written over the branch: nothing else needs it,
/// and a tensor of that size is not allocated and paged in once more. A branch
/// of less precision than `x` is left alone, so that the sum keeps that of `x`.
pub(super) fn joined(x: &Tensor, mut branch: Tensor) -> Tensor {
    if branch.kind() != x.kind() {
        return x + branch;
    }
    let _ = branch.g_add_(x);
    branch
}

/// Softmax over the last axis, in the kind of its input.
pub(super) fn softmax(x: &Tensor) -> Tensor {
    x.softmax(-1, None::<Kind>)
}

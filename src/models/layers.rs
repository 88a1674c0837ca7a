//! Layers that all architectures share.

use tch::nn;

/// Convolution without bias, He-normal by fan-out.
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
        ws_init: nn::Init::Kaiming {
            dist: nn::init::NormalOrUniform::Normal,
            fan: nn::init::FanInOut::FanOut,
            non_linearity: nn::init::NonLinearity::ReLU,
        },
        ..nn::ConvConfig::default()
    };
    nn::conv2d(path, inputs, outputs, kernel, config)
}

/// Batch norm with weight 1 and bias 0 (tch's default weights are random).
pub(super) fn batch_norm(path: nn::Path<'_>, channels: i64) -> nn::BatchNorm {
    let config =
        nn::BatchNormConfig { ws_init: nn::Init::Const(1.0), ..nn::BatchNormConfig::default() };
    nn::batch_norm2d(path, channels, config)
}

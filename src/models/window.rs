//! Attention within windows, with biases by relative position; see
//! [`super::swin`].

use tch::nn::{self, Module};
use tch::{Device, Kind, Tensor};

use super::layers::{NORMAL_02, linear, softmax};
use super::swin::Place;

/// `[N, H, W, C]` -> `[N * windows, window * window, C]`, row by row.
pub(super) fn partition(x: &Tensor, window: i64) -> Tensor {
    let (count, side, width) = (x.size()[0], x.size()[1], x.size()[3]);
    let across = side / window;
    x.view([count, across, window, across, window, width]).permute([0, 1, 3, 2, 4, 5]).reshape([
        -1,
        window * window,
        width,
    ])
}

/// The inverse of [`partition`].
pub(super) fn join(windows: &Tensor, side: i64, window: i64) -> Tensor {
    let (across, width) = (side / window, windows.size()[2]);
    windows
        .view([-1, across, across, window, window, width])
        .permute([0, 1, 3, 2, 4, 5])
        .reshape([-1, side, side, width])
}

/// Attention of the tokens of each window to each other.
#[derive(Debug)]
pub(super) struct WindowAttention {
    qkv: nn::Linear,
    proj: nn::Linear,
    /// One bias per head and offset, `[(2w - 1)^2, heads]`.
    biases: Tensor,
    /// The offset of each pair of places, `[w^2 * w^2]`.
    index: Tensor,
    /// For shifted windows: 0 or -100, `[windows, w^2, w^2]`, f32.
    mask: Option<Tensor>,
    heads: i64,
}

impl WindowAttention {
    pub(super) fn new(path: &nn::Path<'_>, width: i64, heads: i64, place: Place) -> Self {
        let offsets = (2 * place.window - 1).pow(2);
        Self {
            qkv: linear(path / "qkv", width, 3 * width, true),
            proj: linear(path / "proj", width, width, true),
            biases: path.var("relative_position_bias_table", &[offsets, heads], NORMAL_02),
            index: offset_index(place.window).to_device(path.device()),
            mask: (place.shift > 0).then(|| shift_mask(place, path.device())),
            heads,
        }
    }

    /// What is added to the scores: `[heads, w^2, w^2]`, with the windows in
    /// front where they are shifted.
    fn score_bias(&self, places: i64) -> Tensor {
        let biases = self.biases.index_select(0, &self.index);
        let bias = biases.view([places, places, self.heads]).permute([2, 0, 1]).contiguous();
        match &self.mask {
            Some(mask) => bias.unsqueeze(0) + mask.to_kind(bias.kind()).unsqueeze(1),
            None => bias,
        }
    }
}

impl Module for WindowAttention {
    /// `[N * windows, w^2, C]` -> the same.
    fn forward(&self, x: &Tensor) -> Tensor {
        let (count, places, width) = (x.size()[0], x.size()[1], x.size()[2]);
        let head = width / self.heads;
        let qkv = x.apply(&self.qkv).view([count, places, 3, self.heads, head]);
        let qkv = qkv.permute([2, 0, 3, 1, 4]);
        let (q, k, v) = (qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2));
        let scores = (q * (head as f64).powf(-0.5)).matmul(&k.transpose(-2, -1));
        let bias = self.score_bias(places);
        let windows = if bias.dim() == 4 { bias.size()[0] } else { 1 };
        // In place: the scores are the largest tensor of the block. libtorch's
        // fused attention gives no gradient of a bias.
        let mut biased = scores.view([count / windows, windows, self.heads, places, places]);
        let _ = biased.g_add_(&bias);
        let attention = softmax(&biased.view([count, self.heads, places, places]));
        let mixed = attention.matmul(&v).transpose(1, 2);
        mixed.reshape([count, places, width]).apply(&self.proj)
    }
}

/// (dy + w - 1)(2w - 1) + (dx + w - 1) for each pair of places, row-major; the
/// official `relative_position_index`.
fn offset_index(window: i64) -> Tensor {
    let places = window * window;
    let offset = |i: i64, j: i64| {
        let dy = i / window - j / window + window - 1;
        let dx = i % window - j % window + window - 1;
        dy * (2 * window - 1) + dx
    };
    let pairs = (0..places).flat_map(|i| (0..places).map(move |j| offset(i, j)));
    Tensor::from_slice(&pairs.collect::<Vec<_>>())
}

/// -100 between places of a window that only the shift brought together; the
/// official `attn_mask`.
fn shift_mask(Place { side, window, shift }: Place, device: Device) -> Tensor {
    let band = |at: i64| i64::from(at >= side - window) + i64::from(at >= side - shift);
    let rows: Vec<i64> = (0..side).map(band).collect();
    let rows = Tensor::from_slice(&rows);
    let regions = rows.view([1, side, 1, 1]) * 3 + rows.view([1, 1, side, 1]);
    let regions = partition(&regions, window).squeeze_dim(-1);
    let apart = regions.unsqueeze(1).not_equal_tensor(&regions.unsqueeze(2));
    (apart.to_kind(Kind::Float) * -100.0).to_device(device)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows 0 and 48 of the official table for a window of 7.
    #[test]
    fn the_index_is_the_official_one() {
        let index = Vec::<i64>::try_from(offset_index(7)).expect("integers");
        assert_eq!(index[..8], [84, 83, 82, 81, 80, 79, 78, 71]);
        assert_eq!(index[48 * 49..48 * 49 + 5], [168, 167, 166, 165, 164]);
    }

    /// The last window of a 14 x 14 map has four regions: 4 x 4, 4 x 3, 3 x 4
    /// and 3 x 3 places that see only their own.
    #[test]
    fn the_mask_parts_what_was_not_together() {
        let mask = shift_mask(Place { side: 14, window: 7, shift: 3 }, Device::Cpu);
        assert_eq!(mask.size(), [4, 49, 49]);
        let seen = |window: i64| mask.get(window).eq(0.0).sum(Kind::Int64).int64_value(&[]);
        assert_eq!(seen(0), 49 * 49);
        assert_eq!(seen(1), 28 * 28 + 21 * 21);
        assert_eq!(seen(3), 16 * 16 + 2 * 12 * 12 + 9 * 9);
    }

    #[test]
    fn windows_join_to_the_map_they_were_cut_from() {
        let map = Tensor::arange(2 * 6 * 6 * 5, (Kind::Float, Device::Cpu)).view([2, 6, 6, 5]);
        assert_eq!(join(&partition(&map, 3), 6, 3), map);
    }
}

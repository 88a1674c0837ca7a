//! From the bytes of images to what a network sees. Training, its evaluation
//! and `predict` all go through here: the same image gives the same input, bit
//! for bit.

use tch::{TchError, Tensor};

use super::arithmetic::Arithmetic;
use crate::spec::Normalization;

/// Equal images as bytes `[N, C, H, W]` in 0..255, from pixels row by row with
/// the channels of a pixel together.
pub(crate) fn bytes(
    pixels: &[u8],
    [count, height, width, channels]: [i64; 4],
) -> Result<Tensor, TchError> {
    Tensor::f_from_slice(pixels)?.f_view([count, height, width, channels])?.f_permute([0, 3, 1, 2])
}

/// The square of a side at the centre of images `[N, C, H, W]`.
pub(crate) fn centre(images: &Tensor, side: i64) -> Result<Tensor, TchError> {
    let size = images.size();
    let (top, left) = ((size[2] - side) / 2, (size[3] - side) / 2);
    images.f_narrow(2, top, side)?.f_narrow(3, left, side)
}

/// `(x - mean) / std` of images in 0..1, by channel.
#[derive(Debug)]
pub(crate) struct Normalizer {
    arithmetic: Arithmetic,
    mean: Tensor,
    std: Tensor,
    /// `x * scale + shift` of bytes.
    scale: Tensor,
    shift: Tensor,
}

impl Normalizer {
    pub(crate) fn new(normalization: Normalization, arithmetic: Arithmetic) -> Self {
        let (mean, std) = normalization.mean_std();
        let per_channel = |values: [f64; 3]| {
            let values = Tensor::from_slice(&values).view([1, 3, 1, 1]);
            values.to_kind(arithmetic.kind()).to_device(arithmetic.device())
        };
        Self {
            arithmetic,
            mean: per_channel(mean),
            std: per_channel(std),
            scale: per_channel(std.map(|std| 1.0 / (255.0 * std))),
            shift: per_channel([0, 1, 2].map(|c| -mean[c] / std[c])),
        }
    }

    /// Values on the device and in the precision of the network. Bytes travel
    /// as bytes, which are a quarter as many.
    pub(crate) fn moved(&self, images: &Tensor) -> Result<Tensor, TchError> {
        images.f_to_device(self.arithmetic.device())?.f_to_kind(self.arithmetic.kind())
    }

    /// Images `[N, 3, H, W]` from moved ones in 0..255; a grey channel becomes
    /// three equal ones. Their order in memory is that of the weights: the whole
    /// network follows its input.
    pub(crate) fn of_bytes(&self, moved: &Tensor) -> Result<Tensor, TchError> {
        self.laid(&moved.f_mul(&self.scale)?.f_add(&self.shift)?)
    }

    /// The same from moved images in 0..1.
    pub(crate) fn of_values(&self, moved: &Tensor) -> Result<Tensor, TchError> {
        self.laid(&moved.f_sub(&self.mean)?.f_div(&self.std)?)
    }

    /// Finished images in the order of the network.
    pub(crate) fn laid(&self, images: &Tensor) -> Result<Tensor, TchError> {
        self.arithmetic.layout().of_images(images)
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;
    use crate::spec::{Backbone, MemoryFormat, Precision};

    fn normalizer(normalization: Normalization, precision: Precision) -> Normalizer {
        let asked = (precision, MemoryFormat::Auto);
        let arithmetic = Arithmetic::new(asked, Backbone::Resnet18, Device::Cpu);
        Normalizer::new(normalization, arithmetic.expect("an arithmetic of the CPU"))
    }

    /// Three images of 6 x 6, one channel or three equal ones.
    fn pixels(channels: usize) -> Vec<u8> {
        (0..108u32).flat_map(|i| vec![(i * 7 % 256) as u8; channels]).collect()
    }

    fn input(normalizer: &Normalizer, channels: usize, count: i64, first: usize) -> Tensor {
        let each = 36 * channels;
        let chosen = &pixels(channels)[first * each..(first + count as usize) * each];
        let images = bytes(chosen, [count, 6, 6, channels as i64]).expect("bytes");
        let cut = centre(&images, 3).expect("a crop");
        normalizer.of_bytes(&normalizer.moved(&cut).expect("moved")).expect("normalised")
    }

    #[test]
    fn a_batch_a_single_image_and_three_equal_channels_are_the_same() {
        let normalizer = normalizer(Normalization::Imagenet, Precision::F32);
        let grey = input(&normalizer, 1, 3, 0);
        assert_eq!(grey.size(), [3, 3, 3, 3]);
        assert_eq!(grey, input(&normalizer, 3, 3, 0));
        assert_eq!(grey.narrow(0, 1, 1), input(&normalizer, 1, 1, 1));
    }

    #[test]
    fn the_crop_is_the_centre() {
        let image = Tensor::arange(30, (Kind::Int64, Device::Cpu)).view([1, 1, 5, 6]);
        let cut = Vec::<i64>::try_from(centre(&image, 2).expect("a crop").contiguous().view(-1));
        assert_eq!(cut.expect("values"), [8, 9, 14, 15]);
    }

    #[test]
    fn bytes_and_values_agree() {
        let normalizer = normalizer(Normalization::Half, Precision::F64);
        let images = bytes(&[0, 51, 255, 102], [1, 2, 2, 1]).expect("bytes");
        let moved = normalizer.moved(&images).expect("moved");
        let of_bytes = normalizer.of_bytes(&moved).expect("normalised");
        let of_values = normalizer.of_values(&(moved / 255.0)).expect("normalised");
        assert!(of_bytes.allclose(&of_values, 0.0, 1e-12, false));
        assert_eq!(of_bytes.size(), [1, 3, 2, 2]);
    }
}

//! Augmentation as one affine map per image, applied on the device.
//!
//! Crop, flip and rotation are composed into a single sampling grid, so an
//! image is interpolated once, and each image's map depends on seed, epoch and
//! case alone: not on its batch, the thread count or the device.

use rand::{Rng, RngExt};
use tch::{Kind, TchError, Tensor};

use super::error::{Operation, TrainError};
use super::seed::{Stream, rng};
use crate::spec::Augmentation;

const LARGEST_ROTATION_DEGREES: f64 = 7.0;

/// An affine map `[2, 3]` from output to input coordinates, both -1..1.
pub(crate) type Map = [f32; 6];

/// Ranges of one augmentation.
struct Ranges {
    area: [f64; 2],
    log_aspect: [f64; 2],
    degrees: f64,
    flips: bool,
}

/// The part of a stored square that an image fills, and the part of it that a
/// network sees at a time; shares of its side. Both are 1 unless images keep
/// their pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    /// Width and height of the image.
    pub(crate) image: [f64; 2],
    /// Width and height of what is seen.
    pub(crate) seen: f64,
}

impl Frame {
    /// An image that fills its square and is seen as a whole.
    pub(crate) const WHOLE: Self = Self { image: [1.0, 1.0], seen: 1.0 };
}

impl Ranges {
    fn of(augmentation: Augmentation) -> Option<Self> {
        let degrees = LARGEST_ROTATION_DEGREES;
        match augmentation {
            Augmentation::None => None,
            Augmentation::Light => {
                Some(Self { area: [0.8, 1.0], log_aspect: [0.0, 0.0], degrees, flips: true })
            }
            Augmentation::Published => {
                let log_aspect = [(3.0f64 / 4.0).ln(), (4.0f64 / 3.0).ln()];
                Some(Self { area: [0.08, 1.0], log_aspect, degrees, flips: true })
            }
        }
    }

    /// A window at a place that is drawn, and nothing else.
    const WINDOW: Self =
        Self { area: [1.0, 1.0], log_aspect: [0.0, 0.0], degrees: 0.0, flips: false };
}

/// A map for each of the given draws of cases, or `None` when nothing is augmented
/// and images are seen as a whole. `frame` tells how an image lies in its square.
pub(crate) fn maps(
    augmentation: Augmentation,
    (seed, epoch): (u64, u32),
    cases: &[usize],
    frame: impl Fn(usize) -> Frame,
) -> Option<Vec<Map>> {
    let windows = cases.iter().any(|case| frame(*case) != Frame::WHOLE);
    let ranges = Ranges::of(augmentation).or(windows.then_some(Ranges::WINDOW))?;
    let map = |case: &usize| {
        one_map(&ranges, frame(*case), &mut rng(seed, Stream::Augment { epoch, case: *case }))
    };
    Some(cases.iter().map(map).collect())
}

/// Crop to a share of the area, flip with probability one half, rotate.
fn one_map(ranges: &Ranges, frame: Frame, rng: &mut impl Rng) -> Map {
    let (width, height) = crop(ranges, rng);
    let (width, height) = (width * frame.seen, height * frame.seen);
    // An image lies in the upper left corner; one smaller than the crop is in
    // its middle.
    let centre =
        |size: f64, image: f64, u: f64| (image - 1.0) + (image - size).max(0.0) * (2.0 * u - 1.0);
    let (x, y) =
        (centre(width, frame.image[0], uniform(rng)), centre(height, frame.image[1], uniform(rng)));
    let flip = if ranges.flips && uniform(rng) < 0.5 { -1.0 } else { 1.0 };
    let angle = (ranges.degrees * (2.0 * uniform(rng) - 1.0)).to_radians();
    let (sin, cos) = angle.sin_cos();
    // Output -> rotate -> flip -> scale to the crop -> move to its centre.
    [width * flip * cos, -width * flip * sin, x, height * sin, height * cos, y].map(|v| v as f32)
}

/// Width and height of a crop as shares of the image; like torchvision's
/// `RandomResizedCrop`, ten tries at an aspect ratio that fits, then the whole.
fn crop(ranges: &Ranges, rng: &mut impl Rng) -> (f64, f64) {
    for _ in 0..10 {
        let area = ranges.area[0] + (ranges.area[1] - ranges.area[0]) * uniform(rng);
        let span = ranges.log_aspect[1] - ranges.log_aspect[0];
        let aspect = (ranges.log_aspect[0] + span * uniform(rng)).exp();
        let (width, height) = ((area * aspect).sqrt(), (area / aspect).sqrt());
        if width <= 1.0 && height <= 1.0 {
            return (width, height);
        }
    }
    (1.0, 1.0)
}

fn uniform(rng: &mut impl Rng) -> f64 {
    rng.random::<f64>()
}

/// Samples `images` `[N, C, H, W]` along `maps` to `[N, C, size, size]`,
/// bilinear, black outside.
pub(crate) fn apply(images: &Tensor, maps: &[Map], size: i64) -> Result<Tensor, TrainError> {
    sample(images, maps, size, BILINEAR).op("augment images")
}

/// Samples bytes `[N, C, H, W]` along `maps`: each takes the nearest one, and 0
/// outside.
pub(crate) fn apply_nearest(bytes: &Tensor, maps: &[Map], size: i64) -> Result<Tensor, TrainError> {
    // Bytes are whole numbers that 32 bits hold exactly.
    bytes
        .f_to_kind(Kind::Float)
        .and_then(|values| sample(&values, maps, size, NEAREST)?.f_to_kind(bytes.kind()))
        .op("augment masks")
}

const BILINEAR: i64 = 0;
const NEAREST: i64 = 1;

fn sample(images: &Tensor, maps: &[Map], size: i64, mode: i64) -> Result<Tensor, TchError> {
    let (n, channels) = (maps.len() as i64, images.size()[1]);
    let theta = Tensor::from_slice(maps.as_flattened())
        .f_view([n, 2, 3])?
        .f_to_device(images.device())?
        .f_to_kind(images.kind())?;
    let grid = Tensor::f_affine_grid_generator(&theta, [n, channels, size, size], false)?;
    images.f_grid_sampler_2d(&grid, mode, 0, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Device;

    fn maps(
        augmentation: Augmentation,
        seed: u64,
        epoch: u32,
        cases: &[usize],
    ) -> Option<Vec<Map>> {
        super::maps(augmentation, (seed, epoch), cases, |_| Frame::WHOLE)
    }

    #[test]
    fn a_map_depends_on_seed_epoch_and_case_alone() {
        let all = maps(Augmentation::Published, 7, 3, &[0, 1, 2]).expect("maps");
        let one = maps(Augmentation::Published, 7, 3, &[2]).expect("maps");
        assert_eq!(all[2], one[0]);
        assert_ne!(all[0], all[1]);
        assert_ne!(maps(Augmentation::Published, 7, 4, &[2]).expect("maps")[0], one[0]);
    }

    #[test]
    fn crops_stay_inside_the_image() {
        for map in maps(Augmentation::Published, 1, 1, &(0..500).collect::<Vec<_>>()).expect("maps")
        {
            let [a, b, x, c, d, y] = map.map(f64::from);
            let (width, height) = (a.hypot(b), c.hypot(d));
            assert!(width + x.abs() <= 1.0 + 1e-6 && height + y.abs() <= 1.0 + 1e-6);
            assert!(width * height > 0.079 && width * height <= 1.0 + 1e-6);
        }
    }

    #[test]
    fn the_identity_map_returns_the_image() {
        let image = Tensor::arange(16, (tch::Kind::Float, Device::Cpu)).view([1, 1, 4, 4]);
        let same = apply(&image, &[[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]], 4).expect("sampled");
        assert!(image.allclose(&same, 1e-5, 1e-5, false));
    }

    /// Images that keep their pixels are seen in windows that lie inside of them.
    #[test]
    fn windows_stay_inside_of_their_image() {
        let frame = Frame { image: [0.9, 0.7], seen: 0.5 };
        let cases: Vec<usize> = (0..300).collect();
        let maps = super::maps(Augmentation::None, (1, 1), &cases, |_| frame).expect("maps");
        let mut places = std::collections::BTreeSet::new();
        for [a, b, x, c, d, y] in maps {
            assert_eq!([a, b, c, d], [0.5, 0.0, 0.0, 0.5]);
            let (left, right) = ((x + 1.0 - a) / 2.0, (x + 1.0 + a) / 2.0);
            let (top, bottom) = ((y + 1.0 - d) / 2.0, (y + 1.0 + d) / 2.0);
            assert!(left > -1e-6 && right < 0.9 + 1e-6 && top > -1e-6 && bottom < 0.7 + 1e-6);
            places.insert((x * 100.0) as i32);
        }
        assert!(places.len() > 30);
        let small = Frame { image: [0.3, 0.3], seen: 0.5 };
        let map = super::maps(Augmentation::None, (1, 1), &[0], |_| small).expect("maps")[0];
        assert!((map[2] + 0.7).abs() < 1e-6 && (map[5] + 0.7).abs() < 1e-6);
    }

    #[test]
    fn masks_move_with_their_images() {
        let bytes = Tensor::arange(64, (Kind::Uint8, Device::Cpu)).view([1, 1, 8, 8]);
        let map = [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let mirrored = apply_nearest(&bytes, &[map], 8).expect("masks");
        assert_eq!(mirrored, bytes.flip([3]));
        let images = apply(&bytes.to_kind(Kind::Float), &[map], 8).expect("images");
        assert!(images.allclose(&mirrored.to_kind(Kind::Float), 1e-5, 1e-4, false));
    }
}

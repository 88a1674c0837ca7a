//! Augmentation as one affine map per image, applied on the device.
//!
//! Crop, flip and rotation are composed into a single sampling grid, so an
//! image is interpolated once, and each image's map depends on seed, epoch and
//! case alone: not on its batch, the thread count or the device.

use rand::{Rng, RngExt};
use tch::{Device, Tensor};

use super::error::{Operation, TrainError};
use super::seed::{Stream, rng};
use crate::spec::Augmentation;

const LARGEST_ROTATION_DEGREES: f64 = 7.0;

/// Ranges of one augmentation.
struct Ranges {
    area: [f64; 2],
    log_aspect: [f64; 2],
    degrees: f64,
}

impl Ranges {
    fn of(augmentation: Augmentation) -> Option<Self> {
        let degrees = LARGEST_ROTATION_DEGREES;
        match augmentation {
            Augmentation::None => None,
            Augmentation::Light => Some(Self { area: [0.8, 1.0], log_aspect: [0.0, 0.0], degrees }),
            Augmentation::Published => {
                let log_aspect = [(3.0f64 / 4.0).ln(), (4.0f64 / 3.0).ln()];
                Some(Self { area: [0.08, 1.0], log_aspect, degrees })
            }
        }
    }
}

/// Affine maps `[N, 2, 3]` from output to input coordinates (both -1..1) for
/// the given cases, or `None` when nothing is augmented.
pub(crate) fn maps(
    augmentation: Augmentation,
    seed: u64,
    epoch: u32,
    cases: &[usize],
) -> Option<Vec<[f32; 6]>> {
    let ranges = Ranges::of(augmentation)?;
    let map =
        |case: &usize| one_map(&ranges, &mut rng(seed, Stream::Augment { epoch, case: *case }));
    Some(cases.iter().map(map).collect())
}

/// Crop to a share of the area, flip with probability one half, rotate.
fn one_map(ranges: &Ranges, rng: &mut impl Rng) -> [f32; 6] {
    let (width, height) = crop(ranges, rng);
    let centre = |size: f64, u: f64| (1.0 - size) * (2.0 * u - 1.0);
    let (x, y) = (centre(width, uniform(rng)), centre(height, uniform(rng)));
    let flip = if uniform(rng) < 0.5 { -1.0 } else { 1.0 };
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
pub(crate) fn apply(images: &Tensor, maps: &[[f32; 6]], size: i64) -> Result<Tensor, TrainError> {
    let device: Device = images.device();
    let (n, channels) = (maps.len() as i64, images.size()[1]);
    (|| {
        let theta = Tensor::from_slice(maps.as_flattened())
            .f_view([n, 2, 3])?
            .f_to_device(device)?
            .f_to_kind(images.kind())?;
        let grid = Tensor::f_affine_grid_generator(&theta, [n, channels, size, size], false)?;
        images.f_grid_sampler_2d(&grid, 0, 0, false)
    })()
    .op("augment images")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}

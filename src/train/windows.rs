//! A window that slides over an image larger than a network's input.
//!
//! Windows overlap by half; where several see a pixel, their logits are averaged
//! with weights that fall off from the centre as a Gaussian of an eighth of the
//! side, as nnU-Net does (Isensee et al. 2021): near its border a window knows
//! less of what is around.

use tch::{TchError, Tensor};

/// Where no window has looked; above 0 in 32 bits too.
const LEAST: f64 = 1e-12;

/// Logits `[K, H, W]` of one image `[C, H, W]` of which `(width, height)` pixels
/// from the upper left corner are filled; 0 elsewhere. `(side, at_once)`: the
/// window, and how many of them the network takes at a time.
pub(crate) fn slide(
    image: &Tensor,
    (width, height): (u32, u32),
    (side, at_once): (i64, i64),
    forward: &dyn Fn(&Tensor) -> Result<Tensor, TchError>,
) -> Result<Tensor, TchError> {
    let (rows, columns) = (starts(height.into(), side), starts(width.into(), side));
    let places: Vec<(i64, i64)> =
        rows.iter().flat_map(|y| columns.iter().map(|x| (*y, *x))).collect();
    let weight = importance(side).f_to_device(image.device())?.f_to_kind(image.kind())?;
    let mut sums: Option<(Tensor, Tensor)> = None;
    for chunk in places.chunks(at_once.max(1) as usize) {
        let windows: Vec<Tensor> = chunk
            .iter()
            .map(|(y, x)| image.f_narrow(1, *y, side)?.f_narrow(2, *x, side))
            .collect::<Result<_, _>>()?;
        let logits = forward(&Tensor::f_stack(&windows, 0)?)?;
        let zeros = |size: [i64; 3]| Tensor::f_zeros(size, (logits.kind(), logits.device()));
        let size = [logits.size()[1], image.size()[1], image.size()[2]];
        let (total, counted) = if let Some(sums) = &sums {
            sums
        } else {
            sums.insert((zeros(size)?, zeros([1, size[1], size[2]])?))
        };
        for (place, (y, x)) in chunk.iter().enumerate() {
            let at = |map: &Tensor| map.f_narrow(1, *y, side)?.f_narrow(2, *x, side);
            let _ = at(total)?.f_add_(&logits.f_get(place as i64)?.f_mul(&weight)?)?;
            let _ = at(counted)?.f_add_(&weight)?;
        }
    }
    match sums {
        Some((total, counted)) => total.f_div(&counted.f_clamp_min(LEAST)?),
        None => Err(TchError::Shape("an image without pixels".into())),
    }
}

/// Where windows begin, so that they overlap by half or more and the last one
/// ends with the image.
fn starts(length: i64, side: i64) -> Vec<i64> {
    let last = (length - side).max(0);
    let steps = (2 * last + side - 1) / side;
    (0..=steps).map(|step| if steps == 0 { 0 } else { step * last / steps }).collect()
}

/// `exp(-r^2 / 2)` with `r` in eighths of the side, at least a thousandth.
fn importance(side: i64) -> Tensor {
    let middle = (side as f64 - 1.0) / 2.0;
    let sigma = side as f64 / 8.0;
    let values: Vec<f64> =
        (0..side).map(|at| (-0.5 * ((at as f64 - middle) / sigma).powi(2)).exp()).collect();
    let line = Tensor::from_slice(&values);
    (line.view([-1, 1]) * line.view([1, -1])).clamp_min(1e-3)
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn windows_cover_the_image_and_end_with_it() {
        assert_eq!(starts(512, 512), [0]);
        assert_eq!(starts(300, 512), [0]);
        assert_eq!(starts(565, 512), [0, 53]);
        assert_eq!(starts(1024, 512), [0, 256, 512]);
        for (length, side) in [(1000, 96), (97, 96), (4000, 512), (33, 32)] {
            let starts = starts(length, side);
            assert_eq!(starts.last(), Some(&(length - side)));
            assert!(starts.windows(2).all(|pair| pair[1] - pair[0] <= side / 2));
        }
    }

    /// A network that looks at each pixel alone gives the same whatever the
    /// window that sees it.
    #[test]
    fn windows_join_without_a_seam() {
        for kind in [Kind::Float, Kind::Double] {
            joins(&Tensor::rand([3, 80, 80], (kind, Device::Cpu)));
        }
    }

    fn joins(image: &Tensor) {
        let forward = |windows: &Tensor| windows.f_narrow(1, 0, 2)?.f_mul_scalar(3.0);
        let joined = slide(image, (70, 50), (32, 3), &forward).expect("logits");
        assert_eq!(joined.size(), [2, 80, 80]);
        let seen = |map: &Tensor| map.narrow(1, 0, 50).narrow(2, 0, 70);
        let expected = seen(&(image.narrow(0, 0, 2) * 3.0));
        assert!(seen(&joined).allclose(&expected, 0.0, 1e-5, false));
        assert_eq!(joined.narrow(1, 50, 30).abs().max().double_value(&[]), 0.0);
    }
}

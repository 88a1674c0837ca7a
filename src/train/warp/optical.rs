//! Distortion of a lens: OpenCV's `initUndistortRectifyMap` with the coefficients
//! `(k, k, 0, 0, 0)` and a camera whose focal length is the side of the image. The result
//! has its centre between pixels and the camera half a pixel beside it, as there.

use rand::Rng;

use super::field::Field;
use super::uniform;

/// Largest coefficient of either sign.
const LARGEST: f64 = 2.0;

pub(super) fn field(side: usize, rng: &mut impl Rng) -> Field {
    of(side, LARGEST * (2.0 * uniform(rng) - 1.0))
}

pub(super) fn of(side: usize, k: f64) -> Field {
    let length = side as f64;
    let centred = |at: usize| (at as f64 - (length - 1.0) / 2.0) / length;
    Field::of(side, |x, y| {
        let (x, y) = (centred(x), centred(y));
        let square = x * x + y * y;
        let radial = 1.0 + k * square + k * square * square;
        (length * x * radial + length / 2.0, length * y * radial + length / 2.0)
    })
}

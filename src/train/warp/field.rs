//! For every pixel of a result the place that it comes from.

/// Places in pixels, row by row, `(x, y)`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    places: Vec<(f64, f64)>,
}

impl Field {
    /// The field of a function of a pixel's column and row.
    pub(super) fn of(side: usize, place: impl Fn(usize, usize) -> (f64, f64)) -> Self {
        let rows = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        Self { places: rows.map(|(x, y)| place(x, y)).collect() }
    }

    /// The field that changes nothing.
    pub(super) fn still(side: usize) -> Self {
        Self::of(side, |x, y| (x as f64, y as f64))
    }

    /// The same of a square (its left, its top, its side) that is then resized to the
    /// whole, with half-pixel centres as OpenCV resizes.
    pub(super) fn cropped(&self, side: usize, (left, top, size): (f64, f64, f64)) -> Self {
        let scale = size / side as f64;
        let along = |at: usize, first: f64| {
            // OpenCV repeats the border of the crop.
            first + ((at as f64 + 0.5) * scale - 0.5).clamp(0.0, size - 1.0)
        };
        Self::of(side, |x, y| self.between(side, along(x, left), along(y, top)))
    }

    /// The place that a place between pixels comes from.
    fn between(&self, side: usize, x: f64, y: f64) -> (f64, f64) {
        let (left, top) = (x.floor(), y.floor());
        let (right, below) = (x - left, y - top);
        let at = |x: f64, y: f64| {
            let last = side as f64 - 1.0;
            self.places[y.clamp(0.0, last) as usize * side + x.clamp(0.0, last) as usize]
        };
        let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
        let both =
            |a: (f64, f64), b: (f64, f64), share: f64| (mix(a.0, b.0, share), mix(a.1, b.1, share));
        let upper = both(at(left, top), at(left + 1.0, top), right);
        let lower = both(at(left, top + 1.0), at(left + 1.0, top + 1.0), right);
        both(upper, lower, below)
    }

    /// As libtorch's sampler takes it.
    pub(super) fn places(&self, side: usize) -> Vec<f32> {
        self.places.iter().flat_map(|(x, y)| [*x, *y]).map(|at| scaled(at, side)).collect()
    }

    #[cfg(test)]
    pub(super) fn at(&self, side: usize, x: usize, y: usize) -> (f64, f64) {
        self.places[y * side + x]
    }
}

/// The places of an image that is not warped.
pub(super) fn still(side: usize) -> Vec<f32> {
    Field::still(side).places(side)
}

/// -1 at the centre of the first pixel, 1 at that of the last.
fn scaled(at: f64, side: usize) -> f32 {
    (2.0 * at / (side as f64 - 1.0).max(1.0) - 1.0) as f32
}

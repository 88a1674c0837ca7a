//! Scalar fields of the plane that images are summed from.
//!
//! Only `+ - * /` and `sqrt` are used: they are exact to the last bit on every
//! machine, which `sin`, `exp` or `powf` are not.

use super::super::rng::Stream;

/// A point or vector; x to the right, y down, the image is -1..1 in both.
pub(super) type Point = [f64; 2];

/// A share in 0..1 that rises with `distance` over one `softness`.
pub(super) fn step(distance: f64, softness: f64) -> f64 {
    (distance / softness + 0.5).clamp(0.0, 1.0)
}

/// A unit vector, uniform over directions by rejection from the disc.
pub(super) fn direction(stream: &mut Stream) -> Point {
    loop {
        let p = [stream.range(-1.0, 1.0), stream.range(-1.0, 1.0)];
        let square = p[0] * p[0] + p[1] * p[1];
        if square > 0.01 && square <= 1.0 {
            let length = square.sqrt();
            return [p[0] / length, p[1] / length];
        }
    }
}

/// The unit vector of the angle whose half has the tangent `t`.
pub(super) fn rotation(t: f64) -> Point {
    let square = t * t;
    [(1.0 - square) / (1.0 + square), 2.0 * t / (1.0 + square)]
}

/// A straight stroke with round ends.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) width: f64,
}

impl Stroke {
    /// Share of a pixel of side `pixel` at `p` that the stroke covers.
    pub(super) fn coverage(&self, p: Point, pixel: f64) -> f64 {
        let reach = self.width / 2.0 + pixel;
        let outside = |axis: usize| {
            p[axis] < self.from[axis].min(self.to[axis]) - reach
                || p[axis] > self.from[axis].max(self.to[axis]) + reach
        };
        if outside(0) || outside(1) {
            return 0.0;
        }
        let along = [self.to[0] - self.from[0], self.to[1] - self.from[1]];
        let offset = [p[0] - self.from[0], p[1] - self.from[1]];
        let square = along[0] * along[0] + along[1] * along[1];
        let t = if square > 0.0 {
            ((offset[0] * along[0] + offset[1] * along[1]) / square).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let gap = [offset[0] - t * along[0], offset[1] - t * along[1]];
        let distance = (gap[0] * gap[0] + gap[1] * gap[1]).sqrt();
        step(self.width / 2.0 - distance, pixel) * (self.width / pixel).min(1.0)
    }
}

/// An ellipse whose value falls from 1 to 0 around its edge.
#[derive(Clone, Copy)]
pub(super) struct Blob {
    pub(super) center: Point,
    pub(super) radii: Point,
    /// Direction of the first radius.
    pub(super) axis: Point,
    /// Width of the edge as a share of the radius; 0 is sharp.
    pub(super) softness: f64,
}

impl Blob {
    pub(super) fn disc(center: Point, radius: f64, softness: f64) -> Self {
        Self { center, radii: [radius; 2], axis: [1.0, 0.0], softness }
    }

    /// Value in 0..1 at `p`.
    pub(super) fn value(&self, p: Point, pixel: f64) -> f64 {
        let offset = [p[0] - self.center[0], p[1] - self.center[1]];
        let u = (offset[0] * self.axis[0] + offset[1] * self.axis[1]) / self.radii[0];
        let v = (offset[1] * self.axis[0] - offset[0] * self.axis[1]) / self.radii[1];
        let radius = self.radii[0].min(self.radii[1]);
        let distance = (1.0 - (u * u + v * v).sqrt()) * radius;
        step(distance, pixel + self.softness * radius)
    }
}

/// Smooth noise: random values on a grid of `cells` x `cells` over the image,
/// joined by the cubic 3t^2 - 2t^3. Values have about unit variance at the
/// grid points.
pub(super) struct Noise {
    cells: usize,
    values: Vec<f64>,
}

impl Noise {
    pub(super) fn new(cells: usize, stream: &mut Stream) -> Self {
        let values = (0..(cells + 1) * (cells + 1)).map(|_| stream.normal()).collect();
        Self { cells, values }
    }

    pub(super) fn value(&self, p: Point) -> f64 {
        let locate = |x: f64| {
            let scaled = f64::midpoint(x, 1.0).clamp(0.0, 1.0) * self.cells as f64;
            let cell = (scaled as usize).min(self.cells - 1);
            let t = scaled - cell as f64;
            (cell, t * t * (3.0 - 2.0 * t))
        };
        let (column, s) = locate(p[0]);
        let (row, t) = locate(p[1]);
        let at = |dy: usize, dx: usize| self.values[(row + dy) * (self.cells + 1) + column + dx];
        let top = at(0, 0) * (1.0 - s) + at(0, 1) * s;
        let bottom = at(1, 0) * (1.0 - s) + at(1, 1) * s;
        top * (1.0 - t) + bottom * t
    }
}

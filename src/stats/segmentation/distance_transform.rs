//! Exact Euclidean distance to the nearest marked point of a grid.
//!
//! Felzenszwalb and Huttenlocher (2012): along each axis in turn, the squared
//! distance is the lower envelope of parabolas rooted at the values of the axes
//! before. Squares are added in the order of the axes and each from `(steps
//! spacing)^2`, as scipy's `distance_transform_edt` does, so that a distance
//! that equals a tolerance there equals it here. Cost O(points).

use super::mask::Grid;

/// Distances; infinite everywhere when no point is marked.
pub(super) fn distances(marked: &[bool], grid: Grid) -> Vec<f64> {
    let mut squares: Vec<f64> =
        marked.iter().map(|marked| if *marked { 0.0 } else { f64::INFINITY }).collect();
    let mut line = Line::default();
    for axis in 0..3 {
        let (length, spacing) = (grid.shape[axis], grid.spacing[axis]);
        let stride: usize = grid.shape[axis + 1..].iter().product();
        if length < 2 {
            continue;
        }
        for block in squares.chunks_mut(length * stride) {
            for start in 0..stride {
                line.transform(&mut block[start..], stride, spacing);
            }
        }
    }
    squares.iter().map(|square| square.sqrt()).collect()
}

/// Buffers of one line's envelope.
#[derive(Default)]
struct Line {
    values: Vec<f64>,
    /// Roots of the parabolas on the envelope, and where each begins to be lowest.
    roots: Vec<usize>,
    begins: Vec<f64>,
}

impl Line {
    /// Transforms every `stride`-th value.
    fn transform(&mut self, values: &mut [f64], stride: usize, spacing: f64) {
        self.values.clear();
        self.values.extend(values.iter().step_by(stride));
        self.envelope(spacing);
        if self.roots.is_empty() {
            return;
        }
        let mut k = 0;
        for (at, value) in values.iter_mut().step_by(stride).enumerate() {
            while k + 1 < self.roots.len() && self.begins[k + 1] < at as f64 {
                k += 1;
            }
            let root = self.roots[k];
            *value = self.values[root] + (root.abs_diff(at) as f64 * spacing).powi(2);
        }
    }

    fn envelope(&mut self, spacing: f64) {
        self.roots.clear();
        self.begins.clear();
        for (at, value) in self.values.iter().enumerate() {
            if !value.is_finite() {
                continue;
            }
            let mut begin = f64::NEG_INFINITY;
            while let (Some(root), Some(lowest_from)) = (self.roots.last(), self.begins.last()) {
                // Where the new parabola meets the last one.
                let rise = (value - self.values[*root]) / (spacing * spacing);
                let apart = (at - root) as f64;
                begin = f64::midpoint(rise / apart, (at + root) as f64);
                if begin > *lowest_from {
                    break;
                }
                self.roots.pop();
                self.begins.pop();
                begin = f64::NEG_INFINITY;
            }
            self.roots.push(at);
            self.begins.push(begin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_definition(
            shape in prop::array::uniform3(1usize..6),
            spacing in prop::array::uniform3(0.1..4.0f64),
            marks in prop::collection::vec(prop::bool::weighted(0.15), 125),
        ) {
            let grid = Grid { shape, spacing, axes: 3 };
            let marked = &marks[..grid.voxels()];
            let got = distances(marked, grid);
            for (index, got) in got.iter().enumerate() {
                let here = grid.position(index);
                let to = |other: usize| {
                    let there = grid.position(other);
                    (0..3).map(|a| (here[a].abs_diff(there[a]) as f64 * spacing[a]).powi(2)).sum::<f64>()
                };
                let all = marked.iter().enumerate().filter(|(_, marked)| **marked);
                let want = all.map(|(other, _)| to(other)).fold(f64::INFINITY, f64::min).sqrt();
                prop_assert!(*got == want || (got - want).abs() <= 1e-14 * want, "{got} {want}");
            }
        }
    }
}

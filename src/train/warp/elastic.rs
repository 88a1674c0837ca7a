//! Elastic deformation (Simard, Steinkraus and Platt 2003) after a small affine map.

use rand::Rng;

use super::field::Field;
use super::uniform;

const ALPHA: f64 = 120.0;
const SIGMA: f64 = 6.0;
/// Most by which each of three points moves.
const AFFINE: f64 = 3.6;
/// Standard deviations after which the Gaussian ends (SciPy's `truncate`).
const TRUNCATE: f64 = 4.0;

pub(super) fn field(side: usize, scale: f64, rng: &mut impl Rng) -> Field {
    let mut moved = || AFFINE * scale * (2.0 * uniform(rng) - 1.0);
    let moves: [(f64, f64); 3] = std::array::from_fn(|_| (moved(), moved()));
    let mut noise = || -> Vec<f64> { (0..side * side).map(|_| 2.0 * uniform(rng) - 1.0).collect() };
    let (x, y) = (noise(), noise());
    of(side, scale, &moves, (x, y))
}

/// The affine map that moves three points around the centre so, and noise from -1 to
/// 1 that is smoothed and added to the places.
pub(super) fn of(
    side: usize,
    scale: f64,
    moves: &[(f64, f64); 3],
    (x, y): (Vec<f64>, Vec<f64>),
) -> Field {
    let (centre, third) = ((side / 2) as f64, (side / 3) as f64);
    let points = [
        (centre + third, centre + third),
        (centre + third, centre - third),
        (centre - third, centre - third),
    ];
    let to: [(f64, f64); 3] =
        std::array::from_fn(|at| (points[at].0 + moves[at].0, points[at].1 + moves[at].1));
    // An image is moved along the map; a pixel of the result comes from where its
    // inverse leads.
    let back = affine(&to, &points);
    let kernel = gaussian(SIGMA * scale);
    let (dx, dy) = (smoothed(&x, side, &kernel), smoothed(&y, side, &kernel));
    let alpha = ALPHA * scale;
    Field::of(side, |x, y| {
        let at = y * side + x;
        let (x, y) = (x as f64 + alpha * dx[at], y as f64 + alpha * dy[at]);
        let [a, b, c, d, e, f] = back;
        (a * x + b * y + c, d * x + e * y + f)
    })
}

/// The affine map that leads three points to three others.
fn affine(from: &[(f64, f64); 3], to: &[(f64, f64); 3]) -> [f64; 6] {
    let [(x0, y0), (x1, y1), (x2, y2)] = *from;
    let determinant = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    let row = |t: [f64; 3]| {
        let a = ((t[1] - t[0]) * (y2 - y0) - (t[2] - t[0]) * (y1 - y0)) / determinant;
        let b = ((t[2] - t[0]) * (x1 - x0) - (t[1] - t[0]) * (x2 - x0)) / determinant;
        [a, b, t[0] - a * x0 - b * y0]
    };
    let ([a, b, c], [d, e, f]) = (row(to.map(|p| p.0)), row(to.map(|p| p.1)));
    [a, b, c, d, e, f]
}

fn gaussian(sigma: f64) -> Vec<f64> {
    let radius = (TRUNCATE * sigma + 0.5) as i64;
    let weights: Vec<f64> =
        (-radius..=radius).map(|at| (-0.5 * (at as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Along columns, then along rows; beyond the border lies the mirror image, the border
/// pixel included (SciPy's `reflect`).
fn smoothed(noise: &[f64], side: usize, kernel: &[f64]) -> Vec<f64> {
    let radius = (kernel.len() / 2) as i64;
    let mirrored = |at: i64| {
        let period = 2 * side as i64;
        let at = at.rem_euclid(period);
        if at < side as i64 { at as usize } else { (period - 1 - at) as usize }
    };
    let pass = |values: &[f64], place: &dyn Fn(usize, usize) -> usize| {
        let mut out = vec![0.0; side * side];
        for line in 0..side {
            for at in 0..side {
                let sum = kernel.iter().enumerate().map(|(k, weight)| {
                    weight * values[place(line, mirrored(at as i64 + k as i64 - radius))]
                });
                out[place(line, at)] = sum.sum();
            }
        }
        out
    };
    let columns = pass(noise, &|x, y| y * side + x);
    pass(&columns, &|y, x| y * side + x)
}

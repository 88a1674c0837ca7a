//! A grid whose columns and rows are made wider and narrower.

use rand::Rng;

use super::field::Field;
use super::uniform;

/// Cells along a side; what is left over at its end is one more.
const STEPS: usize = 5;
/// How much wider or narrower a cell may become.
const LARGEST: f64 = 0.3;

pub(super) fn field(side: usize, rng: &mut impl Rng) -> Field {
    let mut draw = || -> [f64; STEPS + 1] {
        std::array::from_fn(|_| 1.0 + LARGEST * (2.0 * uniform(rng) - 1.0))
    };
    let (columns, rows) = (draw(), draw());
    of(side, &columns, &rows)
}

pub(super) fn of(side: usize, columns: &[f64], rows: &[f64]) -> Field {
    let (columns, rows) = (along(side, columns), along(side, rows));
    Field::of(side, |x, y| (columns[x], rows[y]))
}

/// Where each column comes from: evenly spaced within a cell, both of its ends
/// included (NumPy's `linspace`).
fn along(side: usize, widths: &[f64]) -> Vec<f64> {
    let step = side / STEPS;
    let mut places = vec![0.0; side];
    let mut before = 0.0;
    for (cell, width) in widths.iter().enumerate() {
        let start = cell * step;
        let (end, after) = match start + step {
            end if end > side => (side, side as f64),
            end => (end, before + step as f64 * width),
        };
        let count = end.saturating_sub(start);
        for at in 0..count {
            let share = if count > 1 { at as f64 / (count - 1) as f64 } else { 0.0 };
            places[start + at] = before + (after - before) * share;
        }
        before = after;
    }
    places
}

//! The tables that Swin files carry and that follow from the window: they are
//! computed anew, and a file whose tables differ is for another network.
//!
//! Reference: `microsoft/Swin-Transformer`, `models/swin_transformer.py`.

use crate::zoo::tensor::TensorData;

/// Checks a `relative_position_index` or an `attn_mask` of a file; other
/// computed variables are not looked at.
pub(in crate::zoo) fn check_table(name: &str, tensor: &TensorData) -> Result<(), String> {
    if !is_table(name) {
        return Ok(());
    }
    let expected = table(name, tensor.shape());
    let other = || format!("{name} of shape {:?} is not Swin's table", tensor.shape());
    if tensor.values()? == expected.ok_or_else(other)? { Ok(()) } else { Err(other()) }
}

/// Whether a variable of that name is one of the tables.
pub(in crate::zoo) fn is_table(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("relative_position_index" | "attn_mask"))
}

/// The table of a name and a shape; `None` where no table has that shape.
pub(in crate::zoo) fn table(name: &str, shape: &[usize]) -> Option<Vec<f64>> {
    if name.ends_with("attn_mask") { mask(shape) } else { index(shape) }
}

/// A small window, so that a wrong shape costs nothing.
const LARGEST_WINDOW: usize = 32;
const LARGEST_MAP: usize = 512;

fn root(n: usize) -> Option<usize> {
    let root = n.isqrt();
    (root * root == n).then_some(root)
}

/// Offsets between all pairs of places in a window, as one number.
fn index(shape: &[usize]) -> Option<Vec<f64>> {
    // torchvision keeps it in one row.
    let (n, m) = match *shape {
        [n, m] => (n, m),
        [all] => (root(all)?, root(all)?),
        _ => return None,
    };
    let w = root(n).filter(|w| n == m && (1..=LARGEST_WINDOW).contains(w))?;
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let number = |(i, j): (usize, usize)| {
        let dy = i / w + w - 1 - j / w;
        let dx = i % w + w - 1 - j % w;
        (dy * (2 * w - 1) + dx) as f64
    };
    Some(pairs.map(number).collect())
}

/// 0 where two places of a shifted window were neighbours before the shift,
/// -100 where they were not.
fn mask(shape: &[usize]) -> Option<Vec<f64>> {
    let [windows, n, m] = *shape else { return None };
    let w = root(n).filter(|w| n == m && (1..=LARGEST_WINDOW).contains(w))?;
    let across = root(windows).filter(|a| a * w <= LARGEST_MAP)?;
    let (side, shift) = (across * w, w / 2);
    let band = |at: usize| usize::from(at >= side - w) + usize::from(at >= side - shift);
    let mut mask = Vec::with_capacity(windows * n * n);
    for window in 0..windows {
        let region = |place: usize| {
            let y = window / across * w + place / w;
            let x = window % across * w + place % w;
            3 * band(y) + band(x)
        };
        let regions: Vec<usize> = (0..n).map(region).collect();
        for a in &regions {
            mask.extend(regions.iter().map(|b| if a == b { 0.0 } else { -100.0 }));
        }
    }
    Some(mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first and last rows as PyTorch's own code prints them.
    #[test]
    fn the_index_is_the_official_one() {
        let table = index(&[49, 49]).expect("a table");
        assert_eq!(table[..8], [84.0, 83.0, 82.0, 81.0, 80.0, 79.0, 78.0, 71.0]);
        assert_eq!(table[48 * 49..][..5], [168.0, 167.0, 166.0, 165.0, 164.0]);
    }

    /// One window: four quarters that do not see each other.
    #[test]
    fn the_mask_parts_what_the_shift_brought_together() {
        let mask = mask(&[4, 4, 4]).expect("a mask");
        assert!(mask[..16].iter().all(|v| *v == 0.0));
        let zeros = mask[48..].iter().filter(|v| **v == 0.0).count();
        assert_eq!(zeros, 4);
    }
}

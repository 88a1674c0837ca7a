//! Area (length in a plane) of the surface within a cell of 8 (4) voxels.
//!
//! The surface of each of the 256 patterns of inner and outer voxels is that of
//! marching cubes (Lorensen and Cline 1987), with cuts at the middles of edges.
//! Its area under any spacing follows from the area vectors of the triangles,
//! whose components are areas projected along the axes. Rotating or mirroring a
//! cell permutes components, and swapping inside and outside changes nothing,
//! so thirteen patterns give all 256. In a plane the pieces are halves of a
//! cell's diagonal and straight cuts.

/// Patterns of the corners of a cube, and area vectors of the triangles in
/// eighths. Corner `(z, y, x)` is bit `7 - (4 z + 2 y + x)`.
const PATTERNS: [(u8, &[[u8; 3]]); 13] = [
    (0b0000_0001, &[[1, 1, 1]]),
    (0b0000_0011, &[[2, 2, 0], [2, 2, 0]]),
    (0b0000_0110, &[[1, 1, 1], [1, 1, 1]]),
    (0b0000_0111, &[[1, 1, 1], [2, 2, 2], [4, 0, 0]]),
    (0b0000_1111, &[[4, 0, 0], [4, 0, 0]]),
    (0b0001_0110, &[[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
    (0b0001_0111, &[[1, 1, 1], [1, 1, 1], [2, 2, 2], [2, 2, 2]]),
    (0b0001_1000, &[[1, 1, 1], [1, 1, 1]]),
    (0b0001_1001, &[[0, 2, 2], [0, 2, 2], [1, 1, 1]]),
    (0b0001_1011, &[[0, 2, 2], [1, 1, 1], [2, 0, 2], [3, 3, 3]]),
    (0b0001_1110, &[[1, 1, 1], [1, 1, 1], [2, 2, 2], [4, 0, 0]]),
    (0b0011_1100, &[[2, 2, 0], [2, 2, 0], [2, 2, 0], [2, 2, 0]]),
    (0b0110_1001, &[[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]]),
];

const AXIS_ORDERS: [[usize; 3]; 6] =
    [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Area of each pattern in space; 0 for all in and all out.
pub(super) fn areas([z, y, x]: [f64; 3]) -> [f64; 256] {
    // A component is an area in the plane of the other two axes.
    let faces = [y * x, z * x, z * y];
    let mut table = [0.0; 256];
    for (pattern, vectors) in PATTERNS {
        for order in AXIS_ORDERS {
            let norm = |vector: &[u8; 3]| -> f64 {
                let component = |a: usize| f64::from(vector[order[a]]) / 8.0 * faces[a];
                (0..3).map(|a| component(a).powi(2)).sum::<f64>().sqrt()
            };
            let area = vectors.iter().map(norm).sum();
            for mirrored in 0..8 {
                let code = moved(pattern, order, mirrored);
                table[usize::from(code)] = area;
                table[usize::from(!code)] = area;
            }
        }
    }
    table
}

/// The pattern with its axes reordered and then mirrored (a bit per axis).
fn moved(pattern: u8, order: [usize; 3], mirrored: u8) -> u8 {
    let bit = |corner: [u8; 3]| 7 - (4 * corner[0] + 2 * corner[1] + corner[2]);
    let mut result = 0;
    for place in 0..8u8 {
        let corner = [place >> 2 & 1, place >> 1 & 1, place & 1];
        if pattern >> bit(corner) & 1 == 1 {
            let there = [0, 1, 2].map(|a| corner[order[a]] ^ (mirrored >> a & 1));
            result |= 1 << bit(there);
        }
    }
    result
}

/// Length of each pattern in a plane; corner `(y, x)` is bit `3 - (2 y + x)`.
pub(super) fn lengths(y: f64, x: f64) -> [f64; 16] {
    let half_diagonal = 0.5 * (y * y + x * x).sqrt();
    let length = |code: u8| match code {
        0b0000 | 0b1111 => 0.0,
        0b0011 | 0b1100 => x,
        0b0101 | 0b1010 => y,
        0b0110 | 0b1001 => 2.0 * half_diagonal,
        _ => half_diagonal,
    };
    let mut table = [0.0; 16];
    for (code, entry) in (0..).zip(&mut table) {
        *entry = length(code);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// surface-distance 0.1: sums and entries of its tables for these spacings.
    #[test]
    fn all_patterns_have_the_reference_area() {
        let unit = areas([1.0; 3]);
        assert!(unit[1..255].iter().all(|a| *a > 0.0) && unit[0] == 0.0 && unit[255] == 0.0);
        for (spacing, sum, weighted) in REFERENCE {
            let table = areas(spacing);
            let total: f64 = table.iter().sum();
            let by_code: f64 = table.iter().enumerate().map(|(code, a)| code as f64 * a).sum();
            assert!((total / sum - 1.0).abs() < 1e-12, "{total}");
            assert!((by_code / weighted - 1.0).abs() < 1e-12, "{by_code}");
        }
        // A flat surface has the area of its face, a straight edge its length.
        assert_eq!(areas([3.0, 2.0, 5.0])[0b0000_1111], 10.0);
        assert_eq!(lengths(2.0, 5.0)[0b0011], 5.0);
    }

    const REFERENCE: [([f64; 3], f64, f64); 2] = [
        ([1.0; 3], 241.343_139_705_537_45, 30_771.250_312_456_017),
        ([3.0, 0.7, 1.2], 575.691_069_360_692_2, 73_400.611_343_488_24),
    ];
}

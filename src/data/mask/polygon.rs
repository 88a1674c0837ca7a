//! Polygons, drawn pixel for pixel as COCO's own tools draw them: the outline
//! at five times the size, then the columns between its crossings.

use super::Mask;

const SCALE: f64 = 5.0;

/// Longest outline in fine steps.
const MOST: i64 = 1 << 28;

/// The pixels of a polygon, given as x and y in turn.
///
/// # Errors
/// Where it has fewer than three corners, half a corner, or one far outside.
pub(super) fn mask(points: &[f64], width: u32, height: u32) -> Result<Mask, String> {
    if points.len() % 2 == 1 || points.len() < 6 {
        return Err(format!(
            "has a polygon of {} numbers, expected x and y of three corners or more",
            points.len()
        ));
    }
    let far = f64::from(width.max(height)) * 16.0 + 1000.0;
    if let Some(odd) = points.iter().find(|value| value.is_nan() || value.abs() > far) {
        return Err(format!("has a polygon with a corner at {odd}, far outside of the image"));
    }
    // Rounding towards zero, as C does.
    let fine = |value: f64| (SCALE * value + 0.5) as i64;
    let corners: Vec<(i64, i64)> =
        points.chunks_exact(2).map(|point| (fine(point[0]), fine(point[1]))).collect();
    let outline = outline(&corners)?;
    let (w, h) = (width as usize, height as usize);
    let mut crossings = crossings(&outline, f64::from(width), f64::from(height));
    crossings.push(w * h);
    crossings.sort_unstable();
    let mut inside = vec![0; w * h];
    for pair in crossings.chunks_exact(2) {
        for pixel in pair[0].min(w * h)..pair[1].min(w * h) {
            inside[pixel % h * w + pixel / h] = 1;
        }
    }
    Ok(Mask { width, height, inside })
}

/// All fine points of the outline, in order.
fn outline(corners: &[(i64, i64)]) -> Result<Vec<(i64, i64)>, String> {
    let next = corners.iter().cycle().skip(1);
    let steps: i64 = (corners.iter().zip(next.clone()))
        .map(|(a, b)| (a.0 - b.0).abs().max((a.1 - b.1).abs()) + 1)
        .sum();
    if steps > MOST {
        return Err(format!("has a polygon with an outline of {steps} steps"));
    }
    let mut points = Vec::with_capacity(steps as usize);
    for (&from, &to) in corners.iter().zip(next) {
        let (dx, dy) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
        let flat = dx >= dy;
        let turned = if flat { from.0 > to.0 } else { from.1 > to.1 };
        let (start, end) = if turned { (to, from) } else { (from, to) };
        let length = dx.max(dy);
        let slope = match (flat, length) {
            (_, 0) => 0.0,
            (true, _) => (end.1 - start.1) as f64 / dx as f64,
            (false, _) => (end.0 - start.0) as f64 / dy as f64,
        };
        for step in 0..=length {
            let step = if turned { length - step } else { step };
            let across = |from: i64| (from as f64 + slope * step as f64 + 0.5) as i64;
            points.push(if flat {
                (step + start.0, across(start.1))
            } else {
                (across(start.0), step + start.1)
            });
        }
    }
    Ok(points)
}

/// Pixels, column by column, from which on the other side of the outline is.
fn crossings(outline: &[(i64, i64)], width: f64, height: f64) -> Vec<usize> {
    let mut found = Vec::new();
    for pair in outline.windows(2) {
        let (before, here) = (pair[0], pair[1]);
        if before.0 == here.0 {
            continue;
        }
        let x = if here.0 < before.0 { here.0 } else { here.0 - 1 };
        let x = (x as f64 + 0.5) / SCALE - 0.5;
        if x.floor() != x || x < 0.0 || x > width - 1.0 {
            continue;
        }
        let y = before.1.min(here.1) as f64;
        let y = ((y + 0.5) / SCALE - 0.5).clamp(0.0, height).ceil();
        found.push(x as usize * height as usize + y as usize);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(mask: &Mask) -> Vec<String> {
        let digit = |value: &u8| if *value == 1 { '1' } else { '0' };
        let rows = mask.inside.chunks_exact(mask.width as usize);
        rows.map(|row| row.iter().map(digit).collect()).collect()
    }

    /// `pycocotools.mask.decode(frPyObjects([polygon], h, w))`, version 2.0.
    #[test]
    fn polygons_are_those_of_coco() {
        let cases: [(&[f64], (u32, u32), &[&str]); 5] = [
            (
                &[1.0, 1.0, 8.0, 1.0, 8.0, 6.0, 1.0, 6.0],
                (10, 8),
                &[
                    "0000000000",
                    "0111111100",
                    "0111111100",
                    "0111111100",
                    "0111111100",
                    "0111111100",
                    "0000000000",
                    "0000000000",
                ],
            ),
            (
                &[2.5, 1.2, 9.7, 3.3, 4.1, 7.9],
                (12, 9),
                &[
                    "000000000000",
                    "000100000000",
                    "000111100000",
                    "000111111100",
                    "000111110000",
                    "000011100000",
                    "000011000000",
                    "000010000000",
                    "000000000000",
                ],
            ),
            (
                &[0.0, 0.0, 5.0, 0.0, 5.0, 5.0],
                (6, 6),
                &["011110", "001110", "000110", "000010", "000000", "000000"],
            ),
            (
                &[-3.0, -2.0, 4.0, 3.0, 12.0, 20.0, 1.0, 9.0],
                (11, 10),
                &[
                    "10000000000",
                    "11000000000",
                    "11100000000",
                    "11110000000",
                    "11111000000",
                    "11111000000",
                    "11111100000",
                    "01111100000",
                    "01111110000",
                    "00111110000",
                ],
            ),
            (
                &[3.0, 3.0, 3.0, 7.0, 8.0, 7.0],
                (6, 9),
                &[
                    "000000", "000000", "000000", "000100", "000110", "000111", "000111", "000000",
                    "000000",
                ],
            ),
        ];
        for (points, (width, height), expected) in cases {
            let mask = mask(points, width, height).expect("a mask");
            assert_eq!(rows(&mask), expected, "{points:?}");
        }
    }

    #[test]
    fn what_is_no_polygon_is_told() {
        for (points, part) in [
            (&[1.0, 2.0, 3.0, 4.0][..], "4 numbers"),
            (&[1.0; 7], "7 numbers"),
            (&[0.0, 0.0, 1e12, 0.0, 5.0, 5.0], "far outside"),
            (&[0.0, 0.0, f64::NAN, 0.0, 5.0, 5.0], "far outside"),
        ] {
            let error = mask(points, 6, 6).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
        let flat = mask(&[2.0; 6], 6, 6).expect("nothing");
        assert!(!flat.inside.contains(&1));
    }
}

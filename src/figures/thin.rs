//! Fewer points that draw the same line.
//!
//! Ramer (1972), Douglas and Peucker (1973): a point stays when it is further
//! than a tolerance from the line that would replace it. Lines over the same
//! abscissae are thinned together. Where too many points stay, the tolerance is
//! doubled. Cost O(n log n) usually, O(n^2) at worst.

/// Indices of the points to keep, at most `most` (at least the two ends);
/// `lines` hold ordinates over the same `x`, all in one unit of length.
pub(super) fn keep(x: &[f64], lines: &[&[f64]], tolerance: f64, most: usize) -> Vec<usize> {
    let n = lines.iter().map(|line| line.len()).fold(x.len(), usize::min);
    if n <= 2 {
        return (0..n).collect();
    }
    let mut tolerance = tolerance;
    loop {
        let kept = within(x, lines, n, tolerance);
        if kept.len() <= most.max(2) || !tolerance.is_finite() {
            return kept;
        }
        tolerance = (tolerance * 2.0).max(f64::MIN_POSITIVE);
    }
}

fn within(x: &[f64], lines: &[&[f64]], n: usize, tolerance: f64) -> Vec<usize> {
    let mut kept = vec![false; n];
    (kept[0], kept[n - 1]) = (true, true);
    let mut open = vec![(0, n - 1)];
    while let Some((from, to)) = open.pop() {
        let mut furthest = (tolerance, None);
        for at in from + 1..to {
            for line in lines {
                let gap = distance((x[from], line[from]), (x[to], line[to]), (x[at], line[at]));
                if gap > furthest.0 {
                    furthest = (gap, Some(at));
                }
            }
        }
        if let (_, Some(at)) = furthest {
            kept[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    (0..n).filter(|at| kept[*at]).collect()
}

/// Distance of a point from the line through two others.
fn distance(a: (f64, f64), b: (f64, f64), p: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy);
    if length == 0.0 {
        return (p.0 - a.0).hypot(p.1 - a.1);
    }
    (dx * (p.1 - a.1) - dy * (p.0 - a.0)).abs() / length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn corners_stay() {
        let x: Vec<f64> = (0..=100).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|v| if *v < 30.0 { 0.0 } else { 50.0 }).collect();
        assert_eq!(keep(&x, &[&y], 0.5, 50), [0, 29, 30, 100]);
        assert_eq!(keep(&x, &[&x, &x], 0.5, 50), [0, 100]);
    }

    proptest! {
        #[test]
        fn points_are_few_and_near(y in prop::collection::vec(-1.0..1.0f64, 0..60), most in 0usize..20) {
            let x: Vec<f64> = (0..y.len()).map(|i| i as f64 / 60.0).collect();
            let kept = keep(&x, &[&y], 0.01, most);
            prop_assert!(kept.len() <= most.max(2));
            let all = keep(&x, &[&y], 0.01, usize::MAX);
            for pair in all.windows(2) {
                for at in pair[0]..pair[1] {
                    let ends = ((x[pair[0]], y[pair[0]]), (x[pair[1]], y[pair[1]]));
                    prop_assert!(distance(ends.0, ends.1, (x[at], y[at])) <= 0.01);
                }
            }
        }
    }
}

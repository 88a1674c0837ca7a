//! Mean rows of redrawn runs.
//!
//! A sum waits for the one before it; the columns of a row do not wait for each
//! other. Their scores lie side by side in blocks of [`LANES`], whose sums run
//! together. Each column is added up run by run, so that it does not matter which
//! others it lies beside.

/// Columns that are added up together.
const LANES: usize = 8;

/// Scores of runs, in blocks of columns.
pub(super) struct Columns {
    /// Block by block, one array for each run.
    blocks: Vec<Vec<[f64; LANES]>>,
    runs: usize,
    width: usize,
}

impl Columns {
    /// The rows of several sides beside each other: run `i` of each makes row
    /// `i`, up to the fewest runs.
    pub(super) fn of(sides: &[&[Vec<f64>]]) -> Self {
        let runs = sides.iter().map(|rows| rows.len()).min().unwrap_or(0);
        let rows: Vec<Vec<f64>> = (0..runs)
            .map(|run| sides.iter().flat_map(|rows| rows[run].iter().copied()).collect())
            .collect();
        let width = rows.iter().map(Vec::len).min().unwrap_or(0);
        let block = |from: usize| {
            let of_row = |row: &Vec<f64>| {
                std::array::from_fn(|lane| row.get(from + lane).copied().unwrap_or(0.0))
            };
            rows.iter().map(of_row).collect()
        };
        Self { blocks: (0..width).step_by(LANES).map(block).collect(), runs, width }
    }

    /// Number of rows.
    pub(super) fn runs(&self) -> usize {
        self.runs
    }

    /// Number of columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The mean row, each run as often as it was drawn.
    pub(super) fn means(&self, counts: &[u32]) -> Vec<f64> {
        let mut row = vec![0.0; self.width];
        self.means_into(counts, &mut row);
        row
    }

    /// [`Columns::means`] in place.
    pub(super) fn means_into(&self, counts: &[u32], row: &mut [f64]) {
        let n = f64::from(counts.iter().sum::<u32>());
        for (block, row) in self.blocks.iter().zip(row.chunks_mut(LANES)) {
            let first = weighted(block, counts, &[0.0; LANES]).map(|sum| sum / n);
            // The second pass removes the rounding of the first: equal scores have
            // that score as their mean, however they are drawn.
            let rest = weighted(block, counts, &first);
            for (mean, (first, rest)) in row.iter_mut().zip(first.into_iter().zip(rest)) {
                *mean = if first.is_finite() { first + rest / n } else { first };
            }
        }
    }
}

/// Sums of the distances from `shift`, each as often as it was drawn.
fn weighted(block: &[[f64; LANES]], counts: &[u32], shift: &[f64; LANES]) -> [f64; LANES] {
    // As `Iterator::sum` starts: a sum of negative zeros is one.
    let mut sums = [-0.0; LANES];
    for (row, count) in block.iter().zip(counts) {
        let count = f64::from(*count);
        for (sum, (x, shift)) in sums.iter_mut().zip(row.iter().zip(shift)) {
            *sum += count * (x - shift);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(runs: usize, width: usize, factor: usize) -> Vec<Vec<f64>> {
        let score = |at: usize| (at * factor % 101) as f64 / 101.0 - 0.2;
        (0..runs).map(|run| (0..width).map(|at| score(run * width + at + 1)).collect()).collect()
    }

    /// Two passes over one column.
    fn plain(column: &[f64], counts: &[u32]) -> f64 {
        let n = f64::from(counts.iter().sum::<u32>());
        let sum = |shift: f64| -> f64 {
            column.iter().zip(counts).map(|(x, c)| f64::from(*c) * (x - shift)).sum()
        };
        let first = sum(0.0) / n;
        first + sum(first) / n
    }

    #[test]
    fn a_column_has_the_mean_it_has_alone() {
        let (a, b) = (side(5, 9, 37), side(5, 4, 53));
        let counts = [2, 0, 1, 0, 2];
        let together = Columns::of(&[&a, &b]);
        assert_eq!((together.runs(), together.width()), (5, 13));
        let means = together.means(&counts);
        for (at, mean) in means.iter().enumerate() {
            let score = |run: usize| if at < 9 { a[run][at] } else { b[run][at - 9] };
            let column: Vec<f64> = (0..5).map(score).collect();
            assert_eq!(mean.to_bits(), plain(&column, &counts).to_bits(), "{at}");
        }
        assert_eq!(Columns::of(&[&b]).means(&counts), means[9..]);
    }

    #[test]
    fn equal_scores_keep_their_value() {
        let same = Columns::of(&[&vec![vec![0.1]; 5]]);
        for counts in [[5, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 3, 0, 1, 1]] {
            assert_eq!(same.means(&counts), [0.1]);
        }
    }

    #[test]
    fn sums_beyond_the_range_stay_infinite() {
        let large = Columns::of(&[&[vec![f64::MAX, 1.0], vec![f64::MAX, 3.0]]]);
        assert_eq!(large.means(&[1, 1]), [f64::INFINITY, 2.0]);
    }
}

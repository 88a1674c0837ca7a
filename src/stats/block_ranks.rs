//! Ranks within blocks: the raw material of Friedman, Quade and Page.
//!
//! Rows are blocks (data sets, tasks, seeds), columns are methods; within each
//! row the smallest value has rank 1 and ties share the mean rank. A caller for
//! whom larger is better negates the values. Rows of unequal length, fewer than
//! two columns, no rows, or NaN: no ranks, with the reason. Cost O(n k log k).

use super::ranks;

/// Ranks of a matrix with their sums.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockRanks {
    /// Average ranks within each row.
    pub ranks: Vec<Vec<f64>>,
    /// Rank sum of each column.
    pub sums: Vec<f64>,
    /// `sum (r_ij - (k + 1)/2)^2` over all cells.
    pub within: f64,
    /// `sum (R_j - n (k + 1)/2)^2` over the columns.
    pub between: f64,
}

impl BlockRanks {
    /// Ranks the rows of a matrix.
    pub fn new(rows: &[Vec<f64>]) -> Result<Self, String> {
        let Some(first) = rows.first() else { return Err("there are no blocks".into()) };
        let k = first.len();
        if k < 2 {
            return Err(format!("a comparison needs two methods, got {k}"));
        }
        if let Some(row) = rows.iter().find(|row| row.len() != k) {
            return Err(format!("blocks differ in length: {k} and {}", row.len()));
        }
        if rows.iter().flatten().any(|v| v.is_nan()) {
            return Err("a value is not a number".into());
        }
        let ranks: Vec<Vec<f64>> = rows.iter().map(|row| ranks::average_ranks(row)).collect();
        let mut sums = vec![0.0; k];
        for row in &ranks {
            for (sum, rank) in sums.iter_mut().zip(row) {
                *sum += rank;
            }
        }
        let square = |v: f64| v * v;
        let centre = (k + 1) as f64 / 2.0;
        // Multiples of 1/4: exact, so that zeros below are zeros.
        let within = ranks.iter().flatten().map(|r| square(r - centre)).sum();
        let between = sums.iter().map(|s| square(s - rows.len() as f64 * centre)).sum();
        Ok(Self { ranks, sums, within, between })
    }

    /// Number of blocks.
    pub fn blocks(&self) -> usize {
        self.ranks.len()
    }

    /// Number of methods.
    pub fn methods(&self) -> usize {
        self.sums.len()
    }

    /// Mean rank of each column.
    pub fn average(&self) -> Vec<f64> {
        let n = self.blocks() as f64;
        self.sums.iter().map(|s| s / n).collect()
    }

    /// `n within - between`: what is left of the ranks' spread after the
    /// columns; zero if all blocks order the methods alike.
    pub fn residual(&self) -> f64 {
        self.blocks() as f64 * self.within - self.between
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_ranks() {
        let b = BlockRanks::new(&[vec![1.0, 2.0, 2.0], vec![3.0, 1.0, 2.0]]);
        let b = b.expect("ranks");
        assert_eq!(b.sums, [4.0, 3.5, 4.5]);
        assert_eq!((b.within, b.between, b.residual()), (3.5, 0.5, 6.5));
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..4)) {
            if let Ok(b) = BlockRanks::new(&rows) {
                let (n, k) = (b.blocks() as f64, b.methods() as f64);
                prop_assert_eq!(b.sums.iter().sum::<f64>(), n * k * (k + 1.0) / 2.0);
            }
        }
    }
}

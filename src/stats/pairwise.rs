//! p-values of all pairs of k methods, as a symmetric matrix.
//!
//! The diagonal is 1 (a method against itself), pairs without a test are NaN.
//! A family for adjustment are the `k (k - 1)/2` pairs, each counted once.
//! Order of a list of pairs: (0,1), (0,2), .. (1,2), .. Cost O(k^2).

use serde::{Deserialize, Serialize};

use super::adjust::{Adjustment, adjust};

/// Symmetric matrix of p-values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairwiseP {
    /// One row per method.
    pub p: Vec<Vec<f64>>,
}

impl PairwiseP {
    /// From a test of each pair `(i, j)`, `i < j`.
    pub fn from_pairs(k: usize, test: impl Fn(usize, usize) -> f64) -> Self {
        let list: Vec<f64> = pairs(k).map(|(i, j)| test(i, j)).collect();
        Self::from_list(k, &list)
    }

    /// From a list in order of [`pairs`]; missing ones are NaN.
    pub fn from_list(k: usize, list: &[f64]) -> Self {
        let mut p = vec![vec![1.0; k]; k];
        for (index, (i, j)) in pairs(k).enumerate() {
            let value = list.get(index).copied().unwrap_or(f64::NAN);
            p[i][j] = value;
            p[j][i] = value;
        }
        Self { p }
    }

    /// The pairs as a list; NaN where a row is too short.
    pub fn list(&self) -> Vec<f64> {
        let at = |(i, j): (usize, usize)| self.p.get(i)?.get(j).copied();
        pairs(self.p.len()).map(|pair| at(pair).unwrap_or(f64::NAN)).collect()
    }

    /// Adjusted for the number of pairs.
    #[must_use]
    pub fn adjusted(&self, method: Adjustment) -> Self {
        Self::from_list(self.p.len(), &adjust(&self.list(), method))
    }
}

/// All pairs `(i, j)`, `i < j < k`.
pub fn pairs(k: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..k).flat_map(move |i| (i + 1..k).map(move |j| (i, j)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_and_matrix_are_the_same_family() {
        let m = PairwiseP::from_list(3, &[0.01, 0.02, 0.03]);
        assert_eq!(m.p[2], [0.02, 0.03, 1.0]);
        assert_eq!(m.list(), [0.01, 0.02, 0.03]);
        assert_eq!(m.adjusted(Adjustment::Bonferroni).p[1][0], 0.03);
        assert!(PairwiseP::from_list(3, &[0.5]).p[1][2].is_nan());
    }
}

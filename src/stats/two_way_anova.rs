//! Two-way analysis of variance with interaction, sums of squares of type II.
//!
//! Fixed factors `a` and `b` (label fraction and initialisation, say): each main
//! effect given the other, the interaction given both. `SS(a) = R(a | 1, b)`,
//! `SS(b) = R(b | 1, a)`, `SS(ab) = R(ab | 1, a, b)`, each over its degrees of
//! freedom and the residual mean square within cells, an F statistic; partial
//! `eta^2 = SS / (SS + SS_residual)`. Type II for any cell sizes (Langsrud
//! 2003); in balanced designs all types agree. Reference: statsmodels 0.15
//! `anova_lm(typ=2)`.
//!
//! Assumes independent near-normal values of one variance: the same seed in
//! several cells breaks independence, and the test is then approximate.
//! Projections on orthogonalised indicator columns of the cell means, weighted
//! by cell size; sums of squares come from projections, not from differences of
//! sums, and keep their digits. A non-finite value, factors with fewer than two
//! levels, factors that determine each other, no cell with two values, or more
//! than [`MOST_LEVELS`] levels: undefined. Empty cells: degenerate; effects are
//! those that can be estimated, degrees of freedom the rank of the design. Zero
//! residual: degenerate, `F` infinite (NaN for an effect of 0). Cost O(N log N +
//! cells levels^2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Outcome;
use super::describe::mean;
use super::distributions::fisher_f;

/// Most levels of both factors together.
pub const MOST_LEVELS: usize = 200;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Sum of squares.
    pub sum_of_squares: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Mean square over the residual mean square.
    pub f: f64,
    /// Upper tail of F.
    pub p: f64,
    /// Partial eta squared.
    pub partial_eta_squared: f64,
}

/// A two-way table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoWayAnova {
    /// First factor, given the second.
    pub a: Effect,
    /// Second factor, given the first.
    pub b: Effect,
    /// Interaction, given both; none when empty cells leave it no degree of freedom.
    pub interaction: Option<Effect>,
    /// Sum of squares within cells.
    pub residual_sum_of_squares: f64,
    /// Its degrees of freedom.
    pub residual_df: f64,
}

/// The table of values `y` with levels `a` and `b`.
pub fn two_way_anova<A: Ord, B: Ord>(a: &[A], b: &[B], y: &[f64]) -> Outcome<TwoWayAnova> {
    if a.len() != y.len() || b.len() != y.len() {
        return Outcome::undefined("the factors and the values differ in length");
    }
    if y.iter().any(|v| !v.is_finite()) {
        return Outcome::undefined("a value is not finite");
    }
    let cells = Cells::of(a, b, y);
    if let Some(reason) = cells.unusable(y.len()) {
        return Outcome::undefined(reason);
    }
    let a_given_b = cells.project([Factor::B, Factor::A]);
    let b_given_a = cells.project([Factor::A, Factor::B]);
    if a_given_b.df == 0 || b_given_a.df == 0 {
        return Outcome::undefined("one factor determines the other");
    }
    let residual = Residual { sum: cells.within, df: (y.len() - cells.means.len()) as f64 };
    let total = residual.sum + a_given_b.rest + cells.between;
    if !total.is_finite() {
        return Outcome::undefined("the values are too large for their squares to be finite");
    }
    if total == 0.0 {
        return Outcome::undefined("all values are equal");
    }
    let interaction_df = cells.means.len() - a_given_b.rank;
    let table = TwoWayAnova {
        a: residual.effect(a_given_b.sum, a_given_b.df),
        b: residual.effect(b_given_a.sum, b_given_a.df),
        interaction: (interaction_df > 0).then(|| residual.effect(a_given_b.rest, interaction_df)),
        residual_sum_of_squares: residual.sum,
        residual_df: residual.df,
    };
    let empty = cells.levels_a * cells.levels_b - cells.means.len();
    if residual.sum == 0.0 {
        return Outcome::degenerate(table, "no spread within cells: F is infinite");
    }
    if empty > 0 {
        return Outcome::degenerate(
            table,
            format!("{empty} empty cells: the effects are those that can be estimated"),
        );
    }
    Outcome::of(table)
}

struct Residual {
    sum: f64,
    df: f64,
}

impl Residual {
    fn effect(&self, sum: f64, df: usize) -> Effect {
        let df = df as f64;
        let f = sum / df / (self.sum / self.df);
        Effect {
            sum_of_squares: sum,
            df,
            f,
            p: fisher_f::sf(f, df, self.df),
            partial_eta_squared: sum / (sum + self.sum),
        }
    }
}

#[derive(Clone, Copy)]
enum Factor {
    A,
    B,
}

/// Cell means around the grand mean, with sizes and levels.
struct Cells {
    means: Vec<f64>,
    sizes: Vec<f64>,
    of_a: Vec<usize>,
    of_b: Vec<usize>,
    levels_a: usize,
    levels_b: usize,
    /// Sum of squares within cells.
    within: f64,
    /// Sum of squares of the cell means.
    between: f64,
}

impl Cells {
    fn of<A: Ord, B: Ord>(a: &[A], b: &[B], y: &[f64]) -> Self {
        let (a, levels_a) = numbered(a);
        let (b, levels_b) = numbered(b);
        let grand = mean(y);
        let mut cells = BTreeMap::<(usize, usize), Vec<f64>>::new();
        for ((a, b), y) in a.iter().zip(&b).zip(y) {
            cells.entry((*a, *b)).or_default().push(y - grand);
        }
        let squares = |values: &[f64]| {
            let first = values.first().copied().unwrap_or_default();
            if values.iter().all(|v| *v == first) {
                return 0.0;
            }
            let centre = mean(values);
            values.iter().map(|v| (v - centre) * (v - centre)).sum()
        };
        let means: Vec<f64> = cells.values().map(|v| mean(v)).collect();
        let sizes: Vec<f64> = cells.values().map(|v| v.len() as f64).collect();
        Self {
            between: means.iter().zip(&sizes).map(|(m, n)| n * m * m).sum(),
            within: cells.values().map(|v| squares(v)).sum(),
            means,
            sizes,
            of_a: cells.keys().map(|k| k.0).collect(),
            of_b: cells.keys().map(|k| k.1).collect(),
            levels_a,
            levels_b,
        }
    }

    fn unusable(&self, values: usize) -> Option<String> {
        let (a, b) = (self.levels_a, self.levels_b);
        if a < 2 || b < 2 {
            return Some(format!("each factor needs two levels, got {a} and {b}"));
        }
        if a + b > MOST_LEVELS {
            return Some(format!("{} levels, at most {MOST_LEVELS} are supported", a + b));
        }
        (values == self.means.len())
            .then(|| "no cell has two values: there is no residual to test against".into())
    }

    /// Projects the cell means on the constant, then on each factor in turn.
    fn project(&self, order: [Factor; 2]) -> Projection {
        let roots: Vec<f64> = self.sizes.iter().map(|n| n.sqrt()).collect();
        let mut rest: Vec<f64> = self.means.iter().zip(&roots).map(|(m, r)| m * r).collect();
        let mut basis: Vec<Vec<f64>> = Vec::new();
        add(&mut basis, roots.clone(), &mut rest);
        let (mut sum, mut df) = (0.0, 0);
        for factor in order {
            let (of, levels) = match factor {
                Factor::A => (&self.of_a, self.levels_a),
                Factor::B => (&self.of_b, self.levels_b),
            };
            (sum, df) = (0.0, 0);
            for level in 0..levels {
                let indicator = of.iter().zip(&roots);
                let column = indicator.map(|(l, r)| if *l == level { *r } else { 0.0 }).collect();
                if let Some(part) = add(&mut basis, column, &mut rest) {
                    sum += part * part;
                    df += 1;
                }
            }
        }
        Projection { sum, df, rank: basis.len(), rest: dot(&rest, &rest) }
    }
}

struct Projection {
    /// Squared length of the projection on the last factor.
    sum: f64,
    df: usize,
    /// Rank of the additive model.
    rank: usize,
    /// Squared length of what the additive model leaves.
    rest: f64,
}

/// Adds the part of `column` outside the basis to it and takes its component
/// out of `rest`; `None` for a column that lies within.
fn add(basis: &mut Vec<Vec<f64>>, mut column: Vec<f64>, rest: &mut [f64]) -> Option<f64> {
    /// Relative length below which nothing but rounding is left of a column.
    const DEPENDENT: f64 = 1e-9;
    let length = dot(&column, &column).sqrt();
    // Gram and Schmidt twice: orthogonal to rounding (Giraud et al. 2005).
    for _ in 0..2 {
        for q in basis.iter() {
            let along = dot(q, &column);
            subtract(&mut column, q, along);
        }
    }
    let left = dot(&column, &column).sqrt();
    if left <= DEPENDENT * length {
        return None;
    }
    for value in &mut column {
        *value /= left;
    }
    let part = dot(&column, rest);
    subtract(rest, &column, part);
    basis.push(column);
    Some(part)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn subtract(from: &mut [f64], q: &[f64], times: f64) {
    for (v, q) in from.iter_mut().zip(q) {
        *v -= times * q;
    }
}

/// Levels numbered in order, and how many there are.
fn numbered<L: Ord>(labels: &[L]) -> (Vec<usize>, usize) {
    let mut levels: Vec<&L> = labels.iter().collect();
    levels.sort();
    levels.dedup();
    (labels.iter().map(|l| levels.partition_point(|o| *o < l)).collect(), levels.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: [u8; 8] = [0, 0, 0, 0, 1, 1, 1, 1];
    const B: [u8; 8] = [0, 0, 1, 1, 0, 0, 1, 1];

    #[test]
    fn a_balanced_table_by_hand() {
        // Cell means 1, 3, 5, 11; grand mean 5; within +-1 each.
        let y = [0.0, 2.0, 2.0, 4.0, 4.0, 6.0, 10.0, 12.0];
        let got = *two_way_anova(&A, &B, &y).value().expect("a table");
        assert!((got.a.sum_of_squares - 72.0).abs() < 1e-12);
        assert!((got.b.sum_of_squares - 32.0).abs() < 1e-12);
        let interaction = got.interaction.expect("an interaction");
        assert!((interaction.sum_of_squares - 8.0).abs() < 1e-12);
        assert_eq!((got.residual_sum_of_squares, got.residual_df), (8.0, 4.0));
        assert!((got.a.f - 36.0).abs() < 1e-12 && (interaction.f - 4.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_tested() {
        let y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        assert!(two_way_anova(&A, &A, &y).any().is_none());
        assert!(two_way_anova(&A, &[0; 8], &y).any().is_none());
        assert!(two_way_anova(&A[2..6], &[0, 1, 0, 1], &y[..4]).any().is_none());
        assert!(two_way_anova(&A, &B, &[1.0; 8]).any().is_none());
        assert!(two_way_anova::<u8, u8>(&[], &[], &[]).any().is_none());
        let many: Vec<u32> = (0..300).collect();
        assert!(two_way_anova(&many, &many, &[0.5; 300]).any().is_none());
    }

    #[test]
    fn empty_cells_and_no_spread_are_degenerate() {
        let flat = two_way_anova(&A, &B, &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 5.0, 5.0]);
        assert!(matches!(flat, Outcome::Degenerate { value, .. } if value.a.f == f64::INFINITY));
        let y = [1.0, 2.0, 3.0, 4.5, 5.0, 7.0];
        let without = two_way_anova(&A[..6], &B[..6], &y);
        let Outcome::Degenerate { value, .. } = without else { panic!("not degenerate") };
        assert!(value.interaction.is_none() && value.a.df == 1.0);
    }

    proptest! {
        #[test]
        fn swapping_the_factors_swaps_the_rows(
            rows in prop::collection::vec((0u8..3, 0u8..3, -9.0..9.0f64), 0..30),
        ) {
            let a: Vec<u8> = rows.iter().map(|r| r.0).collect();
            let b: Vec<u8> = rows.iter().map(|r| r.1).collect();
            let y: Vec<f64> = rows.iter().map(|r| r.2).collect();
            if let (Some(ab), Some(ba)) = (two_way_anova(&a, &b, &y).any(), two_way_anova(&b, &a, &y).any()) {
                let close = |x: f64, y: f64| (x - y).abs() <= 1e-8 * (1.0 + x.abs());
                prop_assert!(close(ab.a.sum_of_squares, ba.b.sum_of_squares));
                prop_assert!(ab.a.df == ba.b.df && close(ab.a.p, ba.b.p));
                prop_assert_eq!(ab.interaction.map(|i| i.df), ba.interaction.map(|i| i.df));
            }
        }

        #[test]
        fn nothing_panics(rows in prop::collection::vec((0u8..3, 0u8..3, any::<f64>()), 0..20)) {
            let a: Vec<u8> = rows.iter().map(|r| r.0).collect();
            let b: Vec<u8> = rows.iter().map(|r| r.1).collect();
            let y: Vec<f64> = rows.iter().map(|r| r.2).collect();
            let _ = two_way_anova(&a, &b, &y);
        }
    }
}

//! Significance map: which method is better than which, with adjusted p-values.
//!
//! A cell is filled when the method of its row has the better rank than that of
//! its column and their adjusted p is below alpha (as in challengeR).

use super::axes::TINY;
use super::canvas::{Anchor, draw_sized, fitted};
use super::grid::Grid;
use super::svg::Figure;
use super::theme::{GRID, MUTED, WIDTH, series, stars};
use super::words::{csv, left_out, maybe, thinned, told};
use crate::text::p_value;

/// More methods than this are left out (the worst ones), and the figure says so.
pub const MOST_MAP_METHODS: usize = 20;

/// Adjusted p-values of all pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignificanceMapInput {
    /// Names of the methods.
    pub names: Vec<String>,
    /// Average rank of each, 1 for the best.
    pub ranks: Vec<f64>,
    /// Two-sided adjusted p of each pair, a symmetric matrix; NaN without one.
    pub p: Vec<Vec<f64>>,
    /// Level.
    pub alpha: f64,
    /// The test and its adjustment: `Nemenyi over 8 tasks`.
    pub test: String,
}

impl SignificanceMapInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let pairs = (0..self.names.len()).flat_map(|i| (0..self.names.len()).map(move |j| (i, j)));
        let rows = pairs.filter(|(i, j)| i != j).map(|(i, j)| {
            let better = if self.better(i, j) { "better" } else { "" };
            [self.names[i].clone(), self.names[j].clone(), maybe(self.p(i, j)), better.into()]
        });
        csv(["method", "against", "adjusted_p", "verdict"], rows)
    }

    fn p(&self, i: usize, j: usize) -> Option<f64> {
        self.p.get(i)?.get(j).copied().filter(|p| p.is_finite())
    }

    fn rank(&self, i: usize) -> f64 {
        self.ranks.get(i).copied().unwrap_or(f64::NAN)
    }

    fn better(&self, i: usize, j: usize) -> bool {
        self.rank(i) < self.rank(j) && self.p(i, j).is_some_and(|p| p < self.alpha)
    }
}

/// The figure; `None` below two methods with a rank.
pub fn significance_map(input: &SignificanceMapInput) -> Option<Figure> {
    let mut order: Vec<usize> =
        (0..input.names.len()).filter(|i| input.rank(*i).is_finite()).collect();
    if order.len() < 2 {
        return None;
    }
    order.sort_by(|a, b| input.rank(*a).total_cmp(&input.rank(*b)));
    let ranked = order.len();
    order.truncate(MOST_MAP_METHODS);
    let note = thinned(order.len(), ranked, "methods");
    let grid = Grid::new(order.len(), order.len(), 60);
    let height = grid.bottom() + 56 + if note.is_some() { 32 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        for (row, i) in order.iter().enumerate() {
            grid.row_name(canvas, row, &format!("{}  {}", row + 1, input.names[*i]), "");
            grid.column_name(canvas, row, &(row + 1).to_string());
            for (column, j) in order.iter().enumerate() {
                let at = (row, column);
                if i == j {
                    grid.cell(canvas, at, (GRID, 1.0), "");
                    continue;
                }
                let strength = if input.better(*i, *j) { 1.0 } else { 0.0 };
                let p = input.p(*i, *j);
                let text = match p {
                    Some(p) if grid.wide < 62 => stars(p).replace("n.s.", "\u{b7}"),
                    Some(p) => p_value(Some(p)),
                    None => "\u{2013}".into(),
                };
                let names = [input.names[*i].as_str(), &input.names[*j], "adjusted_p"];
                canvas.shows(&names, &maybe(p), || {
                    grid.cell(canvas, at, (series(0), strength), &text);
                });
            }
        }
        let text = format!(
            "Filled: the row is better than the column, adjusted p < {}. {}.",
            input.alpha, input.test
        );
        let at = (16, grid.bottom() + 28);
        canvas.text(&fitted(&text, TINY, WIDTH - 32), at, TINY, Anchor::Left, MUTED);
        if let Some(note) = &note {
            canvas.text(note, (16, height - 20), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &order, note)))
}

fn alt(input: &SignificanceMapInput, order: &[usize], note: Option<String>) -> String {
    let pairs = order.iter().flat_map(|i| order.iter().map(move |j| (*i, *j)));
    let better: Vec<String> = pairs
        .filter(|(i, j)| input.better(*i, *j))
        .map(|(i, j)| {
            let (row, column) = (&input.names[i], &input.names[j]);
            format!("{row} better than {column}, adjusted p {}", p_value(input.p(i, j)))
        })
        .collect();
    let mut text = format!(
        "Significance map of {} methods. {}.",
        order.len(),
        input.test.trim_end_matches('.')
    );
    text += &if better.is_empty() {
        format!(" No two methods differ at {}.", input.alpha)
    } else {
        told(&better)
    };
    let above = |i: usize| order.iter().skip(i + 1);
    let missing: usize = order
        .iter()
        .enumerate()
        .map(|(at, i)| above(at).filter(|j| input.p(*i, **j).is_none()).count())
        .sum();
    text += &left_out(missing, "p-value");
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(ranks: Vec<f64>, p: f64) -> SignificanceMapInput {
        let k = ranks.len();
        SignificanceMapInput {
            names: (0..k).map(|i| format!("m{i}")).collect(),
            ranks,
            p: vec![vec![p; k]; k],
            alpha: 0.05,
            test: "Nemenyi over 8 tasks".into(),
        }
    }

    #[test]
    fn only_the_better_side_is_filled() {
        let given = input(vec![2.0, 1.0], 0.01);
        let figure = significance_map(&given).expect("a figure");
        assert!(figure.alt.contains("m1 better than m0, adjusted p 0.010."));
        assert!(!figure.alt.contains("m0 better"));
        assert!(given.csv().contains("m1,m0,0.01,better") && given.csv().contains("m0,m1,0.01,\n"));
    }

    #[test]
    fn ties_and_missing_p_are_no_win() {
        let tied = significance_map(&input(vec![1.0; 3], 0.01)).expect("a figure");
        assert!(tied.alt.contains("No two methods differ"));
        let missing = significance_map(&input(vec![1.0, 2.0, 3.0], f64::NAN)).expect("a figure");
        assert!(missing.alt.contains("3 p-values are not numbers"));
        assert_eq!(significance_map(&input(vec![1.0], 0.5)), None);
        let many = significance_map(&input((0..40).map(f64::from).collect(), 0.001));
        assert!(many.expect("a figure").alt.contains("20 of 40 methods"));
    }
}

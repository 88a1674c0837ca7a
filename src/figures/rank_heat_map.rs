//! Rank heat map: how often each method had each rank.

use super::axes::{FONT, TINY};
use super::canvas::{Anchor, draw_sized};
use super::grid::{Grid, NAMES};
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH, series};
use super::words::{csv, number, thinned, told};
use crate::text::fixed;

/// More methods than this are left out (the worst ones), and the figure says so.
pub const MOST_HEAT_MAP_METHODS: usize = 20;

/// How often each method had each rank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankHeatMapInput {
    /// Names of the methods.
    pub names: Vec<String>,
    /// Per method the number of rankings in which it had rank 1, 2, ...
    pub counts: Vec<Vec<u64>>,
    /// What was ranked, in plural: `runs of one seed on one task`.
    pub blocks: String,
}

impl RankHeatMapInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.names.iter().zip(&self.counts).flat_map(|(name, counts)| {
            let rank =
                |(index, n): (usize, &u64)| [name.clone(), (index + 1).to_string(), n.to_string()];
            counts.iter().enumerate().map(rank).collect::<Vec<_>>()
        });
        csv(["method", "rank", "count"], rows)
    }

    /// Methods that were ranked with their mean rank, best first.
    fn ordered(&self) -> Vec<(usize, f64)> {
        let mut order: Vec<(usize, f64)> = self
            .counts
            .iter()
            .take(self.names.len())
            .enumerate()
            .filter_map(|(index, counts)| Some((index, mean_rank(counts)?)))
            .collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        order
    }
}

fn mean_rank(counts: &[u64]) -> Option<f64> {
    let all: u64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(i, n)| (i + 1) as f64 * *n as f64).sum();
    (all > 0).then(|| sum / all as f64)
}

/// The figure; `None` when nothing was ranked.
pub fn rank_heat_map(input: &RankHeatMapInput) -> Option<Figure> {
    let mut order = input.ordered();
    if order.is_empty() {
        return None;
    }
    let ranked = order.len();
    order.truncate(MOST_HEAT_MAP_METHODS);
    let note = thinned(order.len(), ranked, "methods");
    let ranks = input.counts.iter().map(Vec::len).max().unwrap_or(0);
    // Ranks that do not fit share the last column.
    let columns = ranks.min(MOST_HEAT_MAP_METHODS + 1);
    let cells = |index: usize| -> Vec<u64> {
        let counts = input.counts.get(index).map(Vec::as_slice).unwrap_or_default();
        let mut cells = vec![0; columns];
        for (rank, n) in counts.iter().enumerate() {
            cells[rank.min(columns - 1)] += n;
        }
        cells
    };
    let grid = Grid::new(order.len(), columns, 76);
    let height = grid.bottom() + 20 + if note.is_some() { 36 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        canvas.text("rank", (NAMES, 22), FONT - 4, Anchor::Left, INK);
        canvas.text("mean rank in brackets", (16, 56), TINY, Anchor::Left, MUTED);
        for column in 0..columns {
            let more = if column + 1 == columns && columns < ranks { "+" } else { "" };
            grid.column_name(canvas, column, &format!("{}{more}", column + 1));
        }
        for (row, (index, mean)) in order.iter().enumerate() {
            let behind = format!(" ({})", fixed(Some(*mean), 1));
            let name = &input.names[*index];
            canvas.shows(&[name, "mean_rank"], &number(*mean), || {
                grid.row_name(canvas, row, name, &behind);
            });
            let counts = cells(*index);
            let all: u64 = counts.iter().sum();
            for (column, n) in counts.iter().enumerate() {
                let share = *n as f64 / all.max(1) as f64;
                let text = if *n == 0 { String::new() } else { n.to_string() };
                canvas.shows(&[name, &format!("rank_{}", column + 1)], &text, || {
                    grid.cell(canvas, (row, column), (series(0), share), &text);
                });
            }
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 20), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &order, note)))
}

fn alt(input: &RankHeatMapInput, order: &[(usize, f64)], note: Option<String>) -> String {
    let items: Vec<String> = order
        .iter()
        .map(|(index, mean)| {
            let counts = input.counts[*index].iter().enumerate().filter(|(_, n)| **n > 0);
            let list: Vec<String> =
                counts.take(8).map(|(rank, n)| format!("rank {} {n} times", rank + 1)).collect();
            format!(
                "{}: mean rank {}, {}",
                input.names[*index],
                fixed(Some(*mean), 2),
                list.join(", ")
            )
        })
        .collect();
    let text = format!("Heat map of ranks over {}.{}", input.blocks, told(&items));
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_stand_by_mean_rank_and_the_rest_is_said() {
        let k = 30usize;
        let counts = |i: usize| (0..k).map(|r| u64::from(r == k - 1 - i) * 5).collect();
        let input = RankHeatMapInput {
            names: (0..k).map(|i| format!("m{i}")).collect(),
            counts: (0..k).map(counts).collect(),
            blocks: "tasks".into(),
        };
        let figure = rank_heat_map(&input).expect("a figure");
        assert!(
            figure.alt.contains("over tasks. m29: mean rank 1.00, rank 1 5 times."),
            "{}",
            figure.alt
        );
        assert!(figure.alt.contains("20 of 30 methods"));
        assert!(figure.standalone().contains("21+"));
        assert_eq!(input.csv().lines().count(), 901);
    }

    #[test]
    fn nothing_ranked_is_no_figure() {
        let names = vec!["a".to_string()];
        let none =
            RankHeatMapInput { names: names.clone(), counts: vec![vec![0]], ..Default::default() };
        assert_eq!(rank_heat_map(&none), None);
        let one = RankHeatMapInput { names, counts: vec![vec![2]], blocks: "tasks".into() };
        assert!(rank_heat_map(&one).is_some());
    }
}

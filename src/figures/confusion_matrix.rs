//! Confusion matrix: share of each true class that was called each class, with
//! the counts.

use super::axes::{FONT, TINY};
use super::canvas::{Anchor, draw_sized};
use super::grid::{Grid, NAMES};
use super::svg::Figure;
use super::theme::{INK, MUTED, WIDTH, series};
use super::words::{csv, told};
use crate::text::percent_rounded;

/// More classes than this are put together as "other", and the figure says so.
pub const MOST_CONFUSION_CLASSES: usize = 16;

/// Counts of true and called classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfusionMatrixInput {
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Per true class the calls of each class, of all seeds together.
    pub counts: Vec<Vec<u64>>,
    /// Number of seeds.
    pub seeds: usize,
}

impl ConfusionMatrixInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.classes.iter().enumerate().flat_map(|(truth, name)| {
            self.classes.iter().enumerate().map(move |(call, called)| {
                let n = self.count(truth, call);
                let share = n as f64 / self.total(truth).max(1) as f64;
                [name.clone(), called.clone(), n.to_string(), share.to_string()]
            })
        });
        csv(["true_class", "called_class", "count", "share_of_true_class"], rows)
    }

    fn count(&self, truth: usize, call: usize) -> u64 {
        self.counts.get(truth).and_then(|row| row.get(call)).copied().unwrap_or(0)
    }

    fn total(&self, truth: usize) -> u64 {
        (0..self.classes.len()).map(|call| self.count(truth, call)).sum()
    }

    /// With the rarest classes put together where there are too many.
    fn folded(&self) -> Self {
        if self.classes.len() <= MOST_CONFUSION_CLASSES {
            return self.clone();
        }
        let mut order: Vec<usize> = (0..self.classes.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(self.total(*i)));
        order.truncate(MOST_CONFUSION_CLASSES - 1);
        order.sort_unstable();
        let place = |i: usize| order.binary_search(&i).unwrap_or(order.len());
        let mut counts = vec![vec![0; order.len() + 1]; order.len() + 1];
        for truth in 0..self.classes.len() {
            for call in 0..self.classes.len() {
                counts[place(truth)][place(call)] += self.count(truth, call);
            }
        }
        let rest = self.classes.len() - order.len();
        let mut classes: Vec<String> = order.iter().map(|i| self.classes[*i].clone()).collect();
        classes.push(format!("{rest} others"));
        Self { classes, counts, seeds: self.seeds }
    }
}

/// The figure; `None` without classes or cases.
pub fn confusion_matrix(input: &ConfusionMatrixInput) -> Option<Figure> {
    let shown = input.folded();
    let k = shown.classes.len();
    if (0..k).all(|truth| shown.total(truth) == 0) {
        return None;
    }
    let note = (k < input.classes.len()).then(|| {
        format!(
            "The {} rarest classes are together; the data behind the figure has all.",
            input.classes.len() + 1 - k
        )
    });
    let grid = Grid::new(k, k, 84);
    let named = shown.classes.iter().all(|name| grid.fits(name));
    let height = grid.bottom() + 22 + if note.is_some() { 36 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        canvas.text("called", (NAMES, 24), FONT - 4, Anchor::Left, INK);
        canvas.text("true class (cases)", (NAMES - 12, 64), TINY, Anchor::Right, MUTED);
        for (truth, name) in shown.classes.iter().enumerate() {
            let total = shown.total(truth);
            // Names that do not fit over the columns are replaced by numbers.
            let number = (truth + 1).to_string();
            let (row, column) = if named {
                (name.clone(), name.as_str())
            } else {
                (format!("{number}  {name}"), number.as_str())
            };
            canvas.shows(&[name, "cases"], &total.to_string(), || {
                grid.row_name(canvas, truth, &row, &format!(" ({total})"));
            });
            grid.column_name(canvas, truth, column);
            for call in 0..k {
                let n = shown.count(truth, call);
                let share = n as f64 / total.max(1) as f64;
                let text = match (n, total) {
                    (_, 0) => "\u{2013}".to_string(),
                    _ if grid.wide < 90 => percent_rounded(share).replace(' ', ""),
                    _ => percent_rounded(share),
                };
                let n = if total > 0 { n.to_string() } else { String::new() };
                canvas.shows(&[name, &shown.classes[call], "calls"], &n, || {
                    grid.cell_of_two(canvas, (truth, call), (series(0), share), [&text, &n]);
                });
            }
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 20), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &shown, note)))
}

fn alt(input: &ConfusionMatrixInput, shown: &ConfusionMatrixInput, note: Option<String>) -> String {
    let k = shown.classes.len();
    let items: Vec<String> = (0..k)
        .map(|truth| {
            let total = shown.total(truth);
            let mut calls: Vec<usize> =
                (0..k).filter(|call| shown.count(truth, *call) > 0).collect();
            calls.sort_by_key(|call| std::cmp::Reverse(shown.count(truth, *call)));
            let list: Vec<String> = calls
                .iter()
                .take(4)
                .map(|call| {
                    let n = shown.count(truth, *call);
                    let share = percent_rounded(n as f64 / total.max(1) as f64);
                    format!("called {} {n} times ({share})", shown.classes[*call])
                })
                .collect();
            if list.is_empty() {
                format!("{}: no case", shown.classes[truth])
            } else {
                format!("{}, {total} cases: {}", shown.classes[truth], list.join(", "))
            }
        })
        .collect();
    let text = format!(
        "Confusion matrix of {} classes, calls of {} seeds together.{}",
        input.classes.len(),
        input.seeds,
        told(&items)
    );
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(k: usize) -> ConfusionMatrixInput {
        let row = |t: usize| (0..k).map(|c| if t == c { 10 + t as u64 } else { 1 }).collect();
        ConfusionMatrixInput {
            classes: (0..k).map(|i| format!("c{i}")).collect(),
            counts: (0..k).map(row).collect(),
            seeds: 3,
        }
    }

    #[test]
    fn rows_are_shares_of_the_true_class() {
        let figure = confusion_matrix(&input(3)).expect("a figure");
        assert!(figure.alt.contains("c0, 12 cases: called c0 10 times (83 %)"), "{}", figure.alt);
        assert_eq!(input(2).csv().lines().nth(1), Some("c0,c0,10,0.9090909090909091"));
    }

    #[test]
    fn many_classes_are_folded_and_no_case_is_lost() {
        let (all, folded) = (input(40), input(40).folded());
        assert_eq!(folded.classes.len(), MOST_CONFUSION_CLASSES);
        let sum = |i: &ConfusionMatrixInput| i.counts.iter().flatten().sum::<u64>();
        assert_eq!(sum(&all), sum(&folded));
        assert!(confusion_matrix(&all).expect("a figure").alt.contains("25 rarest classes"));
    }

    #[test]
    fn empty_rows_and_no_cases() {
        let mut given = input(2);
        given.counts = vec![vec![], vec![3]];
        assert!(confusion_matrix(&given).expect("a figure").alt.contains("c0: no case"));
        given.counts.clear();
        assert_eq!(confusion_matrix(&given), None);
        assert_eq!(confusion_matrix(&input(0)), None);
    }
}

//! Blob plot: how often each method had each rank when the ranking was drawn
//! anew, with the median rank and its interval (as in challengeR).

use super::axes::{FONT, SMALL, TINY};
use super::canvas::{Anchor, draw_sized, fitted};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, INK, MUTED, WIDTH, series};
use super::words::{csv, number, pair, thinned, told};
use crate::text::{fixed, percent};

/// More methods than this are left out (the worst ones), and the figure says so.
pub const MOST_BLOB_METHODS: usize = 24;

const LEFT: i32 = 310;
const RIGHT: i32 = WIDTH - 40;
const ROW: i32 = 46;
/// Blobs of a smaller share than this would not be seen.
const LEAST_SHARE: f64 = 0.001;

/// Ranks in resamples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlobPlotInput {
    /// Names of the methods.
    pub names: Vec<String>,
    /// Rank of each over all data.
    pub ranks: Vec<usize>,
    /// Per method the share of resamples in which it had rank 1, 2, ...
    pub shares: Vec<Vec<f64>>,
    /// Per method the ends of the interval of its rank.
    pub intervals: Vec<(f64, f64)>,
    /// Confidence level of the intervals.
    pub confidence: f64,
    /// What was drawn anew: `1000 resamples of the seeds of each task`.
    pub resamples: String,
}

impl BlobPlotInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = (0..self.count()).flat_map(|i| {
            let (low, high) = self.intervals[i];
            let shares = self.shares[i].iter().enumerate();
            shares.map(move |(rank, share)| {
                [
                    self.names[i].clone(),
                    self.ranks[i].to_string(),
                    number(low),
                    number(high),
                    (rank + 1).to_string(),
                    number(*share),
                ]
            })
        });
        csv(["method", "rank", "low", "high", "resampled_rank", "share"], rows)
    }

    /// Methods of which everything is known.
    fn count(&self) -> usize {
        let least = self.names.len().min(self.ranks.len());
        least.min(self.shares.len()).min(self.intervals.len())
    }

    /// The rank that half of the resamples do not exceed.
    fn median(&self, index: usize) -> f64 {
        let mut sum = 0.0;
        for (rank, share) in self.shares[index].iter().enumerate() {
            sum += share;
            if sum >= 0.5 - 1e-9 {
                return (rank + 1) as f64;
            }
        }
        f64::NAN
    }
}

/// The figure; `None` without methods or resamples.
pub fn blob_plot(input: &BlobPlotInput) -> Option<Figure> {
    let ranked = |i: &usize| input.median(*i).is_finite();
    let mut order: Vec<usize> = (0..input.count()).filter(ranked).collect();
    if order.is_empty() {
        return None;
    }
    order.sort_by_key(|i| input.ranks[*i]);
    let all = order.len();
    order.truncate(MOST_BLOB_METHODS);
    let note = thinned(order.len(), all, "methods");
    let most = input.shares.iter().map(Vec::len).max().unwrap_or(1).max(2);
    let (top, bottom) = (20, 20 + order.len() as i32 * ROW);
    let height = bottom + 100 + if note.is_some() { 34 } else { 0 };
    let scale = Scale::exactly(0.5, most as f64 + 0.5, LEFT, RIGHT);
    let step = (RIGHT - LEFT) / most as i32;
    let largest = f64::from((ROW - 6).min(step.max(12) - 2)) / 2.0;
    let svg = draw_sized(WIDTH, height, |canvas| {
        let stride = most.div_ceil(16);
        for rank in (1..=most).step_by(stride) {
            let x = scale.pixel(rank as f64);
            canvas.line((x, top), (x, bottom), GRID, 2);
            canvas.text(&rank.to_string(), (x, bottom + 26), SMALL, Anchor::Centre, MUTED);
        }
        let middle = (i32::midpoint(LEFT, RIGHT), bottom + 68);
        canvas.text("rank", middle, FONT, Anchor::Centre, INK);
        for (row, index) in order.iter().enumerate() {
            let y = top + ROW / 2 + row as i32 * ROW;
            let name = fitted(&input.names[*index], TINY + 2, LEFT - 84);
            let rank = input.ranks[*index].to_string();
            let method = &input.names[*index];
            canvas.shows(&[method, "rank"], &rank, || {
                let text = format!("{rank}  {name}");
                canvas.text(&text, (LEFT - 24, y), TINY + 2, Anchor::Right, INK);
            });
            for (rank, share) in input.shares[*index].iter().enumerate() {
                if *share >= LEAST_SHARE {
                    // Area, not radius, is the share.
                    let radius = (largest * share.min(1.0).sqrt()).round().max(2.0) as i32;
                    let at = (scale.pixel((rank + 1) as f64), y);
                    canvas.shows(
                        &[method, &format!("share_{}", rank + 1)],
                        &number(*share),
                        || {
                            canvas.marker(0, at, radius, series(*index), 0.6);
                        },
                    );
                }
            }
            let (low, high) = input.intervals[*index];
            if low.is_finite() && high.is_finite() {
                canvas.shows(&[method, "interval"], &pair(low, high), || {
                    canvas.line((scale.pixel(low), y), (scale.pixel(high), y), INK, 3);
                });
            }
            let median = input.median(*index);
            let x = scale.pixel(median);
            canvas.shows(&[method, "median_rank"], &number(median), || {
                canvas.line((x - 8, y - 8), (x + 8, y + 8), INK, 3);
                canvas.line((x - 8, y + 8), (x + 8, y - 8), INK, 3);
            });
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 20), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, &order, note)))
}

fn alt(input: &BlobPlotInput, order: &[usize], note: Option<String>) -> String {
    let items: Vec<String> = order
        .iter()
        .map(|i| {
            let own = input.shares[*i].get(input.ranks[*i].saturating_sub(1)).copied();
            let (low, high) = input.intervals[*i];
            format!(
                "{}: rank {}, the same in {} of the resamples, median {}, interval {} to {}",
                input.names[*i],
                input.ranks[*i],
                percent((own.unwrap_or(0.0) * 1000.0).round() / 1000.0),
                input.median(*i),
                fixed(Some(low), 1),
                fixed(Some(high), 1)
            )
        })
        .collect();
    let text = format!(
        "Blob plot of ranks over {}, with {} intervals.{}",
        input.resamples,
        percent(input.confidence),
        told(&items)
    );
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(k: usize) -> BlobPlotInput {
        let shares = |i: usize| {
            (0..k).map(|r| if r == i { 0.7 } else { 0.3 / (k - 1).max(1) as f64 }).collect()
        };
        BlobPlotInput {
            names: (0..k).map(|i| format!("m{i}")).collect(),
            ranks: (1..=k).collect(),
            shares: (0..k).map(shares).collect(),
            intervals: (0..k).map(|i| (i as f64 + 1.0, i as f64 + 1.0)).collect(),
            confidence: 0.95,
            resamples: "1000 resamples of the tasks".into(),
        }
    }

    #[test]
    fn the_numbers_are_told() {
        let figure = blob_plot(&input(3)).expect("a figure");
        assert!(figure.alt.contains("m1: rank 2, the same in 70 % of the resamples, median 2,"));
        assert_eq!(input(3).csv().lines().nth(2), Some("m0,1,1,1,2,0.15"));
    }

    #[test]
    fn one_method_and_many() {
        assert!(blob_plot(&input(1)).is_some());
        assert!(blob_plot(&input(60)).expect("a figure").alt.contains("24 of 60 methods"));
        assert_eq!(blob_plot(&BlobPlotInput::default()), None);
        let mut odd = input(2);
        odd.shares[0] = vec![f64::NAN; 2];
        assert!(!blob_plot(&odd).expect("a figure").alt.contains("m0"));
    }
}

//! Performance profile: the share of runs that score better than each level, with
//! pointwise bands (Agarwal et al. 2021).

use super::axes::{Axes, TINY};
use super::canvas::{Anchor, draw_sized};
use super::legend::{Key, Legend};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{MUTED, WIDTH, dash, series};
use super::thin::keep;
use super::words::{csv, left_out, maybe, number, thinned, told};
use crate::text::{fixed, percent};

/// More series than this are left out, and the figure says so.
pub const MOST_PROFILES: usize = 12;
/// Points of a drawn line.
const MOST_POINTS: usize = 120;

const LEFT: i32 = 140;
const RIGHT: i32 = WIDTH - 40;

/// Profiles to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerformanceProfileInput {
    /// Name of the score.
    pub metric: String,
    /// Decimals that scores are told with.
    pub decimals: usize,
    /// Whether the shares are of runs below each level, not above.
    pub smaller_is_better: bool,
    /// Confidence level of the bands, pointwise.
    pub confidence: f64,
    /// What the shares are of, in plural: `runs over 4 tasks`.
    pub runs: String,
    /// One line per method.
    pub series: Vec<ProfileSeries>,
}

/// One profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileSeries {
    /// Name of the method.
    pub name: String,
    /// Levels, ascending.
    pub levels: Vec<f64>,
    /// Share of runs above each level; below where smaller is better.
    pub shares: Vec<f64>,
    /// Ends of the interval of each share, where there is one.
    pub band: Vec<Option<(f64, f64)>>,
}

impl PerformanceProfileInput {
    fn beyond(&self) -> &'static str {
        if self.smaller_is_better { "below" } else { "above" }
    }

    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.series.iter().flat_map(|line| {
            line.levels.iter().zip(&line.shares).enumerate().map(|(at, (level, share))| {
                let band = line.band_at(at);
                [
                    line.name.clone(),
                    number(*level),
                    number(*share),
                    maybe(band.map(|b| b.0)),
                    maybe(band.map(|b| b.1)),
                ]
            })
        });
        let share = if self.smaller_is_better { "share_below" } else { "share_above" };
        csv(["method", "level", share, "low", "high"], rows)
    }
}

impl ProfileSeries {
    fn band_at(&self, at: usize) -> Option<(f64, f64)> {
        self.band.get(at).copied().flatten()
    }

    /// The level that half of the runs exceed, or stay below.
    fn median(&self, smaller_is_better: bool) -> Option<f64> {
        let points = || self.levels.iter().zip(&self.shares);
        if smaller_is_better {
            return points().find(|(_, share)| **share >= 0.5).map(|(level, _)| *level);
        }
        points().rev().find(|(_, share)| **share >= 0.5).map(|(level, _)| *level)
    }
}

/// The figure; `None` when no series has a point.
pub fn performance_profile(input: &PerformanceProfileInput) -> Option<Figure> {
    let drawn: Vec<Vec<Point>> = input.series.iter().take(MOST_PROFILES).map(points).collect();
    if drawn.iter().all(Vec::is_empty) {
        return None;
    }
    let note = thinned(drawn.len(), input.series.len(), "methods");
    let names = input.series.iter().take(MOST_PROFILES).map(|line| line.name.as_str());
    let legend = Legend::new(names, Key::Line, LEFT, RIGHT);
    let top = legend.height() + 26;
    let bottom = top + 430;
    let levels = drawn.iter().flatten().map(|p| p.x);
    let (low, high) =
        levels.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    let x = if high > low {
        Scale::exactly(low, high, LEFT, RIGHT)
    } else {
        Scale::around([low].into_iter(), LEFT, RIGHT)
    };
    let y = Scale::exactly(0.0, 1.0, bottom, top);
    let axes = Axes { left: LEFT, right: RIGHT, top, bottom, x, y };
    let height = bottom + 96 + if note.is_some() { 34 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend.draw(canvas, 6);
        axes.vertical(canvas, &format!("share of runs {}", input.beyond()));
        axes.horizontal(canvas, &input.metric, false);
        for (index, line) in drawn.iter().enumerate() {
            let band: Vec<(f64, (f64, f64))> =
                line.iter().filter_map(|p| Some((p.x, p.band?))).collect();
            if band.len() > 1 {
                let upper = band.iter().map(|(x, b)| axes.at(*x, b.1));
                let lower = band.iter().rev().map(|(x, b)| axes.at(*x, b.0));
                canvas.area(upper.chain(lower).collect(), series(index), 0.12);
            }
        }
        for (index, line) in drawn.iter().enumerate() {
            let path: Vec<(i32, i32)> = line.iter().map(|p| axes.at(p.x, p.y)).collect();
            for at in path.iter().skip(path.len() / 6).step_by((path.len() / 4).max(1)) {
                canvas.marker(index, *at, 7, series(index), 1.0);
            }
            if path.len() > 1 {
                canvas.path(path, series(index), 4, dash(index));
            }
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 18), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, note)))
}

/// A point that is drawn.
struct Point {
    x: f64,
    y: f64,
    band: Option<(f64, f64)>,
}

fn points(line: &ProfileSeries) -> Vec<Point> {
    let finite = |(at, (x, y)): (usize, (&f64, &f64))| {
        let band = line.band_at(at).filter(|b| b.0.is_finite() && b.1.is_finite());
        (x.is_finite() && y.is_finite()).then_some(Point { x: *x, y: *y, band })
    };
    let mut points: Vec<Point> =
        line.levels.iter().zip(&line.shares).enumerate().filter_map(finite).collect();
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    let Some((first, last)) = points.first().zip(points.last()) else { return points };
    // Both axes in units of the plot, so that distances are what is seen.
    let (from, span) = (first.x, (last.x - first.x).max(f64::MIN_POSITIVE));
    let x: Vec<f64> = points.iter().map(|p| (p.x - from) / span).collect();
    let of = |f: fn(&Point) -> f64| points.iter().map(f).collect::<Vec<f64>>();
    let lines =
        [of(|p| p.y), of(|p| p.band.map_or(p.y, |b| b.0)), of(|p| p.band.map_or(p.y, |b| b.1))];
    let kept = keep(&x, &[&lines[0], &lines[1], &lines[2]], 0.001, MOST_POINTS);
    let mut at = 0;
    points.retain(|_| {
        at += 1;
        kept.binary_search(&(at - 1)).is_ok()
    });
    points
}

fn alt(input: &PerformanceProfileInput, note: Option<String>) -> String {
    let more = if input.smaller_is_better { "less" } else { "more" };
    let items: Vec<String> = input
        .series
        .iter()
        .map(|line| match line.median(input.smaller_is_better) {
            Some(level) => {
                format!(
                    "{}: half score {} or {more}",
                    line.name,
                    fixed(Some(level), input.decimals)
                )
            }
            None => {
                format!("{}: fewer than half score {} any level shown", line.name, input.beyond())
            }
        })
        .collect();
    let mut text = format!(
        "Performance profile: share of {} {} each {}, with pointwise {} bands.{}",
        input.runs,
        input.beyond(),
        input.metric,
        percent(input.confidence),
        told(&items)
    );
    let odd = |line: &ProfileSeries| line.shares.iter().filter(|v| !v.is_finite()).count();
    text += &left_out(input.series.iter().map(odd).sum(), "share");
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: usize) -> ProfileSeries {
        let levels: Vec<f64> = (0..n).map(|i| 0.5 + i as f64 / (2 * n) as f64).collect();
        let shares: Vec<f64> = (0..n).map(|i| 1.0 - i as f64 / n as f64).collect();
        let band = shares.iter().map(|s| Some((s - 0.1, s + 0.1))).collect();
        ProfileSeries { name: "fine".into(), levels, shares, band }
    }

    fn input(series: Vec<ProfileSeries>) -> PerformanceProfileInput {
        PerformanceProfileInput {
            metric: "AUC".into(),
            decimals: 3,
            smaller_is_better: false,
            confidence: 0.95,
            runs: "runs".into(),
            series,
        }
    }

    #[test]
    fn a_straight_profile_needs_two_points() {
        assert_eq!(points(&line(1000)).len(), 2);
        let figure = performance_profile(&input(vec![line(1000)])).expect("a figure");
        assert!(figure.alt.contains("fine: half score 0.750 or more"), "{}", figure.alt);
    }

    #[test]
    fn odd_series() {
        assert_eq!(performance_profile(&input(vec![])), None);
        let mut one = line(1);
        assert!(performance_profile(&input(vec![one.clone()])).is_some());
        one.shares[0] = f64::NAN;
        assert_eq!(performance_profile(&input(vec![one])), None);
        let figure = performance_profile(&input(vec![line(9); 40])).expect("a figure");
        assert!(figure.alt.contains("12 of 40 methods"));
    }
}

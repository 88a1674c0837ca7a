//! Granularity dose-response: the score against the granularity of the
//! pretraining labels, one line per label fraction.
//!
//! Lines join levels that are doses of the same thing (none, coarse, fine); a
//! level of another kind (self-supervised, domain-adaptive) stands by itself.

use super::axes::{Axes, SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted, text_width};
use super::legend::{Key, Legend};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, MUTED, WIDTH, dash, series};
use super::words::{csv, left_out, maybe, number, pair, thinned, told};
use crate::text::{fixed, percent};

/// More lines than this are left out, and the figure says so.
pub const MOST_DOSE_LINES: usize = 10;

const LEFT: i32 = 140;
const RIGHT: i32 = WIDTH - 40;
const PLOT: i32 = 400;

/// Scores by granularity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DoseResponseInput {
    /// Name of the score.
    pub metric: String,
    /// Decimals that scores are told with.
    pub decimals: usize,
    /// Confidence level of the intervals.
    pub confidence: f64,
    /// Levels from the lowest dose up, then those that are no dose.
    pub levels: Vec<DoseLevel>,
    /// One line per label fraction.
    pub series: Vec<DoseSeries>,
}

/// A granularity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DoseLevel {
    /// `coarse`.
    pub name: String,
    /// Number of classes of the pretraining, where known.
    pub classes: Option<u32>,
    /// Whether lines join it with its neighbours.
    pub is_dose: bool,
}

/// Scores at one label fraction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DoseSeries {
    /// `10 %`.
    pub name: String,
    /// Per level the score, where there is one.
    pub points: Vec<Option<DosePoint>>,
}

/// A mean over seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DosePoint {
    /// The mean.
    pub mean: f64,
    /// Ends of its interval.
    pub interval: Option<(f64, f64)>,
    /// Single seeds.
    pub values: Vec<f64>,
}

impl DoseResponseInput {
    /// The data behind the figure.
    pub fn csv(&self) -> String {
        let rows = self.series.iter().flat_map(|line| {
            line.at(&self.levels).map(|(_, level, point)| {
                let values: Vec<String> = point.values.iter().map(ToString::to_string).collect();
                [
                    line.name.clone(),
                    level.name.clone(),
                    level.classes.map_or(String::new(), |n| n.to_string()),
                    number(point.mean),
                    maybe(point.interval.map(|i| i.0)),
                    maybe(point.interval.map(|i| i.1)),
                    values.join(" "),
                ]
            })
        });
        csv(["series", "granularity", "classes", "mean", "low", "high", "values"], rows)
    }
}

impl DoseSeries {
    /// Points with their level, undefined ones included.
    fn at<'a>(
        &'a self,
        levels: &'a [DoseLevel],
    ) -> impl Iterator<Item = (usize, &'a DoseLevel, &'a DosePoint)> {
        let both = levels.iter().zip(&self.points).enumerate();
        both.filter_map(|(index, (level, point))| Some((index, level, point.as_ref()?)))
    }
}

/// The figure; `None` below two levels with a score.
pub fn dose_response(input: &DoseResponseInput) -> Option<Figure> {
    let has = |at: &usize| {
        let point = |line: &DoseSeries| line.points.get(*at).cloned().flatten();
        input.series.iter().filter_map(point).any(|p| p.mean.is_finite())
    };
    if (0..input.levels.len()).filter(has).count() < 2 {
        return None;
    }
    let shown = &input.series[..input.series.len().min(MOST_DOSE_LINES)];
    let note = thinned(shown.len(), input.series.len(), "lines");
    let legend = Legend::new(shown.iter().map(|line| line.name.as_str()), Key::Line, LEFT, RIGHT);
    let top = legend.height() + 26;
    let bottom = top + PLOT;
    let values = shown.iter().flat_map(|line| line.at(&input.levels)).flat_map(|(_, _, point)| {
        let ends = point.interval.map(|(low, high)| [low, high]).into_iter().flatten();
        ends.chain(point.values.iter().copied()).chain([point.mean]).collect::<Vec<_>>()
    });
    let y = Scale::around(values, bottom, top);
    let count = input.levels.len();
    let axes = Axes {
        left: LEFT,
        right: RIGHT,
        top,
        bottom,
        x: Scale::exactly(-0.5, count as f64 - 0.5, LEFT, RIGHT),
        y,
    };
    let height = bottom + 110 + if note.is_some() { 34 } else { 0 };
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend.draw(canvas, 6);
        axes.vertical(canvas, &input.metric);
        names(canvas, &axes, &input.levels);
        for (index, line) in shown.iter().enumerate() {
            series_of(canvas, &axes, (line, index, shown.len()), &input.levels);
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 18), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(input, note)))
}

fn names(canvas: &Canvas<'_>, axes: &Axes, levels: &[DoseLevel]) {
    canvas.line((axes.left, axes.bottom), (axes.right, axes.bottom), MUTED, 2);
    let room = (axes.right - axes.left) / levels.len().max(1) as i32 - 8;
    for (index, level) in levels.iter().enumerate() {
        let x = axes.x.pixel(index as f64);
        canvas.line((x, axes.bottom), (x, axes.bottom + 8), MUTED, 2);
        let font = if text_width(&level.name, SMALL) <= room { SMALL } else { TINY };
        let name = fitted(&level.name, font, room);
        canvas.text(&name, (x, axes.bottom + 30), font, Anchor::Centre, MUTED);
        if let Some(classes) = level.classes {
            let text = fitted(&format!("{classes} classes"), TINY, room);
            canvas.text(&text, (x, axes.bottom + 60), TINY, Anchor::Centre, MUTED);
        }
        let before = index.checked_sub(1).and_then(|i| levels.get(i));
        if before.is_some_and(|other| other.is_dose && !level.is_dose) {
            let x = axes.x.pixel(index as f64 - 0.5);
            canvas.path(vec![(x, axes.top), (x, axes.bottom)], GRID, 2, Some((8, 8)));
        }
    }
    let counted = levels.iter().any(|level| level.classes.is_some());
    let middle =
        (i32::midpoint(axes.left, axes.right), axes.bottom + if counted { 92 } else { 68 });
    canvas.text(
        "granularity of the pretraining labels",
        middle,
        SMALL,
        Anchor::Centre,
        super::theme::INK,
    );
}

fn series_of(
    canvas: &Canvas<'_>,
    axes: &Axes,
    (line, index, count): (&DoseSeries, usize, usize),
    levels: &[DoseLevel],
) {
    let color = series(index);
    let shift = (index as i32 * 2 - count as i32 + 1) * 8;
    let mut path: Vec<(i32, i32)> = Vec::new();
    for (at, level, point) in line.at(levels) {
        let x = axes.x.pixel(at as f64) + shift;
        for value in point.values.iter().filter(|v| v.is_finite()) {
            canvas.marker(index, (x, axes.y.pixel(*value)), 4, color, 0.45);
        }
        if !point.mean.is_finite() {
            continue;
        }
        let y = axes.y.pixel(point.mean);
        if let Some((low, high)) = point.interval.filter(|i| i.0.is_finite() && i.1.is_finite()) {
            let ends = pair(low, high);
            let [low, high] = [low, high].map(|v| axes.y.pixel(v));
            canvas.shows(&[&line.name, &level.name, "interval"], &ends, || {
                canvas.line((x, low), (x, high), color, 3);
                for end in [low, high] {
                    canvas.line((x - 6, end), (x + 6, end), color, 3);
                }
            });
        }
        canvas.shows(&[&line.name, &level.name, "mean"], &number(point.mean), || {
            canvas.marker(index, (x, y), 9, color, 1.0);
        });
        if level.is_dose {
            path.push((x, y));
        }
    }
    if path.len() > 1 {
        canvas.path(path, color, 4, dash(index));
    }
}

fn alt(input: &DoseResponseInput, note: Option<String>) -> String {
    let mut odd = 0;
    let shown = |value: f64| fixed(Some(value), input.decimals);
    let items: Vec<String> = input
        .series
        .iter()
        .map(|line| {
            let mut parts = Vec::new();
            for (_, level, point) in line.at(&input.levels) {
                if !point.mean.is_finite() {
                    odd += 1;
                    continue;
                }
                let interval = point.interval.map_or(String::new(), |(low, high)| {
                    format!(" [{}, {}]", shown(low), shown(high))
                });
                parts.push(format!("{} {}{interval}", level.name, shown(point.mean)));
            }
            format!("{}: {}", line.name, parts.join(", "))
        })
        .collect();
    let mut text = format!(
        "{} against the granularity of the pretraining labels, with {} intervals.{}",
        input.metric,
        percent(input.confidence),
        told(&items)
    );
    text += &left_out(odd, "mean");
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(name: &str, classes: Option<u32>, is_dose: bool) -> DoseLevel {
        DoseLevel { name: name.into(), classes, is_dose }
    }

    fn point(mean: f64) -> DosePoint {
        let interval = Some((mean - 0.01, mean + 0.01));
        DosePoint { mean, interval, values: vec![mean - 0.005, mean + 0.005] }
    }

    fn input(points: Vec<Option<DosePoint>>) -> DoseResponseInput {
        DoseResponseInput {
            metric: "AUC".into(),
            decimals: 3,
            confidence: 0.95,
            levels: vec![
                level("none", None, true),
                level("coarse", Some(4), true),
                level("fine", Some(20), true),
                level("self-supervised", None, false),
            ],
            series: vec![DoseSeries { name: "10 %".into(), points }],
        }
    }

    #[test]
    fn no_line_reaches_what_is_no_dose() {
        let given =
            input(vec![Some(point(0.7)), Some(point(0.8)), Some(point(0.85)), Some(point(0.9))]);
        let figure = dose_response(&given).expect("a figure");
        let svg = figure.standalone();
        let line = svg.split("<polyline").find(|part| part.contains("stroke-width=\"4\""));
        assert_eq!(line.map(|l| l.matches(',').count()), Some(3));
        assert!(
            figure.alt.contains("10 %: none 0.700 [0.690, 0.710], coarse 0.800"),
            "{}",
            figure.alt
        );
        assert_eq!(given.csv().lines().nth(2), Some("10 %,coarse,4,0.8,0.79,0.81,0.795 0.805"));
    }

    #[test]
    fn odd_points() {
        assert_eq!(dose_response(&input(vec![Some(point(0.7))])), None);
        assert_eq!(
            dose_response(&input(vec![None, Some(point(f64::NAN)), Some(point(0.8))])),
            None
        );
        let figure =
            dose_response(&input(vec![Some(point(0.7)), Some(point(f64::NAN)), Some(point(0.7))]));
        assert!(figure.expect("a figure").alt.contains("1 mean is not a number"));
        let mut many = input(vec![Some(point(0.7)), Some(point(0.7))]);
        many.series = vec![many.series[0].clone(); 40];
        assert!(dose_response(&many).expect("a figure").alt.contains("10 of 40 lines"));
    }
}

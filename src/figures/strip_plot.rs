//! Methods against a baseline: one mark per method in the colour of its family,
//! a horizontal line for the baseline with its band.

use plotters::style::RGBColor;

use super::canvas::{Anchor, Canvas, draw, text_width};
use super::scale::Scale;
use super::svg::{Figure, full_stop};
use super::theme::{GRID, HEIGHT, INK, MUTED, WIDTH, series};
use super::words::{maybe, number};

const LEFT: i32 = 130;
const RIGHT: i32 = WIDTH - 24;
const BOTTOM: i32 = HEIGHT - 104;
const TOP: i32 = 76;
const FONT: i32 = 32;
const SMALL: i32 = 28;
const TINY: i32 = 23;

/// One panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StripPlot {
    /// Title of the axis: the metric and its unit.
    pub metric: String,
    /// Methods from left to right; they are numbered from 1.
    pub points: Vec<StripPoint>,
    /// Families; a point's `family` counts in it.
    pub families: Vec<String>,
    /// What the methods are compared with.
    pub baseline: Option<Baseline>,
    /// How a method is drawn.
    pub mark_as: StripMark,
    /// Where the numbers come from.
    pub mark: String,
}

/// How a method is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StripMark {
    /// A marker of its family's shape.
    #[default]
    Marker,
    /// A bar.
    Bar,
}

/// One method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StripPoint {
    /// Name.
    pub name: String,
    /// Family, as a place in the list of families.
    pub family: usize,
    /// Value; `None` is drawn as N/A.
    pub value: Option<f64>,
    /// Half length of the error bar.
    pub spread: Option<f64>,
    /// Label above the mark: stars, or empty.
    pub label: String,
}

/// The horizontal line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// Name.
    pub name: String,
    /// Value.
    pub value: f64,
    /// Half height of the band around it.
    pub band: Option<f64>,
}

/// Colour of a family. Vermilion is left to the baseline; when the colours begin
/// again the shapes differ.
pub(super) fn family_color(family: usize) -> RGBColor {
    series([0, 2, 3, 4, 5, 6, 7][family % 7])
}

/// Draws the panel; `None` when no method has a value.
pub fn strip_plot(input: &StripPlot) -> Option<Figure> {
    let values = input.points.iter().filter_map(|p| Some((p.value?, p.spread.unwrap_or(0.0))));
    let line = input.baseline.iter().map(|b| (b.value, b.band.unwrap_or(0.0)));
    let ends: Vec<f64> = values.chain(line).flat_map(|(v, s)| [v - s, v + s]).collect();
    input.points.iter().find_map(|p| p.value)?;
    let svg = draw(|canvas| {
        // Labels stand above the marks and need room there.
        let labels = input.points.iter().any(|p| !p.label.is_empty());
        let scale = Scale::around(ends.into_iter(), BOTTOM, TOP + if labels { 44 } else { 0 });
        axes(canvas, &scale, input);
        let step = f64::from(RIGHT - LEFT) / input.points.len().max(1) as f64;
        if let Some(baseline) = &input.baseline {
            band(canvas, baseline, &scale);
        }
        for (index, point) in input.points.iter().enumerate() {
            let x = LEFT + (step * (index as f64 + 0.5)) as i32;
            one_point(canvas, point, x, step, input.mark_as, &scale);
            let number = (index + 1).to_string();
            // Two rows of numbers where one would be too narrow.
            let low = if step < 30.0 && index % 2 == 1 { 26 } else { 0 };
            canvas.text(&number, (x, BOTTOM + 24 + low), TINY, Anchor::Centre, MUTED);
        }
        if let Some(baseline) = &input.baseline {
            line_of(canvas, baseline, &scale);
        }
    });
    Some(Figure::new(svg, alt(input)))
}

fn axes(canvas: &Canvas<'_>, scale: &Scale, input: &StripPlot) {
    for tick in &scale.ticks {
        let y = scale.pixel(*tick);
        canvas.line((LEFT, y), (RIGHT, y), GRID, 2);
        let label = format!("{tick:.*}", scale.decimals());
        canvas.text(&label, (LEFT - 16, y), SMALL, Anchor::Right, MUTED);
    }
    canvas.line((LEFT, BOTTOM), (RIGHT, BOTTOM), MUTED, 2);
    canvas.vertical(&input.metric, (30, i32::midpoint(TOP, BOTTOM)), FONT);
    if input.mark_as == StripMark::Bar {
        let note = "axis does not start at 0";
        canvas.text(note, (LEFT, HEIGHT - 22), TINY, Anchor::Left, MUTED);
    }
    canvas.text(&input.mark, (RIGHT, HEIGHT - 22), TINY, Anchor::Right, MUTED);
}

fn band(canvas: &Canvas<'_>, baseline: &Baseline, scale: &Scale) {
    if let Some(band) = baseline.band {
        let high = scale.pixel(baseline.value + band);
        let low = scale.pixel(baseline.value - band);
        canvas.shows(&[&baseline.name, "sd"], &number(band), || {
            canvas.rect((LEFT, high), (RIGHT, low), series(1), 0.18);
        });
    }
}

/// The line and, in the head, its name.
fn line_of(canvas: &Canvas<'_>, baseline: &Baseline, scale: &Scale) {
    let y = scale.pixel(baseline.value);
    canvas.shows(&[&baseline.name, "mean"], &number(baseline.value), || {
        canvas.path(vec![(LEFT, y), (RIGHT, y)], series(1), 4, Some((18, 8)));
    });
    canvas.path(vec![(LEFT, 34), (LEFT + 60, 34)], series(1), 4, Some((18, 8)));
    let band = if baseline.band.is_some() { ", band \u{b1}1 SD" } else { "" };
    let text = format!("{}{band}", baseline.name);
    canvas.text(&text, (LEFT + 74, 34), SMALL, Anchor::Left, INK);
}

fn one_point(
    canvas: &Canvas<'_>,
    point: &StripPoint,
    x: i32,
    step: f64,
    mark_as: StripMark,
    scale: &Scale,
) {
    let Some(value) = point.value else {
        canvas.text("N/A", (x, BOTTOM - 20), TINY - 4, Anchor::Centre, MUTED);
        return;
    };
    let (y, color) = (scale.pixel(value), family_color(point.family));
    canvas.shows(&[&point.name, "mean"], &number(value), || match mark_as {
        StripMark::Bar => {
            let half = (step * 0.38) as i32;
            canvas.rect((x - half, y), (x + half, BOTTOM), color, 0.85);
        }
        StripMark::Marker => canvas.marker(point.family, (x, y), 10, color, 1.0),
    });
    let mut top = y;
    if let Some(spread) = point.spread {
        let (low, high) = (scale.pixel(value - spread), scale.pixel(value + spread));
        canvas.shows(&[&point.name, "sd"], &maybe(point.spread), || {
            canvas.whisker((x, low), (x, high), (step * 0.14) as i32);
        });
        top = high;
    }
    // Neighbours' labels touch when they are wider than a step.
    let size = if f64::from(text_width(&point.label, TINY)) > step { TINY - 4 } else { TINY };
    canvas.shows(&[&point.name, "stars"], &point.label, || {
        canvas.text(&point.label, (x, top - 20), size, Anchor::Centre, INK);
    });
}

fn alt(input: &StripPlot) -> String {
    let mut text = format!("{} of {} methods. {}.", input.metric, input.points.len(), input.mark);
    if let Some(baseline) = &input.baseline {
        text += &format!(" Baseline {}: {:.2}", baseline.name, baseline.value);
        text += &baseline.band.map_or(".".into(), |band| format!(" (band {band:.2})."));
    }
    for (index, point) in input.points.iter().enumerate() {
        let number = match (point.value, point.spread) {
            (Some(v), Some(s)) => format!("{v:.2} (error bar {s:.2})"),
            (Some(v), None) => format!("{v:.2}"),
            (None, _) => "not available".into(),
        };
        let label =
            if point.label.is_empty() { String::new() } else { format!(", {}", point.label) };
        let stop = full_stop(&label);
        text += &format!(" {} {}: {number}{label}{stop}", index + 1, point.name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_their_labels_and_the_baseline() {
        let point = |name: &str, value| StripPoint {
            name: name.into(),
            value,
            label: "n.s.".into(),
            ..StripPoint::default()
        };
        let input = StripPlot {
            metric: "Dice %".into(),
            points: vec![point("a", Some(79.1)), point("b", None)],
            baseline: Some(Baseline { name: "sup".into(), value: 79.2, band: Some(0.3) }),
            mark_as: StripMark::Bar,
            ..StripPlot::default()
        };
        let figure = strip_plot(&input).expect("a figure");
        assert!(figure.alt.contains("Baseline sup: 79.20 (band 0.30). 1 a: 79.10, n.s. 2 b: not"));
        assert!(strip_plot(&StripPlot { points: vec![point("b", None)], ..input }).is_none());
    }
}

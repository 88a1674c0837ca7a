//! Differences against the size of the labelled set, two or more series.

use super::canvas::{Anchor, Canvas, draw, fitted, text_width};
use super::scale::Scale;
use super::svg::{Figure, full_stop};
use super::theme::{GRID, HEIGHT, INK, MUTED, WIDTH, series};
use super::words::number;

const LEFT: i32 = 130;
const RIGHT: i32 = WIDTH - 30;
const BOTTOM: i32 = HEIGHT - 168;
const FONT: i32 = 32;
const SMALL: i32 = 28;
const TINY: i32 = 24;

/// The figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DifferenceBars {
    /// Title of the axis: what was subtracted from what, in which unit.
    pub title: String,
    /// Names of the series, each with its colour.
    pub series: Vec<(String, usize)>,
    /// Sizes from left to right: the size, and the set it belongs to.
    pub sizes: Vec<(String, String)>,
    /// Differences: per size, one per series.
    pub values: Vec<Vec<Option<Difference>>>,
    /// Where the numbers come from.
    pub mark: String,
}

/// One difference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// The number as shown.
    pub text: String,
    /// Stars, or empty.
    pub stars: String,
}

/// Draws the figure; `None` without a difference.
pub fn difference_bars(input: &DifferenceBars) -> Option<Figure> {
    let all: Vec<f64> = input.values.iter().flatten().flatten().map(|d| d.value).collect();
    if all.is_empty() || input.series.is_empty() {
        return None;
    }
    let (low, high) = all.iter().fold((0.0f64, 0.0f64), |(l, h), v| (l.min(*v), h.max(*v)));
    // Room for the labels beyond the bars, on the sides that have bars.
    let room = ((high - low) * 0.16).max(f64::MIN_POSITIVE);
    let (low, high) = (low - if low < 0.0 { room } else { 0.0 }, high + room);
    let svg = draw(|canvas| {
        let top = legend(canvas, input);
        let scale = Scale::between(low, high, BOTTOM, top);
        axes(canvas, &scale, input, top);
        let step = f64::from(RIGHT - LEFT) / input.sizes.len().max(1) as f64;
        let wide = (step * 0.84 / input.series.len() as f64).min(96.0);
        for (index, (size, set)) in input.sizes.iter().enumerate() {
            let centre = LEFT + (step * (index as f64 + 0.5)) as i32;
            canvas.text(size, (centre, BOTTOM + 30), SMALL, Anchor::Centre, INK);
            set_name(canvas, set, (centre, BOTTOM + 60), step as i32 - 6);
            for (s, (name, color)) in input.series.iter().enumerate() {
                let value = input.values.get(index).and_then(|v| v.get(s)).and_then(Option::as_ref);
                let shift = (s as f64 - (input.series.len() as f64 - 1.0) / 2.0) * wide;
                let x = centre + shift as i32;
                if let Some(value) = value {
                    let names = [name.as_str(), set, size, "difference"];
                    canvas.shows(&names, &number(value.value), || {
                        bar(canvas, value, x, (wide * 0.44) as i32, *color, &scale);
                    });
                }
            }
        }
        canvas.line((LEFT, scale.pixel(0.0)), (RIGHT, scale.pixel(0.0)), INK, 2);
    });
    Some(Figure::new(svg, alt(input)))
}

fn legend(canvas: &Canvas<'_>, input: &DifferenceBars) -> i32 {
    let (mut x, mut y) = (LEFT, 34);
    for (title, color) in &input.series {
        let title = fitted(title, SMALL, WIDTH / 2);
        let width = 44 + text_width(&title, SMALL) + 34;
        if x + width > RIGHT && x > LEFT {
            (x, y) = (LEFT, y + 44);
        }
        canvas.rect((x, y - 14), (x + 28, y + 14), series(*color), 0.85);
        canvas.text(&title, (x + 42, y), SMALL, Anchor::Left, INK);
        x += width;
    }
    y + 44
}

fn axes(canvas: &Canvas<'_>, scale: &Scale, input: &DifferenceBars, top: i32) {
    for tick in &scale.ticks {
        let y = scale.pixel(*tick);
        canvas.line((LEFT, y), (RIGHT, y), GRID, 2);
        let label = format!("{tick:.*}", scale.decimals());
        canvas.text(&label, (LEFT - 16, y), SMALL, Anchor::Right, MUTED);
    }
    canvas.vertical(&input.title, (30, i32::midpoint(top, BOTTOM)), SMALL);
    let middle = (i32::midpoint(LEFT, RIGHT), BOTTOM + 128);
    canvas.text("labelled images", middle, FONT, Anchor::Centre, INK);
    canvas.text(&input.mark, (RIGHT, HEIGHT - 18), TINY, Anchor::Right, MUTED);
}

/// The name of a set, in two lines where one is too narrow.
fn set_name(canvas: &Canvas<'_>, set: &str, at: (i32, i32), width: i32) {
    let (first, second) = match set.split_once(' ') {
        Some(parts) if text_width(set, TINY) > width => parts,
        _ => (set, ""),
    };
    canvas.text(&fitted(first, TINY, width), at, TINY, Anchor::Centre, MUTED);
    canvas.text(&fitted(second, TINY, width), (at.0, at.1 + 26), TINY, Anchor::Centre, MUTED);
}

/// A bar from zero, its value beyond its end and its stars beyond that.
fn bar(
    canvas: &Canvas<'_>,
    difference: &Difference,
    x: i32,
    half: i32,
    color: usize,
    scale: &Scale,
) {
    let (zero, end) = (scale.pixel(0.0), scale.pixel(difference.value));
    canvas.rect((x - half, zero.min(end)), (x + half, zero.max(end)), series(color), 0.85);
    let away = if difference.value < 0.0 { 1 } else { -1 };
    canvas.text(&difference.text, (x, end + away * 18), TINY, Anchor::Centre, INK);
    canvas.text(&difference.stars, (x, end + away * 44), TINY, Anchor::Centre, INK);
}

fn alt(input: &DifferenceBars) -> String {
    let mut text = format!("Bar chart of differences, {}. {}.", input.title, input.mark);
    for (index, (size, set)) in input.sizes.iter().enumerate() {
        for (s, (name, _)) in input.series.iter().enumerate() {
            if let Some(Some(d)) = input.values.get(index).and_then(|v| v.get(s)) {
                let value = format!("{} {}", d.text, d.stars);
                let value = value.trim_end();
                let stop = full_stop(value);
                text += &format!(" {name}, {size} labels ({set}): {value}{stop}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_both_signs_and_none() {
        let value =
            |value: f64| Some(Difference { value, text: value.to_string(), stars: "*".into() });
        let input = DifferenceBars {
            title: "points".into(),
            series: vec![("a".into(), 0), ("b".into(), 7)],
            sizes: vec![("9K".into(), "x".into()), ("22K".into(), "y".into())],
            values: vec![vec![value(-2.8), value(-10.3)], vec![value(0.2)]],
            mark: "PRINTED".into(),
        };
        let figure = difference_bars(&input).expect("a figure");
        assert!(figure.alt.contains("a, 22K labels (y): 0.2 *."), "{}", figure.alt);
        assert!(difference_bars(&DifferenceBars { values: vec![vec![None]], ..input }).is_none());
    }

    #[test]
    fn zeros_alone_have_a_scale() {
        let zero = Difference { value: 0.0, text: "0".into(), stars: String::new() };
        let input = DifferenceBars {
            series: vec![("a".into(), 0)],
            sizes: vec![("1".into(), String::new())],
            values: vec![vec![Some(zero)]],
            ..DifferenceBars::default()
        };
        assert!(difference_bars(&input).is_some());
    }
}

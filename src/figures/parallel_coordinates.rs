//! Parallel coordinates: one polyline per model over axes of their own ranges.
//!
//! Colour and marker tell families apart, the dash tells sizes apart.

use plotters::style::RGBColor;

use super::canvas::{Anchor, Canvas, draw_sized, text_width};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{INK, MUTED, series};
use super::words::maybe;

const LEFT: i32 = 176;
const STEP: i32 = 126;
const RIGHT: i32 = 74;
const TOP: i32 = 170;
const BOTTOM: i32 = 800;
const HEIGHT: i32 = 850;
const FONT: i32 = 25;
const SMALL: i32 = 21;

/// The figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelCoordinates {
    /// Axes from left to right.
    pub axes: Vec<ParallelAxis>,
    /// Lines, later ones on top.
    pub lines: Vec<ParallelLine>,
    /// Families with their colours and markers.
    pub families: Vec<ParallelFamily>,
    /// Names of the dashes: index 0 is solid, 1 dashed, 2 dotted.
    pub dashes: Vec<(String, usize)>,
    /// Where the numbers come from.
    pub mark: String,
}

/// A family of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParallelFamily {
    /// Name.
    pub name: String,
    /// Colour.
    pub color: usize,
    /// Shape of the markers.
    pub marker: usize,
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelAxis {
    /// Title, in one or two lines.
    pub title: Vec<String>,
    /// What is on it.
    pub scale: AxisScale,
    /// What its numbers are, for their ids: `mean`.
    pub quantity: String,
}

/// What is on an axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AxisScale {
    /// One place per line, from the top, with its name.
    Names,
    /// Numbers, on a range of the axis's own.
    #[default]
    Numbers,
}

/// One polyline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParallelLine {
    /// Name, at its place on an axis of names.
    pub name: String,
    /// Place in the list of families.
    pub family: usize,
    /// Dash: 0 solid, 1 dashed, 2 dotted.
    pub dash: usize,
    /// A number per axis; ignored on an axis of names.
    pub values: Vec<Option<f64>>,
}

/// Draws the figure; `None` without axes or lines.
pub fn parallel_coordinates(input: &ParallelCoordinates) -> Option<Figure> {
    if input.axes.is_empty() || input.lines.is_empty() {
        return None;
    }
    let width = LEFT + (input.axes.len() as i32 - 1) * STEP + RIGHT;
    let scales: Vec<Option<Scale>> = input
        .axes
        .iter()
        .enumerate()
        .map(|(a, axis)| match axis.scale {
            AxisScale::Names => None,
            AxisScale::Numbers => {
                let values = input.lines.iter().filter_map(|line| *line.values.get(a)?);
                Some(Scale::around(values, BOTTOM, TOP))
            }
        })
        .collect();
    let y = |axis: usize, line: usize| match &scales[axis] {
        None => Some(name_place(line, input.lines.len())),
        Some(scale) => Some(scale.pixel((*input.lines[line].values.get(axis)?)?)),
    };
    let svg = draw_sized(width, HEIGHT, |canvas| {
        legend(canvas, input);
        for (a, axis) in input.axes.iter().enumerate() {
            one_axis(canvas, axis, scales[a].as_ref(), LEFT + a as i32 * STEP);
        }
        for l in 0..input.lines.len() {
            let points = (0..input.axes.len())
                .map(|a| y(a, l).map(|y| (LEFT + a as i32 * STEP, y)))
                .collect::<Vec<_>>();
            let line = &input.lines[l];
            let family = input.families.get(line.family);
            let (color, marker) =
                family.map_or((line.family, line.family), |f| (f.color, f.marker));
            polyline(canvas, series(color), dash(line.dash), &points);
            for ((axis, value), at) in input.axes.iter().zip(&line.values).zip(&points) {
                let Some(at) = at else { continue };
                let value = value.filter(|_| axis.scale == AxisScale::Numbers);
                let names = [line.name.as_str(), &axis.title.join(" "), &axis.quantity];
                canvas.shows(&names, &maybe(value), || {
                    canvas.marker(marker, *at, 6, series(color), 1.0);
                });
            }
        }
        for (a, scale) in scales.iter().enumerate() {
            if let Some(scale) = scale {
                ticks(canvas, scale, LEFT + a as i32 * STEP);
            } else {
                names(canvas, input, LEFT + a as i32 * STEP);
            }
        }
        canvas.text(&input.mark, (width - 12, HEIGHT - 16), SMALL, Anchor::Right, MUTED);
    });
    Some(Figure::new(svg, alt(input)))
}

fn name_place(line: usize, lines: usize) -> i32 {
    let step = f64::from(BOTTOM - TOP) / lines as f64;
    TOP + (step * (line as f64 + 0.5)) as i32
}

fn dash(index: usize) -> Option<(i32, i32)> {
    [None, Some((16, 9)), Some((4, 8))][index % 3]
}

fn legend(canvas: &Canvas<'_>, input: &ParallelCoordinates) {
    let mut x = 20;
    for ParallelFamily { name, color, marker } in &input.families {
        canvas.line((x, 30), (x + 56, 30), series(*color), 6);
        canvas.marker(*marker, (x + 28, 30), 8, series(*color), 1.0);
        canvas.text(name, (x + 68, 30), FONT, Anchor::Left, INK);
        x += 68 + text_width(name, FONT) + 44;
    }
    let mut x = 20;
    for (name, index) in &input.dashes {
        canvas.path(vec![(x, 70), (x + 56, 70)], INK, 4, dash(*index));
        canvas.text(name, (x + 68, 70), FONT, Anchor::Left, INK);
        x += 68 + text_width(name, FONT) + 44;
    }
}

fn one_axis(canvas: &Canvas<'_>, axis: &ParallelAxis, scale: Option<&Scale>, x: i32) {
    canvas.line((x, TOP), (x, BOTTOM), MUTED, 2);
    for (index, line) in axis.title.iter().take(2).enumerate() {
        let y = TOP - 50 + index as i32 * 26;
        let anchor = if scale.is_none() { Anchor::Right } else { Anchor::Centre };
        let at = if scale.is_none() { (x + 40, y) } else { (x, y) };
        if index == 0 {
            canvas.bold(line, at, SMALL - 2, anchor, INK);
        } else {
            canvas.text(line, at, SMALL - 2, anchor, MUTED);
        }
    }
}

fn polyline(
    canvas: &Canvas<'_>,
    color: RGBColor,
    dash: Option<(i32, i32)>,
    points: &[Option<(i32, i32)>],
) {
    // A missing value leaves a gap: nothing is drawn through what is not known.
    for run in points.split(Option::is_none) {
        let run: Vec<(i32, i32)> = run.iter().flatten().copied().collect();
        if run.len() > 1 {
            canvas.path(run, color, 4, dash);
        }
    }
}

/// Tick labels stand right of their axis, on paper so that lines do not cross
/// them.
fn ticks(canvas: &Canvas<'_>, scale: &Scale, x: i32) {
    for tick in &scale.ticks {
        let y = scale.pixel(*tick);
        canvas.line((x - 5, y), (x + 5, y), MUTED, 2);
        let label = format!("{tick:.*}", scale.decimals());
        let wide = text_width(&label, SMALL);
        canvas.rect((x + 11, y - 11), (x + 15 + wide, y + 11), super::theme::PAPER, 0.8);
        canvas.text(&label, (x + 13, y), SMALL, Anchor::Left, MUTED);
    }
}

fn names(canvas: &Canvas<'_>, input: &ParallelCoordinates, x: i32) {
    for (index, line) in input.lines.iter().enumerate() {
        let at = (x - 14, name_place(index, input.lines.len()));
        canvas.text(&line.name, at, FONT, Anchor::Right, INK);
    }
}

fn alt(input: &ParallelCoordinates) -> String {
    let mut text = format!("Parallel coordinates. {}.", input.mark);
    for line in &input.lines {
        let values: Vec<String> = input
            .axes
            .iter()
            .zip(&line.values)
            .filter(|(axis, _)| axis.scale == AxisScale::Numbers)
            .filter_map(|(axis, value)| value.map(|v| format!("{} {v}", axis.title.join(" "))))
            .collect();
        text += &format!(" {}: {}.", line.name, values.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_leaves_a_gap() {
        let axis = |title: &str, scale| ParallelAxis {
            title: vec![title.into()],
            scale,
            quantity: "mean".into(),
        };
        let line = |name: &str, family, values: [Option<f64>; 4]| ParallelLine {
            name: name.into(),
            family,
            values: values.to_vec(),
            ..ParallelLine::default()
        };
        let input = ParallelCoordinates {
            axes: vec![
                axis("model", AxisScale::Names),
                axis("A", AxisScale::Numbers),
                axis("B", AxisScale::Numbers),
                axis("C", AxisScale::Numbers),
            ],
            lines: vec![
                line("x", 1, [None, Some(1.0), None, Some(3.0)]),
                line("y", 2, [None, Some(2.0), Some(1.5), Some(4.0)]),
            ],
            ..ParallelCoordinates::default()
        };
        let figure = parallel_coordinates(&input).expect("a figure");
        assert!(figure.alt.contains("x: A 1, C 3. y: A 2, B 1.5, C 4."), "{}", figure.alt);
        let svg = figure.standalone();
        let colored = "<polyline fill=\"none\" opacity=\"1\" stroke=\"#D55E00\"";
        let lines: Vec<&str> = svg.split(colored).skip(1).collect();
        // x has one run of two points (its name and A); C stands alone.
        assert_eq!(lines.len(), 1, "{svg}");
        let points = lines[0].split_once("points=\"").and_then(|(_, rest)| rest.split_once('"'));
        assert_eq!(points.map(|(points, _)| points.split_whitespace().count()), Some(2));
        assert!(parallel_coordinates(&ParallelCoordinates::default()).is_none());
    }
}

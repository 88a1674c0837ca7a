//! Bars with error bars and brackets that carry printed or computed labels.
//!
//! Unlike [`super::grouped_bars()`] the values need not come from a comparison:
//! any labels stand at the brackets, brackets may span groups, and a bar without
//! a value is shown as N/A. The axis does not start at 0 and says so.

use super::canvas::{Anchor, Canvas, draw, fitted, text_width};
use super::scale::Scale;
use super::svg::{Figure, full_stop};
use super::theme::{GRID, HEIGHT, INK, MUTED, WIDTH, series};
use super::words::number;

const LEFT: i32 = 130;
const RIGHT: i32 = WIDTH - 30;
const BOTTOM: i32 = HEIGHT - 104;
const FONT: i32 = 32;
const SMALL: i32 = 28;
const TINY: i32 = 24;
const LAYER: i32 = 46;

/// One panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BracketBars {
    /// Title of the axis: the metric and its unit.
    pub metric: String,
    /// Groups from left to right; one group without a title is fine.
    pub groups: Vec<BarGroup>,
    /// Brackets, in any order.
    pub brackets: Vec<BarBracket>,
    /// Where the numbers come from, written into the panel.
    pub mark: String,
}

/// Bars that stand together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BarGroup {
    /// Title under the group.
    pub title: String,
    /// Bars from left to right.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// Name: under the bar in a single group, in the legend otherwise.
    pub name: String,
    /// Height; `None` is drawn as N/A.
    pub value: Option<f64>,
    /// Half length of the error bar.
    pub spread: Option<f64>,
    /// Colour.
    pub series: usize,
}

/// A bracket between two bars, each given by group and place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarBracket {
    /// One end.
    pub from: (usize, usize),
    /// The other end.
    pub to: (usize, usize),
    /// Label: `p = 1.7e-2`, `**`.
    pub label: String,
}

/// Draws the panel; `None` when no bar has a value.
pub fn bracket_bars(input: &BracketBars) -> Option<Figure> {
    let bars = || input.groups.iter().flat_map(|group| &group.bars);
    let reach = bars().filter_map(|b| Some((b.value?, b.spread.unwrap_or(0.0))));
    let ends: Vec<f64> = reach.flat_map(|(v, s)| [v - s, v + s]).collect();
    if ends.is_empty() {
        return None;
    }
    let places = Places::of(input);
    let layered = layers(&input.brackets, &places);
    let count = layered.iter().map(|(layer, ..)| layer + 1).max().unwrap_or(0);
    let svg = draw(|canvas| {
        let top = legend(canvas, input) + count * LAYER;
        let scale = Scale::around(ends.into_iter(), BOTTOM, top + 12);
        axes(canvas, &scale, input, top);
        for (g, group) in input.groups.iter().enumerate() {
            for (b, bar) in group.bars.iter().enumerate() {
                if let Some(x) = places.x((g, b)) {
                    one_bar(canvas, &group.title, bar, x, places.half, &scale);
                    if input.groups.len() == 1 {
                        name(canvas, &bar.name, x, b, &places);
                    }
                }
            }
            if input.groups.len() > 1
                && let Some((from, to)) = places.group(g)
            {
                let at = (i32::midpoint(from, to), BOTTOM + 32);
                canvas.text(&group.title, at, SMALL, Anchor::Centre, INK);
            }
        }
        canvas.line((LEFT, BOTTOM), (RIGHT, BOTTOM), MUTED, 2);
        axis_break(canvas);
        for (layer, from, to, bracket) in &layered {
            let y = top - 6 - layer * LAYER;
            let names = [bracket.from, bracket.to].map(|at| name_of(input, at).unwrap_or_default());
            canvas.shows(&[&names[1], &names[0], "p"], &bracket.label, || {
                canvas.bracket(*from, *to, y, &bracket.label, SMALL);
            });
        }
    });
    Some(Figure::new(svg, alt(input)))
}

/// Where the bars stand: x per group and bar.
struct Places {
    x: Vec<Vec<i32>>,
    half: i32,
    step: i32,
}

impl Places {
    fn of(input: &BracketBars) -> Self {
        let gaps = input.groups.len().saturating_sub(1);
        let bars: usize = input.groups.iter().map(|group| group.bars.len()).sum();
        // Groups are one bar apart.
        let step = f64::from(RIGHT - LEFT) / (bars + gaps).max(1) as f64;
        let mut at = 0;
        let x = input
            .groups
            .iter()
            .map(|group| {
                let first = at;
                at += group.bars.len() + 1;
                let place = |b| LEFT + (step * ((first + b) as f64 + 0.5)) as i32;
                (0..group.bars.len()).map(place).collect()
            })
            .collect();
        Self { x, half: (step * 0.36).min(64.0) as i32, step: step as i32 }
    }

    fn x(&self, at: (usize, usize)) -> Option<i32> {
        self.x.get(at.0)?.get(at.1).copied()
    }

    fn group(&self, group: usize) -> Option<(i32, i32)> {
        let xs = self.x.get(group)?;
        Some((*xs.first()?, *xs.last()?))
    }
}

/// Layer, ends and label of each bracket: short ones below, no two that
/// overlap in one layer.
fn layers<'a>(brackets: &'a [BarBracket], places: &Places) -> Vec<(i32, i32, i32, &'a BarBracket)> {
    let mut spans: Vec<(i32, i32, &BarBracket)> = brackets
        .iter()
        .filter_map(|bracket| {
            let (a, b) = (places.x(bracket.from)?, places.x(bracket.to)?);
            Some((a.min(b), a.max(b), bracket))
        })
        .collect();
    spans.sort_by_key(|(a, b, _)| (b - a, *a));
    let mut placed: Vec<(i32, i32, i32, &BarBracket)> = Vec::new();
    let beyond = |a: i32, b: i32, bracket: &BarBracket| {
        (text_width(&bracket.label, SMALL) - (b - a)).max(0) / 2 + 4
    };
    for (a, b, bracket) in spans {
        // A label may be wider than its bracket.
        let wide = beyond(a, b, bracket);
        let meets = |other: &(i32, i32, i32, &BarBracket)| {
            let other_wide = beyond(other.1, other.2, other.3);
            a - wide < other.2 + other_wide && other.1 - other_wide < b + wide
        };
        let layer = placed.iter().filter(|p| meets(p)).map(|p| p.0 + 1).max().unwrap_or(0);
        placed.push((layer, a, b, bracket));
    }
    placed
}

/// Names of the colours in rows from the top; a single group has its names
/// under the bars. Gives the y below.
fn legend(canvas: &Canvas<'_>, input: &BracketBars) -> i32 {
    if input.groups.len() < 2 {
        return 30;
    }
    let mut seen: Vec<(&str, usize)> = Vec::new();
    for bar in input.groups.iter().flat_map(|group| &group.bars) {
        if !seen.iter().any(|(name, _)| *name == bar.name) {
            seen.push((&bar.name, bar.series));
        }
    }
    let (mut x, mut y) = (LEFT, 34);
    for (title, color) in seen {
        let title = fitted(title, SMALL, WIDTH / 2);
        let width = 44 + text_width(&title, SMALL) + 34;
        if x + width > RIGHT && x > LEFT {
            (x, y) = (LEFT, y + 44);
        }
        canvas.rect((x, y - 14), (x + 28, y + 14), series(color), 0.85);
        canvas.text(&title, (x + 42, y), SMALL, Anchor::Left, INK);
        x += width;
    }
    y + 44
}

fn axes(canvas: &Canvas<'_>, scale: &Scale, input: &BracketBars, top: i32) {
    for tick in &scale.ticks {
        let y = scale.pixel(*tick);
        canvas.line((LEFT, y), (RIGHT, y), GRID, 2);
        let label = format!("{tick:.*}", scale.decimals());
        canvas.text(&label, (LEFT - 16, y), SMALL, Anchor::Right, MUTED);
    }
    canvas.vertical(&input.metric, (30, i32::midpoint(top, BOTTOM)), FONT);
    canvas.text("axis does not start at 0", (LEFT, HEIGHT - 22), TINY, Anchor::Left, MUTED);
    canvas.text(&input.mark, (RIGHT, HEIGHT - 22), TINY, Anchor::Right, MUTED);
}

/// Two strokes across the axis where it is cut.
fn axis_break(canvas: &Canvas<'_>) {
    for dy in [0, 8] {
        canvas.line((LEFT - 12, BOTTOM - 6 - dy), (LEFT + 12, BOTTOM - 14 - dy), MUTED, 2);
    }
}

/// Group and name of a bar.
fn name_of(input: &BracketBars, at: (usize, usize)) -> Option<String> {
    let group = input.groups.get(at.0)?;
    let bar = &group.bars.get(at.1)?.name;
    Some(if group.title.is_empty() { bar.clone() } else { format!("{} {bar}", group.title) })
}

fn one_bar(canvas: &Canvas<'_>, group: &str, bar: &Bar, x: i32, half: i32, scale: &Scale) {
    let Some(value) = bar.value else {
        canvas.text("N/A", (x, BOTTOM - 22), TINY, Anchor::Centre, MUTED);
        return;
    };
    canvas.shows(&[group, &bar.name, "mean"], &number(value), || {
        canvas.rect((x - half, scale.pixel(value)), (x + half, BOTTOM), series(bar.series), 0.85);
    });
    if let Some(spread) = bar.spread {
        let (low, high) = (scale.pixel(value - spread), scale.pixel(value + spread));
        canvas.shows(&[group, &bar.name, "sd"], &number(spread), || {
            canvas.whisker((x, low), (x, high), half / 3);
        });
    }
}

/// A name under its bar; neighbours stand in two rows where one is too narrow.
fn name(canvas: &Canvas<'_>, name: &str, x: i32, index: usize, places: &Places) {
    let names = fitted(name, TINY, places.step * 2 - 12);
    let crowded = text_width(name, TINY) > places.step - 8;
    let y = BOTTOM + 28 + if crowded && index % 2 == 1 { 28 } else { 0 };
    canvas.text(&names, (x, y), TINY, Anchor::Centre, INK);
}

fn alt(input: &BracketBars) -> String {
    let mut text = format!("Bar chart of {}. {}.", input.metric, input.mark);
    let name = |at: (usize, usize)| name_of(input, at);
    for (g, group) in input.groups.iter().enumerate() {
        for (b, bar) in group.bars.iter().enumerate() {
            let name = name((g, b)).unwrap_or_default();
            text += &match (bar.value, bar.spread) {
                (Some(v), Some(s)) => format!(" {name}: {v:.2} (error bar {s:.2})."),
                (Some(v), None) => format!(" {name}: {v:.2}."),
                _ => format!(" {name}: not available."),
            };
        }
    }
    for bracket in &input.brackets {
        if let Some((from, to)) = name(bracket.from).zip(name(bracket.to)) {
            let label = &bracket.label;
            text += &format!(" {to} against {from}: {label}{}", full_stop(label));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, value: Option<f64>) -> Bar {
        Bar { name: name.into(), value, spread: Some(0.5), series: 0 }
    }

    fn panel(brackets: &[((usize, usize), (usize, usize))]) -> BracketBars {
        let bars = vec![bar("a", Some(90.0)), bar("b", None), bar("c", Some(92.0))];
        let group = BarGroup { title: String::new(), bars };
        let label = |(from, to): &((usize, usize), (usize, usize))| BarBracket {
            from: *from,
            to: *to,
            label: "p = 0.01".into(),
        };
        BracketBars {
            metric: "AUC %".into(),
            groups: vec![group],
            brackets: brackets.iter().map(label).collect(),
            mark: "DIGITISED".into(),
        }
    }

    #[test]
    fn overlapping_brackets_are_stacked() {
        let input = panel(&[((0, 0), (0, 2)), ((0, 0), (0, 1)), ((0, 7), (0, 1))]);
        let placed = layers(&input.brackets, &Places::of(&input));
        assert_eq!(placed.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 1]);
        let figure = bracket_bars(&input).expect("a figure");
        assert!(figure.standalone().contains("N/A") && figure.alt.contains("c: 92.00"));
        assert!(figure.alt.contains("c against a: p = 0.01."));
    }

    #[test]
    fn nothing_to_draw_is_no_figure() {
        assert!(bracket_bars(&BracketBars::default()).is_none());
        let mut input = panel(&[]);
        input.groups[0].bars.retain(|b| b.value.is_none());
        assert!(bracket_bars(&input).is_none());
    }
}

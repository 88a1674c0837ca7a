//! A grid of lying bars with error bars, and a bracket with a gap.

use super::canvas::{Anchor, Canvas, draw_sized, fitted};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, INK, MUTED, series};
use super::words::number;

const NAMES: i32 = 236;
const PANEL: i32 = 262;
const BETWEEN: i32 = 62;
const HEAD: i32 = 84;
const BAR: i32 = 58;
const FOOT: i32 = 66;
const FONT: i32 = 28;
const SMALL: i32 = 24;

/// The grid: rows of bars that share their names, columns that share their axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HorizontalBars {
    /// Names of the bars, per row of the grid.
    pub rows: Vec<Vec<HorizontalBar>>,
    /// Title and second line (the metric) per column.
    pub columns: Vec<(String, String)>,
    /// Panels, per row and column.
    pub panels: Vec<Vec<HorizontalPanel>>,
    /// Where the numbers come from.
    pub mark: String,
}

/// Name of a bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HorizontalBar {
    /// Name.
    pub name: String,
    /// Second line, such as the number of parameters.
    pub note: String,
    /// Colour.
    pub series: usize,
}

/// Values of one panel, in the order of its row's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HorizontalPanel {
    /// Value and half length of the error bar.
    pub values: Vec<Option<(f64, Option<f64>)>>,
    /// A gap between two bars.
    pub gap: Option<HorizontalGap>,
}

/// A bracket between two bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HorizontalGap {
    /// One bar.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// Label.
    pub label: String,
}

/// Draws the grid; `None` when no bar has a value.
pub fn horizontal_bars(input: &HorizontalBars) -> Option<Figure> {
    let values = input.panels.iter().flatten().flat_map(|panel| &panel.values);
    values.flatten().next()?;
    let width = NAMES + input.columns.len() as i32 * (PANEL + BETWEEN);
    let heights: Vec<i32> = input.rows.iter().map(|bars| bars.len() as i32 * BAR + FOOT).collect();
    let height = HEAD + heights.iter().sum::<i32>() + 34;
    let svg = draw_sized(width, height, |canvas| {
        for (c, (title, metric)) in input.columns.iter().enumerate() {
            let x = NAMES + c as i32 * (PANEL + BETWEEN);
            let title = fitted(title, FONT, PANEL + BETWEEN);
            canvas.bold(&title, (x, 28), FONT, Anchor::Left, INK);
            canvas.text(metric, (x, 60), SMALL, Anchor::Left, MUTED);
        }
        let mut top = HEAD;
        for (r, names) in input.rows.iter().enumerate() {
            row_names(canvas, names, top);
            for c in 0..input.columns.len() {
                if let Some(panel) = input.panels.get(r).and_then(|row| row.get(c)) {
                    let x = NAMES + c as i32 * (PANEL + BETWEEN);
                    let title = &input.columns[c].0;
                    one_panel(canvas, (title, panel), names, &scale(input, c, x), top);
                }
            }
            top += heights[r];
        }
        let foot = "axes do not start at 0";
        canvas.text(foot, (8, height - 18), SMALL, Anchor::Left, MUTED);
        canvas.text(&input.mark, (width - 12, height - 18), SMALL, Anchor::Right, MUTED);
    });
    Some(Figure::new(svg, alt(input)))
}

/// The panels of a column share their axis, so that rows can be compared.
fn scale(input: &HorizontalBars, column: usize, x: i32) -> Scale {
    let panels = input.panels.iter().filter_map(|row| row.get(column));
    let ends =
        panels.flat_map(|panel| panel.values.iter().flatten()).flat_map(|(value, spread)| {
            let spread = spread.unwrap_or(0.0);
            [value - spread, value + spread]
        });
    Scale::around(ends, x, x + PANEL)
}

fn row_names(canvas: &Canvas<'_>, names: &[HorizontalBar], top: i32) {
    for (index, bar) in names.iter().enumerate() {
        let y = top + index as i32 * BAR + BAR / 2;
        let name = fitted(&bar.name, FONT, NAMES - 24);
        let up = if bar.note.is_empty() { 0 } else { 12 };
        canvas.text(&name, (NAMES - 20, y - up), FONT, Anchor::Right, INK);
        canvas.text(&bar.note, (NAMES - 20, y + 16), SMALL - 2, Anchor::Right, MUTED);
    }
}

fn one_panel(
    canvas: &Canvas<'_>,
    (title, panel): (&str, &HorizontalPanel),
    names: &[HorizontalBar],
    scale: &Scale,
    top: i32,
) {
    let floor = top + names.len() as i32 * BAR;
    let left = scale.pixel(scale.low);
    // Every other tick has a label where all would touch.
    let every = if scale.ticks.len() > 4 { 2 } else { 1 };
    for (index, tick) in scale.ticks.iter().enumerate() {
        let x = scale.pixel(*tick);
        canvas.line((x, top), (x, floor), GRID, 2);
        if index % every == 0 {
            let label = format!("{tick:.*}", scale.decimals());
            canvas.text(&label, (x, floor + 20), SMALL, Anchor::Centre, MUTED);
        }
    }
    let y = |bar: usize| top + bar as i32 * BAR + BAR / 2;
    let end = |bar: usize| {
        let (value, spread) = (*panel.values.get(bar)?)?;
        Some(scale.pixel(value + spread.unwrap_or(0.0)))
    };
    for (index, bar) in names.iter().enumerate() {
        let Some(Some((value, spread))) = panel.values.get(index) else {
            canvas.text("N/A", (left + 10, y(index)), SMALL, Anchor::Left, MUTED);
            continue;
        };
        let x = scale.pixel(*value);
        canvas.shows(&[title, &bar.name, "mean"], &number(*value), || {
            canvas.rect((left, y(index) - 18), (x, y(index) + 18), series(bar.series), 0.85);
        });
        if let Some(spread) = spread {
            let (low, high) = (scale.pixel(value - spread), scale.pixel(value + spread));
            canvas.shows(&[title, &bar.name, "sd"], &number(*spread), || {
                canvas.whisker((low, y(index)), (high, y(index)), 8);
            });
        }
    }
    canvas.line((left, top), (left, floor), MUTED, 2);
    if let Some(gap) = &panel.gap
        && let Some((a, b)) = end(gap.from).zip(end(gap.to))
    {
        let x = a.max(b) + 12;
        let (from, to) = (y(gap.from), y(gap.to));
        let at = (x + 8, i32::midpoint(from, to));
        let ends = [gap.from, gap.to].map(|bar| names.get(bar).map_or("", |bar| &bar.name));
        canvas.shows(&[title, ends[1], ends[0], "gap"], &gap.label, || {
            canvas.path(vec![(x - 8, from), (x, from), (x, to), (x - 8, to)], series(1), 3, None);
            canvas.bold(&gap.label, at, SMALL, Anchor::Left, series(1));
        });
    }
}

fn alt(input: &HorizontalBars) -> String {
    let mut text = format!("Grid of horizontal bar charts. {}.", input.mark);
    for (r, names) in input.rows.iter().enumerate() {
        for (c, (title, metric)) in input.columns.iter().enumerate() {
            let Some(panel) = input.panels.get(r).and_then(|row| row.get(c)) else { continue };
            text += &format!(" {title}, {metric}:");
            for (bar, value) in names.iter().zip(&panel.values) {
                text += &match value {
                    Some((v, Some(s))) => format!(" {} {v:.2} (error bar {s:.2});", bar.name),
                    Some((v, None)) => format!(" {} {v:.2};", bar.name),
                    None => format!(" {} not available;", bar.name),
                };
            }
            if let Some(gap) = &panel.gap {
                text += &format!(" gap {};", gap.label);
            }
            text.pop();
            text.push('.');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_with_a_gap_and_a_missing_bar() {
        let bar = |name: &str| HorizontalBar { name: name.into(), ..HorizontalBar::default() };
        let gap = Some(HorizontalGap { from: 0, to: 1, label: "+3.7".into() });
        let panel = HorizontalPanel {
            values: vec![Some((90.0, Some(1.0))), Some((86.3, None)), None],
            gap,
        };
        let input = HorizontalBars {
            rows: vec![vec![bar("a"), bar("b"), bar("c")]],
            columns: vec![("CXS".into(), "Dice %".into())],
            panels: vec![vec![panel]],
            mark: "DIGITISED".into(),
        };
        let figure = horizontal_bars(&input).expect("a figure");
        assert!(
            figure.alt.contains("a 90.00 (error bar 1.00); b 86.30; c not available; gap +3.7.")
        );
        assert!(figure.standalone().contains("N/A"));
        assert!(horizontal_bars(&HorizontalBars::default()).is_none());
    }
}

//! Charts of categories: bars of means, boxes, heat maps.

use super::points::{LEFT, RIGHT, head};
use super::{ChartInput, ChartKind, label, names, places};
use crate::figures::axes::{Axes, FONT, SMALL, TINY};
use crate::figures::canvas::{Anchor, Canvas, draw, draw_sized, fitted, text_width};
use crate::figures::grid::{Grid, NAMES};
use crate::figures::legend::Key;
use crate::figures::scale::Scale;
use crate::figures::svg::Figure;
use crate::figures::theme::{HEIGHT, INK, MUTED, WIDTH, series};
use crate::figures::words::{left_out, told};
use crate::stats::describe::{mean, quantile_sorted, sd};

const BOTTOM: i32 = HEIGHT - 120;

/// Values by category and series, sorted; and how many are no numbers.
struct Values {
    categories: Vec<String>,
    series: Vec<String>,
    /// By category, then by series.
    cells: Vec<Vec<Vec<f64>>>,
    lost: usize,
}

impl Values {
    fn of(input: &ChartInput) -> Result<Self, String> {
        let (categories, series) = (names(&input.categories), names(&input.groups));
        let of_category = places(&input.categories, &categories, input.y.len());
        let of_series = places(&input.groups, &series, input.y.len());
        let mut cells = vec![vec![Vec::new(); series.len().max(1)]; categories.len().max(1)];
        let mut found = 0;
        for (at, value) in input.y.iter().enumerate() {
            if let Some(value) = value.filter(|value| value.is_finite()) {
                cells[of_category[at]][of_series[at]].push(value);
                found += 1;
            }
        }
        if found == 0 {
            return Err(format!("there is no value of {}", input.y_name));
        }
        for cell in cells.iter_mut().flatten() {
            cell.sort_by(f64::total_cmp);
        }
        Ok(Self { categories, series, cells, lost: input.y.len() - found })
    }

    fn all(&self) -> impl Iterator<Item = f64> + Clone {
        self.cells.iter().flatten().flatten().copied()
    }
}

pub(super) fn groups(kind: ChartKind, input: &ChartInput) -> Result<Figure, String> {
    let values = Values::of(input)?;
    let svg = draw(|canvas| {
        let top = head(canvas, &input.title, &values.series, Key::Swatch);
        let y = match kind {
            ChartKind::Bars => bar_scale(&values, top),
            _ => Scale::of_data(values.all(), BOTTOM, top),
        };
        let x = Scale::exactly(0.0, 1.0, LEFT, RIGHT);
        let axes = Axes { left: LEFT, right: RIGHT, top, bottom: BOTTOM, x, y };
        axes.vertical(canvas, &input.y_name);
        let step = f64::from(RIGHT - LEFT) / values.cells.len() as f64;
        let wide = (step * 0.8 / values.series.len().max(1) as f64).min(120.0);
        for (at, cells) in values.cells.iter().enumerate() {
            let centre = LEFT + (step * (at as f64 + 0.5)) as i32;
            category(canvas, values.categories.get(at), (centre, at), step as i32);
            for (s, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let shift = (s as f64 - (cells.len() as f64 - 1.0) / 2.0) * wide;
                let place = (centre + shift as i32, (wide * 0.42).max(2.0) as i32, s);
                match kind {
                    ChartKind::Bars => bar(canvas, cell, place, &axes.y),
                    _ => box_of(canvas, cell, place, &axes.y),
                }
            }
        }
        let base = if kind == ChartKind::Bars { axes.y.pixel(0.0) } else { BOTTOM };
        canvas.line((LEFT, base), (RIGHT, base), MUTED, 2);
        let name = fitted(&input.x_name, FONT, RIGHT - LEFT);
        let middle = i32::midpoint(LEFT, RIGHT);
        canvas.text(&name, (middle, HEIGHT - 52), FONT, Anchor::Centre, INK);
        let note = match kind {
            ChartKind::Bars => "mean; whiskers: one standard deviation",
            _ => "box: quartiles; whiskers: furthest value within 1.5 box heights",
        };
        canvas.text(note, (RIGHT, HEIGHT - 16), TINY, Anchor::Right, MUTED);
    });
    Ok(Figure::new(svg, alt(kind, input, &values)))
}

/// Bars begin at zero.
fn bar_scale(values: &Values, top: i32) -> Scale {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for cell in values.cells.iter().flatten().filter(|cell| !cell.is_empty()) {
        let spread = if cell.len() > 1 { sd(cell) } else { 0.0 };
        low = low.min(mean(cell) - spread);
        high = high.max(mean(cell) + spread);
    }
    if low == high {
        high = 1.0;
    }
    Scale::between(low, high, BOTTOM, top)
}

/// The name of a category; every second one lower where they are many.
fn category(canvas: &Canvas<'_>, name: Option<&String>, (centre, at): (i32, usize), step: i32) {
    let Some(name) = name else { return };
    let room = if step < 90 { step * 2 } else { step };
    let lower = if step < 90 && at % 2 == 1 { 26 } else { 0 };
    let size = if text_width(name, SMALL) > room - 8 { TINY } else { SMALL };
    let name = fitted(name, size, room - 8);
    canvas.text(&name, (centre, BOTTOM + 22 + lower), size, Anchor::Centre, INK);
}

fn bar(canvas: &Canvas<'_>, cell: &[f64], (x, half, s): (i32, i32, usize), y: &Scale) {
    let centre = mean(cell);
    let (zero, end) = (y.pixel(0.0), y.pixel(centre));
    canvas.rect((x - half, zero.min(end)), (x + half, zero.max(end)), series(s), 0.85);
    if cell.len() > 1 {
        let spread = sd(cell);
        canvas.whisker((x, y.pixel(centre - spread)), (x, y.pixel(centre + spread)), half.min(12));
    }
}

fn box_of(canvas: &Canvas<'_>, cell: &[f64], (x, half, s): (i32, i32, usize), y: &Scale) {
    let quartile = |q: f64| quantile_sorted(cell, q);
    let (q1, q2, q3) = (quartile(0.25), quartile(0.5), quartile(0.75));
    let reach = 1.5 * (q3 - q1);
    let within = |value: &&f64| **value >= q1 - reach && **value <= q3 + reach;
    let low = cell.iter().find(within).copied().unwrap_or(q1);
    let high = cell.iter().rev().find(within).copied().unwrap_or(q3);
    canvas.line((x, y.pixel(low)), (x, y.pixel(q1)), INK, 3);
    canvas.line((x, y.pixel(q3)), (x, y.pixel(high)), INK, 3);
    canvas.rect((x - half, y.pixel(q3)), (x + half, y.pixel(q1)), series(s), 0.55);
    canvas.line((x - half, y.pixel(q2)), (x + half, y.pixel(q2)), INK, 4);
    for value in cell.iter().filter(|value| **value < low || **value > high) {
        canvas.marker(0, (x, y.pixel(*value)), 6, series(s), 0.8);
    }
}

fn alt(kind: ChartKind, input: &ChartInput, values: &Values) -> String {
    let mut items = Vec::new();
    for (at, cells) in values.cells.iter().enumerate() {
        for (s, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let names = [values.categories.get(at), values.series.get(s)];
            let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
            let numbers = match kind {
                ChartKind::Bars => format!("mean {}", label(mean(cell))),
                _ => format!(
                    "median {}, {} to {}",
                    label(quantile_sorted(cell, 0.5)),
                    label(cell[0]),
                    label(cell[cell.len() - 1])
                ),
            };
            items.push(format!("{}: {numbers}, n = {}", names.join(", "), cell.len()));
        }
    }
    let what = if kind == ChartKind::Bars { "Bar chart of means" } else { "Box plot" };
    let named = if input.title.is_empty() { String::new() } else { format!(" {}:", input.title) };
    format!(
        "{what}.{named} {} by {}.{}{}",
        input.y_name,
        input.x_name,
        told(&items),
        left_out(values.lost, "value")
    )
}

pub(super) fn heat_map(input: &ChartInput) -> Result<Figure, String> {
    let values = Values::of(input)?;
    let (rows, columns) = (values.series.len().max(1), values.cells.len());
    let mean_of = |row: usize, column: usize| {
        let cell = &values.cells[column][row];
        (!cell.is_empty()).then(|| mean(cell))
    };
    let all = (0..rows).flat_map(|row| (0..columns).filter_map(move |column| mean_of(row, column)));
    // Numbers beside each other have the same decimals.
    let alike = all.clone().all(|value| value == 0.0 || (1e-3..1e3).contains(&value.abs()))
        && all.clone().any(|value| value.fract() != 0.0);
    let shown = |value: f64| if alike { format!("{value:.3}") } else { label(value) };
    let (low, high) =
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let top = if input.title.is_empty() { 76 } else { 116 };
    let grid = Grid::new(rows, columns, top);
    let svg = draw_sized(WIDTH, grid.bottom() + 48, |canvas| {
        if !input.title.is_empty() {
            let title = fitted(&input.title, FONT, RIGHT);
            canvas.text(&title, (16, 30), FONT, Anchor::Left, INK);
        }
        let name = fitted(&input.x_name, SMALL, RIGHT - NAMES);
        canvas.text(&name, (NAMES, top - 52), SMALL, Anchor::Left, MUTED);
        for (column, name) in values.categories.iter().enumerate() {
            grid.column_name(canvas, column, name);
        }
        for row in 0..rows {
            if let Some(name) = values.series.get(row) {
                grid.row_name(canvas, row, name, "");
            }
            for column in 0..columns {
                if let Some(value) = mean_of(row, column) {
                    let strength = if high > low { (value - low) / (high - low) } else { 0.5 };
                    let shade = (series(0), strength.max(0.01));
                    grid.cell(canvas, (row, column), shade, &shown(value));
                }
            }
        }
        let note = format!("{}: {} to {}", input.y_name, shown(low), shown(high));
        let note = fitted(&note, TINY, RIGHT - 20);
        canvas.text(&note, (RIGHT, grid.bottom() + 26), TINY, Anchor::Right, MUTED);
    });
    Ok(Figure::new(svg, heat_alt(input, &values, &mean_of)))
}

fn heat_alt(
    input: &ChartInput,
    values: &Values,
    mean_of: &dyn Fn(usize, usize) -> Option<f64>,
) -> String {
    let mut items = Vec::new();
    for row in 0..values.series.len().max(1) {
        for column in 0..values.cells.len() {
            let Some(value) = mean_of(row, column) else { continue };
            let names = [values.series.get(row), values.categories.get(column)];
            let names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
            items.push(format!("{}: {}", names.join(", "), label(value)));
        }
    }
    let named = if input.title.is_empty() { String::new() } else { format!(" {}:", input.title) };
    format!(
        "Heat map.{named} {} by {}.{}{}",
        input.y_name,
        input.x_name,
        told(&items),
        left_out(values.lost, "value")
    )
}

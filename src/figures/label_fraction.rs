//! Score against label fraction: one line per level, its interval as a band,
//! every seed as a point.

use super::canvas::{Anchor, Canvas, draw, fitted, text_width};
use super::numbers::cell_row;
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, HEIGHT, INK, MUTED, WIDTH, dash, series};
use super::words::{maybe, number, pair};
use crate::compare::CellSummary;
use crate::scores::Metric;
use crate::text::percent;

const LEFT: i32 = 130;
const RIGHT: i32 = WIDTH - 40;
const BOTTOM: i32 = HEIGHT - 110;
const FONT: i32 = 32;
const SMALL: i32 = 28;

/// A compared level with its cells in one panel.
#[derive(Clone, Debug)]
pub struct LevelCells<'a> {
    /// The level, as tests name it.
    pub level: String,
    /// As figures name it.
    pub title: String,
    /// Its cells; none where the panel lacks the level, whose colour stays its
    /// own.
    pub cells: Vec<&'a CellSummary>,
}

/// Figure of the cells of one panel; the order of the levels is that of their
/// colours. `None` when no cell has a value.
pub fn label_fraction(levels: &[LevelCells<'_>], metric: &Metric) -> Option<Figure> {
    let cells: Vec<&CellSummary> = levels.iter().flat_map(|level| level.cells.clone()).collect();
    if cells.iter().all(|cell| cell.mean.is_none()) {
        return None;
    }
    let mut fractions: Vec<f64> = cells.iter().map(|c| c.cell.label_fraction).collect();
    fractions.sort_by(f64::total_cmp);
    fractions.dedup();
    let svg = draw(|canvas| {
        let top = legend(canvas, levels);
        let values = cells.iter().flat_map(|c| {
            let ends = c.interval.iter().flat_map(|i| [i.low, i.high]);
            c.cell.values.iter().copied().chain(ends)
        });
        let scale = Scale::around(values, BOTTOM, top);
        let scale = scale.ending(metric.highest()).starting(metric.lowest());
        axes(canvas, &scale, &fractions, &metric.axis(), top);
        for (index, level) in levels.iter().enumerate() {
            line_of(canvas, &level.cells, &scale, &fractions, index, levels.len());
        }
    });
    Some(Figure::new(svg, alt(levels, metric)))
}

/// Names with their markers in rows from the top; gives the y below them.
fn legend(canvas: &Canvas<'_>, levels: &[LevelCells<'_>]) -> i32 {
    let (mut x, mut y) = (LEFT, 34);
    for (index, level) in levels.iter().enumerate() {
        let title = fitted(&level.title, SMALL, WIDTH / 2);
        let width = 90 + text_width(&title, SMALL) + 30;
        if x + width > RIGHT && x > LEFT {
            (x, y) = (LEFT, y + 44);
        }
        canvas.path(vec![(x, y), (x + 70, y)], series(index), 5, dash(index));
        canvas.marker(index, (x + 35, y), 9, series(index), 1.0);
        canvas.text(&title, (x + 86, y), SMALL, Anchor::Left, INK);
        x += width;
    }
    y + 50
}

fn axes(canvas: &Canvas<'_>, scale: &Scale, fractions: &[f64], metric: &str, top: i32) {
    for tick in &scale.ticks {
        let y = scale.pixel(*tick);
        canvas.line((LEFT, y), (RIGHT, y), GRID, 2);
        canvas.text(&scale.label(*tick), (LEFT - 16, y), SMALL, Anchor::Right, MUTED);
    }
    canvas.line((LEFT, BOTTOM), (RIGHT, BOTTOM), MUTED, 2);
    for (index, fraction) in fractions.iter().enumerate() {
        let x = position(index, fractions.len());
        canvas.line((x, BOTTOM), (x, BOTTOM + 10), MUTED, 2);
        canvas.text(&percent(*fraction), (x, BOTTOM + 34), SMALL, Anchor::Centre, MUTED);
    }
    canvas.text(
        "share of the training labels",
        (i32::midpoint(LEFT, RIGHT), BOTTOM + 82),
        FONT,
        Anchor::Centre,
        INK,
    );
    canvas.vertical(metric, (30, i32::midpoint(top, BOTTOM)), FONT);
}

/// Label fractions stand at equal distances: they are levels of a design.
fn position(index: usize, count: usize) -> i32 {
    let step = f64::from(RIGHT - LEFT) / count as f64;
    LEFT + (step * (index as f64 + 0.5)) as i32
}

fn line_of(
    canvas: &Canvas<'_>,
    line: &[&CellSummary],
    scale: &Scale,
    fractions: &[f64],
    index: usize,
    count: usize,
) {
    // Side by side, so that points of different inits do not hide each other.
    let shift = (index as i32 * 2 - count as i32 + 1) * 9;
    let x = |cell: &CellSummary| {
        let at = fractions.iter().position(|f| *f == cell.cell.label_fraction).unwrap_or(0);
        position(at, fractions.len()) + shift
    };
    let color = series(index);
    let banded: Vec<_> = line
        .iter()
        .filter_map(|c| c.interval.as_ref().map(|i| (x(c), i, cell_row(&c.cell))))
        .collect();
    if banded.len() > 1 {
        let upper = banded.iter().map(|(x, i, _)| (*x, scale.end(i.high).0));
        let lower = banded.iter().rev().map(|(x, i, _)| (*x, scale.end(i.low).0));
        canvas.area(upper.chain(lower).collect(), color, 0.14);
    }
    for (x, interval, row) in &banded {
        let (low, high) = (scale.end(interval.low).0, scale.end(interval.high).0);
        canvas.shows_of(row, "interval", &pair(interval.low, interval.high), || {
            canvas.line((*x, low), (*x, high), color, 3);
        });
    }
    let means: Vec<_> =
        line.iter().filter_map(|c| c.mean.map(|mean| (x(c), scale.pixel(mean)))).collect();
    if means.len() > 1 {
        canvas.path(means.clone(), color, 5, dash(index));
    }
    for cell in line {
        let row = cell_row(&cell.cell);
        for (place, value) in cell.cell.values.iter().enumerate() {
            let seed = cell.cell.seeds.get(place).map_or(String::new(), |s| format!("seed_{s}"));
            canvas.shows_of(&row, &seed, &number(*value), || {
                canvas.marker(index, (x(cell), scale.pixel(*value)), 5, color, 0.5);
            });
        }
    }
    for (cell, at) in line.iter().filter(|c| c.mean.is_some()).zip(means) {
        canvas.shows_of(&cell_row(&cell.cell), "mean", &maybe(cell.mean), || {
            canvas.marker(index, at, 10, color, 1.0);
        });
    }
}

fn alt(levels: &[LevelCells<'_>], metric: &Metric) -> String {
    let mut text =
        format!("Line chart of {} against the share of training labels.", metric.in_full());
    for level in levels {
        let parts: Vec<String> = level
            .cells
            .iter()
            .filter(|c| c.mean.is_some())
            .map(|c| format!("{} at {}", metric.text(c.mean), percent(c.cell.label_fraction)))
            .collect();
        if !parts.is_empty() {
            text += &format!(" {}: {}.", level.title, parts.join(", "));
        }
    }
    text
}

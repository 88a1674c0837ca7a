//! Scores in one grid of small panels: tasks down, models across, one legend. Lines
//! against the label fraction where there are several; else a column per level.

use std::collections::BTreeMap;

use super::axes::{SMALL, TINY};
use super::canvas::{Anchor, Canvas, draw_sized, fitted};
use super::label_fraction::LevelCells;
use super::legend::{Key, Legend};
use super::numbers::cell_row;
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, INK, MUTED, WIDTH, dash, series};
use super::words::{maybe, number, pair, thinned, told};
use crate::compare::CellSummary;
use crate::scores::Metric;
use crate::text::percent;

/// More panels than this are left out, and the figure says so.
pub const MOST_CURVE_PANELS: usize = 48;
/// Panels beside each other where rows have no columns of their own.
const ACROSS: usize = 4;
const HEIGHT: i32 = 250;
const HEAD: i32 = 44;
const FOOT: i32 = 52;
/// Room for ticks left of a panel.
const TICKS: i32 = 92;
const GAP: i32 = 26;

/// The cells of one panel.
#[derive(Clone, Debug)]
pub struct CurvePanel<'a> {
    /// What its row shares: a task.
    pub row: String,
    /// What its column shares: a model; empty where there is but one.
    pub column: String,
    /// Every level, in the order of their colours.
    pub levels: Vec<LevelCells<'a>>,
}

/// Where the panels stand.
struct Layout<'a> {
    panels: Vec<(usize, usize, &'a CurvePanel<'a>)>,
    rows: usize,
    columns: usize,
    /// Whether columns mean something.
    matrix: bool,
    width: i32,
    top: i32,
}

/// The figure; `None` when no cell has a value.
pub fn curve_grid(panels: &[CurvePanel<'_>], metric: &Metric) -> Option<Figure> {
    let has_value = |panel: &&CurvePanel<'_>| cells(panel).any(|cell| cell.mean.is_some());
    let drawn: Vec<&CurvePanel<'_>> = panels.iter().filter(has_value).collect();
    if drawn.is_empty() {
        return None;
    }
    let all = drawn.len();
    let drawn = &drawn[..all.min(MOST_CURVE_PANELS)];
    let note = thinned(drawn.len(), all, "panels");
    let mut fractions: Vec<f64> =
        drawn.iter().flat_map(|panel| cells(panel)).map(|cell| cell.cell.label_fraction).collect();
    fractions.sort_by(f64::total_cmp);
    fractions.dedup();
    let mut layout = Layout::of(drawn);
    let names: Vec<&str> = drawn[0].levels.iter().map(|level| level.title.as_str()).collect();
    let legend = Legend::new(names, Key::Line, 20, layout.width - 20);
    layout.top = legend.height() + 16;
    let height = layout.bottom() + if note.is_some() { 40 } else { 8 };
    let svg = draw_sized(layout.width, height, |canvas| {
        legend.draw(canvas, 4);
        let scales = scales(drawn, metric);
        for (row, column, panel) in &layout.panels {
            let (left, top) = layout.corner(*row, *column);
            let place = Place {
                left,
                right: left + layout.wide(),
                top,
                bottom: top + HEIGHT,
                scale: scales[&panel.row].clone(),
                fractions: &fractions,
            };
            title(canvas, layout.wide(), panel, &place);
            place.frame(canvas, *column == 0 || !layout.matrix);
            for (index, level) in panel.levels.iter().enumerate() {
                place.level(canvas, level, index, panel.levels.len());
            }
        }
        if let Some(note) = &note {
            canvas.text(note, (16, height - 22), TINY, Anchor::Left, MUTED);
        }
    });
    Some(Figure::new(svg, alt(drawn, metric, fractions.len() > 1, note)))
}

fn cells<'a>(panel: &'a CurvePanel<'_>) -> impl Iterator<Item = &'a CellSummary> {
    panel.levels.iter().flat_map(|level| level.cells.iter().copied())
}

/// One scale per row of panels, so that panels of a task can be compared.
fn scales(drawn: &[&CurvePanel<'_>], metric: &Metric) -> BTreeMap<String, Scale> {
    let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for panel in drawn {
        let of = values.entry(panel.row.clone()).or_default();
        for cell in cells(panel) {
            of.extend(cell.cell.values.iter().chain(&cell.mean));
            of.extend(cell.interval.iter().flat_map(|i| [i.low, i.high]));
        }
    }
    let scale = |values: Vec<f64>| {
        let scale = Scale::around(values.into_iter().filter(|v| v.is_finite()), HEIGHT, 0);
        scale.ending(metric.highest()).starting(metric.lowest())
    };
    values.into_iter().map(|(row, values)| (row, scale(values))).collect()
}

impl<'a> Layout<'a> {
    fn of(drawn: &[&'a CurvePanel<'a>]) -> Self {
        let order = |name: for<'b> fn(&'b CurvePanel<'a>) -> &'b str| {
            let mut known: Vec<String> = Vec::new();
            for panel in drawn {
                if !known.iter().any(|known| known == name(panel)) {
                    known.push(name(panel).to_string());
                }
            }
            known
        };
        let rows = order(|panel| &panel.row);
        let columns = order(|panel| &panel.column);
        let matrix = columns.len() > 1 && columns.len() <= 6;
        let at = |names: &[String], name: &str| names.iter().position(|n| n == name).unwrap_or(0);
        let across = if matrix { columns.len() } else { ACROSS.min(drawn.len()) };
        let panels: Vec<(usize, usize, &CurvePanel<'_>)> = drawn
            .iter()
            .enumerate()
            .map(|(index, panel)| {
                if matrix {
                    (at(&rows, &panel.row), at(&columns, &panel.column), *panel)
                } else {
                    (index / across, index % across, *panel)
                }
            })
            .collect();
        let rows = panels.iter().map(|(row, ..)| row + 1).max().unwrap_or(0);
        let width = if across > 2 { 2 * WIDTH } else { WIDTH };
        Self { panels, rows, columns: across, matrix, width, top: 0 }
    }

    fn wide(&self) -> i32 {
        let between = if self.matrix { GAP } else { GAP + TICKS };
        let first = TICKS + 8;
        let columns = self.columns as i32;
        (self.width - first - GAP - (columns - 1) * between) / columns
    }

    fn corner(&self, row: usize, column: usize) -> (i32, i32) {
        let between = if self.matrix { GAP } else { GAP + TICKS };
        let left = TICKS + 8 + column as i32 * (self.wide() + between);
        (left, self.top + HEAD + row as i32 * (HEAD + HEIGHT + FOOT))
    }

    fn bottom(&self) -> i32 {
        self.top + self.rows as i32 * (HEAD + HEIGHT + FOOT)
    }
}

fn title(canvas: &Canvas<'_>, wide: i32, panel: &CurvePanel<'_>, place: &Place<'_>) {
    let text = match (panel.row.as_str(), panel.column.as_str()) {
        (row, "") => row.to_string(),
        ("", column) => column.to_string(),
        (row, column) => format!("{row} \u{b7} {column}"),
    };
    let text = fitted(&text, SMALL, wide);
    canvas.bold(&text, (place.left, place.top - 22), SMALL, Anchor::Left, INK);
}

/// One panel on the canvas.
struct Place<'a> {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    scale: Scale,
    fractions: &'a [f64],
}

impl Place<'_> {
    fn y(&self, value: f64) -> i32 {
        self.top + self.scale.end(value).0
    }

    fn x(&self, at: usize, count: usize) -> i32 {
        let step = f64::from(self.right - self.left) / count as f64;
        self.left + (step * (at as f64 + 0.5)) as i32
    }

    fn frame(&self, canvas: &Canvas<'_>, ticks: bool) {
        let told = self.scale.ticks.len().div_ceil(4).max(1);
        for (at, tick) in self.scale.ticks.iter().enumerate() {
            let y = self.y(*tick);
            canvas.line((self.left, y), (self.right, y), GRID, 2);
            if ticks && at % told == 0 {
                let label = self.scale.label(*tick);
                canvas.text(&label, (self.left - 10, y), TINY, Anchor::Right, MUTED);
            }
        }
        canvas.line((self.left, self.bottom), (self.right, self.bottom), MUTED, 2);
        if self.fractions.len() > 1 {
            for (at, fraction) in self.fractions.iter().enumerate() {
                let x = self.x(at, self.fractions.len());
                canvas.line((x, self.bottom), (x, self.bottom + 6), MUTED, 2);
                let at = (x, self.bottom + 24);
                canvas.text(&percent(*fraction), at, TINY, Anchor::Centre, MUTED);
            }
        }
    }

    fn level(&self, canvas: &Canvas<'_>, level: &LevelCells<'_>, index: usize, count: usize) {
        let color = series(index);
        let several = self.fractions.len() > 1;
        // Side by side, so that points of different levels do not hide each other.
        let step = (72 / count.max(1) as i32).clamp(2, 16);
        let shift = (index as i32 * 2 - count as i32 + 1) * step / 2;
        let x = |cell: &CellSummary| {
            if !several {
                return self.x(index, count);
            }
            let at = self.fractions.iter().position(|f| *f == cell.cell.label_fraction);
            self.x(at.unwrap_or(0), self.fractions.len()) + shift
        };
        let means: Vec<(i32, i32)> =
            level.cells.iter().filter_map(|c| c.mean.map(|mean| (x(c), self.y(mean)))).collect();
        if several && means.len() > 1 {
            canvas.path(means, color, 4, dash(index));
        }
        for cell in &level.cells {
            let row = cell_row(&cell.cell);
            if let Some(i) = &cell.interval {
                canvas.shows_of(&row, "interval", &pair(i.low, i.high), || {
                    canvas.line((x(cell), self.y(i.low)), (x(cell), self.y(i.high)), color, 3);
                });
            }
            let singles = &cell.cell.values;
            let drawn = if singles.len() > MOST_MARKS { &[][..] } else { singles };
            for (place, value) in drawn.iter().enumerate() {
                let seed =
                    cell.cell.seeds.get(place).map_or(String::new(), |s| format!("seed_{s}"));
                canvas.shows_of(&row, &seed, &number(*value), || {
                    canvas.marker(index, (x(cell), self.y(*value)), 4, color, 0.45);
                });
            }
            if let Some(mean) = cell.mean {
                canvas.shows_of(&row, "mean", &maybe(cell.mean), || {
                    canvas.marker(index, (x(cell), self.y(mean)), 8, color, 1.0);
                });
            }
        }
    }
}

/// Single values of a cell are drawn up to this many: of hundreds of test cases
/// none can be told from the next.
pub const MOST_MARKS: usize = 12;

fn alt(drawn: &[&CurvePanel<'_>], metric: &Metric, several: bool, note: Option<String>) -> String {
    let against = if several { " against the share of training labels" } else { "" };
    let mut text = format!("Small panels of {}{against}.", metric.in_full());
    let mut items = Vec::new();
    for panel in drawn {
        for cell in
            panel.levels.iter().flat_map(|level| level.cells.iter().map(move |c| (level, c)))
        {
            let (level, cell) = cell;
            if cell.mean.is_some() {
                let at = if several {
                    format!(" at {}", percent(cell.cell.label_fraction))
                } else {
                    String::new()
                };
                let place = [panel.row.as_str(), panel.column.as_str()];
                let place: Vec<&str> = place.into_iter().filter(|name| !name.is_empty()).collect();
                let mean = metric.text(cell.mean);
                items.push(format!("{}, {}{at}: {mean}", place.join(" \u{b7} "), level.title));
            }
        }
    }
    text += &told(&items);
    note.map_or(text.clone(), |note| format!("{text} {note}"))
}

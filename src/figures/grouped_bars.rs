//! Grouped bars with standard deviations and brackets of adjusted p-values.

use super::canvas::{Anchor, Canvas, draw_sized};
use super::label_fraction::LevelCells;
use super::legend::{Key, Legend};
use super::numbers::{cell_row, test_row};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, HEIGHT, INK, MUTED, WIDTH, series, stars};
use super::words::number;
use crate::compare::{CellSummary, ComparisonRow};
use crate::scores::Metric;
use crate::text::{p_value, percent};

const LEFT: i32 = 130;
const RIGHT: i32 = WIDTH - 40;
/// Height of the plot: brackets and a long legend make the figure taller, not
/// the plot lower.
const PLOT: i32 = HEIGHT - 246;
const FONT: i32 = 32;
const SMALL: i32 = 28;
const TINY: i32 = 24;
/// More brackets than this over one group cannot be read and are left out.
pub const MOST_BRACKETS: usize = 6;
/// Height of one bracket with its label.
const BRACKET: i32 = 44;

/// Figure of the cells of one panel: a group of bars per label fraction (one group
/// where fractions are what is compared), one bar per level, error bars of one standard deviation, and a bracket per test. Bars
/// start at what guessing gives (0.5 for an AUC), else at 0, and at 0 when a value
/// lies below chance ([`bars_start`]). `None` when no cell has a value.
pub fn grouped_bars(
    levels: &[LevelCells<'_>],
    tests: &[&ComparisonRow],
    metric: &Metric,
) -> Option<Figure> {
    let cells: Vec<&CellSummary> = levels.iter().flat_map(|level| level.cells.clone()).collect();
    if cells.iter().all(|cell| cell.mean.is_none()) {
        return None;
    }
    let groups = groups(levels, tests);
    let reach = |c: &&CellSummary| Some((c.mean?, c.sd.unwrap_or(0.0)));
    let lowest = cells.iter().filter_map(reach).map(|(m, s)| m - s).fold(f64::INFINITY, f64::min);
    let base = bars_start(&cells, metric);
    let highest = cells.iter().filter_map(reach).map(|(m, s)| m + s).fold(base, f64::max);
    let in_group =
        |f: Option<f64>| tests.iter().filter(move |t| is_at(t, f) && t.adjusted_p.is_some());
    let layers = groups.iter().map(|f| in_group(*f).count()).max().unwrap_or(0);
    let (layers, tests) =
        if layers > MOST_BRACKETS { (0, &[][..]) } else { (layers as i32, tests) };
    let titles = levels.iter().map(|level| level.title.as_str());
    let legend = Legend::new(titles, Key::Swatch, LEFT, RIGHT);
    let top = legend.height() + 40 + layers * BRACKET;
    let bottom = top + PLOT;
    let svg = draw_sized(WIDTH, bottom + 110, |canvas| {
        legend.draw(canvas, 14);
        let scale = Scale::between(lowest.min(base), highest, bottom, top);
        let scale = scale.ending(metric.highest()).starting(metric.lowest());
        axes(canvas, &scale, &metric.axis(), (top, bottom));
        for (group, fraction) in groups.iter().enumerate() {
            let place = Place::new(group, groups.len(), levels.len(), bottom);
            bars(canvas, levels, *fraction, &place, &scale, base);
            brackets(canvas, tests, levels, *fraction, &place, top);
        }
    });
    Some(Figure::new(svg, alt(levels, tests, metric)))
}

/// Where bars start: at what guessing gives, else at 0; at 0 as well where a value
/// less one standard deviation lies below chance. Distances and errors start at 0,
/// which is their good end.
pub fn bars_start(cells: &[&CellSummary], metric: &Metric) -> f64 {
    let chance = metric.chance().unwrap_or(0.0);
    let reach = |cell: &&CellSummary| Some(cell.mean? - cell.sd.unwrap_or(0.0));
    if cells.iter().filter_map(reach).any(|low| low < chance) { 0.0 } else { chance }
}

/// The groups of bars: label fractions; one of all where the tests compare
/// fractions.
fn groups(levels: &[LevelCells<'_>], tests: &[&ComparisonRow]) -> Vec<Option<f64>> {
    if tests.first().is_some_and(|test| test.block.label_fraction.is_none()) {
        return vec![None];
    }
    let cells = levels.iter().flat_map(|level| &level.cells);
    let mut fractions: Vec<f64> = cells.map(|c| c.cell.label_fraction).collect();
    fractions.sort_by(f64::total_cmp);
    fractions.dedup();
    fractions.into_iter().map(Some).collect()
}

/// Whether a test belongs to a group.
fn is_at(test: &ComparisonRow, fraction: Option<f64>) -> bool {
    test.block.label_fraction == fraction
}

/// Where the bars of one group stand.
struct Place {
    centre: i32,
    bar: i32,
    bars: i32,
    /// The axis below the bars.
    bottom: i32,
}

impl Place {
    fn new(group: usize, groups: usize, bars: usize, bottom: i32) -> Self {
        let step = f64::from(RIGHT - LEFT) / groups as f64;
        let bar = (step * 0.8 / bars.max(1) as f64).min(90.0) as i32;
        let centre = LEFT + (step * (group as f64 + 0.5)) as i32;
        Self { centre, bar, bars: bars as i32, bottom }
    }

    fn x(&self, bar: usize) -> i32 {
        self.centre + (bar as i32 * 2 - self.bars + 1) * self.bar / 2
    }
}

fn axes(canvas: &Canvas<'_>, scale: &Scale, metric: &str, (top, bottom): (i32, i32)) {
    for tick in &scale.ticks {
        let y = scale.pixel(*tick);
        canvas.line((LEFT, y), (RIGHT, y), GRID, 2);
        canvas.text(&scale.label(*tick), (LEFT - 16, y), SMALL, Anchor::Right, MUTED);
    }
    let middle = (i32::midpoint(LEFT, RIGHT), bottom + 82);
    canvas.text("share of the training labels", middle, FONT, Anchor::Centre, INK);
    canvas.vertical(metric, (30, i32::midpoint(top, bottom)), FONT);
}

fn bars(
    canvas: &Canvas<'_>,
    levels: &[LevelCells<'_>],
    fraction: Option<f64>,
    place: &Place,
    scale: &Scale,
    base: f64,
) {
    for (index, level) in levels.iter().enumerate() {
        let here = |c: &&&CellSummary| fraction.is_none_or(|f| c.cell.label_fraction == f);
        let cell = level.cells.iter().find(here);
        let Some((cell, mean)) = cell.and_then(|c| Some((c, c.mean?))) else {
            continue;
        };
        let (x, half) = (place.x(index), place.bar * 2 / 5);
        let (y, floor) = (scale.pixel(mean), scale.pixel(base));
        let row = cell_row(&cell.cell);
        canvas.shows_of(&row, "mean", &number(mean), || {
            canvas.rect((x - half, y), (x + half, floor), series(index), 0.85);
        });
        if let Some(sd) = cell.sd {
            let ((low, from), (high, to)) = (scale.end(mean - sd), scale.end(mean + sd));
            canvas.shows_of(&row, "sd", &number(sd), || {
                let cap = half / 3;
                if from && to {
                    return canvas.whisker((x, low), (x, high), cap);
                }
                // Cut at an end of the scale: open there.
                canvas.line((x, low), (x, high), INK, 3);
                for y in
                    [(low, from), (high, to)].into_iter().filter_map(|(y, cap)| cap.then_some(y))
                {
                    canvas.line((x - cap, y), (x + cap, y), INK, 3);
                }
            });
        }
    }
    canvas.line((LEFT, scale.pixel(base)), (RIGHT, scale.pixel(base)), MUTED, 2);
    canvas.text(
        &fraction.map_or_else(String::new, percent),
        (place.centre, place.bottom + 34),
        SMALL,
        Anchor::Centre,
        MUTED,
    );
}

/// Shorter brackets lie below longer ones.
fn brackets(
    canvas: &Canvas<'_>,
    tests: &[&ComparisonRow],
    levels: &[LevelCells<'_>],
    fraction: Option<f64>,
    place: &Place,
    top: i32,
) {
    let index = |name: &String| levels.iter().position(|level| level.level == *name);
    let mut spans: Vec<(usize, usize, f64, Vec<String>)> = tests
        .iter()
        .filter(|t| is_at(t, fraction))
        .filter_map(|t| {
            let (a, b) = (index(&t.reference)?, index(&t.level)?);
            Some((a.min(b), a.max(b), t.adjusted_p?, test_row(t)))
        })
        .collect();
    spans.sort_by_key(|(a, b, ..)| (b - a, *a));
    for (layer, (a, b, p, row)) in spans.into_iter().enumerate() {
        let y = top - 6 - layer as i32 * BRACKET;
        let (from, to) = (place.x(a), place.x(b));
        let wide = place.bar * (b - a) as i32 > 150;
        let label = match (wide, stars(p)) {
            (true, "n.s.") => format!("n.s., p = {}", p_value(Some(p))),
            (true, stars) if p < 0.0001 => format!("{stars} p < 0.0001"),
            (true, stars) => format!("{stars} p = {}", p_value(Some(p))),
            (false, stars) => stars.to_string(),
        };
        canvas.shows_of(&row, "adjusted_p", &number(p), || {
            canvas.bracket(from, to, y, &label, TINY);
        });
    }
}

fn alt(levels: &[LevelCells<'_>], tests: &[&ComparisonRow], metric: &Metric) -> String {
    let title = |name: &str| {
        let level = levels.iter().find(|level| level.level == name);
        level.map_or_else(|| name.to_string(), |level| level.title.clone())
    };
    let mut text = format!("Bar chart of mean {} with standard deviations.", metric.in_full());
    for level in levels {
        for cell in level.cells.iter().filter(|c| c.mean.is_some()) {
            text += &format!(
                " {} at {}: {} (SD {}).",
                level.title,
                percent(cell.cell.label_fraction),
                metric.text(cell.mean),
                metric.text(cell.sd)
            );
        }
    }
    for test in tests.iter().filter(|t| t.adjusted_p.is_some()) {
        text += &format!(
            " {} against {} at {}: adjusted p {}.",
            title(&test.level),
            title(&test.reference),
            test.block.fraction_words(),
            p_value(test.adjusted_p)
        );
    }
    text
}

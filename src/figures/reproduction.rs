//! Own results beside published ones: one row per pair, own mean with its
//! interval, published mean with what its precision leaves open.

use super::canvas::{Anchor, Canvas, draw_sized, fitted, text_width};
use super::scale::Scale;
use super::svg::Figure;
use super::theme::{GRID, INK, MUTED, series};
use super::words::{number, pair};

const WIDTH: i32 = 1200;
const NAMES: i32 = 560;
const RIGHT: i32 = WIDTH - 40;
const TOP: i32 = 70;
const LINE: i32 = 54;
const FONT: i32 = 26;
const SMALL: i32 = 22;

/// The figure: the pairs of one metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reproduction {
    /// Title of the axis.
    pub metric: String,
    /// Name of the own interval.
    pub interval: String,
    /// Rows from the top.
    pub rows: Vec<ReproductionRow>,
}

/// One pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReproductionRow {
    /// What was repeated.
    pub name: String,
    /// Where it was published, and how its number is known.
    pub source: String,
    /// Own mean.
    pub own: Option<f64>,
    /// Own interval.
    pub interval: Option<(f64, f64)>,
    /// Published mean.
    pub published: f64,
    /// How far the true published mean may lie from it.
    pub half_width: f64,
    /// Whether the published mean was digitised.
    pub digitised: bool,
}

/// Draws the figure; `None` without rows.
pub fn reproduction(input: &Reproduction) -> Option<Figure> {
    if input.rows.is_empty() {
        return None;
    }
    let floor = TOP + input.rows.len() as i32 * LINE;
    let height = floor + 92;
    let ends = input.rows.iter().flat_map(|row| {
        let interval = row.interval.iter().flat_map(|(low, high)| [*low, *high]);
        let published = [row.published - row.half_width, row.published + row.half_width];
        interval.chain(row.own).chain(published).collect::<Vec<_>>()
    });
    let scale = Scale::around(ends, NAMES, RIGHT);
    let svg = draw_sized(WIDTH, height, |canvas| {
        legend(canvas, input);
        for tick in &scale.ticks {
            let x = scale.pixel(*tick);
            canvas.line((x, TOP), (x, floor), GRID, 2);
            let label = format!("{tick:.*}", scale.decimals());
            canvas.text(&label, (x, floor + 22), SMALL, Anchor::Centre, MUTED);
        }
        for (index, row) in input.rows.iter().enumerate() {
            one_row(canvas, row, TOP + index as i32 * LINE + LINE / 2, &scale);
        }
        let at = (i32::midpoint(NAMES, RIGHT), height - 26);
        canvas.text(&input.metric, at, FONT, Anchor::Centre, INK);
    });
    Some(Figure::new(svg, alt(input)))
}

fn legend(canvas: &Canvas<'_>, input: &Reproduction) {
    let own = format!("own mean, {}", input.interval);
    let mut x = 20;
    canvas.marker(0, (x + 12, 30), 9, series(0), 1.0);
    canvas.text(&own, (x + 34, 30), FONT, Anchor::Left, INK);
    x += 34 + text_width(&own, FONT) + 50;
    canvas.marker(3, (x + 12, 30), 9, series(1), 1.0);
    canvas.text("published, PRINTED", (x + 34, 30), FONT, Anchor::Left, INK);
    x += 34 + text_width("published, PRINTED", FONT) + 50;
    canvas.marker(3, (x + 12, 30), 9, series(1), 0.4);
    canvas.text("published, DIGITISED", (x + 34, 30), FONT, Anchor::Left, INK);
}

fn one_row(canvas: &Canvas<'_>, row: &ReproductionRow, y: i32, scale: &Scale) {
    let name = fitted(&row.name, FONT, NAMES - 30);
    canvas.text(&name, (NAMES - 18, y - 12), FONT, Anchor::Right, INK);
    let source = fitted(&row.source, SMALL, NAMES - 30);
    canvas.text(&source, (NAMES - 18, y + 14), SMALL, Anchor::Right, MUTED);
    let (low, high) = (row.published - row.half_width, row.published + row.half_width);
    let opacity = if row.digitised { 0.4 } else { 1.0 };
    canvas.shows(&[&row.name, &row.source, "published"], &number(row.published), || {
        canvas.line((scale.pixel(low), y + 10), (scale.pixel(high), y + 10), series(1), 6);
        canvas.marker(3, (scale.pixel(row.published), y + 10), 8, series(1), opacity);
    });
    if let Some((low, high)) = row.interval {
        canvas.shows(&[&row.name, &row.source, "interval"], &pair(low, high), || {
            canvas.line((scale.pixel(low), y - 8), (scale.pixel(high), y - 8), series(0), 4);
        });
    }
    if let Some(own) = row.own {
        canvas.shows(&[&row.name, &row.source, "own"], &number(own), || {
            canvas.marker(0, (scale.pixel(own), y - 8), 9, series(0), 1.0);
        });
    }
}

fn alt(input: &Reproduction) -> String {
    let mut text = format!("Own and published {}.", input.metric);
    for row in &input.rows {
        let own = match (row.own, row.interval) {
            (Some(m), Some((l, h))) => format!("own {m:.2} [{l:.2}, {h:.2}]"),
            (Some(m), None) => format!("own {m:.2}"),
            _ => "no own mean".into(),
        };
        let kind = if row.digitised { "digitised" } else { "printed" };
        text += &format!(
            " {}, {}: {own}, published {:.2} ({kind}).",
            row.name, row.source, row.published
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_pair_are_said() {
        let row = ReproductionRow {
            name: "TXC / ResNet-50".into(),
            source: "A1".into(),
            own: Some(95.0),
            interval: Some((94.0, 96.0)),
            published: 95.6,
            half_width: 0.05,
            digitised: true,
        };
        let input = Reproduction {
            metric: "AUC %".into(),
            interval: "95 % interval".into(),
            rows: vec![row],
        };
        let alt = reproduction(&input).expect("a figure").alt;
        assert!(alt.contains("own 95.00 [94.00, 96.00], published 95.60 (digitised)."), "{alt}");
        assert!(reproduction(&Reproduction::default()).is_none());
    }
}

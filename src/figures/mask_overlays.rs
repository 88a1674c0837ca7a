//! Images with what is true of their pixels and what networks say: a row per
//! case, a column per level.

use super::canvas::{Anchor, draw_sized, fitted};
use super::svg::Figure;
use super::theme::{INK, MUTED, series};
use super::words::{csv, number};
use crate::text::fixed;

/// One case as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct OverlayRow {
    /// `worst`, `median`, `best`.
    pub rank: String,
    /// Name of the case.
    pub case: String,
    /// Width and height of the picture in pixels.
    pub size: (u32, u32),
    /// JPEG in base64.
    pub picture: String,
    /// Per level the Dice and a PNG in base64 of the picture's size.
    pub layers: Vec<Option<(f64, String)>>,
}

/// A grid of overlays.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskOverlaysInput {
    /// Names of the levels, one per layer.
    pub levels: Vec<String>,
    /// Rows from top to bottom.
    pub rows: Vec<OverlayRow>,
}

impl MaskOverlaysInput {
    /// The values behind the pictures.
    pub fn csv(&self) -> String {
        let rows = self.rows.iter().flat_map(|row| {
            let layers = self.levels.iter().zip(&row.layers);
            layers.filter_map(|(level, layer)| {
                let dice = number(layer.as_ref()?.0);
                Some([row.case.clone(), row.rank.clone(), level.clone(), dice])
            })
        });
        csv(["case", "rank", "level", "dice"], rows)
    }
}

const CELL: i32 = 300;
const GAP: i32 = 16;
const TOP: i32 = 48;
const NAME: i32 = 56;
const KEY: i32 = 60;

/// Draws the grid; none without rows or levels.
pub fn mask_overlays(input: &MaskOverlaysInput) -> Option<Figure> {
    if input.rows.is_empty() || input.levels.is_empty() {
        return None;
    }
    let columns = input.levels.len() as i32 + 1;
    let heights: Vec<i32> = input.rows.iter().map(|row| height_of(row.size)).collect();
    let total: i32 = heights.iter().map(|height| height + NAME).sum();
    let width = columns * (CELL + GAP) - GAP;
    let drawing = draw_sized(width, TOP + total + KEY, |canvas| {
        let left = |column: i32| column * (CELL + GAP);
        canvas.text("image", (left(0), 22), 24, Anchor::Left, INK);
        for (column, name) in (1..).zip(&input.levels) {
            canvas.text(&fitted(name, 24, CELL), (left(column), 22), 24, Anchor::Left, INK);
        }
        let mut top = TOP;
        for (row, height) in input.rows.iter().zip(&heights) {
            let picture = format!("data:image/jpeg;base64,{}", row.picture);
            canvas.image((left(0), top), (CELL, *height), &picture);
            // The folders of a file tell less than its own name.
            let file = row.case.rsplit('/').next().unwrap_or(&row.case);
            let name = fitted(&format!("{}: {file}", row.rank), 22, CELL);
            canvas.text(&name, (left(0), top + height + 20), 22, Anchor::Left, MUTED);
            for (column, (level, layer)) in (1..).zip(input.levels.iter().zip(&row.layers)) {
                let Some((dice, layer)) = layer else { continue };
                let at = (left(column), top);
                canvas.image(at, (CELL, *height), &picture);
                let layer = format!("data:image/png;base64,{layer}");
                canvas.image(at, (CELL, *height), &layer);
                canvas.shows(&[&row.case, level, "dice"], &dice.to_string(), || {
                    let text = format!("Dice {}", fixed(Some(*dice), 3));
                    canvas.text(&text, (at.0, top + height + 20), 22, Anchor::Left, INK);
                });
            }
            top += height + NAME;
        }
        let mut x = 0;
        for (color, words) in [(2, "right"), (1, "missed"), (5, "false alarm")] {
            canvas.rect((x, top + 8), (x + 26, top + 34), series(color), 1.0);
            canvas.text(words, (x + 36, top + 21), 22, Anchor::Left, INK);
            x += 200;
        }
    });
    Some(Figure::new(drawing, alt(input)))
}

fn height_of((width, height): (u32, u32)) -> i32 {
    (f64::from(CELL) * f64::from(height) / f64::from(width.max(1))).round().clamp(40.0, 900.0)
        as i32
}

fn alt(input: &MaskOverlaysInput) -> String {
    let rows = input.rows.iter().map(|row| {
        let values: Vec<String> = input
            .levels
            .iter()
            .zip(&row.layers)
            .filter_map(|(level, layer)| {
                Some(format!("{level} {}", fixed(Some(layer.as_ref()?.0), 3)))
            })
            .collect();
        format!("{} case {}: Dice {}", row.rank, row.case, values.join(", "))
    });
    format!("Images with masks. {}.", rows.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> MaskOverlaysInput {
        MaskOverlaysInput {
            levels: vec!["a".into(), "b".into()],
            rows: vec![OverlayRow {
                rank: "worst".into(),
                case: "c, 1".into(),
                size: (20, 10),
                picture: "AAAA".into(),
                layers: vec![Some((0.25, "BBBB".into())), None],
            }],
        }
    }

    #[test]
    fn a_level_without_masks_has_a_gap() {
        let figure = mask_overlays(&input()).expect("a figure");
        let svg = figure.standalone();
        assert_eq!(svg.matches("<image ").count(), 3);
        assert_eq!(svg.matches("data:image/jpeg;base64,AAAA").count(), 2);
        assert!(svg.contains("Dice 0.250") && figure.alt.contains("worst case c, 1: Dice a 0.250"));
        assert_eq!(input().csv(), "case,rank,level,dice\n\"c, 1\",worst,a,0.25\n");
        let inline = figure.inline("f", &crate::figures::Numbers::new("masks"));
        assert_eq!(inline.matches("<image ").count(), 3, "{inline}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(mask_overlays(&MaskOverlaysInput { rows: Vec::new(), ..input() }).is_none());
        assert!(mask_overlays(&MaskOverlaysInput { levels: Vec::new(), ..input() }).is_none());
    }
}

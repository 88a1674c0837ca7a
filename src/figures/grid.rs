//! Cells with names: the common part of heat maps.
//!
//! A cell's shade is one hue laid over the paper in steps of opacity, at most
//! [`DARKEST`], so that ink is readable on it in a light and in a dark scheme.

use plotters::style::RGBColor;

use super::axes::TINY;
use super::canvas::{Anchor, Canvas, fitted, text_width};
use super::theme::{INK, MUTED, WIDTH};

/// Opacity of the strongest shade; ink on it keeps a contrast above 4.5.
const DARKEST: f64 = 0.5;
/// Left edge of the cells: the names of the rows stand before it.
pub(super) const NAMES: i32 = 300;
const SMALLEST_FONT: i32 = 16;
/// Cells wider than this have larger text.
const ROOMY: i32 = 140;

/// A grid of equal cells.
pub(super) struct Grid {
    pub(super) top: i32,
    pub(super) wide: i32,
    pub(super) tall: i32,
    rows: usize,
}

impl Grid {
    /// Cells from `top` down and from the names to the right edge.
    pub(super) fn new(rows: usize, columns: usize, top: i32) -> Self {
        let wide = ((WIDTH - 20 - NAMES) / columns.max(1) as i32).clamp(8, 200);
        let tall = wide.clamp(36, 64) + if wide > ROOMY { 20 } else { 0 };
        Self { top, wide, tall, rows }
    }

    pub(super) fn bottom(&self) -> i32 {
        self.top + self.rows as i32 * self.tall
    }

    pub(super) fn centre(&self, row: usize, column: usize) -> (i32, i32) {
        (
            NAMES + column as i32 * self.wide + self.wide / 2,
            self.top + row as i32 * self.tall + self.tall / 2,
        )
    }

    /// A cell of a strength in 0..=1 with its text, which is left out where it
    /// does not fit.
    pub(super) fn cell(
        &self,
        canvas: &Canvas<'_>,
        at: (usize, usize),
        shade: (RGBColor, f64),
        text: &str,
    ) {
        self.shade(canvas, at, shade);
        self.text(canvas, self.centre(at.0, at.1), text);
    }

    /// The same with a second, small text below the first where there is room.
    pub(super) fn cell_of_two(
        &self,
        canvas: &Canvas<'_>,
        at: (usize, usize),
        shade: (RGBColor, f64),
        [text, small]: [&str; 2],
    ) {
        let font = if self.wide > ROOMY { TINY } else { SMALLEST_FONT };
        if self.tall < 48 || text_width(small, font) > self.wide - 4 {
            return self.cell(canvas, at, shade, text);
        }
        self.shade(canvas, at, shade);
        let (x, y) = self.centre(at.0, at.1);
        self.text(canvas, (x, y - font / 2 - 2), text);
        canvas.text(small, (x, y + font - 1), font, Anchor::Centre, INK);
    }

    fn shade(&self, canvas: &Canvas<'_>, at: (usize, usize), (color, strength): (RGBColor, f64)) {
        if strength <= 0.0 {
            return;
        }
        let (x, y) = self.centre(at.0, at.1);
        let (half, high) = (self.wide / 2 - 1, self.tall / 2 - 1);
        let opacity = 0.05 + (DARKEST - 0.05) * strength.min(1.0);
        // In steps of 0.02.
        let opacity = (opacity * 50.0).round() / 50.0;
        canvas.rect((x - half, y - high), (x + half, y + high), color, opacity);
    }

    fn text(&self, canvas: &Canvas<'_>, at: (i32, i32), text: &str) {
        if let Some(font) = self.font(text) {
            canvas.text(text, at, font, Anchor::Centre, INK);
        }
    }

    /// The largest size in which a text fits a cell.
    fn font(&self, text: &str) -> Option<i32> {
        let largest = if self.wide > ROOMY { TINY + 4 } else { TINY };
        (SMALLEST_FONT..=largest).rev().find(|f| text_width(text, *f) <= self.wide - 4)
    }

    /// The name of a row; what stands behind it is never cut.
    pub(super) fn row_name(&self, canvas: &Canvas<'_>, row: usize, name: &str, behind: &str) {
        let room = NAMES - 28 - text_width(behind, TINY + 2);
        let name = format!("{}{behind}", fitted(name, TINY + 2, room));
        canvas.text(&name, (NAMES - 12, self.centre(row, 0).1), TINY + 2, Anchor::Right, INK);
    }

    /// Whether a text fits over a column.
    pub(super) fn fits(&self, name: &str) -> bool {
        text_width(name, SMALLEST_FONT) <= self.wide - 4
    }

    /// The head of a column, above the cells; left out where it does not fit.
    pub(super) fn column_name(&self, canvas: &Canvas<'_>, column: usize, name: &str) {
        let font = self.font(name).unwrap_or(SMALLEST_FONT);
        let name = fitted(name, font, (self.wide - 4).max(24));
        let at = (self.centre(0, column).0, self.top - 20);
        canvas.text(&name, at, font, Anchor::Centre, MUTED);
    }
}

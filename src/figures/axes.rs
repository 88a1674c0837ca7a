//! The frame of a plot: two scales with grid, ticks and names.

use super::canvas::{Anchor, Canvas, text_width};
use super::scale::Scale;
use super::theme::{GRID, INK, MUTED, WIDTH};

/// Names of axes.
pub(super) const FONT: i32 = 30;
/// Ticks and legends.
pub(super) const SMALL: i32 = 26;
/// Marks inside a plot.
pub(super) const TINY: i32 = 22;

/// A rectangle with a scale on each side.
pub(super) struct Axes {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Axes {
    /// Pixel of a point.
    pub(super) fn at(&self, x: f64, y: f64) -> (i32, i32) {
        (self.x.pixel(x), self.y.pixel(y))
    }

    /// Horizontal grid with its ticks and the name of the vertical axis.
    pub(super) fn vertical(&self, canvas: &Canvas<'_>, name: &str) {
        for tick in &self.y.ticks {
            let y = self.y.pixel(*tick);
            canvas.line((self.left, y), (self.right, y), GRID, 2);
            let label = self.y.label(*tick);
            canvas.text(&label, (self.left - 14, y), SMALL, Anchor::Right, MUTED);
        }
        let height = self.bottom - self.top;
        let name = super::canvas::fitted(name, FONT, height.max(160));
        canvas.vertical(&name, (self.left - 104, i32::midpoint(self.top, self.bottom)), FONT);
    }

    /// Ticks of the horizontal axis with its name, and a grid where asked for.
    pub(super) fn horizontal(&self, canvas: &Canvas<'_>, name: &str, grid: bool) {
        let labels = self.x.ticks.iter().map(|tick| text_width(&self.x.label(*tick), SMALL));
        let told = self.x.spaced(labels.max().unwrap_or(0) + 8);
        for tick in &self.x.ticks {
            let x = self.x.pixel(*tick);
            if grid {
                canvas.line((x, self.top), (x, self.bottom), GRID, 2);
            }
            canvas.line((x, self.bottom), (x, self.bottom + 8), MUTED, 2);
            if !told.contains(tick) {
                continue;
            }
            let label = self.x.label(*tick);
            canvas.text(&label, (x, self.bottom + 28), SMALL, Anchor::Centre, MUTED);
        }
        canvas.line((self.left, self.bottom), (self.right, self.bottom), MUTED, 2);
        let name = super::canvas::fitted(name, FONT, WIDTH - 60);
        let middle = (i32::midpoint(self.left, self.right), self.bottom + 70);
        canvas.text(&name, middle, FONT, Anchor::Centre, INK);
    }
}

//! Names of series with their marks, in rows.

use super::axes::SMALL;
use super::canvas::{Anchor, Canvas, fitted, text_width};
use super::theme::{INK, dash, series};

/// What stands before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A line with its dash and marker.
    Line,
    /// A filled square.
    Swatch,
    /// A marker alone.
    Point,
}

/// Height of a row.
const ROW: i32 = 40;

/// A legend laid out between two edges, so that its height is known before
/// anything is drawn.
pub(super) struct Legend {
    /// Series, place from the top left corner, name.
    entries: Vec<(usize, i32, i32, String)>,
    key: Key,
    left: i32,
}

impl Legend {
    /// Names of series 0, 1, ...
    pub(super) fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        key: Key,
        left: i32,
        right: i32,
    ) -> Self {
        let room = right - left;
        let (mut x, mut y) = (0, ROW / 2);
        let mut entries = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let name = fitted(name, SMALL, room / 2);
            let width = key.width() + 12 + text_width(&name, SMALL) + 30;
            if x > 0 && x + width > room {
                (x, y) = (0, y + ROW);
            }
            entries.push((index, x, y, name));
            x += width;
        }
        Self { entries, key, left }
    }

    pub(super) fn height(&self) -> i32 {
        self.entries.last().map_or(0, |(_, _, y, _)| y + ROW / 2)
    }

    /// Draws the rows from `top` down.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, top: i32) {
        for (index, x, y, name) in &self.entries {
            let (x, y) = (self.left + x, top + y);
            let end = x + self.key.width();
            let (color, middle) = (series(*index), (i32::midpoint(x, end), y));
            match self.key {
                Key::Line => {
                    canvas.path(vec![(x, y), (end, y)], color, 5, dash(*index));
                    canvas.marker(*index, middle, 8, color, 1.0);
                }
                Key::Swatch => canvas.rect((x, y - 13), (end, y + 13), color, 0.85),
                Key::Point => canvas.marker(*index, middle, 9, color, 1.0),
            }
            canvas.text(name, (end + 12, y), SMALL, Anchor::Left, INK);
        }
    }
}

impl Key {
    fn width(self) -> i32 {
        match self {
            Self::Line => 64,
            Self::Swatch | Self::Point => 26,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_take_more_rows_and_none_sticks_out() {
        let name = "x".repeat(60);
        let legend = Legend::new([name.as_str(); 5], Key::Line, 100, 900);
        assert!(legend.height() > ROW);
        for (_, x, _, name) in &legend.entries {
            assert!(x + Key::Line.width() + 12 + text_width(name, SMALL) <= 800);
        }
        assert_eq!(Legend::new([], Key::Point, 0, 9).height(), 0);
    }
}

//! Names of series with their marks, in rows.

use super::axes::{SMALL, TINY};
use super::canvas::{Anchor, Canvas, fitted, text_width};
use super::theme::{INK, MUTED, dash, series};
use super::words::maybe;

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
/// Height of a name with a line below it.
const PAIR: i32 = 68;

/// A legend laid out between two edges, so that its height is known before
/// anything is drawn.
pub(super) struct Legend {
    entries: Vec<Entry>,
    key: Key,
    left: i32,
}

/// A number below a name.
pub(super) struct NumberBelow {
    /// As it is shown: `AUC 0.912`.
    pub(super) text: String,
    /// What it is, for its id.
    pub(super) what: &'static str,
    pub(super) value: Option<f64>,
}

struct Entry {
    series: usize,
    /// Place from the top left corner.
    x: i32,
    y: i32,
    name: String,
    /// Smaller, below the name; empty for none.
    more: String,
    /// The number in it: its names and its value; see [`Canvas::shows`].
    shown: ([String; 2], String),
}

impl Legend {
    /// Names of series 0, 1, ... in rows.
    pub(super) fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        key: Key,
        left: i32,
        right: i32,
    ) -> Self {
        Self::of(names.into_iter().enumerate(), key, left, right)
    }

    /// Names of given series in rows.
    pub(super) fn of<'a>(
        names: impl IntoIterator<Item = (usize, &'a str)>,
        key: Key,
        left: i32,
        right: i32,
    ) -> Self {
        let room = right - left;
        let (mut x, mut y) = (0, ROW / 2);
        let mut entries = Vec::new();
        for (series, name) in names {
            let name = fitted(name, SMALL, room / 2);
            let width = key.width() + 12 + text_width(&name, SMALL) + 30;
            if x > 0 && x + width > room {
                (x, y) = (0, y + ROW);
            }
            entries.push(Entry {
                series,
                x,
                y,
                name,
                more: String::new(),
                shown: Default::default(),
            });
            x += width;
        }
        Self { entries, key, left }
    }

    /// Names of series 0, 1, ... below each other, each with a line of its own
    /// below the name that shows a number.
    pub(super) fn column<'a>(
        names: impl IntoIterator<Item = (&'a str, NumberBelow)>,
        key: Key,
        left: i32,
        right: i32,
    ) -> Self {
        let room = right - left - key.width() - 12;
        let names = names.into_iter().enumerate();
        let entry = |(series, (name, below)): (usize, (&'a str, NumberBelow))| Entry {
            series,
            x: 0,
            y: ROW / 2 + series as i32 * PAIR,
            name: fitted(name, TINY + 2, room),
            more: fitted(&below.text, TINY, room),
            shown: ([name, below.what].map(String::from), maybe(below.value)),
        };
        Self { entries: names.map(entry).collect(), key, left }
    }

    pub(super) fn height(&self) -> i32 {
        let end = |entry: &Entry| entry.y + if entry.more.is_empty() { ROW / 2 } else { PAIR };
        self.entries.last().map_or(0, end)
    }

    /// Draws the rows from `top` down.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, top: i32) {
        for Entry { series: index, x, y, name, more, shown } in &self.entries {
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
            let font = if more.is_empty() { SMALL } else { TINY + 2 };
            canvas.text(name, (end + 12, y), font, Anchor::Left, INK);
            if !more.is_empty() {
                let (names, value) = shown;
                canvas.shows(&[&names[0], &names[1]], value, || {
                    canvas.text(more, (end + 12, y + 28), TINY, Anchor::Left, MUTED);
                });
            }
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
        for Entry { x, name, .. } in &legend.entries {
            assert!(x + Key::Line.width() + 12 + text_width(name, SMALL) <= 800);
        }
        assert_eq!(Legend::new([], Key::Point, 0, 9).height(), 0);
    }
}

//! The numbers that a drawing shows, as groups of its SVG.
//!
//! A group `<g data-at="17">` stands around the marks and words that show the
//! number of a place in the drawing's list. Files have none of them. In a page
//! ([`super::compact`]) it becomes id and value (`data-id`, `data-v`): a mark
//! that is alone in its group carries the two itself, neighbours of one row
//! share a group that names the row (`data-row`), and each then has only its
//! column (`data-col`).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use crate::compare::ComparisonRow;
use crate::scores::Cell;
use crate::text::{UniqueIds, html_text as escape, id, slug};

/// How a group of a drawing begins; nothing else in a drawing is a group.
const GROUP: &str = "<g data-at=\"";
/// And how it ends.
pub(super) const GROUP_END: &str = "</g>\n";

/// The beginning of a group for the number at a place.
pub(super) fn group(place: &str) -> String {
    format!("{GROUP}{place}\">\n")
}

/// A number that a drawing shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Names of its row.
    row: Vec<String>,
    /// What of the row it is, as the last part of an id.
    pub(super) column: String,
    /// In full.
    pub(super) value: String,
}

impl Shown {
    pub(super) fn new(row: &[String], column: &str, value: &str) -> Self {
        // A dot in the last part of an id would make it two.
        let column = slug(column).replace('.', "_");
        Self { row: row.to_vec(), column, value: value.into() }
    }
}

/// The drawing without its groups.
pub(super) fn without_groups(svg: &str) -> String {
    // Words are escaped: a line that begins like a group is one.
    let plain = |line: &&str| !line.starts_with(GROUP) && *line != GROUP_END;
    svg.split_inclusive('\n').filter(plain).collect()
}

/// Names of the row of a cell's numbers in a drawing.
pub(crate) fn cell_row(cell: &Cell) -> Vec<String> {
    let levels = cell.levels().into_iter().map(String::from);
    levels.chain([cell.label_fraction.to_string()]).collect()
}

/// Names of the row of a test's numbers in a drawing.
pub(crate) fn test_row(test: &ComparisonRow) -> Vec<String> {
    let sides = [test.level.clone(), test.reference.clone()];
    test.block.key().into_iter().chain(sides).collect()
}

/// Ids of rows by the names that they have in a drawing.
pub type KnownRows = Arc<BTreeMap<Vec<String>, String>>;

/// What a page says of the numbers of a drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// First part of the ids.
    prefix: String,
    /// Ids of rows that a table has too, by their names in the drawing.
    known: KnownRows,
    /// Methods by column.
    how: Vec<(String, String)>,
    /// What went in, how many of it, and the seed of what is random.
    of: String,
    n: String,
    seed: Option<u64>,
}

impl Numbers {
    /// Numbers whose ids begin with a name.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: slug(prefix), ..Self::default() }
    }

    /// A name behind the first part of the ids.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        let _ = write!(self.prefix, ".{}", slug(name));
        self
    }

    /// The method of the numbers of a column.
    #[must_use]
    pub fn how(mut self, column: &str, method: impl Into<String>) -> Self {
        self.how.push((column.into(), method.into()));
        self
    }

    /// What went in.
    #[must_use]
    pub fn of(mut self, inputs: impl Into<String>) -> Self {
        self.of = inputs.into();
        self
    }

    /// How many of what went in.
    #[must_use]
    pub fn n(mut self, n: impl Into<String>) -> Self {
        self.n = n.into();
        self
    }

    /// Seed of what is random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Ids of rows that a table of the page has too.
    #[must_use]
    pub fn known(mut self, rows: KnownRows) -> Self {
        self.known = rows;
        self
    }

    /// The row of each number as the first part of its id. Names that look
    /// alike as ids stay apart.
    pub(super) fn rows(&self, shown: &[Shown]) -> Vec<String> {
        let mut own = UniqueIds::default();
        let mut row = |shown: &Shown| match self.known.get(&shown.row) {
            Some(known) => known.clone(),
            // Without a row it is a number of the whole drawing.
            None if shown.row.is_empty() => self.prefix.clone(),
            None => {
                let wanted = format!("{}.{}", self.prefix, id(&shown.row));
                own.add(shown.row.clone(), &wanted).to_string()
            }
        };
        shown.iter().map(&mut row).collect()
    }

    /// Attributes of the drawing.
    pub(super) fn attributes(&self) -> String {
        let mut out = String::from(" tabindex=\"0\"");
        let mut add = |name: &str, text: &str| {
            if !text.is_empty() {
                // Writing to a String cannot fail.
                let _ = write!(out, " {name}=\"{}\"", escape(text));
            }
        };
        for (column, method) in &self.how {
            add(&format!("data-how-{}", slug(column)), method);
        }
        add("data-of", &self.of);
        add("data-n", &self.n);
        add("data-seed", &self.seed.map_or(String::new(), |seed| seed.to_string()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Figure;
    use crate::figures::canvas::{Anchor, draw};
    use crate::figures::theme::INK;

    fn drawn() -> Figure {
        let drawing = draw(|canvas| {
            for seed in ["1", "2"] {
                canvas.shows(&["a <b>", "0.1", seed], "0.5", || {
                    canvas.marker(0, (9, 9), 3, INK, 1.0);
                });
            }
            canvas.shows(&["c.d"], "1 2", || {
                canvas.line((1, 1), (2, 2), INK, 1);
                canvas.text("7\u{f8f0}0\u{f8f0}", (1, 1), 20, Anchor::Left, INK);
            });
            canvas.shows(&["e", "f"], "", || canvas.marker(0, (9, 9), 3, INK, 1.0));
        });
        Figure::new(drawing, String::new())
    }

    #[test]
    fn marks_carry_their_numbers_in_pages_and_in_no_file() {
        let numbers = Numbers::new("fig").within("AUC").how("1", "\"m\"").n("5 seeds").seed(7);
        let page = drawn().inline("i", &numbers);
        assert!(page.contains("<g data-row=\"fig.AUC.a-b.0.1\">"), "{page}");
        assert!(page.contains(" data-col=\"1\" data-v=\"0.5\"/>"), "{page}");
        assert!(page.contains("<g data-id=\"fig.AUC.c_d\" data-v=\"1 2\">"), "{page}");
        assert!(page.contains(" data-how-1=\"&quot;m&quot;\" data-n=\"5 seeds\" data-seed=\"7\""));
        assert_eq!(page.matches("data-v").count(), 3, "an empty number is none: {page}");
        assert_eq!(page.matches("<g").count(), page.matches("</g>").count());
        let file = drawn().standalone();
        assert!(!file.contains("<g") && !file.contains("data-") && file.contains(">\n70\n</text>"));
    }

    #[test]
    fn names_that_look_alike_stay_apart() {
        let drawing = draw(|canvas| {
            for name in ["SSL", "SSL+", "-", "SSL"] {
                canvas.shows(&[name, "mean"], "1", || canvas.marker(0, (9, 9), 3, INK, 1.0));
            }
        });
        let page = Figure::new(drawing, String::new()).inline("i", &Numbers::new("f"));
        let ids: Vec<&str> =
            page.split("data-id=\"").skip(1).map(|p| &p[..p.find('"').unwrap_or(0)]).collect();
        assert_eq!(ids, ["f.SSL.mean", "f.SSL~2.mean", "f.-.mean", "f.SSL.mean"]);
    }

    #[test]
    fn rows_that_are_in_a_table_have_its_ids() {
        let row = ["a <b>", "0.1"].map(String::from).to_vec();
        let rows = [(row, "cells.x.a.0.1".to_string())];
        let numbers = Numbers::new("fig").known(Arc::new(rows.into()));
        assert!(drawn().inline("i", &numbers).contains("<g data-row=\"cells.x.a.0.1\">"));
    }
}

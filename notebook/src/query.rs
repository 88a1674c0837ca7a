//! Rows of a table by what is in them: filtered, sorted, one by one.

use std::cmp::Ordering;
use std::ops::{Bound, Range, RangeBounds, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

use crate::error::{Error, Result};
use crate::names::Names;
use crate::numbers::{Number, Values};
use crate::table::{Cell, Inner, Table};

/// What is looked for in a column: a text, a number, or a range of numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// The value as it is written, or the number that the text is.
    Text(String),
    /// A number.
    Number(f64),
    /// Numbers between two ends.
    Range(Bound<f64>, Bound<f64>),
}

impl From<&str> for Wanted {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Wanted {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Wanted {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

macro_rules! from_numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Wanted {
            fn from(number: $kind) -> Self {
                Self::Number(number.to_f64())
            }
        }
    )*};
}

from_numbers!(f32, f64, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl From<bool> for Wanted {
    fn from(yes: bool) -> Self {
        Self::Text(yes.to_string())
    }
}

macro_rules! from_ranges {
    ($($range:ident),*) => {$(
        impl<T: Number> From<$range<T>> for Wanted {
            fn from(range: $range<T>) -> Self {
                let end = |bound: Bound<&T>| bound.map(|end| end.to_f64());
                Self::Range(end(range.start_bound()), end(range.end_bound()))
            }
        }
    )*};
}

from_ranges!(Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive);

/// One row of a table.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    at: usize,
}

impl<'a> Row<'a> {
    /// A cell.
    pub fn get(&self, name: &str) -> Result<&'a Cell> {
        Ok(&self.table.inner.rows[self.at][self.table.index(name)?])
    }

    /// A number; an error where there is none.
    pub fn number(&self, name: &str) -> Result<f64> {
        match self.get(name)? {
            Cell::Number(value) => Ok(*value),
            Cell::Text(text) => text.trim().parse().map_err(|_| {
                Error::request(format!("row {} has {text:?} in column {name:?}", self.at + 1))
                    .hint("use text(..) for a column of words")
            }),
            Cell::Empty => {
                Err(Error::request(format!("row {} has nothing in column {name:?}", self.at + 1))
                    .hint("ask has(..) first"))
            }
        }
    }

    /// The text, as the table writes it.
    pub fn text(&self, name: &str) -> Result<String> {
        let at = self.table.index(name)?;
        Ok(self.table.written(at, &self.table.inner.rows[self.at][at]))
    }

    /// Whether there is a value.
    pub fn has(&self, name: &str) -> Result<bool> {
        Ok(*self.get(name)? != Cell::Empty)
    }
}

impl Table {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.inner.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.inner.rows.is_empty()
    }

    /// The rows, one by one.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|at| Row { table: self, at })
    }

    /// The numbers of a column, NaN where there is none: for statistics and
    /// charts.
    pub fn column(&self, name: &str) -> Result<Values> {
        let numbers = self.numbers(name)?;
        let values = numbers.into_iter().map(|number| number.unwrap_or(f64::NAN)).collect();
        Ok(Values { name: name.into(), values })
    }

    pub(crate) fn with_rows(&self, rows: Vec<Vec<Cell>>) -> Self {
        Self::of(Inner { rows, ..self.inner.as_ref().clone() })
    }

    /// The rows in which a column has this value (`"chest"`, `0.1`) or lies in
    /// this range (`0.7..0.8`, `..=5`). A value that no row has is an error that
    /// lists those that there are.
    pub fn filter(&self, name: &str, wanted: impl Into<Wanted>) -> Result<Self> {
        let at = self.index(name)?;
        let wanted = wanted.into();
        let number = match &wanted {
            Wanted::Number(number) => Some(*number),
            Wanted::Text(text) => text
                .trim()
                .trim_end_matches('%')
                .trim()
                .parse()
                .ok()
                .map(|number: f64| if text.contains('%') { number / 100.0 } else { number }),
            Wanted::Range(..) => None,
        };
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
        let fits = |cell: &Cell| match (&wanted, cell) {
            (Wanted::Range(low, high), Cell::Number(value)) => (*low, *high).contains(value),
            (Wanted::Range(..), _) => false,
            (Wanted::Text(text), cell) if self.written(at, cell) == *text => true,
            (_, Cell::Number(value)) => number.is_some_and(|number| close(*value, number)),
            (Wanted::Number(number), Cell::Text(text)) => {
                text.trim().parse().is_ok_and(|value| close(value, *number))
            }
            _ => false,
        };
        let rows: Vec<_> = self.inner.rows.iter().filter(|row| fits(&row[at])).cloned().collect();
        let what = match &wanted {
            Wanted::Text(text) => format!("{text:?}"),
            Wanted::Number(number) => number.to_string(),
            Wanted::Range(..) => return Ok(self.with_rows(rows)),
        };
        if rows.is_empty() {
            let mut known = self.texts(name)?;
            known.sort();
            known.dedup();
            return Err(Error::request(format!("no row has {what} in column {name:?}"))
                .hint(format!("it has {}", listed(&known))));
        }
        Ok(self.with_rows(rows))
    }

    /// The rows whose text in a column holds these words, in any case.
    pub fn containing(&self, name: &str, words: &str) -> Result<Self> {
        let (at, words) = (self.index(name)?, words.to_lowercase());
        let rows = self.inner.rows.iter();
        let rows = rows.filter(|row| self.written(at, &row[at]).to_lowercase().contains(&words));
        Ok(self.with_rows(rows.cloned().collect()))
    }

    /// The rows for which a closure is true:
    /// `table.keep(|row| Ok(row.number("auc")? > 0.8))?`.
    pub fn keep(&self, fits: impl Fn(Row<'_>) -> Result<bool>) -> Result<Self> {
        let mut rows = Vec::new();
        for row in self.iter() {
            if fits(row)? {
                rows.push(self.inner.rows[row.at].clone());
            }
        }
        Ok(self.with_rows(rows))
    }

    /// The rows that have a value in each of these columns.
    pub fn complete(&self, names: impl Names) -> Result<Self> {
        let at = names.names().iter().map(|name| self.index(name)).collect::<Result<Vec<_>>>()?;
        let rows = self.inner.rows.iter().filter(|row| at.iter().all(|at| row[*at] != Cell::Empty));
        Ok(self.with_rows(rows.cloned().collect()))
    }

    /// Sorted by a column, ascending; rows without a value come last.
    pub fn sort_by(&self, name: &str) -> Result<Self> {
        self.sorted(name, false)
    }

    /// Sorted by a column, descending; rows without a value come last.
    pub fn sort_by_desc(&self, name: &str) -> Result<Self> {
        self.sorted(name, true)
    }

    fn sorted(&self, name: &str, descending: bool) -> Result<Self> {
        let at = self.index(name)?;
        let mut rows = self.inner.rows.clone();
        rows.sort_by(|a, b| match (&a[at], &b[at]) {
            (Cell::Empty, Cell::Empty) => Ordering::Equal,
            (Cell::Empty, _) => Ordering::Greater,
            (_, Cell::Empty) => Ordering::Less,
            (a, b) if descending => order(b, a),
            (a, b) => order(a, b),
        });
        Ok(self.with_rows(rows))
    }

    /// One row alone, from 0.
    pub fn row(&self, at: usize) -> Result<Row<'_>> {
        if at < self.len() {
            return Ok(Row { table: self, at });
        }
        Err(Error::request(format!("there is no row {at}; the table has {}", self.len())))
    }

    /// The last rows.
    pub fn tail(&self, rows: usize) -> Self {
        let from = self.len().saturating_sub(rows);
        self.with_rows(self.inner.rows[from..].to_vec())
    }
}

/// Numbers before words.
pub(crate) fn order(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Number(a), Cell::Number(b)) => a.total_cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Number(_), Cell::Text(_)) => Ordering::Less,
        (Cell::Text(_), Cell::Number(_)) => Ordering::Greater,
        (Cell::Empty, Cell::Empty) => Ordering::Equal,
        (Cell::Empty, _) => Ordering::Greater,
        (_, Cell::Empty) => Ordering::Less,
    }
}

/// A list that is cut where it gets long.
pub(crate) fn listed(names: &[String]) -> String {
    const MOST: usize = 30;
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table::named("runs")
            .with("init", ["b", "a", "a", "c"])
            .and_then(|t| t.with("label_fraction", [0.1, 0.3, 1.0, 0.1]))
            .and_then(|t| t.with("auc", [Some(0.7), None, Some(0.9), Some(0.8)]))
            .and_then(|t| t.with("seed", [0, 1, 2, 3]))
            .expect("a table")
    }

    #[test]
    fn numbers_are_numbers_and_ranges_ranges() {
        let t = table();
        let n = |filtered: Result<Table>| filtered.map(|t| t.len()).expect("rows");
        assert_eq!(n(t.filter("label_fraction", 0.1)), 2);
        assert_eq!(n(t.filter("label_fraction", "0.1")), 2);
        assert_eq!(n(t.filter("seed", 2)), 1);
        assert_eq!(n(t.filter("seed", 1..3)), 2);
        assert_eq!(n(t.filter("auc", 0.75..)), 2);
        assert_eq!(n(t.filter("auc", ..=0.7)), 1);
        assert_eq!(n(t.filter("auc", 5.0..=9.0)), 0);
        assert_eq!(n(t.containing("init", "A")), 2);
        assert_eq!(n(t.keep(|row| Ok(row.has("auc")? && row.number("auc")? > 0.75))), 2);
        assert_eq!(n(t.complete(["auc"])), 3);
        let error = t.filter("init", "x").expect_err("no row").to_string();
        assert!(error.contains("a, b, c"), "{error}");
        assert!(t.filter("label_fraction", 0.2).is_err());
    }

    #[test]
    fn sorting_goes_both_ways_and_keeps_what_is_missing_last() {
        let t = table();
        let seeds = |t: Result<Table>| t.and_then(|t| t.texts("seed")).expect("seeds").join("");
        assert_eq!(seeds(t.sort_by("auc")), "0321");
        assert_eq!(seeds(t.sort_by_desc("auc")), "2301");
        assert_eq!(seeds(t.sort_by_desc("init")), "3012");
        let sum: f64 = t.iter().filter_map(|row| row.number("auc").ok()).sum();
        assert!((sum - 2.4).abs() < 1e-12);
        assert!(t.row(1).and_then(|row| row.number("auc")).is_err());
        assert!(t.row(4).is_err());
        assert_eq!(t.tail(2).texts("init").expect("texts"), ["a", "c"]);
        assert!(t.column("auc").expect("numbers")[1].is_nan());
    }
}

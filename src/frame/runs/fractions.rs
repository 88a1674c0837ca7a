//! Label fractions: shares or percent, compared by value.

use super::columns::{Columns, Known};
use super::stack::{Entry, Stack};
use crate::frame::error::FrameError;
use crate::table::missing::missing;

const EXPECTED: &str = "a share in (0, 1] or percent";

/// How bare numbers of a column are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fractions {
    percent: bool,
}

impl Fractions {
    /// Numbers above 1 can only be percent; then all of them are, 1 among 10 and 100
    /// too. Numbers below 1 beside them are a mistake of one or the other.
    pub(super) fn of(
        stack: &Stack,
        columns: &Columns,
        notes: &mut Vec<String>,
    ) -> Result<Self, FrameError> {
        let mut above: Option<Entry<'_>> = None;
        let mut below = None;
        let mut one = false;
        for row in stack.rows() {
            let Some(text) = columns.said(row, Known::Fraction) else { continue };
            if text.ends_with('%') {
                continue;
            }
            let Ok(value) = row.sheet().style().parse(text) else { continue };
            if value > 1.0 {
                above.get_or_insert(row);
            } else if value < 1.0 {
                below.get_or_insert(row);
            } else {
                one = true;
            }
        }
        match (above, below) {
            (Some(row), Some(_)) => Err(columns.wrong(
                row,
                Known::Fraction,
                "a share in (0, 1] as in other rows, or percent in all rows",
            )),
            (Some(_), None) => {
                notes.push(
                    if one {
                        "label fractions above 1 were read as percent, and so was 1: 1 %"
                    } else {
                        "label fractions above 1 were read as percent"
                    }
                    .into(),
                );
                Ok(Self { percent: true })
            }
            (None, _) => Ok(Self { percent: false }),
        }
    }

    /// The share of a row; all labels where nothing is said.
    pub(super) fn share(self, columns: &Columns, row: Entry<'_>) -> Result<f64, FrameError> {
        let Some(text) = columns.text(row, Known::Fraction) else { return Ok(1.0) };
        if missing(text).is_some() {
            return Ok(1.0);
        }
        let share = share(text, self.percent, |text| row.sheet().style().parse(text).ok());
        share.ok_or_else(|| columns.wrong(row, Known::Fraction, EXPECTED))
    }
}

/// A share from a cell; by value, so that 0.30000000000000004 is 0.3.
fn share(text: &str, as_percent: bool, parse: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    let (number, percent) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), true),
        None => (text, as_percent),
    };
    let number = parse(number)?;
    let share = rounded(if percent { number / 100.0 } else { number });
    (share > 0.0 && share <= 1.0).then_some(share)
}

/// Twelve decimals: far below any share of labels, far above the last bit.
pub(super) fn rounded(share: f64) -> f64 {
    let rounded = (share * 1e12).round() / 1e12;
    // A share so small is kept as it is, for the error that names it.
    if rounded == 0.0 { share } else { rounded }
}

/// Whether a filter's text and a cell mean the same: as text, as a number, or as a
/// share of labels.
pub(in crate::frame) fn same(column: &str, wanted: &str, cell: &str) -> bool {
    use crate::table::{NumberStyle, names};
    if wanted == cell || names::clean(wanted) == names::clean(cell) {
        return true;
    }
    let number = |text: &str| {
        let (text, percent) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text, false),
        };
        let value = NumberStyle::default().parse(text).ok()?;
        Some(if percent { value / 100.0 } else { value })
    };
    match (number(wanted), number(cell)) {
        (Some(a), Some(b)) if column == "label_fraction" => rounded(a) == rounded(b),
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_equal_by_value() {
        let of = |text: &str, percent| share(text, percent, |text| text.parse().ok());
        assert_eq!(of("0.30000000000000004", false), of("0.3", false));
        assert_eq!(of("30 %", false), Some(0.3));
        assert_eq!(of("30", true), Some(0.3));
        assert_eq!((of("0", false), of("1.5", false), of("101%", false)), (None, None, None));
        assert!(same("label_fraction", "0.10", "0.1") && same("label_fraction", "10%", "0.1"));
        assert!(same("seed", "0", "0.0") && !same("seed", "1", "0.0"));
        assert!(same("init", "a\u{a0}b", "a b") && !same("init", "a", "A"));
    }
}

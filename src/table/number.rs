//! Numbers as people write them: decimal commas, thousands, a true minus.
//!
//! One mark may mean two things: `1,234` is a thousand here and one and a bit there.
//! What it means in a table is told from the cells that can be read in one way only
//! (`0,70`; `1,234.5`); where none decides it, the number is refused and not guessed.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The mark before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decimal {
    /// `0.5`
    Point,
    /// `0,5`
    Comma,
}

impl FromStr for Decimal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_lowercase().as_str() {
            "point" | "." | "dot" => Ok(Self::Point),
            "comma" | "," => Ok(Self::Comma),
            _ => Err(format!("{text:?} is no decimal mark, expected point or comma")),
        }
    }
}

/// Why a cell is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// It is something else, or not finite.
    NoNumber,
    /// It is one of two numbers, and nothing in the table says which.
    Ambiguous,
}

/// How a table writes numbers; none where it does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberStyle(pub Option<Decimal>);

impl NumberStyle {
    /// What the cells of a table show.
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let (mut point, mut comma) = (false, false);
        for cell in cells {
            match evidence(cell) {
                Some(Decimal::Point) => point = true,
                Some(Decimal::Comma) => comma = true,
                None => {}
            }
            if point && comma {
                return Self(None);
            }
        }
        Self(match (point, comma) {
            (true, false) => Some(Decimal::Point),
            (false, true) => Some(Decimal::Comma),
            _ => None,
        })
    }

    /// The finite number in a cell.
    ///
    /// # Errors
    /// Where there is none, or one of two.
    pub fn parse(self, cell: &str) -> Result<f64, NumberFault> {
        let cell = cell.trim();
        let plain =
            cell.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
        if plain && !(self.0 == Some(Decimal::Comma) && grouped(cell, '.')) {
            return finite(cell);
        }
        finite(&self.plain(cell)?)
    }

    /// The number in a cell as programs write it: a point, no marks between thousands.
    ///
    /// # Errors
    /// Where there is none, or one of two.
    pub fn plain(self, cell: &str) -> Result<String, NumberFault> {
        let cell = cell.trim();
        let cell = cell.strip_prefix(['\'', '’']).unwrap_or(cell).replace('\u{2212}', "-");
        let plain = self.unmarked(&ungrouped(&cell))?;
        finite(&plain).map(|_| plain)
    }

    /// A number in which commas and points are all that is left to be told.
    fn unmarked(self, cell: &str) -> Result<String, NumberFault> {
        Ok(match (cell.rfind(','), cell.rfind('.')) {
            (Some(comma), Some(point)) if comma > point => {
                whole_groups(&cell[..comma], '.')?;
                cell.replace('.', "").replace(',', ".")
            }
            (Some(_), Some(point)) => {
                whole_groups(&cell[..point], ',')?;
                cell.replace(',', "")
            }
            (Some(_), None) if cell.matches(',').count() > 1 => {
                whole_groups(cell, ',')?;
                cell.replace(',', "")
            }
            (Some(_), None) if grouped(cell, ',') && self.0 != Some(Decimal::Comma) => {
                if self.0.is_none() {
                    return Err(NumberFault::Ambiguous);
                }
                cell.replace(',', "")
            }
            (Some(_), None) => cell.replace(',', "."),
            (None, Some(_)) if cell.matches('.').count() > 1 => {
                whole_groups(cell, '.')?;
                cell.replace('.', "")
            }
            (None, Some(_)) if grouped(cell, '.') && self.0 == Some(Decimal::Comma) => {
                return Err(NumberFault::Ambiguous);
            }
            _ => cell.into(),
        })
    }
}

fn finite(text: &str) -> Result<f64, NumberFault> {
    // What Rust reads besides: words for the infinite.
    if text.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E')) {
        return Err(NumberFault::NoNumber);
    }
    text.parse().ok().filter(|value: &f64| value.is_finite()).ok_or(NumberFault::NoNumber)
}

/// Whether a mark may separate thousands: one to three digits of which the first is no
/// zero, then groups of three.
fn grouped(cell: &str, mark: char) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let mut groups = digits.split(mark);
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    let leads = (1..=3).contains(&first.len()) && all_digits(first) && !first.starts_with('0');
    let mut rest = groups.peekable();
    leads && rest.peek().is_some() && rest.all(|group| group.len() == 3 && all_digits(group))
}

fn whole_groups(cell: &str, mark: char) -> Result<(), NumberFault> {
    grouped(cell, mark).then_some(()).ok_or(NumberFault::NoNumber)
}

/// A number without the blanks and apostrophes between its thousands.
fn ungrouped(cell: &str) -> String {
    let is_mark =
        |letter: char| matches!(letter, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '’');
    let whole = cell.split([',', '.']).next().unwrap_or_default();
    let Some(mark) = whole.chars().find(|letter| is_mark(*letter)) else { return cell.into() };
    if grouped(whole, mark) { cell.replace(mark, "") } else { cell.into() }
}

/// The decimal mark that a cell shows beyond doubt.
fn evidence(cell: &str) -> Option<Decimal> {
    let cell = cell.trim().trim_end_matches('%').trim_end();
    let numeric =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+' | b'e' | b'E');
    let marks = cell.bytes().filter(|byte| matches!(byte, b'.' | b',')).count();
    if marks == 0 || !cell.bytes().all(numeric) || NumberStyle(None).plain(cell).is_err() {
        return None;
    }
    match (cell.contains(','), cell.contains('.')) {
        (true, true) if cell.rfind(',') > cell.rfind('.') => Some(Decimal::Comma),
        // Several of one mark separate thousands, so the other one is the decimal mark.
        (true, false) if marks > 1 => Some(Decimal::Point),
        (true, false) => Some(Decimal::Comma),
        (false, true) if marks > 1 => Some(Decimal::Comma),
        (false, true) if grouped(cell, '.') => None,
        (_, true) => Some(Decimal::Point),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str], cell: &str) -> Result<f64, NumberFault> {
        NumberStyle::of(cells.iter().copied()).parse(cell)
    }

    #[test]
    fn numbers_are_read_as_written() {
        for (cell, number) in [
            ("0.5", 0.5),
            ("0,5", 0.5),
            ("-0,70", -0.7),
            ("\u{2212}0.5", -0.5),
            (".5", 0.5),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("'0.5", 0.5),
            ("12 345", 12345.0),
            ("12\u{a0}345,5", 12345.5),
            ("1'234.5", 1234.5),
            ("7e-8", 7e-8),
            ("7,02E-08", 7.02e-8),
            ("1.234", 1.234),
            ("+3", 3.0),
            ("0,123", 0.123),
        ] {
            assert_eq!(read(&[], cell), Ok(number), "{cell:?}");
        }
        for cell in [
            "",
            "high",
            "inf",
            "NaN",
            "1,2,3",
            "1.2.3",
            "0.5x",
            "1,23.5",
            "0x10",
            "1 2",
            "--1",
            "12,34,567",
        ] {
            assert_eq!(read(&[], cell), Err(NumberFault::NoNumber), "{cell:?}");
        }
    }

    #[test]
    fn a_mark_of_two_meanings_is_told_from_the_other_cells() {
        assert_eq!(read(&[], "1,234"), Err(NumberFault::Ambiguous));
        assert_eq!(read(&["0,75"], "1,234"), Ok(1.234));
        assert_eq!(read(&["0.75"], "1,234"), Ok(1234.0));
        assert_eq!(read(&["0,75"], "1.234"), Err(NumberFault::Ambiguous));
        assert_eq!(read(&["0,75", "0.75"], "1,234"), Err(NumberFault::Ambiguous));
        assert_eq!(read(&["a,b", "x, 1"], "1,234"), Err(NumberFault::Ambiguous));
    }
}

//! What a label cell says by itself.

use crate::spec::{LabelPolicy, Task};

/// A label cell that may say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Value(&'a str),
    /// Empty, or a word for that.
    Blank,
    /// -1, or a word for that.
    Uncertain,
}

/// Words for nothing, in small letters.
const BLANK: [&str; 13] =
    ["", "#n/a", "-", "--", ".", "<na>", "n/a", "na", "nan", "nil", "null", "\u{2013}", "\u{2014}"];

/// Words for uncertainty, in small letters.
const UNCERTAIN: [&str; 7] =
    ["?", "equivocal", "indeterminate", "u", "uncertain", "unknown", "unsure"];

impl<'a> Cell<'a> {
    pub(super) fn of(cell: &'a str) -> Self {
        let small = cell.trim().to_lowercase();
        if BLANK.contains(&small.as_str()) {
            Self::Blank
        } else if UNCERTAIN.contains(&small.as_str()) || cell.parse() == Ok(-1.0) {
            Self::Uncertain
        } else {
            Self::Value(cell)
        }
    }
}

/// What the task states of cells that say nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policies {
    pub(super) uncertain: LabelPolicy,
    pub(super) blank: LabelPolicy,
}

impl Policies {
    pub(super) fn of(task: &Task) -> Self {
        Self { uncertain: task.uncertain, blank: task.blank_policy() }
    }
}

/// 0 or 1, also as `0.0` and `1.0`.
pub(super) fn zero_or_one(cell: &str) -> Option<bool> {
    match cell.parse::<f64>() {
        Ok(0.0) => Some(false),
        Ok(1.0) => Some(true),
        _ => None,
    }
}

/// 0 or 1 as a number or as a word.
pub(super) fn yes_or_no(cell: &str) -> Option<bool> {
    zero_or_one(cell).or_else(|| match cell.to_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "positive" | "pos" | "present" => Some(true),
        "false" | "no" | "n" | "f" | "negative" | "neg" | "absent" => Some(false),
        _ => None,
    })
}

/// A whole number, also as `3.0`.
pub(super) fn integer(cell: &str) -> Option<i64> {
    cell.parse::<i64>().ok().or_else(|| {
        let number = cell.parse::<f64>().ok()?;
        (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
    })
}

//! Values of results: a number, or why there is none.

use std::collections::BTreeMap;

use super::columns::{Columns, Known};
use super::stack::{Entry, Stack};
use crate::frame::error::FrameError;
use crate::table::NumberFault;
use crate::table::missing::{Missing, missing};

/// Words for what is missing that are named; more are counted.
const MOST_WORDS: usize = 4;

/// Values with the words of those that are missing.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Whether a number with `%` is a share of 1: other values are.
    percent_is_share: bool,
    /// Rows without a value, by what they say: kind, word, how many, the first line.
    gone: BTreeMap<(Missing, String), (usize, u64)>,
}

impl Values {
    pub(super) fn of(stack: &Stack, columns: &Columns) -> Self {
        let (mut marked, mut shares) = (false, false);
        for row in stack.rows() {
            let Some(text) = columns.text(row, Known::Value) else { continue };
            if text.ends_with('%') {
                marked = true;
            } else if !shares {
                let value = row.sheet().style().parse(text);
                shares = value.is_ok_and(|value| value.abs() <= 1.0 && value != 0.0);
            }
        }
        Self { percent_is_share: marked && shares, ..Self::default() }
    }

    /// The value of a row, or why there is none.
    pub(super) fn read(
        &mut self,
        columns: &Columns,
        row: Entry<'_>,
    ) -> Result<Result<f64, &'static str>, FrameError> {
        let text = columns.text(row, Known::Value).unwrap_or_default();
        if let Some(why) = missing(text) {
            // The column says why, if it does.
            let word = if text.is_empty() { String::new() } else { text.to_string() };
            let entry = self.gone.entry((why, word)).or_insert((0, row.line()));
            entry.0 += 1;
            return Ok(Err(match why {
                Missing::Absent if text.is_empty() => "the value is empty",
                Missing::Absent => "the value is missing (NA)",
                Missing::Failed => "the run failed",
                Missing::Unfinished => "the run has not ended",
            }));
        }
        self.number(text, row).map(Ok).map_err(|fault| {
            columns.wrong(row, Known::Value, match fault {
                NumberFault::Ambiguous => {
                    "a number that can be read in one way: say --decimal comma or --decimal point"
                }
                NumberFault::NoNumber if text.contains('±') || text.contains("+-") => {
                    "a finite number, or NA; a mean with its spread has columns of their own: \
                     mean, sd and n"
                }
                NumberFault::NoNumber => {
                    "a finite number, or NA (failed, where the run did) where there is none"
                }
            })
        })
    }

    fn number(&self, text: &str, row: Entry<'_>) -> Result<f64, NumberFault> {
        let style = row.sheet().style();
        let Some(number) = text.strip_suffix('%') else { return style.parse(text) };
        let value = style.parse(number.trim_end())?;
        Ok(if self.percent_is_share { value / 100.0 } else { value })
    }

    /// Rows without a value.
    pub(super) fn missing(&self) -> usize {
        self.gone.values().map(|(count, _)| count).sum()
    }

    /// `2 say "failed" (first in line 7), 1 is empty`.
    pub(super) fn words(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for ((_, word), (count, line)) in self.gone.iter().take(MOST_WORDS) {
            let what = match (word.as_str(), count) {
                ("", 1) => "is empty".to_string(),
                ("", _) => "are empty".into(),
                (word, 1) => format!("says {word:?}"),
                (word, _) => format!("say {word:?}"),
            };
            let place = if *count == 1 { "line" } else { "first in line" };
            parts.push(format!("{count} {what} ({place} {line})"));
        }
        if self.gone.len() > MOST_WORDS {
            parts.push("others say otherwise that there is none".into());
        }
        parts.join(", ")
    }
}

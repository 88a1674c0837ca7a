//! Where the known columns of a table of results are.

use super::stack::{Entry, Stack};
use crate::frame::error::FrameError;
use crate::table::missing::{Missing, missing};
use crate::table::names;

/// Columns that mean something by their names.
pub(in crate::frame) const KNOWN: [&str; 17] = [
    "task",
    "model",
    "init",
    "label_fraction",
    "seed",
    "metric",
    "value",
    "class",
    "granularity",
    "undefined",
    "n",
    "run",
    "mean",
    "sd",
    "population_sd",
    "se",
    "direction",
];
/// What tables call the replications that are seeds here.
const LIKE_SEEDS: [&str; 9] =
    ["fold", "run", "rep", "repeat", "repetition", "replicate", "trial", "split", "random_state"];

/// A known column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Task,
    Model,
    Init,
    Fraction,
    Seed,
    Metric,
    Value,
    Class,
    Granularity,
    Undefined,
    N,
    Run,
    Mean,
    Sd,
    PopulationSd,
    Se,
    Direction,
}

impl Known {
    pub(super) fn name(self) -> &'static str {
        KNOWN[self as usize]
    }
}

/// Where the known columns are; one without any content counts as missing.
#[derive(Debug)]
pub(super) struct Columns([Option<usize>; 17]);

impl Columns {
    pub(super) fn find(stack: &Stack, notes: &mut Vec<String>) -> Result<Self, FrameError> {
        let mut empty = Vec::new();
        let at = KNOWN.map(|name| {
            let column = stack.column(name)?;
            if stack.cells(column).all(str::is_empty) {
                empty.push(format!("{name:?}"));
                return None;
            }
            Some(column)
        });
        if !empty.is_empty() {
            notes.push(format!(
                "columns without any content count as missing: {}",
                empty.join(", ")
            ));
        }
        let columns = Self(at);
        columns.needs_values(stack)?;
        for known in [Known::Task, Known::Model, Known::Init, Known::Fraction, Known::Metric] {
            if columns.at(known).is_none() {
                let name = known.name();
                notes.push(format!("there is no column {name:?}: all rows count as one {name}"));
            }
        }
        // Rows of summaries are no runs.
        if columns.at(Known::Seed).is_none() && columns.at(Known::Value).is_some() {
            notes.push(seedless(&stack.header));
        }
        Ok(columns)
    }

    fn needs_values(&self, stack: &Stack) -> Result<(), FrameError> {
        if self.at(Known::Value).is_some() || self.at(Known::Mean).is_some() {
            return Ok(());
        }
        let near = stack.header.iter().find(|name| {
            let name = name.to_lowercase();
            ["value", "score", "auc", "accuracy", "dice", "result"].iter().any(|w| name.contains(w))
        });
        Err(FrameError::MissingColumn {
            path: stack.path().into(),
            column: "value".into(),
            found: stack.header.join(", "),
            hint: near.map_or_else(
                || {
                    "; a table has one result per line, the score in \"value\" and what it is in \
                     \"metric\""
                        .into()
                },
                |name| format!("; if {name:?} holds the values, say --map value={name}"),
            ),
        })
    }

    pub(super) fn at(&self, known: Known) -> Option<usize> {
        self.0[known as usize]
    }

    /// Factors that the table has no column of.
    pub(super) fn lacking(&self) -> Vec<String> {
        let named = [Known::Task, Known::Model, Known::Init];
        let lacks = named.into_iter().filter(|known| self.at(*known).is_none());
        lacks.map(|known| known.name().to_string()).collect()
    }

    /// The cell of a row; none where it is empty or the column is missing.
    pub(super) fn text<'a>(&self, row: Entry<'a>, known: Known) -> Option<&'a str> {
        self.at(known).map(|at| row.cell(at)).filter(|text| !text.is_empty())
    }

    /// The same where words for nothing are nothing too.
    pub(super) fn said<'a>(&self, row: Entry<'a>, known: Known) -> Option<&'a str> {
        self.text(row, known).filter(|text| missing(text) != Some(Missing::Absent))
    }

    pub(super) fn wrong(&self, row: Entry<'_>, known: Known, expected: &'static str) -> FrameError {
        match self.at(known) {
            Some(at) => row.wrong(at, expected),
            None => FrameError::Value {
                path: row.sheet().path().into(),
                line: row.line(),
                column: known.name().into(),
                got: String::new(),
                expected,
            },
        }
    }

    /// A seed: a whole number, also as `0.0` and `seed 0`.
    pub(super) fn seed(&self, row: Entry<'_>) -> Result<Option<u64>, FrameError> {
        let Some(text) = self.text(row, Known::Seed) else { return Ok(None) };
        let word = names::plain(text);
        let digits = ["seed", "fold", "run", "rep", "trial", "s", "#"]
            .iter()
            .find_map(|mark| word.strip_prefix(mark))
            .map_or(word.as_str(), |rest| rest.trim_start_matches(['_', ' ']));
        whole(digits).map(Some).ok_or_else(|| {
            self.wrong(
                row,
                Known::Seed,
                "a whole number of 0 or more, the same for runs that belong together",
            )
        })
    }

    /// The number behind a mean, or of test cases; 0 where nothing is said.
    pub(super) fn n(&self, row: Entry<'_>) -> Result<u64, FrameError> {
        let Some(text) = self.said(row, Known::N) else { return Ok(0) };
        let number = row.sheet().style().parse(text).ok().filter(|n| n.fract() == 0.0 && *n >= 0.0);
        number
            .map(|n| n as u64)
            .ok_or_else(|| self.wrong(row, Known::N, "a whole number of 0 or more"))
    }
}

/// A whole number, also with a fraction of zero.
fn whole(text: &str) -> Option<u64> {
    let digits = text.split_once('.').map_or(text, |(whole, zeros)| {
        if zeros.bytes().all(|byte| byte == b'0') { whole } else { "" }
    });
    digits.parse().ok()
}

/// What rows without seeds count as, and the column that may hold them.
fn seedless(header: &[String]) -> String {
    let like = header.iter().find(|name| LIKE_SEEDS.contains(&names::plain(name).as_str()));
    let hint = like.map_or(String::new(), |name| {
        format!("; if {name:?} tells runs apart that are alike else, say --map seed={name}")
    });
    format!("there is no column \"seed\": each row counts as a run of its own, without pairs{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_have_a_fraction_of_zero() {
        assert_eq!((whole("7"), whole("0.0"), whole("10.00")), (Some(7), Some(0), Some(10)));
        assert_eq!((whole("0.5"), whole("-1"), whole("a"), whole("")), (None, None, None, None));
    }
}

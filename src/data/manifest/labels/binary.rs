//! One of two classes.

use std::collections::BTreeSet;

use super::Encoded;
use super::cells::{integer, zero_or_one};
use super::column::{Column, Said};
use super::multi_class::by_name;
use crate::data::class_names::{form, sides};
use crate::data::error::DataError;
use crate::data::manifest::Table;
use crate::data::names;
use crate::data::truth::Truth;
use crate::spec::Task;

/// Column names that say nothing about the class.
const VAGUE: [&str; 6] = ["class", "diagnosis", "label", "labels", "target", "y"];

pub(super) fn encode(task: &Task, table: &Table, column: usize) -> Result<Encoded, DataError> {
    if !matches!(task.classes.len(), 0 | 2) {
        return Err(table.fail(format!(
            "`classes` has {} names, a binary target has two: the negative and the positive",
            task.classes.len()
        )));
    }
    let column = Column::of(table, column);
    let (said, mut notes) = column.said(task, &|cell| is_class(task, cell))?;
    if !task.classes.is_empty() {
        return by_name(task, &column, &said, notes);
    }
    let values: Vec<&str> = said.iter().filter_map(|cell| value(*cell)).collect();
    let number = |cell: &&str| cell.parse::<f64>().is_ok();
    let (classes, truths, more) = match task.positive {
        None if values.iter().any(number) => zeros_and_ones(&column, &said)?,
        _ => two_words(task, &column, &said)?,
    };
    notes.extend(more);
    Ok(Encoded { classes, truths, notes })
}

/// Whether a task names a cell as one of its classes.
pub(super) fn is_class(task: &Task, cell: &str) -> bool {
    let named = |name: &String| name == cell || form(name) == form(cell);
    !cell.is_empty() && (task.classes.iter().any(named) || task.positive.iter().any(named))
}

pub(super) fn value(cell: Said<'_>) -> Option<&str> {
    match cell {
        Said::Value(value) => Some(value),
        Said::Stated(_) | Said::Soft(_) | Said::Unknown => None,
    }
}

type Parts = (Vec<String>, Vec<Option<Truth>>, Vec<String>);

fn zeros_and_ones(column: &Column<'_>, said: &[Said<'_>]) -> Result<Parts, DataError> {
    let name = column.name;
    let mut truths = Vec::with_capacity(said.len());
    for (cell, &(line, _)) in said.iter().zip(&column.cells) {
        truths.push(match cell {
            Said::Unknown | Said::Soft(_) => None,
            Said::Stated(there) => Some(Truth::Class(usize::from(*there))),
            Said::Value(value) => {
                let there = zero_or_one(value).ok_or_else(|| {
                    let hint = proposal(said);
                    column.fail(line, format!("`{name}` is `{value}`, expected 0 or 1{hint}"))
                })?;
                Some(Truth::Class(usize::from(there)))
            }
        });
    }
    let classes = if VAGUE.contains(&name.to_lowercase().as_str()) {
        ["0".into(), "1".into()]
    } else {
        [format!("no {name}"), name.to_owned()]
    };
    Ok((classes.into(), truths, Vec::new()))
}

/// The line to write where a column has two numbers other than 0 and 1.
fn proposal(said: &[Said<'_>]) -> String {
    let values: BTreeSet<i64> =
        said.iter().filter_map(|cell| value(*cell)).filter_map(integer).collect();
    match values.into_iter().collect::<Vec<_>>().as_slice() {
        [a, b] => format!(
            "; if {a} and {b} are the two classes, say which is looked for: write positive = \
             \"{a}\" or positive = \"{b}\" in the task"
        ),
        _ => String::new(),
    }
}

fn two_words(task: &Task, column: &Column<'_>, said: &[Said<'_>]) -> Result<Parts, DataError> {
    let name = column.name;
    let joined = column.joined(said);
    // 2 and 2.0 are one class.
    let of = |cell: &str| {
        integer(cell).map_or_else(|| joined.names[cell].clone(), |number| number.to_string())
    };
    let found: BTreeSet<String> = said.iter().filter_map(|cell| value(*cell)).map(of).collect();
    let found: Vec<String> = found.into_iter().collect();
    let [a, b] = found.as_slice() else {
        return Err(column.table.fail(format!(
            "column `{name}` has {} different values ({}), a binary target has two; set target = \
             \"multi-class\" or correct the column",
            found.len(),
            names::quoted(&found)
        )));
    };
    let told = sides(a, b, task)
        .map_err(|reason| column.table.fail(format!("column `{name}`: {reason}")))?;
    let truth = |cell: &Said<'_>| match cell {
        Said::Unknown | Said::Soft(_) => None,
        Said::Stated(there) => Some(Truth::Class(usize::from(*there))),
        Said::Value(value) => Some(Truth::Class(usize::from(of(value) == told.positive))),
    };
    let truths = said.iter().map(truth).collect();
    let mut notes = joined.notes;
    notes.push(told.note);
    Ok((vec![told.negative, told.positive], truths, notes))
}

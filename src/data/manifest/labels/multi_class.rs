//! One of several classes, in one column.

use std::collections::{BTreeMap, BTreeSet};

use super::Encoded;
use super::binary::{is_class, value};
use super::cells::integer;
use super::column::{Column, Said};
use crate::data::class_names::form;
use crate::data::error::DataError;
use crate::data::manifest::Table;
use crate::data::names;
use crate::data::truth::Truth;
use crate::spec::{Target, Task};

pub(super) fn encode(task: &Task, table: &Table, column: usize) -> Result<Encoded, DataError> {
    let column = Column::of(table, column);
    // A scale may well go below zero; -1 alone is no class.
    let scale = column.cells.iter().any(|(_, cell)| integer(cell).is_some_and(|i| i < -1));
    let class = |cell: &str| is_class(task, cell) || scale && integer(cell) == Some(-1);
    let (said, mut notes) = column.said(task, &class)?;
    if !task.classes.is_empty() {
        if task.classes.len() < 2 {
            return Err(table.fail("`classes` has one name, expected two or more".into()));
        }
        return by_name(task, &column, &said, notes);
    }
    no_lists(&column, &said)?;
    let values: Vec<&str> = said.iter().filter_map(|cell| value(*cell)).collect();
    let numbers = values.iter().filter(|cell| integer(cell).is_some()).count();
    let (classes, more) =
        if 2 * numbers > values.len() { numbered(&column, &said)? } else { worded(&column, &said) };
    notes.extend(more);
    let mut sorted: Vec<(usize, String)> = Vec::new();
    for (cell, (index, name)) in &classes {
        let shown = integer(cell).map_or_else(|| name.clone(), |number| number.to_string());
        sorted.push((*index, shown));
    }
    sorted.sort();
    sorted.dedup();
    if let [(_, only)] = sorted.as_slice() {
        return Err(table.fail(format!(
            "column `{}` is `{only}` in every row; a target has two classes or more",
            column.name
        )));
    }
    let truth = |cell: &Said<'_>| value(*cell).map(|cell| Truth::Class(classes[cell].0));
    let truths = said.iter().map(truth).collect();
    Ok(Encoded { classes: sorted.into_iter().map(|(_, name)| name).collect(), truths, notes })
}

/// From a cell to the index and the name of its class.
type Classes<'a> = BTreeMap<&'a str, (usize, String)>;

/// Classes of a column of words, in order of characters.
fn worded<'a>(column: &Column<'a>, said: &[Said<'a>]) -> (Classes<'a>, Vec<String>) {
    let joined = column.joined(said);
    let found: BTreeSet<&String> = joined.names.values().collect();
    let order: BTreeMap<&String, usize> = found.into_iter().zip(0..).collect();
    let classes = (said.iter().filter_map(|cell| value(*cell)))
        .map(|cell| (cell, (order[&joined.names[cell]], joined.names[cell].clone())));
    (classes.collect(), joined.notes)
}

/// Classes of a column of integers, in numerical order.
fn numbered<'a>(
    column: &Column<'a>,
    said: &[Said<'a>],
) -> Result<(Classes<'a>, Vec<String>), DataError> {
    let name = column.name;
    let mut values: BTreeSet<i64> = BTreeSet::new();
    for (cell, &(line, _)) in said.iter().zip(&column.cells) {
        let Some(cell) = value(*cell) else { continue };
        let reason = || format!("`{name}` is `{cell}`, expected a whole number as in other rows");
        values.insert(integer(cell).ok_or_else(|| column.fail(line, reason()))?);
    }
    let (first, last) = (values.first().copied(), values.last().copied());
    let mut notes = Vec::new();
    if let (Some(first), Some(last)) = (first, last)
        && last.abs_diff(first) + 1 != values.len() as u64
    {
        let found: Vec<String> = values.iter().map(ToString::to_string).collect();
        notes.push(format!(
            "the class numbers of `{name}` have gaps: {}; each number that is there is a class",
            names::quoted(&found)
        ));
    }
    let order: BTreeMap<i64, usize> = values.into_iter().zip(0..).collect();
    let classes = said.iter().filter_map(|cell| {
        let cell = value(*cell)?;
        let number = integer(cell)?;
        Some((cell, (order[&number], number.to_string())))
    });
    Ok((classes.collect(), notes))
}

/// Several labels in a cell are no class of their own.
fn no_lists(column: &Column<'_>, said: &[Said<'_>]) -> Result<(), DataError> {
    for (cell, &(line, _)) in said.iter().zip(&column.cells) {
        if let Some(cell) = value(*cell).filter(|cell| cell.contains('|')) {
            return Err(column.fail(
                line,
                format!(
                    "`{}` is `{cell}`, several labels in one cell; set target = \"multi-label\" for \
                     a label of each, or list every value that is a class of its own in `classes`",
                    column.name
                ),
            ));
        }
    }
    Ok(())
}

/// Indices into the classes that the task names: by name, or by number from 0.
pub(super) fn by_name(
    task: &Task,
    column: &Column<'_>,
    said: &[Said<'_>],
    notes: Vec<String>,
) -> Result<Encoded, DataError> {
    let mut truths = Vec::with_capacity(said.len());
    for (cell, &(line, _)) in said.iter().zip(&column.cells) {
        truths.push(match cell {
            Said::Stated(there) if task.target == Target::Binary => {
                Some(Truth::Class(usize::from(*there)))
            }
            Said::Unknown | Said::Stated(_) | Said::Soft(_) => None,
            Said::Value(cell) => {
                let index = index_of(&task.classes, cell);
                let index = index.ok_or_else(|| column.fail(line, unknown(task, column, cell)))?;
                Some(Truth::Class(index))
            }
        });
    }
    Ok(Encoded { classes: task.classes.clone(), truths, notes })
}

/// The class that a cell names: as it is written, by number, or but for case,
/// blanks and hyphens where that is one class only.
pub(super) fn index_of(classes: &[String], cell: &str) -> Option<usize> {
    if let Some(index) = classes.iter().position(|class| class == cell) {
        return Some(index);
    }
    if let Some(number) = integer(cell) {
        return usize::try_from(number).ok().filter(|number| *number < classes.len());
    }
    let mut alike = (0..classes.len()).filter(|&index| form(&classes[index]) == form(cell));
    alike.next().filter(|_| alike.next().is_none())
}

fn unknown(task: &Task, column: &Column<'_>, cell: &str) -> String {
    let known = names::quoted(&task.classes);
    let hint = names::hint(cell, task.classes.iter().map(String::as_str));
    format!("`{}` is `{cell}`, which is none of the classes {known}{hint}", column.name)
}

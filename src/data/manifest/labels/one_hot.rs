//! One of several classes, a column for each: a single 1 in every row.

use super::Encoded;
use super::cells::{Cell, yes_or_no};
use super::column::Column;
use crate::data::class_names::sides;
use crate::data::error::DataError;
use crate::data::manifest::Table;
use crate::data::truth::Truth;
use crate::spec::{LabelPolicy, Target, Task};

pub(super) fn encode(task: &Task, table: &Table, columns: &[usize]) -> Result<Encoded, DataError> {
    let names: Vec<String> = columns.iter().map(|&column| table.header[column].clone()).collect();
    let mut classes = if task.classes.is_empty() { names } else { task.classes.clone() };
    if classes.len() != columns.len() {
        return Err(table.fail(format!(
            "`classes` has {} names for {} label columns; give one name per column or none",
            classes.len(),
            columns.len()
        )));
    }
    let columns: Vec<Column<'_>> =
        columns.iter().map(|&column| Column::of(table, column)).collect();
    let mut truths = Vec::with_capacity(table.rows.len());
    for row in 0..table.rows.len() {
        truths.push(class_of(task, &columns, row)?.map(Truth::Class));
    }
    let mut notes = vec![format!(
        "each of the columns {} is a class; every row has a 1 in one of them",
        crate::data::names::quoted(&task.labels)
    )];
    if task.target == Target::Binary && task.classes.is_empty() {
        let told = sides(&classes[0], &classes[1], task).map_err(|reason| table.fail(reason))?;
        if told.positive == classes[0] {
            classes.reverse();
            for truth in truths.iter_mut().flatten() {
                if let Truth::Class(class) = truth {
                    *class = 1 - *class;
                }
            }
        }
        notes.push(told.note);
    }
    Ok(Encoded { classes, truths, notes })
}

/// The column with the 1 of a row; none where the row says nothing and such
/// rows are left out.
fn class_of(task: &Task, columns: &[Column<'_>], row: usize) -> Result<Option<usize>, DataError> {
    let mut ones = Vec::new();
    let mut unsaid = false;
    for (index, column) in columns.iter().enumerate() {
        let (line, cell) = column.cells[row];
        match (Cell::of(cell), yes_or_no(cell)) {
            (_, Some(true)) => ones.push(index),
            (_, Some(false)) => {}
            (Cell::Blank | Cell::Uncertain, None) => unsaid = true,
            (Cell::Value(_), None) => {
                let reason = format!("`{}` is `{cell}`, expected 0 or 1", column.name);
                return Err(column.fail(line, reason));
            }
        }
    }
    let ignored = task.uncertain == LabelPolicy::Ignore || task.blank == Some(LabelPolicy::Ignore);
    match (ones.as_slice(), unsaid) {
        (&[class], _) => Ok(Some(class)),
        ([], true) if ignored => Ok(None),
        (ones, _) => {
            let last = columns.last().map_or(0, |column| column.index);
            let reason = format!(
                "the row has {} labels of 1 in {}, a {:?} target has one; set target = \
                 \"multi-label\" or correct the row",
                ones.len(),
                crate::data::names::quoted(&task.labels),
                task.target
            );
            Err(columns[0].table.cell(columns[0].cells[row].0, last, reason))
        }
    }
}

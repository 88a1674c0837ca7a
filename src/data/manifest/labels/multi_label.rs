//! Several labels a case: a column for each, or lists in one column.

use super::Encoded;
use super::cells::yes_or_no;
use super::column::{Column, Said};
use super::lists;
use crate::data::error::DataError;
use crate::data::manifest::Table;
use crate::data::truth::{Label, Truth};
use crate::spec::Task;

pub(super) fn encode(task: &Task, table: &Table, columns: &[usize]) -> Result<Encoded, DataError> {
    if let &[column] = columns {
        let column = Column::of(table, column);
        if lists::are_in(&column) {
            return lists::encode(task, &column);
        }
    }
    let classes = if task.classes.is_empty() { task.labels.clone() } else { task.classes.clone() };
    if classes.len() != columns.len() {
        return Err(table.fail(format!(
            "`classes` has {} names for {} label columns; give one name per column or none",
            classes.len(),
            columns.len()
        )));
    }
    let mut labels = vec![Vec::with_capacity(columns.len()); table.rows.len()];
    let mut notes = Vec::new();
    for &column in columns {
        let column = Column::of(table, column);
        let (said, more) = column.said(task, &|_| false)?;
        notes.extend(more);
        for ((cell, &(line, _)), row) in said.iter().zip(&column.cells).zip(&mut labels) {
            row.push(match cell {
                Said::Unknown => Label::Unknown,
                Said::Stated(there) => Label::Known(*there),
                Said::Soft(value) => Label::Soft(*value),
                Said::Value(cell) => Label::Known(yes_or_no(cell).ok_or_else(|| {
                    let name = column.name;
                    column.fail(line, format!("`{name}` is `{cell}`, expected 0 or 1"))
                })?),
            });
        }
    }
    let truth = |row: Vec<Label>| {
        let unsaid = row.iter().all(|label| *label == Label::Unknown);
        (!unsaid).then_some(Truth::Classes(row))
    };
    Ok(Encoded { classes, truths: labels.into_iter().map(truth).collect(), notes })
}

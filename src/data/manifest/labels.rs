//! From label cells to class names and to what is true of each row.
//!
//! | target | columns | cells |
//! |---|---|---|
//! | binary | one | 0 and 1, or two words |
//! | multi-class | one | words, whole numbers, or indices into `classes` |
//! | binary, multi-class | one per class | a single 1 in each row |
//! | multi-label | one per class | 0 and 1, or words such as yes and no |
//! | multi-label | one | lists such as `Mass\|Edema` |
//!
//! Blank cells and -1 are errors unless the task says what they count as.
//! Graded labels in the cells themselves are not read.

mod binary;
mod cells;
mod column;
mod lists;
mod multi_class;
mod multi_label;
mod one_hot;

use super::Table;
use crate::data::error::DataError;
use crate::data::truth::Truth;
use crate::spec::{Target, Task};

/// What the label columns of a table say.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    pub(super) classes: Vec<String>,
    /// By row; absent where the row has no label and is left out.
    pub(super) truths: Vec<Option<Truth>>,
    pub(super) notes: Vec<String>,
}

/// Encodes the label columns of a table (indices from 0).
pub(super) fn encode(task: &Task, table: &Table, columns: &[usize]) -> Result<Encoded, DataError> {
    if let Some(twice) =
        (1..task.classes.len()).find(|&i| task.classes[..i].contains(&task.classes[i]))
    {
        return Err(table.fail(format!("`classes` has `{}` twice", task.classes[twice])));
    }
    let mut encoded = match (task.target, columns) {
        (Target::MultiLabel, columns) => multi_label::encode(task, table, columns)?,
        (Target::Binary, &[column]) => binary::encode(task, table, column)?,
        (Target::MultiClass, &[column]) => multi_class::encode(task, table, column)?,
        (Target::Binary | Target::MultiClass, columns) => one_hot::encode(task, table, columns)?,
        (Target::Segmentation, columns) => super::masks::encode(task, table, columns)?,
    };
    let left_out = encoded.truths.iter().filter(|truth| truth.is_none()).count();
    if left_out == encoded.truths.len() {
        return Err(table.fail("has no label in any row: every one is blank or uncertain".into()));
    }
    if left_out > 0 {
        encoded.notes.push(format!(
            "{left_out} of {} rows have no label at all and are left out",
            encoded.truths.len()
        ));
    }
    Ok(encoded)
}

#[cfg(test)]
mod tests;

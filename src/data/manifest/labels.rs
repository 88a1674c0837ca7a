//! From label cells to class names and to what is true of each row.

use std::collections::{BTreeMap, BTreeSet};

use super::Table;
use crate::data::error::DataError;
use crate::data::names;
use crate::data::truth::Truth;
use crate::spec::{Target, Task};

/// Column names that say nothing about the class.
const VAGUE: [&str; 6] = ["class", "diagnosis", "label", "labels", "target", "y"];

/// Class names, what is true of each row, notes.
type Encoded = (Vec<String>, Vec<Truth>, Vec<String>);

/// Encodes the label columns of a table (indices from 0).
pub(super) fn encode(task: &Task, table: &Table, columns: &[usize]) -> Result<Encoded, DataError> {
    if let Some(twice) =
        (1..task.classes.len()).find(|&i| task.classes[..i].contains(&task.classes[i]))
    {
        return Err(table.fail(format!("`classes` has `{}` twice", task.classes[twice])));
    }
    match task.target {
        Target::MultiLabel => multi_label(task, table, columns),
        Target::Binary => binary(task, table, columns[0]),
        Target::MultiClass => multi_class(task, table, columns[0]),
    }
}

/// All cells of a column, none of them empty.
fn cells(table: &Table, column: usize) -> Result<Vec<(u64, &str)>, DataError> {
    table
        .rows
        .iter()
        .map(|(line, cells)| Ok((*line, table.filled(*line, cells, column)?)))
        .collect()
}

/// 0 or 1, also as `0.0` and `1.0`.
fn zero_or_one(cell: &str) -> Option<bool> {
    match cell.parse::<f64>() {
        Ok(0.0) => Some(false),
        Ok(1.0) => Some(true),
        _ => None,
    }
}

fn multi_label(task: &Task, table: &Table, columns: &[usize]) -> Result<Encoded, DataError> {
    let classes = if task.classes.is_empty() { task.labels.clone() } else { task.classes.clone() };
    if classes.len() != columns.len() {
        return Err(table.fail(format!(
            "`classes` has {} names for {} label columns; give one name per column or none",
            classes.len(),
            columns.len()
        )));
    }
    let mut labels = vec![Vec::with_capacity(columns.len()); table.rows.len()];
    for &column in columns {
        for ((line, cell), row) in cells(table, column)?.into_iter().zip(&mut labels) {
            row.push(zero_or_one(cell).ok_or_else(|| {
                let name = &table.header[column];
                table.cell(line, column, format!("`{name}` is `{cell}`, expected 0 or 1"))
            })?);
        }
    }
    Ok((classes, labels.into_iter().map(Truth::Classes).collect(), Vec::new()))
}

fn binary(task: &Task, table: &Table, column: usize) -> Result<Encoded, DataError> {
    let cells = cells(table, column)?;
    let name = &table.header[column];
    if !matches!(task.classes.len(), 0 | 2) {
        return Err(table.fail(format!(
            "`classes` has {} names, a binary target has two: the negative and the positive",
            task.classes.len()
        )));
    }
    if !task.classes.is_empty() {
        return Ok((task.classes.clone(), by_name(task, table, column, &cells)?, Vec::new()));
    }
    if cells.iter().any(|(_, cell)| cell.parse::<f64>().is_ok()) {
        let labels = cells
            .iter()
            .map(|&(line, cell)| {
                let reason = || format!("`{name}` is `{cell}`, expected 0 or 1");
                let positive = zero_or_one(cell);
                let positive = positive.ok_or_else(|| table.cell(line, column, reason()))?;
                Ok(Truth::Class(usize::from(positive)))
            })
            .collect::<Result<_, DataError>>()?;
        let vague = VAGUE.contains(&name.to_lowercase().as_str());
        let classes = if vague {
            vec!["0".into(), "1".into()]
        } else {
            vec![format!("no {name}"), name.clone()]
        };
        return Ok((classes, labels, Vec::new()));
    }
    let found: BTreeSet<&str> = cells.iter().map(|&(_, cell)| cell).collect();
    let found: Vec<&str> = found.into_iter().collect();
    let &[negative, positive] = found.as_slice() else {
        let reason = format!(
            "column `{name}` has {} different values ({}), a binary target has two; set target = \
             \"multi-class\" or correct the column",
            found.len(),
            names::quoted(&found)
        );
        return Err(table.fail(reason));
    };
    let labels =
        cells.iter().map(|&(_, cell)| Truth::Class(usize::from(cell == positive))).collect();
    let note = format!(
        "`{positive}` is the positive class, `{negative}` the negative one (alphabetical order; \
         set `classes` to choose)"
    );
    Ok((vec![negative.to_owned(), positive.to_owned()], labels, vec![note]))
}

fn multi_class(task: &Task, table: &Table, column: usize) -> Result<Encoded, DataError> {
    let cells = cells(table, column)?;
    if !task.classes.is_empty() {
        if task.classes.len() < 2 {
            return Err(table.fail("`classes` has one name, expected two or more".into()));
        }
        return Ok((task.classes.clone(), by_name(task, table, column, &cells)?, Vec::new()));
    }
    let name = &table.header[column];
    let numbers = cells.iter().filter(|(_, cell)| integer(cell).is_some()).count();
    let classes = if 2 * numbers > cells.len() {
        numbered(table, column, &cells)?
    } else {
        let found: BTreeSet<&str> = cells.iter().map(|&(_, cell)| cell).collect();
        found.into_iter().enumerate().map(|(index, cell)| (cell, index)).collect()
    };
    let mut sorted: Vec<(usize, String)> = Vec::new();
    for (cell, &index) in &classes {
        let shown = integer(cell).map_or_else(|| (*cell).to_owned(), |number| number.to_string());
        sorted.push((index, shown));
    }
    sorted.sort();
    sorted.dedup();
    if sorted.len() < 2 {
        let only = &sorted[0].1;
        return Err(table.fail(format!(
            "column `{name}` is `{only}` in every row; a target has two classes or more"
        )));
    }
    let labels = cells.iter().map(|(_, cell)| Truth::Class(classes[cell])).collect();
    Ok((sorted.into_iter().map(|(_, name)| name).collect(), labels, Vec::new()))
}

/// Classes of a column of integers, in numerical order.
fn numbered<'a>(
    table: &Table,
    column: usize,
    cells: &[(u64, &'a str)],
) -> Result<BTreeMap<&'a str, usize>, DataError> {
    let name = &table.header[column];
    let mut values: BTreeSet<i64> = BTreeSet::new();
    for &(line, cell) in cells {
        let reason = || format!("`{name}` is `{cell}`, expected a whole number as in other rows");
        values.insert(integer(cell).ok_or_else(|| table.cell(line, column, reason()))?);
    }
    let order: BTreeMap<i64, usize> = values.into_iter().zip(0..).collect();
    Ok(cells.iter().filter_map(|&(_, cell)| Some((cell, order[&integer(cell)?]))).collect())
}

/// Indices into the classes that the task names: by name, or by number from 0.
fn by_name(
    task: &Task,
    table: &Table,
    column: usize,
    cells: &[(u64, &str)],
) -> Result<Vec<Truth>, DataError> {
    let index_of = |cell: &str| {
        task.classes.iter().position(|class| class == cell).or_else(|| {
            let number = usize::try_from(integer(cell)?).ok()?;
            (number < task.classes.len()).then_some(number)
        })
    };
    cells
        .iter()
        .map(|&(line, cell)| {
            let index = index_of(cell).ok_or_else(|| {
                let known = names::quoted(&task.classes);
                let hint = names::hint(cell, task.classes.iter().map(String::as_str));
                let name = &table.header[column];
                let reason =
                    format!("`{name}` is `{cell}`, which is none of the classes {known}{hint}");
                table.cell(line, column, reason)
            })?;
            Ok(Truth::Class(index))
        })
        .collect()
}

/// A whole number, also as `3.0`.
fn integer(cell: &str) -> Option<i64> {
    cell.parse::<i64>().ok().or_else(|| {
        let number = cell.parse::<f64>().ok()?;
        (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
    })
}

//! Lists of labels in one column: `Effusion|Mass`, `['Effusion', 'Mass']`.

use std::collections::BTreeMap;

use super::Encoded;
use super::cells::{Cell, yes_or_no};
use super::column::{Column, Said, counted};
use super::multi_class::index_of;
use crate::data::class_names::{form, joined, says_nothing};
use crate::data::error::DataError;
use crate::data::names;
use crate::data::truth::Truth;
use crate::spec::Task;

/// Whether a column holds lists: some cell is divided, or none is a yes or no.
pub(super) fn are_in(column: &Column<'_>) -> bool {
    let mut said = column
        .cells
        .iter()
        .map(|(_, cell)| *cell)
        .filter(|cell| matches!(Cell::of(cell), Cell::Value(_)));
    let divided = column.cells.iter().any(|(_, cell)| separator(cell).is_some());
    let (some, any_plain) = (said.clone().next().is_some(), said.any(|c| yes_or_no(c).is_some()));
    divided
        || some
            && !any_plain
            && column.cells.iter().all(|(_, c)| {
                c.parse::<f64>().is_err() || matches!(Cell::of(c), Cell::Blank | Cell::Uncertain)
            })
}

/// What divides the labels of a cell.
fn separator(cell: &str) -> Option<char> {
    if cell.starts_with('[') && cell.ends_with(']') {
        return Some(',');
    }
    ['|', ';'].into_iter().find(|mark| cell.contains(*mark))
}

/// The labels of a cell.
fn parts(cell: &str) -> Vec<&str> {
    let mark = separator(cell);
    let cell = cell.trim_start_matches('[').trim_end_matches(']');
    let parts: Vec<&str> = match mark {
        Some(mark) => cell.split(mark).collect(),
        None => vec![cell],
    };
    let bare = parts.into_iter().map(|part| part.trim().trim_matches(['\'', '"']).trim());
    bare.filter(|part| !part.is_empty()).collect()
}

pub(super) fn encode(task: &Task, column: &Column<'_>) -> Result<Encoded, DataError> {
    let (said, mut notes) = column.said(task, &|cell| separator(cell).is_some())?;
    let unnamed = |cell: &Said<'_>| matches!(cell, Said::Stated(true) | Said::Soft(_));
    if let Some(at) = said.iter().position(unnamed) {
        let reason = format!(
            "`{}` is `{}`, which names no label that could count as {}; write uncertain = \"zeros\" \
             or \"ignore\"",
            column.name,
            column.cells[at].1,
            if said[at] == Said::Stated(true) { "1" } else { "a soft label" },
        );
        return Err(column.fail(column.cells[at].0, reason));
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for cell in &said {
        let Said::Value(cell) = cell else { continue };
        for part in parts(cell) {
            *counts.entry(part.to_owned()).or_default() += 1;
        }
    }
    let all = joined(&counts, &format!("`{}`", column.name));
    notes.extend(all.notes);
    let mut merged: BTreeMap<String, usize> = BTreeMap::new();
    for (part, count) in &counts {
        *merged.entry(all.names[part].clone()).or_default() += count;
    }
    let (nothing, found): (BTreeMap<String, usize>, _) =
        merged.into_iter().partition(|(name, _)| {
            says_nothing(name) && !task.classes.iter().any(|class| form(class) == form(name))
        });
    let classes: Vec<String> = if task.classes.is_empty() {
        found.keys().cloned().collect()
    } else {
        task.classes.clone()
    };
    if classes.is_empty() {
        let name = column.name;
        return Err(column.table.fail(format!("column `{name}` names no label in any row")));
    }
    notes.push(format!("`{}` holds lists of labels: {}", column.name, counted(&found)));
    if !nothing.is_empty() {
        notes.push(format!(
            "{} in `{}` stands for none of the labels",
            counted(&nothing),
            column.name
        ));
    }
    let others: BTreeMap<String, usize> =
        found.into_iter().filter(|(name, _)| index_of(&classes, name).is_none()).collect();
    check_spelling(column, &classes, &others)?;
    if !others.is_empty() {
        let text = format!(
            "labels of `{}` that are not in `classes` are ignored: {}",
            column.name,
            counted(&others)
        );
        notes.push(text);
    }
    let truth = |cell: &Said<'_>| match cell {
        Said::Unknown | Said::Soft(_) => None,
        Said::Stated(_) => Some(Truth::of_each(classes.iter().map(|_| false))),
        Said::Value(cell) => {
            let there: Vec<Option<usize>> =
                parts(cell).into_iter().map(|part| index_of(&classes, &all.names[part])).collect();
            Some(Truth::of_each((0..classes.len()).map(|class| there.contains(&Some(class)))))
        }
    };
    let truths = said.iter().map(truth).collect();
    Ok(Encoded { classes, truths, notes })
}

/// A class that no cell names beside a label that is no class and spelt nearly
/// so is a slip.
fn check_spelling(
    column: &Column<'_>,
    classes: &[String],
    others: &BTreeMap<String, usize>,
) -> Result<(), DataError> {
    for class in classes {
        let there = |cell: &str| {
            parts(cell).iter().any(|part| index_of(std::slice::from_ref(class), part).is_some())
        };
        if column.cells.iter().any(|(_, cell)| there(cell)) {
            continue;
        }
        if let Some(near) = names::nearest(class, others.keys().map(String::as_str)) {
            return Err(column.table.fail(format!(
                "no cell of `{}` names `{class}` of `classes`; did you mean `{near}`?",
                column.name
            )));
        }
    }
    Ok(())
}

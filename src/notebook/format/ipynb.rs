//! `.ipynb`, nbformat 4: any minor version is read, 4.5 is written.

use serde_json::{Map, Value, json};

use super::model::{Cell, CellKind, Notebook, default_id};

/// Reads a notebook; the error says what is wrong with the file.
pub fn from_ipynb(text: &str) -> Result<Notebook, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json: Value = serde_json::from_str(text).map_err(|error| fault(text, &error))?;
    let major = json["nbformat"].as_u64().ok_or("it has no number \"nbformat\"")?;
    if major != 4 {
        return Err(format!(
            "it has nbformat {major}, expected 4; convert it with `jupyter nbconvert --to notebook`"
        ));
    }
    let cells = json["cells"].as_array().ok_or("it has no list \"cells\"")?;
    let cells = cells
        .iter()
        .enumerate()
        .map(|(index, cell)| self::cell(cell, index))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Notebook {
        cells: unique(cells),
        metadata: json["metadata"].as_object().cloned().unwrap_or_default(),
    })
}

/// What a text that is no JSON may be instead, and the way out.
fn fault(text: &str, error: &serde_json::Error) -> String {
    let mark = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark));
    if text.trim().is_empty() {
        return "it is empty; a new notebook is made by `jupyter lab`, or restore the file".into();
    }
    if let Some(at) = text.lines().position(mark) {
        return format!(
            "line {} is a mark of a merge that was not finished; settle it with `git mergetool` or \
             `nbdime mergetool`, or take one side: `git checkout --ours FILE`",
            at + 1
        );
    }
    if error.is_eof() {
        return format!("it ends too early ({error}); it was cut off, restore it");
    }
    format!("it is no JSON: {error}")
}

fn cell(json: &Value, index: usize) -> Result<Cell, String> {
    let wrong = |what: &str| format!("cell {} {what}", index + 1);
    let mut rest = json.as_object().cloned().ok_or_else(|| wrong("is no object"))?;
    let kind = match rest.remove("cell_type").as_ref().and_then(Value::as_str) {
        Some("code") => CellKind::Code,
        Some("markdown") => CellKind::Markdown,
        Some("raw") => CellKind::Raw,
        other => {
            return Err(wrong(&format!("has type {other:?}, expected code, markdown or raw")));
        }
    };
    let source = rest.remove("source").unwrap_or_default();
    let source = joined(&source).ok_or_else(|| wrong("has no text in \"source\""))?;
    let outputs = match rest.remove("outputs") {
        Some(Value::Array(outputs)) if kind == CellKind::Code => outputs,
        None | Some(_) => Vec::new(),
    };
    Ok(Cell {
        kind,
        id: rest
            .remove("id")
            .and_then(|id| id.as_str().map(str::to_owned))
            .unwrap_or_else(|| default_id(index)),
        source,
        metadata: match rest.remove("metadata") {
            Some(Value::Object(metadata)) => metadata,
            _ => Map::new(),
        },
        execution_count: rest.remove("execution_count").and_then(|count| count.as_u64()),
        outputs,
        extra: rest,
    })
}

/// Text that nbformat holds as one string or as a list of lines.
pub(in crate::notebook) fn joined(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(lines) => lines.iter().map(Value::as_str).collect(),
        Value::Null => Some(String::new()),
        _ => None,
    }
}

/// nbformat 4.5 wants ids to differ.
fn unique(mut cells: Vec<Cell>) -> Vec<Cell> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, cell) in cells.iter_mut().enumerate() {
        let mut n = index + 1;
        while !seen.insert(cell.id.clone()) {
            n += 1;
            cell.id = format!("cell-{n}");
        }
    }
    cells
}

/// Writes a notebook as Jupyter does: one blank of indentation, lines as a
/// list, so that a difference of versions shows lines.
pub fn to_ipynb(notebook: &Notebook) -> String {
    let cells: Vec<Value> = notebook.cells.iter().map(cell_json).collect();
    let json = json!({
        "cells": cells,
        "metadata": notebook.metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, formatter);
    // Writing JSON values to memory cannot fail.
    let _ = serde::Serialize::serialize(&json, &mut serializer);
    text.push(b'\n');
    String::from_utf8_lossy(&text).into_owned()
}

fn cell_json(cell: &Cell) -> Value {
    let mut json = cell.extra.clone();
    let kind = match cell.kind {
        CellKind::Code => "code",
        CellKind::Markdown => "markdown",
        CellKind::Raw => "raw",
    };
    json.insert("cell_type".into(), kind.into());
    json.insert("id".into(), cell.id.clone().into());
    json.insert("metadata".into(), cell.metadata.clone().into());
    json.insert("source".into(), lines(&cell.source));
    if cell.kind == CellKind::Code {
        json.insert("outputs".into(), cell.outputs.clone().into());
        json.insert("execution_count".into(), json!(cell.execution_count));
    }
    Value::Object(json)
}

/// The lines of a text, each with its line break.
pub(in crate::notebook) fn lines(text: &str) -> Value {
    Value::Array(text.split_inclusive('\n').map(Value::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_notebook_is_told_apart() {
        let message = |text: &str| from_ipynb(text).expect_err("no notebook");
        assert!(message("").contains("is empty") && message("\u{feff} \n").contains("is empty"));
        let conflict = "{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> other\n}\n";
        assert!(message(conflict).contains("line 2 is a mark of a merge"));
        assert!(message("{\"nbformat\": 4, \"cells\": [").contains("ends too early"));
        assert!(message("<html>").contains("no JSON"));
        assert!(from_ipynb("\u{feff}{\"nbformat\": 4, \"cells\": []}").is_ok());
    }
}

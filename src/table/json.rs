//! JSON: a record in each line, a list of records, a record of columns.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;

use super::container::{self, Content};
use super::encoding;
use super::error::TableError;
use super::sheet::{Sheet, SheetBuilder};

/// The JSON document in the bytes of a file, where they hold one: for layouts that are
/// no tables (nnU-Net's `summary.json`).
pub fn document(path: &Path, bytes: &[u8]) -> Option<Document> {
    let mut how = Vec::new();
    let Ok(Content::Text(bytes)) = container::open(path, bytes, &mut how) else { return None };
    let text = encoding::decode(path, bytes, &mut how).ok()?;
    let value: Value = text
        .trim_start()
        .starts_with('{')
        .then(|| serde_json::from_str(&with_null(&text)).ok())??;
    how.insert(0, "JSON".into());
    Some(Document { value, how })
}

/// The text of a file as a document: for what is printed for people.
pub fn text(path: &Path, bytes: &[u8]) -> Option<Document> {
    let mut how = vec!["text".into()];
    let Ok(Content::Text(bytes)) = container::open(path, bytes, &mut how) else { return None };
    let text = encoding::decode(path, bytes, &mut how).ok()?;
    Some(Document { value: Value::String(text), how })
}

/// JSON as Python writes it, with null for the numbers that JSON has not: `NaN`,
/// `Infinity`.
fn with_null(text: &str) -> std::borrow::Cow<'_, str> {
    const NUMBERS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];
    if !NUMBERS.iter().any(|number| text.contains(number)) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped, mut skip) = (false, false, 0);
    for (at, letter) in text.char_indices() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let number = NUMBERS.iter().find(|number| !quoted && text[at..].starts_with(**number));
        if let Some(number) = number {
            out.push_str("null");
            skip = number.len() - 1;
            continue;
        }
        quoted ^= letter == '"' && !escaped;
        escaped = letter == '\\' && quoted && !escaped;
        out.push(letter);
    }
    out.into()
}

/// One JSON document.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it holds.
    pub value: Value,
    how: Vec<String>,
}

impl Document {
    /// A sheet made of it; its rows have no lines of their own and are counted from 1.
    pub fn sheet(
        &self,
        path: &Path,
        header: Vec<String>,
        kind: &str,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Sheet {
        let rows = rows.into_iter().enumerate().map(|(at, row)| (at as u32 + 1, row));
        self.sheet_of_lines(path, header, kind, rows)
    }

    /// The same, of rows with the lines that they stand in.
    pub fn sheet_of_lines(
        &self,
        path: &Path,
        header: Vec<String>,
        kind: &str,
        rows: impl IntoIterator<Item = (u32, Vec<String>)>,
    ) -> Sheet {
        let mut builder = SheetBuilder::stored(header.len());
        for (line, row) in rows {
            builder.push(line, row.iter().map(String::as_str));
        }
        let mut how = self.how.clone();
        how[0] = kind.into();
        builder.finish(path, header, how)
    }
}

/// Whether a text begins as JSON does.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("{\"")
        || text.starts_with('[')
        || text.starts_with('{') && text[1..].trim_start().starts_with(['"', '}'])
}

type Record = IndexMap<String, String>;

pub(super) fn read(path: &Path, text: &str, mut how: Vec<String>) -> Result<Sheet, TableError> {
    let records = if text.trim_start().starts_with('[') {
        how.insert(0, "JSON".into());
        of_list(path, text)?
    } else {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(object)) if object.values().any(is_column) => {
                how.insert(0, "JSON".into());
                of_columns(path, &object)?
            }
            _ => {
                how.insert(0, "JSON lines".into());
                of_lines(path, text)?
            }
        }
    };
    if records.is_empty() {
        return Err(TableError::file(path, "holds no records, expected one for each result"));
    }
    let mut header: IndexMap<&str, ()> = IndexMap::new();
    for (_, record) in &records {
        for name in record.keys() {
            header.insert(name, ());
        }
    }
    let mut builder = SheetBuilder::stored(header.len());
    for (line, record) in &records {
        let cells = header.keys().map(|name| record.get(*name).map_or("", String::as_str));
        builder.push(*line, cells);
    }
    let header: Vec<String> = header.keys().map(ToString::to_string).collect();
    Ok(builder.finish(path, header, how))
}

fn of_lines(path: &Path, text: &str) -> Result<Vec<(u32, Record)>, TableError> {
    let mut records = Vec::new();
    // A single record may stand in several lines.
    if let Ok(Value::Object(object)) = serde_json::from_str(text) {
        return Ok(vec![(1, flat(&Value::Object(object)))]);
    }
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fail = |reason: String| TableError::line(path, at as u64 + 1, reason);
        match serde_json::from_str::<Value>(line) {
            Ok(value @ Value::Object(_)) => records.push((at as u32 + 1, flat(&value))),
            Ok(_) => {
                return Err(fail(
                    "is no record, expected an object {\"name\": value, …} in each line".into(),
                ));
            }
            Err(error) => {
                return Err(fail(format!("is no JSON: {error}; expected an object in each line")));
            }
        }
    }
    Ok(records)
}

/// A list of records, each with the line it begins in.
fn of_list(path: &Path, text: &str) -> Result<Vec<(u32, Record)>, TableError> {
    let begin = text.find('[').unwrap_or(0);
    let (mut at, mut line, mut counted) = (begin + 1, 1, 0);
    let mut records = Vec::new();
    loop {
        at += text[at..].len()
            - text[at..].trim_start_matches(|c: char| c.is_whitespace() || c == ',').len();
        line += text[counted..at].matches('\n').count() as u32;
        counted = at;
        if text[at..].starts_with(']') {
            return Ok(records);
        }
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value @ Value::Object(_))) => records.push((line, flat(&value))),
            Some(Ok(_)) => {
                let reason = "is no record, expected a list of objects {\"name\": value, …}";
                return Err(TableError::line(path, u64::from(line), reason));
            }
            Some(Err(error)) => {
                let reason = format!("is no JSON: {error}");
                return Err(TableError::line(path, u64::from(line), reason));
            }
            None => {
                let reason = "ends within the list of records; is the file whole?";
                return Err(TableError::line(path, u64::from(line), reason));
            }
        }
        at += values.byte_offset();
    }
}

fn is_column(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        // pandas writes columns as objects of rows: {"auc": {"0": 0.7, "1": 0.8}}.
        Value::Object(rows) => {
            !rows.is_empty() && rows.keys().all(|key| key.parse::<u64>().is_ok())
        }
        _ => false,
    }
}

/// `{"init": ["a", "b"], "auc": [0.7, 0.8]}`, or the same with numbered rows.
fn of_columns(
    path: &Path,
    object: &serde_json::Map<String, Value>,
) -> Result<Vec<(u32, Record)>, TableError> {
    let mut records: Vec<(u32, Record)> = Vec::new();
    let mut height = None;
    for (name, column) in object {
        let cells: Vec<&Value> = match column {
            Value::Array(cells) => cells.iter().collect(),
            Value::Object(rows) if is_column(column) => rows.values().collect(),
            _ => {
                let reason = format!(
                    "{name:?} is no column, expected a list of values as long as the others"
                );
                return Err(TableError::file(path, reason));
            }
        };
        let height = *height.get_or_insert(cells.len());
        if cells.len() != height {
            let reason =
                format!("column {name:?} has {} values and others have {height}", cells.len());
            return Err(TableError::file(path, reason));
        }
        records.resize(height, (0, Record::new()));
        for (at, (cell, (line, record))) in cells.into_iter().zip(&mut records).enumerate() {
            *line = at as u32 + 1;
            flatten(name, cell, record);
        }
    }
    Ok(records)
}

/// A record with the names of what it holds in itself joined by dots.
fn flat(value: &Value) -> Record {
    let mut record = Record::new();
    if let Value::Object(object) = value {
        for (name, value) in object {
            flatten(name, value, &mut record);
        }
    }
    record
}

fn flatten(name: &str, value: &Value, record: &mut Record) {
    let text = match value {
        Value::Object(object) if !object.is_empty() => {
            for (inner, value) in object {
                flatten(&format!("{name}.{inner}"), value, record);
            }
            return;
        }
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_f64()
            .filter(|_| number.is_f64())
            .map_or_else(|| number.to_string(), |v| v.to_string()),
        other => other.to_string(),
    };
    record.insert(name.into(), text);
}

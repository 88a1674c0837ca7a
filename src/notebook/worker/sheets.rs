//! Tables of one's own, column by column as they are.

use std::path::Path;

use serde_json::{Value, json};

use super::columns::Typed;
use crate::notebook::NotebookError;
use crate::table::missing::{Missing, missing};
use crate::table::{NumberFault, Sheet, SheetOptions, TableError};

/// What the cells of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Whole,
}

/// Whole numbers beyond this are not all numbers of 64 bits.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The table of a file, with types told from the cells.
pub(super) fn sheet(path: &Path, request: &Value) -> Result<Value, NotebookError> {
    let options = SheetOptions {
        decimal: match request["decimal"].as_str() {
            Some(mark) => Some(mark.parse().map_err(|reason: String| {
                NotebookError::Request(format!(".decimal({mark:?}): {reason}"))
            })?),
            None => None,
        },
        sheet: request["sheet"].as_str().map(str::to_owned),
    };
    let bytes = std::fs::read(path).map_err(NotebookError::io("read", path))?;
    let sheet = Sheet::read(path, &bytes, &options).map_err(|error| told(&error))?;
    let kinds: Vec<Kind> =
        (0..sheet.header().len()).map(|at| kind(&sheet, at)).collect::<Result<_, _>>()?;
    let heads = kinds.iter().zip(sheet.header()).map(|(kind, name)| {
        let mark = match kind {
            Kind::Text => '"',
            Kind::Number => '#',
            Kind::Whole => '1',
        };
        format!("{mark}{name}")
    });
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut table = Typed::new(name, &heads.collect::<Vec<_>>());
    for row in sheet.rows() {
        let cells = row.cells().zip(&kinds).map(|(cell, kind)| match kind {
            _ if nothing(cell) => Value::Null,
            Kind::Text => cell.into(),
            _ => sheet.style().parse(cell).map_or(Value::Null, |number| json!(number)),
        });
        table.row(cells.collect());
    }
    for note in sheet.notes() {
        table.note(note.as_str());
    }
    Ok(table.json())
}

/// `failed` and the like are words of runs; in a table of one's own they are words.
fn nothing(cell: &str) -> bool {
    missing(cell) == Some(Missing::Absent)
}

/// Numbers where every cell is one. What begins with a zero that a number would not
/// have is a name: `007`.
fn kind(sheet: &Sheet, column: usize) -> Result<Kind, NotebookError> {
    let mut found = None;
    for row in sheet.rows() {
        let cell = row.cell(column);
        if nothing(cell) {
            continue;
        }
        let digits = cell.trim_start_matches(['-', '+']);
        if digits.len() > 1
            && digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Ok(Kind::Text);
        }
        match sheet.style().parse(cell) {
            Ok(number) => {
                let whole = number.fract() == 0.0
                    && number.abs() < EXACT
                    && !digits.contains(['e', 'E'])
                    && sheet.style().plain(cell).is_ok_and(|plain| !plain.contains('.'));
                let so_far = found.unwrap_or(Kind::Whole);
                found = Some(if whole { so_far } else { Kind::Number });
            }
            Err(NumberFault::NoNumber) => return Ok(Kind::Text),
            Err(NumberFault::Ambiguous) => {
                return Err(NotebookError::setup(
                    format!(
                        "{}:{}: {cell:?} in column {:?} can be read as two numbers",
                        sheet.path().display(),
                        row.line(),
                        sheet.header()[column]
                    ),
                    "say which mark stands before decimals: \
                     Table::file(\"..\").decimal(\"comma\").read()?, or \"point\"",
                ));
            }
        }
    }
    Ok(found.unwrap_or(Kind::Text))
}

fn told(error: &TableError) -> NotebookError {
    NotebookError::Request(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str, more: &Value) -> Result<Value, NotebookError> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        sheet(&path, more)
    }

    fn types(table: &Value) -> Vec<&str> {
        let columns = table["columns"].as_array().expect("columns");
        columns.iter().filter_map(|column| column["type"].as_str()).collect()
    }

    #[test]
    fn columns_stay_as_they_are_and_have_their_types() {
        let text = "treatment,seed,auc,code,note,dose\nA,0,0.5,007,,1\nB,1,NA,12,failed,2\n";
        let table = read("trial.csv", text, &Value::Null).expect("a table");
        assert_eq!(types(&table), ["text", "integer", "number", "text", "text", "integer"]);
        assert_eq!(table["title"], "trial");
        assert_eq!(table["columns"][5]["name"], "dose");
        assert!(read("two.csv", "a,a\n1,2\n", &Value::Null).is_err());
        assert_eq!(table["rows"][0], json!(["A", 0.0, 0.5, "007", null, 1.0]));
        assert_eq!(table["rows"][1], json!(["B", 1.0, null, "12", "failed", 2.0]));
        let more = "a;b;c\n1,5;x;9007199254740993\n2,0;true;1\n";
        let table = read("m.csv", more, &Value::Null).expect("a table");
        assert_eq!(types(&table), ["number", "text", "number"], "{table}");
        assert_eq!(table["rows"][0][0], 1.5);
        let json = read("m.json", "[{\"a\": 1, \"b\": \"x\"}]", &Value::Null).expect("a table");
        assert_eq!((types(&json), &json["rows"][0]), (vec!["integer", "text"], &json!([1.0, "x"])));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_asked_about_and_stated() {
        let text = "a;b\n1,234;1\n";
        let error = read("x.csv", text, &Value::Null).expect_err("refused").to_string();
        assert!(error.contains("x.csv:2: \"1,234\" in column \"a\""), "{error}");
        assert!(error.contains(".decimal("), "{error}");
        let comma = read("x.csv", text, &json!({ "decimal": "comma" })).expect("a table");
        assert_eq!(comma["rows"][0][0], 1.234);
        let point = read("x.csv", text, &json!({ "decimal": "point" })).expect("a table");
        assert_eq!((&point["rows"][0][0], types(&point)[0]), (&json!(1234.0), "integer"));
        let error = read("x.csv", text, &json!({ "decimal": "dash" })).expect_err("refused");
        assert!(error.to_string().contains(".decimal(\"dash\")"), "{error}");
        assert!(read("empty.csv", "", &Value::Null).is_err());
        assert!(sheet(Path::new("/none/such.csv"), &Value::Null).is_err());
    }
}

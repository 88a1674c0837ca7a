//! Workbooks: xlsx, xlsb, xls and ods.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader, Sheets, open_workbook_auto_from_rs};

use super::error::TableError;
use super::names;
use super::sheet::{Sheet, SheetBuilder};

/// Cells of a sheet that are looked at; a stray cell in the last row of a sheet
/// makes it billions.
const MOST_CELLS: usize = 200_000_000;

pub(super) fn read(
    path: &Path,
    bytes: &[u8],
    wanted: Option<&str>,
    mut how: Vec<String>,
) -> Result<Sheet, TableError> {
    let fail = |error: calamine::Error| {
        TableError::file(path, format!("is no workbook that can be read: {error}"))
    };
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(fail)?;
    let names = book.sheet_names();
    let mut filled = Vec::new();
    for name in &names {
        if wanted.is_none_or(|wanted| wanted == name) {
            let range = book.worksheet_range(name).map_err(fail)?;
            if !range.is_empty() {
                filled.push((name.clone(), range));
            }
        }
    }
    if filled.is_empty() {
        let reason = match wanted {
            Some(wanted) if !names.iter().any(|name| name == wanted) => {
                format!("has no sheet {wanted:?}; it has: {}", names.join(", "))
            }
            _ => "is a workbook without cells, expected a header and a row for each result".into(),
        };
        return Err(TableError::file(path, reason));
    }
    let others: Vec<String> = filled.iter().skip(1).map(|(name, _)| format!("{name:?}")).collect();
    let (name, range) = filled.swap_remove(0);
    how.insert(0, format!("{} (sheet {name:?})", kind(&book)));
    let mut sheet = of_range(path, &range, how)?;
    if !others.is_empty() {
        sheet.note(format!(
            "further sheets are not read: {}; say --sheet NAME for another than {name:?}",
            others.join(", ")
        ));
    }
    Ok(sheet)
}

fn kind<R>(book: &Sheets<R>) -> &'static str {
    match book {
        Sheets::Xls(_) => "Excel workbook (xls)",
        Sheets::Xlsx(_) => "Excel workbook",
        Sheets::Xlsb(_) => "Excel workbook (xlsb)",
        Sheets::Ods(_) => "OpenDocument workbook",
    }
}

/// The first row of two cells or more is the header; what stands above it is a title.
fn of_range(path: &Path, range: &Range<Data>, how: Vec<String>) -> Result<Sheet, TableError> {
    let (height, width) = range.get_size();
    if height.saturating_mul(width) > MOST_CELLS {
        let reason =
            format!("has a sheet of {height} rows and {width} columns; write it as Parquet");
        return Err(TableError::file(path, reason));
    }
    let first = range.start().map_or(1, |(row, _)| row + 1);
    let filled = |row: &[Data]| row.iter().filter(|cell| !text(cell).is_empty()).count();
    let rows: Vec<&[Data]> = range.rows().collect();
    let head = rows.iter().position(|row| filled(row) > 1).unwrap_or(0);
    let mut header: Vec<String> =
        rows[head].iter().map(|cell| names::clean(&text(cell)).into_owned()).collect();
    while header.len() > 1 && header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    let line = |at: usize| first + at as u32;
    if let Some(twice) =
        (1..header.len()).find(|at| !header[*at].is_empty() && header[..*at].contains(&header[*at]))
    {
        let reason = format!("names column {:?} twice; rename one", header[twice]);
        return Err(TableError::line(path, u64::from(line(head)), reason));
    }
    let mut builder = SheetBuilder::stored(header.len());
    for (at, row) in rows.iter().enumerate().skip(head + 1) {
        if filled(row) == 0 {
            continue;
        }
        let cells: Vec<String> = row.iter().map(text).collect();
        if let Some(stray) = cells.iter().skip(header.len()).find(|cell| !cell.is_empty()) {
            let reason = format!(
                "has {stray:?} in a column without a name (the header is row {}); name the column, \
                 or remove the cell",
                line(head)
            );
            return Err(TableError::line(path, u64::from(line(at)), reason));
        }
        builder.push(line(at), cells.iter().map(String::as_str));
    }
    let mut sheet = builder.finish(path, header, how);
    if head > 0 {
        sheet.note(format!("what stands above row {} was left out as a title", line(head)));
    }
    Ok(sheet)
}

/// A cell as text: numbers in the shortest form that is the same number.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().to_string()
        }
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(true) => "true".into(),
        Data::Bool(false) => "false".into(),
        Data::DateTime(time) => time.as_f64().to_string(),
        Data::Error(error) => error.to_string(),
    }
}

//! Workbooks: xlsx, xlsb, xls and ods.

use std::io::{Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{
    Cell, Data, DataRef, Range, Reader, Sheets, XlsbError, XlsxError, open_workbook_auto_from_rs,
};

use super::error::TableError;
use super::names;
use super::sheet::{Sheet, SheetBuilder};

/// Places of a sheet that are held, filled or not: so many, and so many for each cell
/// that is filled. A stray cell in the last row of the last column makes it billions.
const MOST_PLACES: (u64, u64) = (4_000_000, 1000);
/// No sheet holds more.
const MOST_CELLS: u64 = 200_000_000;
/// Rows and columns of a sheet, whatever program wrote it.
const SHEET: (u32, u32) = (1_048_576, 16_384);

pub(super) fn read(
    path: &Path,
    bytes: &[u8],
    wanted: Option<&str>,
    how: Vec<String>,
) -> Result<Sheet, TableError> {
    // The reader counts rows and offsets without looking whether they fit.
    let read = catch_unwind(AssertUnwindSafe(|| read_book(path, bytes, wanted, how)));
    read.unwrap_or_else(|_| {
        let reason = "is no workbook that can be read: a size or a place in it is impossible";
        Err(TableError::file(path, reason))
    })
}

fn read_book(
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
            let range = range(&mut book, name).map_err(|reason| TableError::file(path, reason))?;
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

/// The cells of a sheet. Those of Excel are counted before a place is made for each.
fn range<R: Read + Seek>(book: &mut Sheets<R>, name: &str) -> Result<Range<Data>, String> {
    let fail = |error: String| format!("is no workbook that can be read: {error}");
    let mut cells = Vec::new();
    match book {
        Sheets::Xlsx(book) => {
            let mut reader = match book.worksheet_cells_reader(name) {
                // A chart.
                Err(XlsxError::NotAWorksheet(_)) => return Ok(Range::default()),
                reader => reader.map_err(|error| fail(error.to_string()))?,
            };
            while let Some(cell) = reader.next_cell().map_err(|error| fail(error.to_string()))? {
                keep(&mut cells, &cell);
            }
        }
        Sheets::Xlsb(book) => {
            let reader = book.worksheet_cells_reader(name);
            let mut reader = reader.map_err(|error: XlsbError| fail(error.to_string()))?;
            while let Some(cell) = reader.next_cell().map_err(|error| fail(error.to_string()))? {
                keep(&mut cells, &cell);
            }
        }
        Sheets::Xls(_) | Sheets::Ods(_) => {
            return book.worksheet_range(name).map_err(|error| fail(error.to_string()));
        }
    }
    check_places(&cells)?;
    Ok(Range::from_sparse(cells))
}

fn keep(cells: &mut Vec<Cell<Data>>, cell: &Cell<DataRef<'_>>) {
    if *cell.get_value() != DataRef::Empty {
        cells.push(Cell::new(cell.get_position(), Data::from(cell.get_value().clone())));
    }
}

/// Whether cells lie in a sheet, and close enough to hold all that is between them.
fn check_places(cells: &[Cell<Data>]) -> Result<(), String> {
    let places = || cells.iter().map(Cell::get_position);
    if let Some((row, column)) =
        places().find(|(row, column)| *row >= SHEET.0 || *column >= SHEET.1)
    {
        return Err(format!(
            "has a cell in row {} and column {}; a sheet ends at row {} and column {}",
            u64::from(row) + 1,
            u64::from(column) + 1,
            SHEET.0,
            SHEET.1
        ));
    }
    let span = |values: &mut dyn Iterator<Item = u32>| {
        let (low, high) = values.fold((u32::MAX, 0), |(low, high), v| (low.min(v), high.max(v)));
        u64::from(high.saturating_sub(low)) + 1
    };
    let height = span(&mut places().map(|place| place.0));
    let width = span(&mut places().map(|place| place.1));
    let most = (MOST_PLACES.0 + MOST_PLACES.1 * cells.len() as u64).min(MOST_CELLS);
    if height * width > most {
        return Err(format!(
            "has {} filled cells in a sheet of {height} rows and {width} columns, most of it empty; \
             remove what stands far from the table, or write it as CSV or Parquet",
            cells.len()
        ));
    }
    Ok(())
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
    if height.saturating_mul(width) as u64 > MOST_CELLS {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn places(places: &[(u32, u32)]) -> Result<(), String> {
        let cell = |place: &(u32, u32)| Cell::new(*place, Data::Float(1.0));
        check_places(&places.iter().map(cell).collect::<Vec<_>>())
    }

    #[test]
    fn cells_far_apart_are_refused_before_a_place_is_made_for_each() {
        for fine in [&[][..], &[(0, 0)], &[(0, 0), (1_048_575, 2)], &[(1_048_575, 16_383)]] {
            assert_eq!(places(fine), Ok(()), "{fine:?}");
        }
        // 17,179,869,184 places of 24 bytes.
        let told = places(&[(0, 0), (1_048_575, 16_383)]).expect_err("refused");
        assert!(told.contains("2 filled cells in a sheet of 1048576 rows"), "{told}");
        for beyond in [(1_048_576, 0), (0, 16_384), (u32::MAX, u32::MAX)] {
            let told = places(&[(0, 0), beyond]).expect_err("refused");
            assert!(told.contains("a sheet ends at row 1048576 and column 16384"), "{told}");
        }
        // Many cells of one row bring room along.
        let row: Vec<(u32, u32)> = (0..5000).map(|column| (0, column)).collect();
        assert_eq!(places(&[&row[..], &[(1500, 0)]].concat()), Ok(()));
    }
}

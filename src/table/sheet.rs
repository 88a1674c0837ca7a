//! Header and cells of a table, with the line of each row.

use std::path::{Path, PathBuf};

use super::container::{self, Content};
use super::error::TableError;
use super::names;
use super::number::{Decimal, NumberStyle};
use super::{delimited, encoding, json, parquet, workbook};

/// What is stated of a file, where it does not say it itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetOptions {
    /// The mark before decimals.
    pub decimal: Option<Decimal>,
    /// The sheet of a workbook, by name.
    pub sheet: Option<String>,
}

/// A table as text: nothing of what it means is decided here.
///
/// Cells stand one after the other in a single text, so that a million rows cost
/// their letters and four bytes a cell.
#[derive(Clone, Debug)]
pub struct Sheet {
    path: PathBuf,
    header: Vec<String>,
    /// Place of each column of the header among the stored cells.
    columns: Vec<u32>,
    text: String,
    /// Where each stored cell ends.
    ends: Vec<u32>,
    /// Stored cells in a row.
    width: usize,
    lines: Vec<u32>,
    style: NumberStyle,
    /// How the file was read, in words: `CSV with semicolons`, `gzip`.
    how: Vec<String>,
    /// What was left out while reading.
    notes: Vec<String>,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    at: usize,
}

impl<'a> Row<'a> {
    /// Line in the file, from 1; of files without lines the row.
    pub fn line(self) -> u64 {
        u64::from(self.sheet.lines[self.at])
    }

    /// The cell of a column, without blanks around it; empty where there is none.
    pub fn cell(self, column: usize) -> &'a str {
        self.sheet.cell(self.at, column)
    }

    /// All cells, in the order of the header.
    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.sheet.header.len()).map(move |column| self.cell(column))
    }
}

impl Sheet {
    /// Reads the bytes of a file; `path` is what errors name.
    ///
    /// # Errors
    /// Where it is no table, or one that could be read in two ways.
    pub fn read(path: &Path, bytes: &[u8], options: &SheetOptions) -> Result<Self, TableError> {
        let mut how = Vec::new();
        let mut sheet = match container::open(path, bytes, &mut how)? {
            Content::Parquet(bytes) => parquet::read(path, &bytes, how)?,
            Content::Workbook(bytes) => {
                workbook::read(path, &bytes, options.sheet.as_deref(), how)?
            }
            Content::Text(bytes) => {
                let text = encoding::decode(path, bytes, &mut how)?;
                if text.trim().is_empty() {
                    return Err(TableError::file(
                        path,
                        "is empty and has no rows, expected a header and a row for each result",
                    ));
                }
                if json::looks_like(&text) {
                    json::read(path, &text, how)?
                } else {
                    delimited::read(path, &text, how)?
                }
            }
        };
        if options.decimal.is_some() {
            sheet.style = NumberStyle(options.decimal);
        }
        Ok(sheet)
    }

    /// The file that errors name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the columns as the file has them, without what nobody sees.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|at| Row { sheet: self, at })
    }

    /// A row by its place.
    pub fn row(&self, at: usize) -> Row<'_> {
        Row { sheet: self, at }
    }

    /// The place of the column with this very name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The place of the column of this name, whatever its case, blanks and hyphens.
    pub fn column_like(&self, name: &str) -> Option<usize> {
        let wanted = names::plain(name);
        self.column(name).or_else(|| self.header.iter().position(|h| names::plain(h) == wanted))
    }

    /// Cells of a column.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        (0..self.len()).map(move |row| self.cell(row, column))
    }

    /// How numbers are written.
    pub fn style(&self) -> NumberStyle {
        self.style
    }

    /// How the file was read, in words.
    pub fn how(&self) -> String {
        self.how.join(", ")
    }

    /// What was left out while reading.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Keeps the rows for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(Row<'_>) -> bool) {
        let kept: Vec<usize> =
            (0..self.len()).filter(|at| keep(Row { sheet: self, at: *at })).collect();
        if kept.len() == self.len() {
            return;
        }
        let mut builder = SheetBuilder::stored(self.width);
        for at in kept {
            let cells = (0..self.width).map(|column| self.stored(at, column));
            builder.push(self.lines[at], cells);
        }
        self.text = builder.text;
        self.ends = builder.ends;
        self.lines = builder.lines;
    }

    /// A sheet of other rows and columns, read in the same way: for layouts in which a
    /// row holds several results.
    #[must_use]
    pub fn with(&self, header: Vec<String>, fill: impl FnOnce(&mut SheetBuilder)) -> Self {
        let mut builder = SheetBuilder::stored(header.len());
        fill(&mut builder);
        let mut made = builder.finish(&self.path, header, self.how.clone());
        made.style = self.style;
        made.notes.clone_from(&self.notes);
        made.how.clone_from(&self.how);
        made
    }

    /// Renames a column.
    pub fn rename(&mut self, column: usize, name: &str) {
        self.header[column] = name.into();
    }

    /// Adds a note.
    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        self.columns.get(column).map_or("", |stored| self.stored(row, *stored as usize))
    }

    fn stored(&self, row: usize, column: usize) -> &str {
        let at = row * self.width + column;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[at] as usize]
    }

    /// Leaves out columns without a name and content, and columns that count rows.
    fn drop_useless(&mut self) {
        let (mut counted, mut kept) = (Vec::new(), Vec::new());
        for at in 0..self.header.len() {
            let name = self.header[at].as_str();
            let unnamed = name.is_empty();
            if unnamed && self.cells(at).all(str::is_empty) {
                continue;
            }
            if (unnamed || is_index_name(name)) && counts(self.cells(at)) {
                counted.push(if unnamed { "without a name".into() } else { format!("{name:?}") });
                continue;
            }
            kept.push(at);
        }
        if !counted.is_empty() && !kept.is_empty() {
            self.notes.push(format!(
                "the column {} counts the rows and is not used",
                counted.join(" and ")
            ));
        } else if kept.is_empty() {
            return;
        }
        self.columns = kept.iter().map(|at| self.columns[*at]).collect();
        self.header = kept
            .iter()
            .map(|at| match self.header[*at].as_str() {
                "" => format!("column {}", at + 1),
                name => name.into(),
            })
            .collect();
    }
}

/// Names that pandas, R and spreadsheets give to the numbers of rows.
fn is_index_name(name: &str) -> bool {
    let plain = names::plain(name);
    plain.starts_with("unnamed:")
        || ["index", "...1", "x", "#", "row", "rownames"].contains(&plain.as_str())
}

/// Whether cells are 0, 1, 2, … or 1, 2, 3, …
fn counts<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let mut first = None;
    for (at, cell) in cells.enumerate() {
        let Ok(number) = cell.parse::<usize>() else { return false };
        let first = *first.get_or_insert(number);
        if first > 1 || number != first + at {
            return false;
        }
    }
    first.is_some()
}

/// Rows that become a sheet.
#[derive(Debug)]
pub struct SheetBuilder {
    width: usize,
    text: String,
    ends: Vec<u32>,
    lines: Vec<u32>,
}

impl SheetBuilder {
    pub(super) fn stored(width: usize) -> Self {
        Self { width, text: String::new(), ends: Vec::new(), lines: Vec::new() }
    }

    /// Adds a row; cells that are not given are empty, cells too many are left out.
    pub fn push<'a>(&mut self, line: u32, cells: impl IntoIterator<Item = &'a str>) {
        let mut given = 0;
        for cell in cells.into_iter().take(self.width) {
            self.text.push_str(trim(cell));
            self.ends.push(self.text.len() as u32);
            given += 1;
        }
        self.ends.extend(std::iter::repeat_n(self.text.len() as u32, self.width - given));
        self.lines.push(line);
    }

    /// Whether the text has reached what its places can count.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() as u64 > u64::from(u32::MAX) - (1 << 20)
    }

    pub(super) fn finish(self, path: &Path, header: Vec<String>, how: Vec<String>) -> Sheet {
        let header: Vec<String> =
            header.into_iter().map(|name| names::clean(&name).into_owned()).collect();
        let mut sheet = Sheet {
            path: path.into(),
            columns: (0..header.len() as u32).collect(),
            header,
            text: self.text,
            ends: self.ends,
            width: self.width,
            lines: self.lines,
            style: NumberStyle::default(),
            how,
            notes: Vec::new(),
        };
        sheet.drop_useless();
        // Without a comma no number can be read in two ways.
        sheet.style = if sheet.text.contains(',') {
            NumberStyle::of((0..sheet.len()).flat_map(|row| sheet.row(row).cells()))
        } else {
            NumberStyle(Some(Decimal::Point))
        };
        if sheet.style.0 == Some(Decimal::Comma) {
            sheet.how.push("decimal commas".into());
        }
        sheet
    }
}

/// A cell without what nobody sees around it.
fn trim(cell: &str) -> &str {
    cell.trim_matches(|letter: char| {
        letter.is_whitespace()
            || matches!(letter, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
    })
}

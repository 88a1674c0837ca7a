//! A file as columns: names as numbers, values as numbers, and the line of each
//! row. Nothing of a row is kept as text that another row repeats.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder};
use polars::prelude::*;

use super::columns::{Role, roles};
use crate::frame::error::{FrameError, Operation};
use crate::frame::reading::Filter;

/// Names in order of first appearance.
#[derive(Debug, Default)]
pub(super) struct Names {
    codes: HashMap<Box<str>, u32>,
    list: Vec<String>,
    last: u32,
}

impl Names {
    pub(super) fn code(&mut self, name: &str) -> u32 {
        if self.list.get(self.last as usize).is_some_and(|last| last == name) {
            return self.last;
        }
        self.last = if let Some(code) = self.codes.get(name) {
            *code
        } else {
            let code = self.list.len() as u32;
            self.codes.insert(name.into(), code);
            self.list.push(name.into());
            code
        };
        self.last
    }

    pub(super) fn of(&self, code: u32) -> &str {
        self.list.get(code as usize).map_or("", String::as_str)
    }

    pub(super) fn list(&self) -> &[String] {
        &self.list
    }
}

/// Names of all files, by what they name.
#[derive(Debug, Default)]
pub(super) struct Book {
    roles: Vec<(Role, Names)>,
}

impl Book {
    pub(super) fn names(&mut self, role: Role) -> &mut Names {
        let at = self.roles.iter().position(|(known, _)| *known == role).unwrap_or_else(|| {
            self.roles.push((role, Names::default()));
            self.roles.len() - 1
        });
        &mut self.roles[at].1
    }

    pub(super) fn get(&self, role: Role, code: u32) -> &str {
        let of = self.roles.iter().find(|(known, _)| *known == role);
        of.map_or("", |(_, names)| names.of(code))
    }
}

/// A column.
#[derive(Debug)]
pub(super) enum Column {
    /// Codes in the book.
    Names(Vec<u32>),
    /// Numbers, NaN where a field is empty or says NA; and the first row whose
    /// field is neither, with that field.
    Numbers { values: Vec<f64>, bad: Option<(usize, String)> },
}

/// A file.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) path: PathBuf,
    pub(super) header: Vec<String>,
    pub(super) roles: Vec<Role>,
    pub(super) columns: Vec<Column>,
    /// Line of each row.
    pub(super) lines: Vec<u32>,
}

impl Sheet {
    /// Reads a file; `keep` are the further columns that are read as names.
    pub(super) fn read(
        path: &Path,
        bytes: &[u8],
        book: &mut Book,
        filters: &[Filter],
        keep: &[String],
    ) -> Result<Self, FrameError> {
        let sheet = if bytes.starts_with(b"PAR1") {
            Self::of_parquet(path, bytes, book, filters, keep)?
        } else {
            Self::of_csv(path, bytes, book, filters, keep)?
        };
        if sheet.lines.is_empty() {
            return Err(FrameError::Empty { path: path.into() });
        }
        Ok(sheet)
    }

    fn empty(path: &Path, header: Vec<String>, keep: &[String]) -> Result<Self, FrameError> {
        if let Some(twice) = (1..header.len()).find(|i| header[..*i].contains(&header[*i])) {
            let reason = format!("line 1 names column {:?} twice", header[twice]);
            return Err(FrameError::Read { path: path.into(), reason });
        }
        let roles = roles(&header);
        let column = |(name, role): (&String, &Role)| match role {
            Role::Value | Role::Score => Column::Numbers { values: Vec::new(), bad: None },
            Role::Other if !keep.contains(name) => {
                Column::Numbers { values: Vec::new(), bad: None }
            }
            _ => Column::Names(Vec::new()),
        };
        let columns = header.iter().zip(&roles).map(column).collect();
        Ok(Self { path: path.into(), header, roles, columns, lines: Vec::new() })
    }

    fn of_csv(
        path: &Path,
        bytes: &[u8],
        book: &mut Book,
        filters: &[Filter],
        keep: &[String],
    ) -> Result<Self, FrameError> {
        let fail = |reason: String| FrameError::Read { path: path.into(), reason };
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let lines = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n');
            let line = lines.count() + 1;
            fail(format!("line {line} is not UTF-8; save the file as UTF-8"))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(crate::frame::csv_table::delimiter(text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| fail(e.to_string()))?;
        let mut sheet = Self::empty(path, header.iter().map(String::from).collect(), keep)?;
        let wanted = sheet.filters(filters)?;
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|e| fail(e.to_string()))? {
            let line = record.position().map_or(0, csv::Position::line) as u32;
            let field = |at: usize| {
                // Fields of text that is UTF-8 are.
                std::str::from_utf8(record.get(at).unwrap_or_default()).unwrap_or_default()
            };
            if wanted.iter().all(|(at, value)| field(*at) == value.as_str()) {
                sheet.push(line, field, book);
            }
        }
        Ok(sheet)
    }

    fn of_parquet(
        path: &Path,
        bytes: &[u8],
        book: &mut Book,
        filters: &[Filter],
        keep: &[String],
    ) -> Result<Self, FrameError> {
        let frame = ParquetReader::new(std::io::Cursor::new(bytes))
            .finish()
            .map_err(|e| FrameError::Read { path: path.into(), reason: e.to_string() })?;
        let header = frame.get_column_names().into_iter().map(ToString::to_string).collect();
        let mut sheet = Self::empty(path, header, keep)?;
        let wanted = sheet.filters(filters)?;
        let texts: Vec<polars::prelude::Column> = frame
            .columns()
            .iter()
            .map(|column| column.cast(&DataType::String))
            .collect::<Result<_, _>>()
            .op("read")?;
        let texts: Vec<&StringChunked> =
            texts.iter().map(|column| column.str()).collect::<Result<_, _>>().op("read")?;
        for row in 0..frame.height() {
            let field = |at: usize| texts[at].get(row).unwrap_or_default();
            if wanted.iter().all(|(at, value)| field(*at) == value.as_str()) {
                sheet.push(row as u32 + 1, field, book);
            }
        }
        Ok(sheet)
    }

    fn filters<'a>(&self, filters: &'a [Filter]) -> Result<Vec<(usize, &'a String)>, FrameError> {
        let find = |filter: &'a Filter| {
            let at = self.header.iter().position(|name| *name == filter.column);
            at.map(|at| (at, &filter.value)).ok_or_else(|| FrameError::Filter {
                column: filter.column.clone(),
                value: filter.value.clone(),
                reason: format!(
                    "there is no such column in {}; it has: {}",
                    self.path.display(),
                    self.header.join(", ")
                ),
            })
        };
        filters.iter().map(find).collect()
    }

    fn push<'a>(&mut self, line: u32, field: impl Fn(usize) -> &'a str, book: &mut Book) {
        let row = self.lines.len();
        self.lines.push(line);
        for (at, column) in self.columns.iter_mut().enumerate() {
            let text = field(at);
            match column {
                Column::Names(codes) => codes.push(book.names(self.roles[at]).code(text)),
                Column::Numbers { values, bad } => values.push(number(text).unwrap_or_else(|| {
                    bad.get_or_insert_with(|| (row, text.into()));
                    f64::NAN
                })),
            }
        }
    }

    /// The column of a role.
    pub(super) fn role(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|known| *known == role)
    }

    /// Codes of a role's column.
    pub(super) fn codes(&self, role: Role) -> Option<&[u32]> {
        match &self.columns[self.role(role)?] {
            Column::Names(codes) => Some(codes),
            Column::Numbers { .. } => None,
        }
    }

    /// The numbers of a column, or the first field that is none.
    pub(super) fn numbers(&self, at: usize) -> Result<&[f64], FrameError> {
        match &self.columns[at] {
            Column::Numbers { values, bad: None } => Ok(values),
            Column::Numbers { bad: Some((row, got)), .. } => Err(FrameError::Value {
                path: self.path.clone(),
                line: u64::from(self.lines[*row]),
                column: self.header[at].clone(),
                got: got.clone(),
                expected: "a finite number (decimal point, no thousands), or NA",
            }),
            Column::Names(_) => Ok(&[]),
        }
    }

    /// Whether a further column holds numbers alone.
    pub(super) fn is_numeric(&self, at: usize) -> bool {
        let Column::Numbers { values, bad: None } = &self.columns[at] else { return false };
        values.iter().any(|value| !value.is_nan())
    }

    /// Name of the file without its ending.
    pub(super) fn stem(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// A finite number, NaN for a missing one; none for what is neither.
fn number(text: &str) -> Option<f64> {
    match text {
        "" | "NA" | "NaN" | "nan" | "null" | "None" => Some(f64::NAN),
        _ => text.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

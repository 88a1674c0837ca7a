//! A file as columns: names as numbers, values as numbers, and the line of each
//! row. Nothing of a row is kept as text that another row repeats.

use std::collections::HashMap;
use std::path::PathBuf;

use super::columns::{Role, roles};
use crate::frame::error::FrameError;
use crate::frame::reading::{Reading, Rename};
use crate::table::missing::missing;
use crate::table::{NumberStyle, names};

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
    /// Reads the rows of a table; `keep` are the further columns that are read as names.
    pub(super) fn of(
        table: &crate::table::Sheet,
        book: &mut Book,
        reading: &Reading,
        keep: &[String],
    ) -> Result<Self, FrameError> {
        if table.is_empty() {
            return Err(FrameError::Empty { path: table.path().into() });
        }
        let header = table.header().to_vec();
        let roles = roles(&header);
        let column = |(name, role): (&String, &Role)| match role {
            Role::Value | Role::Score => Column::Numbers { values: Vec::new(), bad: None },
            Role::Other if !keep.contains(name) => {
                Column::Numbers { values: Vec::new(), bad: None }
            }
            _ => Column::Names(Vec::new()),
        };
        let columns = header.iter().zip(&roles).map(column).collect();
        let path = table.path().into();
        let mut sheet = Self { path, header, roles, columns, lines: Vec::new() };
        let style = table.style();
        for row in table.rows() {
            sheet.push(row.line() as u32, |at| row.cell(at), book, style, &reading.renames);
        }
        Ok(sheet)
    }

    fn push<'a>(
        &mut self,
        line: u32,
        field: impl Fn(usize) -> &'a str,
        book: &mut Book,
        style: NumberStyle,
        renames: &[Rename],
    ) {
        let row = self.lines.len();
        self.lines.push(line);
        for (at, column) in self.columns.iter_mut().enumerate() {
            let text = field(at);
            match column {
                Column::Names(codes) => {
                    let name = names::clean(text);
                    let renamed = renames.iter().find(|rename| rename.from == name);
                    let name = renamed.map_or(name.as_ref(), |rename| &rename.to);
                    codes.push(book.names(self.roles[at]).code(name));
                }
                Column::Numbers { values, bad } => {
                    values.push(number(text, style).unwrap_or_else(|| {
                        bad.get_or_insert_with(|| (row, text.into()));
                        f64::NAN
                    }));
                }
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
                expected: "a finite number, or NA where there is none",
            }),
            Column::Names(_) => Ok(&[]),
        }
    }

    /// Whether a further column holds numbers alone.
    pub(super) fn is_numeric(&self, at: usize) -> bool {
        let Column::Numbers { values, bad: None } = &self.columns[at] else { return false };
        values.iter().any(|value| !value.is_nan())
    }
}

/// A finite number, NaN for a missing one; none for what is neither.
fn number(text: &str, style: NumberStyle) -> Option<f64> {
    if missing(text).is_some() {
        return Some(f64::NAN);
    }
    style.parse(text).ok()
}

//! The sheets of one or several files, one upon the other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::frame::error::FrameError;
use crate::table::{Row, Sheet};

/// Rows of all files under the names of all their columns.
#[derive(Debug)]
pub(super) struct Stack {
    sheets: Vec<Sheet>,
    pub(super) header: Vec<String>,
    /// Per sheet, where it has each column.
    places: Vec<Vec<Option<usize>>>,
    /// What tells several files apart; empty where there is one.
    names: Vec<String>,
}

/// A row of a stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    stack: &'a Stack,
    sheet: usize,
    row: Row<'a>,
}

/// The column that says which file a row comes from.
pub(super) const FILE: &str = "file";

impl Stack {
    /// `names` are of the files, where there are several.
    pub(super) fn new(sheets: Vec<Sheet>, names: Vec<String>) -> Self {
        let mut header: Vec<String> = Vec::new();
        for name in sheets.iter().flat_map(Sheet::header) {
            if !header.contains(name) {
                header.push(name.clone());
            }
        }
        let places = sheets
            .iter()
            .map(|sheet| header.iter().map(|name| sheet.column(name)).collect())
            .collect();
        if names.len() > 1 && !header.iter().any(|name| name == FILE) {
            header.push(FILE.into());
        }
        Self { sheets, header, places, names }
    }

    /// The file that errors of no row name.
    pub(super) fn path(&self) -> &Path {
        self.sheets.first().map_or(Path::new(""), Sheet::path)
    }

    pub(super) fn len(&self) -> usize {
        self.sheets.iter().map(Sheet::len).sum()
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Entry<'_>> {
        self.sheets.iter().enumerate().flat_map(move |(sheet, of)| {
            of.rows().map(move |row| Entry { stack: self, sheet, row })
        })
    }

    /// A row by its place among all.
    pub(super) fn row(&self, mut at: usize) -> Option<Entry<'_>> {
        for (sheet, of) in self.sheets.iter().enumerate() {
            if at < of.len() {
                return Some(Entry { stack: self, sheet, row: of.row(at) });
            }
            at -= of.len();
        }
        None
    }

    /// Cells of a column, for all rows.
    pub(super) fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows().map(move |row| row.cell(column))
    }

    /// How the files were read, and what was left out in reading.
    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }
}

impl<'a> Entry<'a> {
    pub(super) fn cell(self, column: usize) -> &'a str {
        match self.stack.places[self.sheet].get(column) {
            Some(Some(at)) => self.row.cell(*at),
            Some(None) => "",
            // The one column more is the name of the file.
            None => self.stack.names.get(self.sheet).map_or("", String::as_str),
        }
    }

    pub(super) fn line(self) -> u64 {
        self.row.line()
    }

    pub(super) fn sheet(self) -> &'a Sheet {
        &self.stack.sheets[self.sheet]
    }

    /// File and line.
    pub(super) fn place(self) -> (PathBuf, u64) {
        (self.sheet().path().into(), self.line())
    }

    pub(super) fn wrong(self, column: usize, expected: &'static str) -> FrameError {
        FrameError::Value {
            path: self.sheet().path().into(),
            line: self.line(),
            column: self.stack.header[column].clone(),
            got: self.cell(column).into(),
            expected,
        }
    }
}

/// A column as numbers of its levels, in order of first appearance.
#[derive(Clone, Debug, Default)]
pub(in crate::frame) struct Codes {
    pub(in crate::frame) codes: Vec<u32>,
    pub(in crate::frame) names: Vec<String>,
}

/// Makes codes of names.
#[derive(Debug, Default)]
pub(in crate::frame) struct Coder {
    codes: HashMap<Box<str>, u32>,
    names: Vec<String>,
    /// Rows that follow one another mostly have the same level.
    last: u32,
}

impl Coder {
    pub(in crate::frame) fn code(&mut self, name: &str) -> u32 {
        if self.names.get(self.last as usize).is_some_and(|last| last == name) {
            return self.last;
        }
        self.last = if let Some(code) = self.codes.get(name) {
            *code
        } else {
            let code = self.names.len() as u32;
            self.codes.insert(name.into(), code);
            self.names.push(name.into());
            code
        };
        self.last
    }

    pub(in crate::frame) fn with(self, codes: Vec<u32>) -> Codes {
        Codes { codes, names: self.names }
    }
}

impl Codes {
    /// One level for all rows.
    pub(super) fn constant(name: &str, rows: usize) -> Self {
        Self { codes: vec![0; rows], names: vec![name.into()] }
    }

    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut coder = Coder::default();
        let codes = cells.map(|cell| coder.code(cell)).collect();
        coder.with(codes)
    }

    pub(in crate::frame) fn name(&self, row: usize) -> &str {
        &self.names[self.codes[row] as usize]
    }

    /// Numbers of what rows have in all of several columns.
    pub(super) fn joint(columns: &[&[u32]], rows: usize) -> Vec<u32> {
        let mut known: Vec<u32> = vec![0; rows];
        for column in columns {
            let mut pairs: HashMap<(u32, u32), u32> = HashMap::new();
            for (so_far, code) in known.iter_mut().zip(*column) {
                let next = pairs.len() as u32;
                *so_far = *pairs.entry((*so_far, *code)).or_insert(next);
            }
        }
        known
    }
}

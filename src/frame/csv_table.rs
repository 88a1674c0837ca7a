//! The rows of a CSV file with the lines that they stand in.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::error::FrameError;
use super::reading::Filter;

pub(super) struct Table<'a> {
    pub(super) path: &'a Path,
    pub(super) header: Vec<String>,
    /// Line in the file, and the fields.
    pub(super) rows: Vec<(u64, StringRecord)>,
}

/// Whether the bytes are those of a table with a column of cases; Parquet always
/// is one.
pub(super) fn has_cases(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"PAR1") {
        return true;
    }
    let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Ok(head) = std::str::from_utf8(head) else { return false };
    let head = head.strip_prefix('\u{feff}').unwrap_or(head);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(head))
        .trim(csv::Trim::All)
        .from_reader(head.as_bytes());
    let header = reader.headers().map(|names| names.iter().map(String::from).collect::<Vec<_>>());
    header.is_ok_and(|header| super::case_tables::is_case_table(&header))
}

impl<'a> Table<'a> {
    pub(super) fn read(bytes: &[u8], path: &'a Path) -> Result<Self, FrameError> {
        let fail = |reason: String| FrameError::Read { path: path.into(), reason };
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n');
            fail(format!("line {} is not UTF-8; save the file as UTF-8", line.count() + 1))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header: Vec<String> = reader
            .headers()
            .map_err(|e| fail(e.to_string()))?
            .iter()
            .map(|name| match name {
                "fraction" => "label_fraction".into(),
                "std" => "sd".into(),
                name => name.to_string(),
            })
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| fail(e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, record));
        }
        if rows.is_empty() {
            return Err(FrameError::Empty { path: path.into() });
        }
        if let Some(twice) = (1..header.len()).find(|i| header[..*i].contains(&header[*i])) {
            return Err(fail(format!("line 1 names column {:?} twice", header[twice])));
        }
        Ok(Self { path, header, rows })
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    pub(super) fn filter(&mut self, filters: &[Filter]) -> Result<(), FrameError> {
        for filter in filters {
            let fail = |reason| FrameError::Filter {
                column: filter.column.clone(),
                value: filter.value.clone(),
                reason,
            };
            let index = self.column(&filter.column).ok_or_else(|| {
                fail(format!("there is no such column; it has: {}", self.header.join(", ")))
            })?;
            let levels = self.levels(index);
            self.rows.retain(|(_, record)| record.get(index) == Some(&filter.value));
            if self.rows.is_empty() {
                return Err(fail(format!("no row has it; the column has: {levels}")));
            }
        }
        Ok(())
    }

    fn levels(&self, index: usize) -> String {
        let mut levels: Vec<&str> = Vec::new();
        for (_, record) in &self.rows {
            let level = record.get(index).unwrap_or_default();
            if !levels.contains(&level) {
                levels.push(level);
            }
            if levels.len() > 8 {
                levels.push("...");
                break;
            }
        }
        levels.join(", ")
    }
}

/// The most frequent of comma, semicolon and tab in the first line.
pub(super) fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: u8| first.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(b',')
}

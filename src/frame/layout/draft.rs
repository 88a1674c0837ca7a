//! A table on its way to the long form, and what is said of the way.

use crate::frame::error::FrameError;
use crate::table::{Sheet, TableError};

/// A table in long form with known names of columns, and how it became one.
#[derive(Debug)]
pub(in crate::frame) struct Tidy {
    pub(in crate::frame) sheet: Sheet,
    /// What wrote it, where that shows: `Weights & Biases export`.
    pub(in crate::frame) kind: Option<&'static str>,
    /// What columns were taken for, in words.
    pub(in crate::frame) understood: Vec<String>,
    /// Columns that are left out, with the reason where it helps.
    pub(in crate::frame) ignored: Vec<String>,
    /// Choices that somebody may want to make otherwise.
    pub(in crate::frame) notes: Vec<String>,
    /// Names in the file and those they have now.
    pub(in crate::frame) renamed: Vec<(String, String)>,
    /// Known names whose column is stated.
    pub(super) stated: Vec<String>,
    /// The label fraction is in percent by its name.
    pub(super) percent: bool,
}

impl Tidy {
    pub(super) fn of(sheet: Sheet) -> Self {
        Self {
            sheet,
            kind: None,
            understood: Vec::new(),
            ignored: Vec::new(),
            notes: Vec::new(),
            renamed: Vec::new(),
            stated: Vec::new(),
            percent: false,
        }
    }

    /// The column of this name.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.sheet.column(name)
    }

    /// The name of a column.
    pub(super) fn name(&self, column: usize) -> &str {
        self.sheet.header().get(column).map_or("", String::as_str)
    }

    /// Gives a column a known name.
    pub(super) fn rename(&mut self, column: usize, known: &str) {
        let name = self.name(column).to_string();
        if name == known {
            return;
        }
        if crate::table::names::plain(&name) != known {
            self.understood.push(format!("{known} is the column {name:?}"));
        }
        self.renamed.push((name, known.into()));
        self.sheet.rename(column, known);
    }

    /// Leaves columns out.
    pub(super) fn drop_columns(&mut self, gone: &[usize]) {
        if gone.is_empty() {
            return;
        }
        let kept: Vec<usize> =
            (0..self.sheet.header().len()).filter(|column| !gone.contains(column)).collect();
        let header = kept.iter().map(|column| self.name(*column).to_string()).collect();
        let old = &self.sheet;
        let made = old.with(header, |out| {
            for row in old.rows() {
                out.push(row.line() as u32, kept.iter().map(|column| row.cell(*column)));
            }
        });
        self.sheet = made;
    }

    /// Leaves a column out and says so.
    pub(super) fn ignore(&mut self, gone: &[usize]) {
        let names: Vec<String> = gone.iter().map(|column| self.name(*column).to_string()).collect();
        self.ignored.extend(names);
        self.drop_columns(gone);
    }

    /// Other cells in one column, where `change` has some for a cell.
    pub(super) fn rewrite(
        &mut self,
        column: usize,
        change: impl Fn(&str) -> Option<String>,
    ) -> Result<(), FrameError> {
        self.rewrite_rows(column, |row, cell| {
            let _ = row;
            change(cell)
        })
    }

    /// The same, told by the row.
    pub(super) fn rewrite_rows(
        &mut self,
        column: usize,
        change: impl Fn(usize, &str) -> Option<String>,
    ) -> Result<(), FrameError> {
        room(&self.sheet, 1)?;
        let old = &self.sheet;
        let made = old.with(old.header().to_vec(), |out| {
            for (at, row) in old.rows().enumerate() {
                let changed = change(at, row.cell(column));
                let cells = row.cells().enumerate();
                let changed = changed.as_deref();
                out.push(
                    row.line() as u32,
                    cells.map(|(at, cell)| changed.filter(|_| at == column).unwrap_or(cell)),
                );
            }
        });
        self.sheet = made;
        Ok(())
    }

    /// Adds a column with the same cell in each row.
    pub(super) fn add_column(&mut self, name: &str, cell: &str) {
        let old = &self.sheet;
        let mut header = old.header().to_vec();
        header.push(name.into());
        let made = old.with(header, |out| {
            for row in old.rows() {
                out.push(row.line() as u32, row.cells().chain(std::iter::once(cell)));
            }
        });
        self.sheet = made;
    }
}

/// Whether a sheet with the cells of this one several times over can be held.
pub(super) fn room(sheet: &Sheet, times: usize) -> Result<(), FrameError> {
    /// What a row may get in further cells.
    const FURTHER: u64 = 96;
    // Far below the limit nothing has to be counted.
    if (sheet.len() * sheet.header().len().max(1)) as u64 * times as u64 <= 1 << 20 {
        return Ok(());
    }
    let letters: u64 = sheet
        .rows()
        .map(|row| row.cells().map(|cell| cell.len() as u64).sum::<u64>() + FURTHER)
        .sum();
    if letters.saturating_mul(times as u64) < u64::from(u32::MAX) - (1 << 20) {
        return Ok(());
    }
    Err(FrameError::Inputs {
        reason: format!(
            "{} is too large with one result in each row ({} rows, {times} results in each); leave \
             columns out, or write it as several files",
            sheet.path().display(),
            sheet.len()
        ),
    })
}

/// The fault of a file that is no table.
pub(super) fn no_table(error: &TableError) -> FrameError {
    FrameError::Inputs { reason: error.to_string() }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::super::{Mapping, Step, tidy};
    use super::Tidy;
    use crate::table::SheetOptions;

    pub(in crate::frame::layout) fn read(
        path: &str,
        text: &str,
        map: &[&str],
    ) -> Result<Tidy, String> {
        let mut mapping = Mapping::default();
        for entry in map {
            mapping.add(&entry.parse()?)?;
        }
        let options = SheetOptions::default();
        tidy(Path::new(path), text.as_bytes(), &options, &mapping, Step::Last)
            .map_err(|error| error.to_string())
    }

    pub(in crate::frame::layout) fn of(text: &str) -> Tidy {
        read("t.csv", text, &[]).expect("a table")
    }

    pub(in crate::frame::layout) fn cells(tidy: &Tidy) -> Vec<Vec<String>> {
        let rows = tidy.sheet.rows().map(|row| row.cells().map(String::from).collect());
        std::iter::once(tidy.sheet.header().to_vec()).chain(rows).collect()
    }

    /// The sheet as CSV, with the line of each row before it.
    pub(in crate::frame::layout) fn text(tidy: &Tidy) -> String {
        let rows = tidy
            .sheet
            .rows()
            .map(|row| format!("{}: {}\n", row.line(), row.cells().collect::<Vec<_>>().join(",")));
        format!("{}\n{}", tidy.sheet.header().join(","), rows.collect::<String>())
    }
}

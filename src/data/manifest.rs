//! The CSV manifest: one row per image.
//!
//! Any table that [`crate::table`] reads: CSV with any separator and encoding, workbooks,
//! Parquet, JSON lines.

mod clean;
mod columns;
mod dicom_columns;
mod files;
mod images;
mod labels;
mod masks;
mod patients;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use csv::StringRecord;

use super::dataset::Split;
use super::error::{DataError, listed};
use super::mask::Masks;
use super::names;
use super::truth::Truth;
use super::{soft, source};
use crate::spec::{LabelPolicy, SplitSpec, Target, Task};
use crate::table::{Sheet, SheetOptions};
use columns::Columns;

pub use clean::write_clean;
pub(in crate::data) use columns::split_named;
pub(in crate::data) use files::ending as image_ending;
pub use images::listed_images;

/// What a manifest says.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    pub(super) classes: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// The column that tells the patients, where one does.
    pub(super) patient_column: Option<String>,
    pub(super) notes: Vec<String>,
}

/// One image of a manifest.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) file: PathBuf,
    pub(super) patient: String,
    pub(super) split: Option<Split>,
    pub(super) truth: Truth,
    /// Of a segmentation target.
    pub(super) masks: Option<Masks>,
}

/// Reads the manifest of a task. The image files are not opened.
pub(super) fn read(name: &str, task: &Task) -> Result<Manifest, DataError> {
    let path = source::path(name, task, "the manifest, a CSV file")?;
    let table = Table::read(path)?;
    of_table(table, task, &images_folder(path, task), None)
}

/// Tells the list and line that a row of several lists is of.
pub(super) type Places<'a> = dyn Fn(u64) -> String + 'a;

/// Reads a table in memory. That of lists, with their places, finds image
/// files in folders below too.
pub(super) fn of_table(
    mut table: Table,
    task: &Task,
    folder: &Path,
    lists: Option<&Places<'_>>,
) -> Result<Manifest, DataError> {
    let mut found = files::Finder::new(folder, lists.is_some());
    dicom_columns::add(&mut table, task, &mut found)?;
    let columns = Columns::find(&table, task, folder)?;
    let segmentation = task.target == Target::Segmentation;
    let encoded = labels::encode(task, &table, &columns.labels)?;
    let mut rows = Vec::with_capacity(table.rows.len());
    for ((line, cells), truth) in table.rows.iter().zip(encoded.truths) {
        let id = table.filled(*line, cells, columns.image)?;
        let patient = match columns.patient {
            Some(column) => table.filled(*line, cells, column)?,
            None => id,
        };
        let split = match columns.split {
            Some(column) => Some(columns::split_of(&table, *line, cells, column)?),
            None => None,
        };
        let Some(mut truth) = truth else { continue };
        if let LabelPolicy::Soft(label) = task.uncertain {
            soft::draw(&mut truth, label, id, &encoded.classes);
        }
        let file = found.file(id).map_err(|reason| table.cell(*line, columns.image, reason))?;
        let masks = segmentation
            .then(|| masks::of_row(&table, &columns, (*line, cells), &mut found))
            .transpose()?;
        let (id, patient) = (id.to_owned(), patient.to_owned());
        rows.push(Row { line: *line, file, id, patient, split, truth, masks });
    }
    no_duplicates(&table.path, &rows, lists)?;
    let mut notes = encoded.notes;
    if columns.patient.is_some() {
        notes.extend(patients::join(&mut rows));
    } else if task.split.patient_column != SplitSpec::NONE {
        notes.extend(dicom_columns::note(rows.first().map(|row| row.file.as_path())));
    }
    notes.extend(found.notes());
    notes.extend(columns.notes);
    let patient_column = columns.patient.map(|column| table.header[column].clone());
    Ok(Manifest { path: table.path, classes: encoded.classes, rows, patient_column, notes })
}

/// The folder that image paths start from.
fn images_folder(path: &Path, task: &Task) -> PathBuf {
    let own = || path.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    task.images.clone().unwrap_or_else(own)
}

/// The cells of the file.
pub(super) struct Table {
    path: PathBuf,
    header: Vec<String>,
    /// Line in the file and cells.
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
    /// A table in memory, of the file that it is from.
    pub(super) fn made(path: PathBuf, header: Vec<String>, rows: Vec<(u64, StringRecord)>) -> Self {
        Self { path, header, rows }
    }

    fn read(path: &Path) -> Result<Self, DataError> {
        let bytes = fs::read(path).map_err(DataError::io("read manifest", path))?;
        let sheet = Sheet::read(path, &bytes, &SheetOptions::default()).map_err(|error| {
            let (path, reason) = (path.to_path_buf(), error.reason().to_owned());
            match error.line_number() {
                Some(line) => DataError::Cell { path, line, column: 1, reason },
                None => DataError::Manifest { path, reason },
            }
        })?;
        let table = Self {
            path: path.to_path_buf(),
            header: sheet.header().to_vec(),
            rows: sheet.rows().map(|row| (row.line(), row.cells().collect())).collect(),
        };
        if table.rows.is_empty() {
            return Err(table.fail("has a header and no rows; add one row per image".into()));
        }
        Ok(table)
    }

    /// Index of a column that must be there.
    fn column(&self, name: &str, key: &str) -> Result<usize, DataError> {
        self.header.iter().position(|column| column == name).ok_or_else(|| {
            self.fail(format!(
                "has no column `{name}` (asked for by `{key}`); its columns are {}{}",
                names::quoted(&self.header),
                names::hint(name, self.header.iter().map(String::as_str)),
            ))
        })
    }

    /// A cell that must hold something.
    fn filled<'a>(
        &self,
        line: u64,
        cells: &'a StringRecord,
        column: usize,
    ) -> Result<&'a str, DataError> {
        match cells.get(column) {
            Some(cell) if !cell.is_empty() => Ok(cell),
            _ => Err(self.cell(line, column, format!("`{}` is empty", self.header[column]))),
        }
    }

    fn fail(&self, reason: String) -> DataError {
        DataError::Manifest { path: self.path.clone(), reason }
    }

    /// An error in a cell; `column` counts from 0.
    fn cell(&self, line: u64, column: usize, reason: String) -> DataError {
        DataError::Cell { path: self.path.clone(), line, column: column + 1, reason }
    }
}

fn no_duplicates(path: &Path, rows: &[Row], lists: Option<&Places<'_>>) -> Result<(), DataError> {
    let mut lines: BTreeMap<PathBuf, Vec<u64>> = BTreeMap::new();
    for row in rows {
        lines.entry(plain(&row.file)).or_default().push(row.line);
    }
    lines.retain(|_, lines| lines.len() > 1);
    if lines.is_empty() {
        return Ok(());
    }
    let mut repeated: Vec<(Vec<u64>, PathBuf)> =
        lines.into_iter().map(|(file, lines)| (lines, file)).collect();
    repeated.sort();
    let texts: Vec<String> = repeated
        .iter()
        .map(|(lines, file)| {
            let place = |line: &u64| lists.map_or_else(|| line.to_string(), |place| place(*line));
            let places: Vec<String> = lines.iter().map(place).collect();
            let what = if lists.is_some() { "" } else { "lines " };
            format!("{} ({what}{})", file.display(), listed(&places, ", "))
        })
        .collect();
    Err(DataError::DuplicateRows {
        path: path.to_path_buf(),
        count: texts.len(),
        listed: listed(&texts, "; "),
    })
}

/// A path without `.` and `x/..`, so that `a.png` and `./a.png` are the same.
fn plain(path: &Path) -> PathBuf {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.into_iter().collect()
}

#[cfg(test)]
mod tests;

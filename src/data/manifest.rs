//! The CSV manifest: one row per image.
//!
//! Any table that [`crate::table`] reads: CSV with any separator and encoding, workbooks,
//! Parquet, JSON lines.

mod images;
mod labels;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use csv::StringRecord;

use super::dataset::Split;
use super::error::{DataError, listed};
use super::names;
use super::source;
use super::truth::Truth;
use crate::spec::{SplitSpec, Task};
use crate::table::{Sheet, SheetOptions};

pub use images::listed_images;

/// What a manifest says.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    pub(super) classes: Vec<String>,
    pub(super) rows: Vec<Row>,
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
}

/// Reads the manifest of a task. The image files are not looked at.
pub(super) fn read(name: &str, task: &Task) -> Result<Manifest, DataError> {
    let path = source::path(name, task, "the manifest, a CSV file")?;
    let table = Table::read(path)?;
    let columns = Columns::find(&table, task)?;
    let images = task
        .images
        .clone()
        .unwrap_or_else(|| path.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf));
    let (classes, truths, mut notes) = labels::encode(task, &table, &columns.labels)?;
    notes.extend(columns.notes);
    let mut rows = Vec::with_capacity(table.rows.len());
    for ((line, cells), truth) in table.rows.iter().zip(truths) {
        let id = table.filled(*line, cells, columns.image)?;
        let patient = match columns.patient {
            Some(column) => table.filled(*line, cells, column)?,
            None => id,
        };
        let split = match columns.split {
            Some(column) => Some(split_of(&table, *line, cells, column)?),
            None => None,
        };
        let (id, patient) = (id.to_owned(), patient.to_owned());
        rows.push(Row { line: *line, file: images.join(&id), id, patient, split, truth });
    }
    no_duplicates(path, &rows)?;
    Ok(Manifest { path: path.to_path_buf(), classes, rows, notes })
}

/// The cells of the file.
pub(super) struct Table {
    path: PathBuf,
    header: Vec<String>,
    /// Line in the file and cells.
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
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

/// Where the columns that a task uses are.
struct Columns {
    image: usize,
    labels: Vec<usize>,
    patient: Option<usize>,
    split: Option<usize>,
    notes: Vec<String>,
}

impl Columns {
    fn find(table: &Table, task: &Task) -> Result<Self, DataError> {
        let image = table.column(&task.image_column, "image_column")?;
        let labels: Vec<usize> = task
            .labels
            .iter()
            .map(|label| table.column(label, "labels"))
            .collect::<Result<_, _>>()?;
        if !task.target.takes_label_columns(labels.len()) {
            let wanted = task.target.label_columns();
            return Err(table.fail(format!(
                "`labels` names {} columns, target {:?} needs {wanted}; the columns are {}",
                labels.len(),
                task.target,
                names::quoted(&table.header)
            )));
        }
        let mut notes = Vec::new();
        let defaults = SplitSpec::default();
        let patient = optional(
            table,
            (&task.split.patient_column, &defaults.patient_column, "split.patient_column"),
            "every image counts as a patient of its own",
            &mut notes,
        )?;
        let split = optional(
            table,
            (&task.split.column, &defaults.column, "split.column"),
            "the cases are divided by shares",
            &mut notes,
        )?;
        Ok(Self { image, labels, patient, split, notes })
    }
}

/// A column that may be missing where its name is the default; what happens
/// then is noted.
fn optional(
    table: &Table,
    (name, default, key): (&str, &str, &str),
    otherwise: &str,
    notes: &mut Vec<String>,
) -> Result<Option<usize>, DataError> {
    if name != default || table.header.iter().any(|column| column == name) {
        return table.column(name, key).map(Some);
    }
    let near = names::nearest(name, table.header.iter().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| {
        format!("; if column `{near}` is meant, set `{key} = \"{near}\"`")
    });
    notes.push(format!("the manifest has no column `{name}`: {otherwise}{hint}"));
    Ok(None)
}

fn split_of(
    table: &Table,
    line: u64,
    cells: &StringRecord,
    column: usize,
) -> Result<Split, DataError> {
    const KNOWN: [&str; 7] = ["train", "training", "val", "valid", "validation", "test", "testing"];
    let cell = table.filled(line, cells, column)?;
    match cell.to_lowercase().as_str() {
        "train" | "training" => Ok(Split::Train),
        "val" | "valid" | "validation" => Ok(Split::Val),
        "test" | "testing" => Ok(Split::Test),
        _ => {
            let hint = names::hint(cell, KNOWN);
            let reason = format!("unknown split `{cell}`, expected train, val or test{hint}");
            Err(table.cell(line, column, reason))
        }
    }
}

fn no_duplicates(path: &Path, rows: &[Row]) -> Result<(), DataError> {
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
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            format!("{} (lines {})", file.display(), listed(&lines, ", "))
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

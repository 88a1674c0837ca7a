//! Published list files, one format per file.
//!
//! A reader turns its files into rows of a table as a manifest has them: image,
//! labels or masks, patient, split. What cells mean, policies for uncertain
//! labels, and masks are then those of manifests. Names of cases are those of
//! the lists; every error names the list and its line.

mod busi;
mod chestxray14;
mod chexpert;
mod coco;
mod drive;
mod images;
mod lines;
mod mimic;
mod nih;
mod rows;
mod rsna;
mod same_name;
mod scr;
mod shenzhen;
mod siim;
mod table;
mod vindr;

use std::path::{Path, PathBuf};

use self::rows::Rows;
use super::dataset::Split;
use super::error::DataError;
use super::manifest::{self, Manifest, Table};
use crate::spec::{ListFormat, ListSpec, SplitSpec, Task};

/// What lists say, as a manifest.
#[derive(Debug)]
pub(super) struct Listed {
    manifest: Manifest,
    places: Places,
}

impl Listed {
    pub(super) fn into_parts(self) -> (Manifest, Places) {
        (self.manifest, self.places)
    }

    pub(super) fn cases(&self) -> usize {
        self.manifest.rows.len()
    }
}

/// The lists that rows are of.
#[derive(Debug)]
pub(super) struct Places(Vec<PathBuf>);

impl Places {
    /// List and line of a row; none where a folder tells it.
    pub(super) fn of(&self, line: u64) -> Option<String> {
        let file = self.0.get((line >> rows::LINE_BITS) as usize)?;
        let line = line & rows::LINE;
        (line > 0).then(|| format!("{}:{line}", file.display()))
    }
}

/// What a reader is given.
struct Input<'a> {
    name: &'a str,
    task: &'a Task,
    list: &'a ListSpec,
    images: &'a Path,
}

impl Input<'_> {
    fn fail(&self, reason: impl Into<String>) -> DataError {
        DataError::task(self.name, reason)
    }

    /// The lists of the splits that there are.
    fn lists(&self) -> Vec<(Split, &Path)> {
        let ListSpec { train, val, test, .. } = self.list;
        [(Split::Train, train), (Split::Val, val), (Split::Test, test)]
            .into_iter()
            .filter_map(|(split, path)| Some((split, path.as_deref()?)))
            .collect()
    }

    /// The lists, of which there must be some.
    fn some_lists(&self) -> Result<Vec<(Split, &Path)>, DataError> {
        let lists = self.lists();
        if lists.is_empty() {
            return Err(self
                .fail("`list` names no list of cases; write list.train, list.val and list.test"));
        }
        Ok(lists)
    }

    /// The table, which must be named.
    fn table(&self, what: &str) -> Result<&Path, DataError> {
        let table = self.list.table.as_deref();
        table.ok_or_else(|| self.fail(format!("`list.table` is missing; it names {what}")))
    }

    /// The labels that are wanted of those that a format has, in its order of
    /// places.
    fn labels(&self, all: &[String]) -> Result<Vec<(String, usize)>, DataError> {
        if self.task.labels.is_empty() {
            return Ok(all.iter().cloned().zip(0..).collect());
        }
        let place = |name: &String| match all.iter().position(|known| known == name) {
            Some(place) => Ok((name.clone(), place)),
            None => Err(self.fail(format!(
                "`labels` names `{name}`, which these lists do not have; they have {}{}",
                super::names::quoted(all),
                super::names::hint(name, all.iter().map(String::as_str))
            ))),
        };
        self.task.labels.iter().map(place).collect()
    }
}

/// Reads the lists of a task. The image files are not opened.
pub(super) fn read(name: &str, task: &Task) -> Result<Listed, DataError> {
    let list = task.list.as_ref();
    let list =
        list.ok_or_else(|| DataError::task(name, "`list` is missing; it names the lists"))?;
    let images = task.images.as_deref();
    let images = images.ok_or_else(|| {
        DataError::task(name, "`images` is missing; it names the folder of the images")
    })?;
    if !images.is_dir() {
        let reason = "is no folder; `images` names the folder of the images".to_owned();
        return Err(DataError::Folder { path: images.to_path_buf(), reason });
    }
    let input = Input { name, task, list, images };
    let rows = match list.format {
        ListFormat::Chestxray14 => chestxray14::read(&input),
        ListFormat::NihChestxray => nih::read(&input),
        ListFormat::Chexpert => chexpert::read(&input),
        ListFormat::MimicCxr => mimic::read(&input),
        ListFormat::Shenzhen => shenzhen::read(&input),
        ListFormat::VindrCxr => vindr::read(&input),
        ListFormat::RsnaPe => rsna::read(&input),
        ListFormat::Scr => scr::read(&input),
        ListFormat::Busi => busi::read(&input),
        ListFormat::SameName => same_name::read(&input),
        ListFormat::Drive => drive::read(&input),
        ListFormat::SiimAcr => siim::read(&input),
        ListFormat::Coco => coco::read(&input),
    }?;
    if rows.lines.is_empty() {
        return Err(input.fail("its lists name no case"));
    }
    listed(&input, rows)
}

fn listed(input: &Input<'_>, rows: Rows) -> Result<Listed, DataError> {
    let task = as_manifest(input.task, &rows);
    let Rows { header, lines, files, notes, patient, split, .. } = rows;
    let owner = files.first().cloned().unwrap_or_default();
    let table = Table::made(owner, header, lines);
    let places = Places(files);
    let place = |line| places.of(line).unwrap_or_else(|| "the folder".into());
    let manifest = manifest::of_table(table, &task, input.images, Some(&place));
    let mut manifest = manifest.map_err(|error| in_its_list(error, &places.0))?;
    // Sentences about columns are about those of this table.
    manifest.notes.retain(|note| !note.starts_with("the study file says that no column"));
    manifest.notes.extend(notes);
    if patient.is_none() && task.split.patient_column == SplitSpec::NONE {
        manifest.notes.push(format!("the lists name no patients: {}", task.without_patients()));
    }
    if !split && !task.role.is_test_only() {
        manifest.notes.push("no list tells the splits: the cases are divided by shares".into());
    }
    Ok(Listed { manifest, places })
}

/// The task that a manifest with these columns would have.
fn as_manifest(task: &Task, rows: &Rows) -> Task {
    let mut task = task.clone();
    task.image_column = rows::IMAGE.into();
    task.labels.clone_from(&rows.labels);
    if task.classes.is_empty() {
        task.classes.clone_from(&rows.classes);
    }
    if let Some(segmentation) = &mut task.segmentation
        && let Some(field) = &mut segmentation.field_of_view
        && rows.field_of_view
    {
        rows::FIELD_OF_VIEW.clone_into(field);
    }
    if !task.split.patient_column.starts_with("dicom:") {
        let none = || SplitSpec::NONE.to_owned();
        task.split.patient_column = rows.patient.clone().unwrap_or_else(none);
    }
    task.split.column = if rows.split { rows::SPLIT } else { SplitSpec::NONE }.into();
    task
}

/// An error about a row, with the list and the line that the row is of.
fn in_its_list(error: DataError, files: &[PathBuf]) -> DataError {
    let file = |line: u64| files.get((line >> rows::LINE_BITS) as usize).cloned();
    match error {
        DataError::Cell { path, line, column, reason } => DataError::Cell {
            path: file(line).unwrap_or(path),
            line: line & rows::LINE,
            column,
            reason,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests;

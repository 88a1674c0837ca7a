//! Columns that a manifest lacks and its DICOM files have: a task names them
//! `dicom:PatientID`, `dicom:ViewPosition` and so on.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::{Table, files};
use crate::data::decode::bytes_of;
use crate::data::dicom::{Header, Keyword, looks_like};
use crate::data::error::DataError;
use crate::data::source;
use crate::spec::Task;

/// Bytes of a file that nearly always hold all tags before the pixels.
const START: u64 = 1 << 17;

/// Appends the columns that a task asks of DICOM files.
///
/// # Errors
/// Where a tag may tell who somebody is, a file is no DICOM file, or lacks it.
pub(super) fn add(
    table: &mut Table,
    task: &Task,
    finder: &mut files::Finder<'_>,
) -> Result<(), DataError> {
    let asked = (task.labels.iter())
        .chain([&task.split.patient_column, &task.split.column])
        .filter_map(|column| Some((column, Keyword::of_column(column)?)));
    let mut keywords: Vec<(String, Keyword)> = Vec::new();
    for (column, keyword) in asked {
        let keyword =
            keyword.map_err(|reason| table.fail(format!("column `{column}`: {reason}")))?;
        if keyword.hidden && task.labels.contains(column) {
            return Err(table.fail(format!(
                "column `{column}` tells patients or studies apart and is no label; write it as \
                 split.patient_column"
            )));
        }
        if table.header.contains(column) || keywords.iter().any(|(known, _)| known == column) {
            continue;
        }
        keywords.push((column.clone(), keyword));
    }
    if keywords.is_empty() {
        return Ok(());
    }
    let image = table.column(&task.image_column, "image_column")?;
    let mut paths = Vec::with_capacity(table.rows.len());
    for (line, cells) in &table.rows {
        let name = table.filled(*line, cells, image)?;
        paths.push(finder.file(name).map_err(|reason| table.cell(*line, image, reason))?);
    }
    let read: Vec<Result<Vec<String>, String>> =
        paths.par_iter().map(|path| values(path, &keywords)).collect();
    let failures: Vec<String> = (read.iter().zip(&table.rows).zip(&paths))
        .filter_map(|((values, (line, _)), path)| {
            let reason = values.as_ref().err()?;
            Some(format!("{} (line {line} of the manifest) {reason}", path.display()))
        })
        .collect();
    if !failures.is_empty() {
        return Err(source::unreadable(failures, paths.len()));
    }
    let mut hidden: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); keywords.len()];
    for ((_, cells), values) in table.rows.iter_mut().zip(read) {
        for ((value, (_, keyword)), known) in
            values.unwrap_or_default().into_iter().zip(&keywords).zip(&mut hidden)
        {
            if keyword.hidden {
                let next = known.len() + 1;
                cells.push_field(&format!("dicom-{}", known.entry(value).or_insert(next)));
            } else {
                cells.push_field(&value);
            }
        }
    }
    table.header.extend(keywords.into_iter().map(|(column, _)| column));
    Ok(())
}

/// The values of tags in a file.
fn values(path: &Path, keywords: &[(String, Keyword)]) -> Result<Vec<String>, String> {
    let start = start(path)?;
    if !looks_like(&start) {
        return Err("is no DICOM file and has no tags; leave the `dicom:` columns out".into());
    }
    let whole;
    let header = if let Ok(header) = Header::read(&start) {
        header
    } else {
        whole = bytes_of(path)?;
        Header::read(&whole)?
    };
    let value = |(column, keyword): &(String, Keyword)| {
        header
            .value(keyword)
            .ok_or_else(|| format!("has no tag {}, which `{column}` asks for", keyword.name))
    };
    keywords.iter().map(value).collect()
}

fn start(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(START).read_to_end(&mut bytes)).map_err(
        |error| match error.kind() {
            std::io::ErrorKind::NotFound => "does not exist".to_owned(),
            _ => format!("cannot be read: {error}"),
        },
    )?;
    Ok(bytes)
}

/// What to do where nothing names the patients and the images might.
pub(super) fn note(first: Option<&Path>) -> Option<String> {
    let start = start(first?).ok()?;
    let keyword = Keyword::of_column("dicom:PatientID")?.ok()?;
    let told = looks_like(&start) && Header::read(&start).ok()?.value(&keyword).is_some();
    told.then(|| {
        "the images are DICOM files that name their patients: write split.patient_column = \
         \"dicom:PatientID\" in the task to keep those of one patient together"
            .into()
    })
}

//! MIMIC-CXR-JPG: a table of labels by study, a table of splits by image; the
//! images lie below `files/p10/p10000032/s50414267/`.

use std::collections::BTreeMap;

use super::Input;
use super::rows::{Row, Rows};
use super::table::{Known, label};
use crate::data::error::DataError;
use crate::data::manifest::split_named;

const PATIENT: &str = "subject_id";

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let path = input.table("mimic-cxr-2.0.0-chexpert.csv, the table of labels")?;
    let table = Known::read(path)?;
    let (subject, study) = (table.column(PATIENT)?, table.column("study_id")?);
    let all: Vec<String> = (table.header().iter().enumerate())
        .filter(|(column, _)| *column != subject && *column != study)
        .map(|(_, name)| name.clone())
        .collect();
    let wanted = input.labels(&all)?;
    let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table.rows() {
        let mut of_study = Vec::with_capacity(wanted.len());
        for (name, _) in &wanted {
            let column = table.column(name)?;
            let cell = label(row.cell(column), name);
            of_study.push(cell.map_err(|reason| table.fail(row.line(), column, reason))?);
        }
        let key = table.filled(row, study)?.to_owned();
        if labels.insert(key.clone(), of_study).is_some() {
            let reason = format!("study {key} has a row before this one");
            return Err(table.fail(row.line(), study, reason));
        }
    }
    let splits = input.list.splits.as_deref().ok_or_else(|| {
        input.fail("`list.splits` is missing; it names mimic-cxr-2.0.0-split.csv")
    })?;
    images(splits, &wanted, &labels)
}

fn images(
    path: &std::path::Path,
    wanted: &[(String, usize)],
    labels: &BTreeMap<String, Vec<String>>,
) -> Result<Rows, DataError> {
    let table = Known::read(path)?;
    let image = table.column("dicom_id")?;
    let (subject, study) = (table.column(PATIENT)?, table.column("study_id")?);
    let split = table.column("split")?;
    let names = wanted.iter().map(|(name, _)| name.clone()).collect();
    let mut rows = Rows::new(names, Some(PATIENT), true);
    rows.list(path);
    let mut without = 0;
    for row in table.rows() {
        let cell = |column| table.filled(row, column);
        let (image, subject, of_study) = (cell(image)?, cell(subject)?, cell(study)?);
        let of_split = match cell(split)? {
            "validate" => Some(crate::data::dataset::Split::Val),
            other => split_named(other),
        };
        let of_split = of_split.ok_or_else(|| {
            let reason =
                format!("`split` is `{}`, expected train, validate or test", row.cell(split));
            table.fail(row.line(), split, reason)
        })?;
        let Some(labels) = labels.get(of_study) else {
            without += 1;
            continue;
        };
        let group = subject.get(..2).unwrap_or(subject);
        rows.push(&Row {
            line: row.line(),
            image: &format!("p{group}/p{subject}/s{of_study}/{image}"),
            labels,
            patient: Some(subject),
            split: Some(of_split),
            ..Row::default()
        });
    }
    if without > 0 {
        rows.notes.push(format!("{without} images are of studies without labels and are left out"));
    }
    Ok(rows)
}

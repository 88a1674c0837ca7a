//! The benchmark's lists of ChestX-ray14: a name, then 0 or 1 for each of
//! fourteen findings. Patients are told by the first part of a name.

use super::rows::{Row, Rows};
use super::{Input, lines};
use crate::data::error::DataError;

/// The findings, in the order of the lists.
pub(super) const FINDINGS: [&str; 14] = [
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pneumonia",
    "Pneumothorax",
    "Consolidation",
    "Edema",
    "Emphysema",
    "Fibrosis",
    "Pleural_Thickening",
    "Hernia",
];

pub(super) const PATIENT: &str = "first part of the file name";

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let all = FINDINGS.map(str::to_owned);
    let wanted = input.labels(&all)?;
    let names = wanted.iter().map(|(name, _)| name.clone()).collect();
    let mut rows = Rows::new(names, Some(PATIENT), true);
    for (split, path) in input.some_lists()? {
        rows.list(path);
        for (line, text) in lines::read(path)? {
            let fields: Vec<&str> = text.split_whitespace().collect();
            let (name, numbers) = lines::zeros_and_ones(path, line, &fields, FINDINGS.len())?;
            let labels: Vec<String> =
                wanted.iter().map(|(_, place)| numbers[*place].clone()).collect();
            rows.push(&Row {
                line,
                image: name,
                labels: &labels,
                patient: Some(patient(name)),
                split: Some(split),
                ..Row::default()
            });
        }
    }
    Ok(rows)
}

/// `00000001` of `images/00000001_000.png`.
pub(super) fn patient(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split_once('_').map_or(last, |(patient, _)| patient)
}

//! CheXpert's tables: path, sex, age, two columns of the view, then 1, 0, -1
//! (uncertain) or nothing for each of fourteen observations.

use super::Input;
use super::rows::{Row, Rows};
use super::table::{Known, label};
use crate::data::error::DataError;

/// The observations, in the order of the tables.
pub(super) const OBSERVATIONS: [&str; 14] = [
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
];

const PATIENT: &str = "patient folder";

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let all = OBSERVATIONS.map(str::to_owned);
    let wanted = input.labels(&all)?;
    let names = wanted.iter().map(|(name, _)| name.clone()).collect();
    let mut rows = Rows::new(names, Some(PATIENT), true);
    for (split, path) in input.some_lists()? {
        rows.list(path);
        let table = Known::read(path)?;
        let image = table.column("Path")?;
        let columns: Vec<(&String, usize)> = (wanted.iter())
            .map(|(name, _)| Ok((name, table.column(name)?)))
            .collect::<Result<_, DataError>>()?;
        for row in table.rows() {
            let name = table.filled(row, image)?;
            let labels: Vec<String> = (columns.iter())
                .map(|(name, column)| {
                    label(row.cell(*column), name)
                        .map_err(|reason| table.fail(row.line(), *column, reason))
                })
                .collect::<Result<_, _>>()?;
            let patient = name.split('/').find(|part| is_patient(part)).ok_or_else(|| {
                let reason =
                    format!("`Path` is `{name}`, which has no folder such as patient00001");
                table.fail(row.line(), image, reason)
            })?;
            rows.push(&Row {
                line: row.line(),
                image: name,
                labels: &labels,
                patient: Some(patient),
                split: Some(split),
                ..Row::default()
            });
        }
    }
    Ok(rows)
}

fn is_patient(part: &str) -> bool {
    let digits = part.strip_prefix("patient").unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

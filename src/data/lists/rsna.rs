//! Slices of the RSNA pulmonary embolism challenge: `train.csv` names study,
//! series and image, which lie in folders of these names. A study stays in one
//! split: the table names no patients.

use super::Input;
use super::rows::{Row, Rows};
use super::table::Known;
use crate::data::error::DataError;

const STUDY: &str = "StudyInstanceUID";
const LABEL: &str = "pe_present_on_image";

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let path = input.table("train.csv, the table of slices")?;
    let table = Known::read(path)?;
    let ids = [STUDY, "SeriesInstanceUID", "SOPInstanceUID"];
    let ids = ids.map(|name| table.column(name));
    let [study, series, image] = ids;
    let (study, series, image) = (study?, series?, image?);
    let labels = match input.task.labels.as_slice() {
        [] => vec![LABEL.to_owned()],
        named => named.to_vec(),
    };
    let columns: Vec<usize> =
        labels.iter().map(|name| table.column(name)).collect::<Result<_, _>>()?;
    let mut rows = Rows::new(labels.clone(), Some(STUDY), false);
    rows.list(path);
    for row in table.rows() {
        let mut cells = Vec::with_capacity(columns.len());
        for column in &columns {
            let cell = table.filled(row, *column)?;
            if !matches!(cell, "0" | "1") {
                let reason = format!("`{}` is `{cell}`, expected 0 or 1", table.header()[*column]);
                return Err(table.fail(row.line(), *column, reason));
            }
            cells.push(cell.to_owned());
        }
        let study = table.filled(row, study)?;
        let (series, image) = (table.filled(row, series)?, table.filled(row, image)?);
        rows.push(&Row {
            line: row.line(),
            image: &format!("{study}/{series}/{image}.dcm"),
            labels: &cells,
            patient: Some(study),
            ..Row::default()
        });
    }
    Ok(rows)
}

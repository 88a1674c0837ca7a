//! ChestX-ray14 as it is published: `Data_Entry_2017.csv` (or `_v2020`) with
//! the findings of each image, and lists of names for the splits.

use std::collections::BTreeMap;

use super::chestxray14::FINDINGS;
use super::rows::{Row, Rows};
use super::table::Known;
use super::{Input, lines};
use crate::data::dataset::Split;
use crate::data::error::DataError;
use crate::data::names;

const PATIENT: &str = "Patient ID";

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let path = input.table("Data_Entry_2017.csv, the table of findings")?;
    let table = Known::read(path)?;
    let (image, findings) = (table.column("Image Index")?, table.column("Finding Labels")?);
    let patient = table.column(PATIENT)?;
    let all = FINDINGS.map(str::to_owned);
    let wanted = input.labels(&all)?;
    let mut splits = splits(input)?;
    let listed = splits.len();
    let names = wanted.iter().map(|(name, _)| name.clone()).collect();
    let mut rows = Rows::new(names, Some(PATIENT), listed > 0);
    rows.list(path);
    let mut unlisted = 0;
    for row in table.rows() {
        let name = table.filled(row, image)?;
        let there = of_cell(table.filled(row, findings)?)
            .map_err(|reason| table.fail(row.line(), findings, reason))?;
        let split = splits.remove(name).map(|(split, ..)| split);
        if listed > 0 && split.is_none() {
            unlisted += 1;
            continue;
        }
        let labels: Vec<String> =
            wanted.iter().map(|(_, place)| u8::from(there[*place]).to_string()).collect();
        rows.push(&Row {
            line: row.line(),
            image: name,
            labels: &labels,
            patient: Some(table.filled(row, patient)?),
            split,
            ..Row::default()
        });
    }
    if let Some((name, (_, list, line))) = splits.into_iter().next() {
        let reason = format!("names `{name}`, which {} does not have", path.display());
        return Err(lines::fail(&list, line, 1, reason));
    }
    if unlisted > 0 {
        rows.notes.push(format!("{unlisted} images of the table are in no list and are left out"));
    }
    Ok(rows)
}

type Place = (Split, std::path::PathBuf, u64);

/// The split of each name, with where it is listed.
fn splits(input: &Input<'_>) -> Result<BTreeMap<String, Place>, DataError> {
    let mut splits = BTreeMap::new();
    for (split, path) in input.lists() {
        for (line, name) in lines::read(path)? {
            let name = name.trim().to_owned();
            let place = (split, path.to_path_buf(), line);
            if let Some((_, list, first)) = splits.insert(name.clone(), place) {
                let reason = format!("names `{name}`, which is in {}:{first} too", list.display());
                return Err(lines::fail(path, line, 1, reason));
            }
        }
    }
    Ok(splits)
}

/// Which findings a cell such as `Mass|Effusion` names.
fn of_cell(cell: &str) -> Result<[bool; 14], String> {
    let mut there = [false; 14];
    if cell == "No Finding" {
        return Ok(there);
    }
    for name in cell.split('|') {
        let place = FINDINGS.iter().position(|known| *known == name.trim());
        let place = place.ok_or_else(|| {
            format!(
                "`{name}` is none of the fourteen findings{}; they are {}, or No Finding",
                names::hint(name, FINDINGS),
                FINDINGS.join(", ")
            )
        })?;
        there[place] = true;
    }
    Ok(there)
}

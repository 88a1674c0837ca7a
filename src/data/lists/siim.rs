//! SIIM-ACR: DICOM files and a table of masks as runs. An image may have
//! several rows, whose union counts; `-1` is no pneumothorax. The header has a
//! blank before its second name.

use std::collections::BTreeMap;

use super::rows::{Row, Rows};
use super::table::Known;
use super::{Input, images, scr};
use crate::data::error::DataError;
use crate::data::mask::Spans;

/// The runs of an image, and the line of its first row.
struct Found {
    line: u64,
    runs: Vec<String>,
    spans: Vec<Spans>,
}

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let path = input.table("train-rle.csv, the table of masks")?;
    let table = Known::read(path)?;
    let (image, runs) = (table.column("ImageId")?, table.column("EncodedPixels")?);
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for row in table.rows() {
        let name = table.filled(row, image)?.to_owned();
        let cell = table.filled(row, runs)?;
        let entry = found.entry(name.clone());
        let of_image =
            entry.or_insert(Found { line: row.line(), runs: Vec::new(), spans: Vec::new() });
        let empty = cell == "-1";
        if row.line() != of_image.line && (empty || of_image.runs.is_empty()) {
            let reason = format!(
                "`{name}` has a row that says -1 (nothing there) and others with masks, the first \
                 in line {}",
                of_image.line
            );
            return Err(table.fail(row.line(), runs, reason));
        }
        if !empty {
            let spans =
                Spans::relative(cell).map_err(|reason| table.fail(row.line(), runs, reason))?;
            of_image.spans.push(spans);
            of_image.runs.push(format!("relative-rle:{cell}"));
        }
    }
    let mut rows = Rows::new(vec![scr::structure(input)], None, false);
    rows.list(path);
    let overlapping = found.values().filter(|found| Spans::overlap(&found.spans)).count();
    let several = found.values().filter(|found| found.runs.len() > 1).count();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for file in images::below(input.images)? {
        files.insert(images::stem(&file).to_owned(), file);
    }
    let mut missing = 0;
    for (name, Found { line, runs, .. }) in found {
        let file = files.remove(&name).unwrap_or_else(|| {
            missing += 1;
            format!("{name}.dcm")
        });
        let cell = if runs.is_empty() { "none".to_owned() } else { runs.join("|") };
        rows.push(&Row { line, image: &file, labels: &[cell], ..Row::default() });
    }
    if several > 0 {
        rows.notes.push(format!("{several} images have several rows, whose union is their mask"));
    }
    if overlapping > 0 {
        rows.notes.push(format!(
            "the rows of {overlapping} images overlap; pixels that are in several count once"
        ));
    }
    if !files.is_empty() && missing == 0 {
        rows.notes.push(format!(
            "{} images of the folder have no row in the table and are left out",
            files.len()
        ));
    }
    Ok(rows)
}

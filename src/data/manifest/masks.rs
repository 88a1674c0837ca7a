//! Mask columns of a manifest.
//!
//! A cell names the mask file of a structure, several separated by `|` or `;`
//! whose union it is, or holds runs or a polygon ([`MaskPart::written`]), or
//! says `none` (or `-1`) where the structure is not in the
//! image. A blank cell is an error: whoever left it blank may have meant either.

use csv::StringRecord;

use super::files::Finder;
use super::labels::Encoded;
use super::{Columns, Table};
use crate::data::error::DataError;
use crate::data::mask::{MaskPart, Masks};
use crate::data::truth::{Label, Truth};
use crate::spec::Task;

/// Which structures there are; whether they are in an image is known when its
/// masks are read.
pub(super) fn encode(task: &Task, table: &Table, columns: &[usize]) -> Result<Encoded, DataError> {
    let spec = task.segmentation();
    let structures =
        if spec.mask_values.is_empty() { columns.len() } else { spec.mask_values.len() };
    let classes = match task.classes.len() {
        0 if spec.mask_values.is_empty() => {
            columns.iter().map(|column| table.header[*column].clone()).collect()
        }
        given if given == structures => task.classes.clone(),
        given => {
            return Err(table.fail(format!(
                "has masks of {structures} structures, but `classes` names {given}"
            )));
        }
    };
    let truth = || Some(Truth::Classes(vec![Label::Unknown; structures]));
    Ok(Encoded { classes, truths: table.rows.iter().map(|_| truth()).collect(), notes: Vec::new() })
}

/// Where the masks of one row come from.
pub(super) fn of_row(
    table: &Table,
    columns: &Columns,
    (line, cells): (u64, &StringRecord),
    finder: &mut Finder<'_>,
) -> Result<Masks, DataError> {
    let mut structures = Vec::with_capacity(columns.labels.len());
    for column in &columns.labels {
        let cell = cells.get(*column).unwrap_or("").trim();
        if cell.is_empty() {
            return Err(table.cell(
                line,
                *column,
                format!(
                    "`{}` is empty; name the mask file, or write none where the structure is not \
                     in the image",
                    table.header[*column]
                ),
            ));
        }
        structures.push(parts(table, (line, *column), cell, finder)?);
    }
    let field_of_view = match columns.field_of_view {
        Some(column) => {
            let cell = table.filled(line, cells, column)?;
            Some(finder.file(cell).map_err(|reason| table.cell(line, column, reason))?)
        }
        None => None,
    };
    Ok(Masks { structures, field_of_view })
}

fn parts(
    table: &Table,
    (line, column): (u64, usize),
    cell: &str,
    finder: &mut Finder<'_>,
) -> Result<Vec<MaskPart>, DataError> {
    if cell.eq_ignore_ascii_case("none") || cell == "-1" {
        return Ok(Vec::new());
    }
    let names = cell.split(['|', ';']).map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            if let Some(part) = MaskPart::written(name) {
                return part.map_err(|reason| {
                    let name = &table.header[column];
                    table.cell(line, column, format!("`{name}` {reason}"))
                });
            }
            let file = finder.file(name).map_err(|reason| table.cell(line, column, reason))?;
            Ok(MaskPart::File(file))
        })
        .collect()
}

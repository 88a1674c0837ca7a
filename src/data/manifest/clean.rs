//! A manifest without the images that leak.

use std::collections::BTreeSet;
use std::path::Path;

use csv::Writer;

use super::Table;
use crate::data::error::DataError;
use crate::data::source;
use crate::spec::Task;

/// The text of a task's manifest without the rows of some images; comma
/// separated, all columns kept. Also the number of rows left.
///
/// # Errors
/// Where the manifest cannot be read.
pub fn write_clean(
    name: &str,
    task: &Task,
    without: &BTreeSet<String>,
) -> Result<(String, usize), DataError> {
    let path: &Path = source::path(name, task, "the manifest, a CSV file")?;
    let table = Table::read(path)?;
    let image = table.column(&task.image_column, "image_column")?;
    let fail = |error: &dyn std::fmt::Display| table.fail(format!("cannot be written: {error}"));
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(&table.header).map_err(|error| fail(&error))?;
    let mut kept = 0;
    for (_, cells) in &table.rows {
        if cells.get(image).is_none_or(|id| !without.contains(id)) {
            writer.write_record(cells).map_err(|error| fail(&error))?;
            kept += 1;
        }
    }
    let bytes = writer.into_inner().map_err(|error| fail(&error))?;
    Ok((String::from_utf8(bytes).map_err(|error| fail(&error))?, kept))
}

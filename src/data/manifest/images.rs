//! The images of a manifest, for use without labels.

use std::path::{Path, PathBuf};

use super::Table;
use crate::data::error::DataError;

/// Names and files of the images in a column of a CSV file, in its order;
/// paths start from its folder.
///
/// # Errors
/// Where it is no CSV table, has no such column, or a row names no image.
pub fn listed_images(path: &Path, column: &str) -> Result<Vec<(String, PathBuf)>, DataError> {
    let table = Table::read(path)?;
    let index = table.column(column, "--image-column")?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let row = |(line, cells): &(u64, csv::StringRecord)| {
        let name = table.filled(*line, cells, index)?;
        Ok((name.to_owned(), folder.join(name)))
    };
    table.rows.iter().map(row).collect()
}

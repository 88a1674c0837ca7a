//! The result table of a study folder.

use crate::frame::Results;
use crate::records::StudyDir;

use super::error::StudyError;

/// Writes `results.csv` from the records: one row per run x metric x class,
/// in matrix order, without anything that changes from start to start.
pub fn write_results(dir: &StudyDir) -> Result<(), StudyError> {
    let results = Results::from_study(dir)?;
    results.write_csv(&dir.results())?;
    Ok(())
}

//! `history.csv`: one row per epoch.

use std::path::Path;

use super::error::FrameError;
use crate::records::{Epoch, write_atomic};

/// Writes the epochs of a run.
pub fn write_history(path: &Path, epochs: &[Epoch]) -> Result<(), FrameError> {
    let fail =
        |error: csv::Error| FrameError::Write { path: path.into(), reason: error.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for epoch in epochs {
        writer.serialize(epoch).map_err(fail)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| FrameError::Write { path: path.into(), reason: e.to_string() })?;
    write_atomic(path, |out| std::io::Write::write_all(out, &bytes))?;
    Ok(())
}

/// Reads the epochs of a run.
pub fn read_history(path: &Path) -> Result<Vec<Epoch>, FrameError> {
    let fail =
        |error: csv::Error| FrameError::Read { path: path.into(), reason: error.to_string() };
    let mut reader = csv::Reader::from_path(path).map_err(fail)?;
    reader.deserialize().collect::<Result<_, _>>().map_err(fail)
}

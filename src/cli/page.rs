//! Reports as input.

use std::path::Path;

use crate::frame::FrameError;

/// The bytes of a report.
pub(super) fn read_page(path: &Path) -> anyhow::Result<Vec<u8>> {
    let fail =
        |error: std::io::Error| FrameError::Read { path: path.into(), reason: error.to_string() };
    Ok(std::fs::read(path).map_err(fail)?)
}

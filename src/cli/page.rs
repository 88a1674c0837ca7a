//! Reports as input.

use std::path::Path;

use crate::frame::FrameError;

/// The text of a report.
pub(super) fn read_page(path: &Path) -> anyhow::Result<String> {
    let fail = |reason: String| FrameError::Read { path: path.into(), reason };
    let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    Ok(String::from_utf8(bytes).map_err(|_| fail("it is not UTF-8 text".into()))?)
}

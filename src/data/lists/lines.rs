//! Lists that are plain text.

use std::fs;
use std::path::Path;

use crate::data::error::DataError;

/// Lines of a list with their numbers, from 1.
///
/// # Errors
/// Where it cannot be read, is no text, is empty, or has a blank line before
/// its end.
pub(super) fn read(path: &Path) -> Result<Vec<(u64, String)>, DataError> {
    let bytes = fs::read(path).map_err(DataError::io("read list", path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|byte| *byte == b'\n').count() as u64;
        fail(path, line, 1, "is no text in UTF-8".into())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).trim_end();
    if text.is_empty() {
        let reason = "is empty, expected a line per image".into();
        return Err(DataError::Manifest { path: path.to_path_buf(), reason });
    }
    let mut lines = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            let reason = "is blank, expected an image in every line".into();
            return Err(fail(path, line, 1, reason));
        }
        lines.push((line, text.to_owned()));
    }
    Ok(lines)
}

/// An error in a line; `column` counts fields from 1.
pub(super) fn fail(path: &Path, line: u64, column: usize, reason: String) -> DataError {
    DataError::Cell { path: path.to_path_buf(), line, column, reason }
}

/// Fields of a line between blanks: the name, then numbers that are 0 or 1.
///
/// # Errors
/// Where they are not as many as expected, or another number is among them.
pub(super) fn zeros_and_ones<'a>(
    path: &Path,
    line: u64,
    fields: &[&'a str],
    labels: usize,
) -> Result<(&'a str, Vec<String>), DataError> {
    let Some((name, numbers)) = fields.split_first() else {
        return Err(fail(path, line, 1, "is blank, expected an image".into()));
    };
    if numbers.len() != labels {
        let plural = if labels == 1 { "number" } else { "numbers" };
        return Err(fail(
            path,
            line,
            1,
            format!("has {} fields, expected a name and {labels} {plural}", fields.len()),
        ));
    }
    for (column, number) in (2..).zip(numbers) {
        if !matches!(*number, "0" | "1") {
            return Err(fail(path, line, column, format!("is `{number}`, expected 0 or 1")));
        }
    }
    Ok((name, numbers.iter().map(ToString::to_string).collect()))
}

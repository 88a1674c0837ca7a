//! Notebooks by the ending of their file's name.

use std::io::Write;
use std::path::Path;

use super::model::Notebook;
use super::{from_ipynb, from_percent, to_ipynb, to_percent};
use crate::notebook::NotebookError;
use crate::records::write_atomic;

/// Reads a `.ipynb` or `.rs` notebook.
pub fn read(path: &Path) -> Result<Notebook, NotebookError> {
    let kind = Kind::of(path)?;
    let text = std::fs::read_to_string(path).map_err(NotebookError::io("read", path))?;
    match kind {
        Kind::Ipynb => from_ipynb(&text),
        Kind::Percent => from_percent(&text),
    }
    .map_err(|reason| NotebookError::NotANotebook { path: path.to_path_buf(), reason })
}

/// Writes a `.ipynb` or `.rs` notebook; the latter has no outputs.
pub fn write(notebook: &Notebook, path: &Path) -> Result<(), NotebookError> {
    let text = match Kind::of(path)? {
        Kind::Ipynb => to_ipynb(notebook),
        Kind::Percent => to_percent(notebook),
    };
    write_atomic(path, |file| file.write_all(text.as_bytes()))?;
    Ok(())
}

enum Kind {
    Ipynb,
    Percent,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, NotebookError> {
        match path.extension().and_then(|ext| ext.to_str()) {
            Some("ipynb") => Ok(Self::Ipynb),
            Some("rs") => Ok(Self::Percent),
            _ => Err(NotebookError::NotANotebook {
                path: path.to_path_buf(),
                reason: "its name ends neither in .ipynb nor in .rs".into(),
            }),
        }
    }
}

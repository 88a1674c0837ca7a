//! The lock file: what was fetched first stays what is meant.
//!
//! ```toml
//! [moco_v2]
//! sha256 = "..."
//! bytes = 342876351
//! url = "https://..."
//! ```

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::FetchError;
use crate::records::write_atomic;

/// What a model was when it was first fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    /// As [`crate::zoo::Checkpoint::sha256`].
    pub(super) sha256: String,
    pub(super) bytes: u64,
    /// Where it came from.
    pub(super) url: String,
}

pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Pin>, FetchError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(FetchError::io("read", path)(error)),
    };
    toml::from_str(&text)
        .map_err(|e| FetchError::Lock { path: path.to_path_buf(), reason: e.to_string() })
}

/// Adds a pin; others that were written meanwhile stay.
pub(super) fn pin(path: &Path, id: &str, pin: Pin) -> Result<(), FetchError> {
    let mut pins = read(path)?;
    pins.insert(id.into(), pin);
    let text = toml::to_string(&pins)
        .map_err(|e| FetchError::Lock { path: path.to_path_buf(), reason: e.to_string() })?;
    Ok(write_atomic(path, |file| file.write_all(text.as_bytes()))?)
}

//! What cells gave, kept by what decides it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::{Key, digest};
use crate::notebook::NotebookError;
use crate::records::write_atomic;

/// The cache of one notebook: one file of entries, and the keys of its last
/// run, by which the reason for another one is named.
pub(super) struct Cache {
    file: PathBuf,
    state: State,
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    format: u32,
    /// Outputs by the name of the key.
    entries: BTreeMap<String, Kept>,
    /// Keys of the last run, by place.
    last: Vec<Key>,
    /// When cells last ran, and with what.
    #[serde(default)]
    made: String,
}

/// What one cell gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) outputs: Vec<Value>,
}

const FORMAT: u32 = 1;

impl Cache {
    /// The cache of a notebook; one that cannot be read is empty.
    pub(super) fn open(folder: &Path, notebook: &Path) -> Self {
        let place = fs::canonicalize(notebook).unwrap_or_else(|_| notebook.to_path_buf());
        let name = digest(place.to_string_lossy().as_bytes());
        let file = folder.join(format!("{}.json", &name[..16]));
        let state: Option<State> =
            fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let state = state.filter(|state| state.format == FORMAT).unwrap_or_default();
        Self { file, state }
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Kept> {
        self.state.entries.get(&key.name())
    }

    /// Why the cell at this place of the code cells runs again.
    pub(super) fn reason(&self, place: usize, key: &Key) -> String {
        match self.state.last.get(place) {
            Some(old) => key.reason(old),
            None if self.state.last.is_empty() => "it has not run before".into(),
            None => "it is new".into(),
        }
    }

    /// When cells last ran, and with what, in words.
    pub(super) fn made(&self) -> &str {
        &self.state.made
    }

    /// Cells have run.
    pub(super) fn ran(&mut self, made: String) {
        self.state.made = made;
    }

    pub(super) fn put(&mut self, key: &Key, kept: Kept) {
        self.state.entries.insert(key.name(), kept);
    }

    /// Keeps the entries of this run and forgets the others.
    pub(super) fn save(mut self, keys: Vec<Key>) -> Result<(), NotebookError> {
        let wanted: Vec<String> = keys.iter().map(Key::name).collect();
        self.state.entries.retain(|name, _| wanted.contains(name));
        self.state.last = keys;
        self.state.format = FORMAT;
        let text = serde_json::to_vec(&self.state).unwrap_or_default();
        write_atomic(&self.file, |file| file.write_all(&text))?;
        Ok(())
    }
}

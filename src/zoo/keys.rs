//! The rules of a study about the names in a checkpoint.

use std::collections::BTreeSet;

use super::adapter::{matches, replaced};
use super::checkpoint::Checkpoint;
use super::error::CheckpointError;
use super::fit::Tensors;
use crate::spec::Keys;

impl Checkpoint {
    /// The same with other names: rules are about the names in the file.
    ///
    /// # Errors
    /// Where a rule is about no name at all (a slip, most likely), or makes one
    /// name of two.
    pub fn with_keys(mut self, keys: &Keys) -> Result<Self, CheckpointError> {
        let fail = |reason: String| CheckpointError::Keys { path: self.path.clone(), reason };
        let file = self.untouched.take().unwrap_or(self.tensors);
        let mut tensors = Tensors::new();
        let mut ignored = Vec::new();
        let mut idle: BTreeSet<&String> = keys.rename.keys().collect();
        for (key, tensor) in &file {
            let kept = keys
                .strip
                .as_ref()
                .map_or(Some(key.as_str()), |strip| key.strip_prefix(strip.as_str()));
            let Some(kept) = kept else {
                ignored.push(key.clone());
                continue;
            };
            let mut name = kept.to_string();
            for (pattern, to) in &keys.rename {
                if let Some(renamed) = replaced(pattern, to, &name) {
                    name = renamed;
                    idle.remove(pattern);
                }
            }
            if keys.ignore.iter().any(|p| matches(p, key) || matches(p, &name)) {
                ignored.push(key.clone());
            } else if tensors.insert(name.clone(), tensor.clone()).is_some() {
                return Err(fail(format!("`{keys}` makes two tensors `{name}`")));
            }
        }
        if tensors.is_empty() {
            let starts = starts(&file);
            return Err(fail(format!("`{keys}` leaves no tensor; its names begin with {starts}")));
        }
        if let Some(pattern) = idle.first() {
            let starts = starts(&tensors);
            return Err(fail(format!(
                "`{keys}` renames {pattern:?}, but no name begins so; they begin with {starts} (`*x` is \
                 the end of a name, `*x*` a part)"
            )));
        }
        self.untouched = Some(file);
        self.tensors = tensors;
        self.ignored = ignored;
        self.keys = Some(keys.clone());
        Ok(self)
    }
}

/// What names begin with, the first few.
pub(super) fn starts(tensors: &Tensors) -> String {
    const SHOWN: usize = 6;
    let mut all: Vec<String> = tensors
        .keys()
        .map(|key| key.split_once('.').map_or(key.clone(), |(first, _)| format!("{first}.")))
        .collect();
    all.dedup();
    all.sort();
    all.dedup();
    let rest = all.len().saturating_sub(SHOWN);
    let shown: Vec<String> = all.iter().take(SHOWN).map(|start| format!("`{start}`")).collect();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

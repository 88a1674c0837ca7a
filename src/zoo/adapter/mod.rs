//! From the names in a file to the names of a backbone.
//!
//! An adapter belongs to a catalogue entry, never to a file name: which keys
//! are kept and under what prefix, which are dropped, how the rest is renamed.
//! Whatever is neither is left over, and an error.

mod layout;
mod names;
mod pattern;
mod swin;
mod thirds;

use std::collections::BTreeMap;

use serde::Deserialize;

pub(super) use layout::Layout;
pub(super) use names::convnext_official as convnext_name;
pub(super) use pattern::{matches, replaced};
pub(super) use swin::check_table;
#[cfg(test)]
pub(super) use swin::{is_table, table};
use thirds::Thirds;

use super::tensor::TensorData;

/// Rules from the keys of a file to those of a backbone.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Adapter {
    /// Only keys that begin so are the backbone's; it is taken off.
    pub(super) keep: String,
    /// Wrappers taken off the beginning of kept keys where they are there.
    pub(super) peel: Vec<String>,
    /// Keys that are not the backbone's, before or after `keep`: a beginning,
    /// an end (`*x`) or a part (`*x*`).
    pub(super) drop: Vec<String>,
    /// How the original names its parts.
    pub(super) layout: Layout,
}

/// Tensors by the names of the backbone, and what became of the rest.
#[derive(Debug, Default)]
pub(super) struct Adapted {
    pub(super) tensors: BTreeMap<String, TensorData>,
    /// Keys of the file by those names.
    pub(super) keys: BTreeMap<String, String>,
    /// Keys of the file on the drop list.
    pub(super) dropped: Vec<String>,
    /// Keys of the file that no rule is about.
    pub(super) leftover: Vec<String>,
    /// Names that two keys became.
    pub(super) twice: Vec<String>,
}

impl Adapter {
    pub(super) fn apply(&self, tensors: &BTreeMap<String, TensorData>) -> Adapted {
        let mut adapted = Adapted::default();
        let mut thirds = Thirds::default();
        for (key, tensor) in tensors {
            let kept = key.strip_prefix(self.keep.as_str()).map(|name| self.peeled(name));
            if self.drops(key) || kept.is_some_and(|name| self.drops(name)) {
                adapted.dropped.push(key.clone());
                continue;
            }
            match kept.and_then(|name| self.layout.rename(name, tensor)) {
                Some((name, tensor)) => match name.third {
                    Some(third) => thirds.add(name.name, third, key, tensor),
                    None => adapted.add(name.name, key, tensor),
                },
                None => adapted.leftover.push(key.clone()),
            }
        }
        thirds.join(&mut adapted);
        adapted
    }

    fn peeled<'a>(&self, mut name: &'a str) -> &'a str {
        while let Some(rest) =
            self.peel.iter().find_map(|wrapper| name.strip_prefix(wrapper.as_str()))
        {
            name = rest;
        }
        name
    }

    fn drops(&self, key: &str) -> bool {
        self.drop.iter().any(|pattern| matches(pattern, key))
    }
}

impl Adapted {
    fn add(&mut self, name: String, key: &str, tensor: TensorData) {
        self.keys.insert(name.clone(), key.to_string());
        if self.tensors.insert(name.clone(), tensor).is_some() {
            self.twice.push(name);
        }
    }
}

//! A file without a catalogue entry held against a backbone: where in its
//! names the network begins, how its parts are called, what stands beside it.

use std::collections::BTreeMap;

use super::adapter::{Adapter, Layout};
use super::aside::{self, is_aside};
use super::fit::{Fit, Tensors};
use super::scope::{self, unmarked};
use super::target::{Target, is_computed};

/// Tensors by names without marks, and the names that had some.
struct Unmarked<'a> {
    tensors: std::borrow::Cow<'a, Tensors>,
    keys: BTreeMap<String, String>,
}

impl<'a> Unmarked<'a> {
    fn of(tensors: &'a Tensors) -> Self {
        let as_they_are =
            Self { tensors: std::borrow::Cow::Borrowed(tensors), keys: BTreeMap::new() };
        let mut keys = BTreeMap::new();
        let mut plain = Tensors::new();
        for (key, tensor) in tensors {
            let name = unmarked(key);
            if name != *key {
                keys.insert(name.clone(), key.clone());
            }
            plain.insert(name, tensor.clone());
        }
        // Two names that become one: the marks mean something here.
        if keys.is_empty() || plain.len() < tensors.len() {
            return as_they_are;
        }
        Self { tensors: std::borrow::Cow::Owned(plain), keys }
    }

    fn key(&self, name: &str) -> String {
        self.keys.get(name).cloned().unwrap_or_else(|| name.into())
    }

    /// A beginning as it stands in the file.
    fn beginning(&self, scope: &str) -> String {
        let mut inside = self.keys.iter().filter_map(|(name, key)| {
            let rest = name.strip_prefix(scope)?;
            key.strip_suffix(rest)
        });
        inside.next().unwrap_or(scope).into()
    }
}

impl Fit {
    /// Without a catalogue entry: the whole network under one beginning, in one
    /// naming scheme. What lies outside of the beginning, and inside of it a
    /// classifier and what training is known to leave, is not the network's.
    pub(super) fn guessed(target: &Target, tensors: &Tensors) -> Self {
        let file = Unmarked::of(tensors);
        let mut complete: Vec<Self> = Vec::new();
        let mut best: Option<Self> = None;
        for scope in scope::candidates(file.tensors.keys(), target.shapes.len() / 2) {
            if complete.iter().any(|fit| fit.uses(&scope)) {
                continue;
            }
            for layout in Layout::GUESSED {
                let fit = inside(target, &file, &scope, layout);
                if fit.faults() == 0 {
                    complete.push(fit);
                    break;
                }
                if best.as_ref().is_none_or(|best| fit.found.len() > best.found.len()) {
                    best = Some(fit);
                }
            }
        }
        let mut fit = chosen(complete).or(best).unwrap_or_default();
        for scope in fit.others.iter_mut().chain(&mut fit.ambiguous) {
            *scope = file.beginning(scope);
        }
        fit.scope = file.beginning(&fit.scope);
        for key in fit.dropped.iter_mut().chain(fit.keys.values_mut()) {
            *key = file.key(key);
        }
        fit
    }

    /// Whether it takes tensors from under a beginning.
    fn uses(&self, scope: &str) -> bool {
        self.keys.values().any(|key| key.starts_with(scope))
    }

    /// Whether it takes the same tensors as another, under other names.
    fn same_places(&self, other: &Self) -> bool {
        self.found.len() == other.found.len()
            && self.found.iter().all(|(name, tensor)| {
                other.found.get(name).is_some_and(|other| tensor.same_place(other))
            })
    }

    /// What a user should know of how a file was read.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.others.is_empty() {
            let shown: Vec<String> = self.others.iter().map(|scope| quoted(scope)).collect();
            let keys =
                crate::spec::Keys { strip: Some(self.others[0].clone()), ..Default::default() };
            // What lies at the top has no beginning to name.
            let way = if self.others[0].is_empty() {
                String::new()
            } else {
                format!("; `{keys}` takes the other")
            };
            notes.push(format!(
                "it holds the network {} times; what lies under {} was taken, not under {}{way}",
                self.others.len() + 1,
                quoted(&self.scope),
                shown.join(", ")
            ));
        }
        if let Some(list) = aside::summary(&self.beside()) {
            notes.push(format!(
                "not part of the network and left out, with the tensors of each: {list}"
            ));
        }
        notes.extend(self.layout.caveat().map(String::from));
        notes
    }

    /// Keys that were left out, without those of other copies.
    fn beside(&self) -> Vec<String> {
        let copy = |key: &&String| {
            self.others.iter().any(|scope| !scope.is_empty() && key.starts_with(scope.as_str()))
        };
        self.dropped.iter().filter(|key| !copy(key)).cloned().collect()
    }
}

fn quoted(scope: &str) -> String {
    if scope.is_empty() { "the top".into() } else { format!("`{scope}`") }
}

fn inside(target: &Target, file: &Unmarked<'_>, scope: &str, layout: Layout) -> Fit {
    let adapter = Adapter { keep: scope.into(), layout, ..Adapter::default() };
    let mut adapted = adapter.apply(&file.tensors);
    let mut beside: Vec<String> = Vec::new();
    let unknown = adapted.tensors.extract_if(.., |name, _| {
        let own = target.shapes.contains_key(name) || is_computed(name);
        !own && (name.starts_with(&target.head) || is_aside(name))
    });
    let unknown: Vec<String> = unknown.map(|(name, _)| name).collect();
    beside.extend(unknown.iter().filter_map(|name| adapted.keys.remove(name)));
    let is_beside = |key: &String| {
        key.strip_prefix(scope).is_none_or(|name| name.starts_with(&target.head) || is_aside(name))
    };
    let (outside, left): (Vec<_>, Vec<_>) =
        std::mem::take(&mut adapted.leftover).into_iter().partition(is_beside);
    beside.extend(outside);
    beside.retain(|key| !is_computed(key));
    adapted.leftover = left.into_iter().filter(|key| !is_computed(key)).collect();
    adapted.dropped = beside;
    let mut fit = Fit::of(target, adapted);
    (fit.scope, fit.layout) = (scope.into(), layout);
    fit
}

/// One of several whole networks: the first in rank. Several of one rank that
/// are not the same tensors leave open which is meant.
fn chosen(mut complete: Vec<Fit>) -> Option<Fit> {
    complete.sort_by_key(|fit| scope::rank(&fit.scope));
    let mut fits = complete.into_iter();
    let mut first = fits.next()?;
    let rank = scope::rank(&first.scope);
    for fit in fits {
        if first.same_places(&fit) {
            // A module that is registered twice is no second network.
            first.dropped.retain(|key| !key.starts_with(&fit.scope));
            continue;
        }
        if scope::rank(&fit.scope) == rank {
            first.ambiguous.push(fit.scope.clone());
        }
        first.others.push(fit.scope);
    }
    if !first.ambiguous.is_empty() {
        first.ambiguous.insert(0, first.scope.clone());
    }
    Some(first)
}

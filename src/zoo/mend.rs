//! The line of a study file that makes a checkpoint fit. A line is proposed
//! only after it was tried.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::catalogue::Entry;
use super::cause::{cause, strange};
use super::checkpoint::Checkpoint;
use super::fit::Fit;
use super::load::other_fit;
use super::target::Target;
use crate::spec::{Backbone, Keys, toml_text};

/// A line of a study file, and the table that it belongs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// `[inits.NAME]` or `[models.NAME]`.
    pub table: &'static str,
    /// One line.
    pub line: String,
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write `{}` under {}", self.line, self.table)
    }
}

/// What is likely wrong, and what mends it.
#[derive(Default)]
pub(super) struct Mend {
    pub(super) cause: Option<String>,
    pub(super) proposal: Option<Proposal>,
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> =
            [self.cause.clone(), self.proposal.as_ref().map(Proposal::to_string)]
                .into_iter()
                .flatten()
                .collect();
        write!(f, "{}", parts.join("; "))
    }
}

/// Why a file does not fit a backbone, and the line that would make it fit.
pub(super) fn mend(
    backbone: Backbone,
    entry: Option<&Entry>,
    checkpoint: &Checkpoint,
    fit: &Fit,
) -> Mend {
    if let Some(entry) = entry {
        return other_file(backbone, entry, checkpoint);
    }
    let target = Target::of(backbone);
    let other = fit.ambiguous.is_empty().then(|| other_fit(backbone, checkpoint)).flatten();
    if let Some(other) = other {
        return Mend {
            cause: Some(format!("it fits {} exactly", other.name())),
            proposal: Some(Proposal {
                table: "[models.NAME]",
                line: format!("backbone = \"{}\"", other.name()),
            }),
        };
    }
    within(&target, checkpoint, fit)
}

/// The same for one backbone, of which it is known that no other fits.
pub(super) fn within(target: &Target, checkpoint: &Checkpoint, fit: &Fit) -> Mend {
    let try_keys = |cause: String, keys: Keys| tried(target, checkpoint, cause, keys);
    if let [first, ..] = fit.ambiguous.as_slice() {
        let under: Vec<String> = fit.ambiguous.iter().map(|scope| format!("`{scope}`")).collect();
        let cause = format!(
            "it holds the network {} times, under {}, and nothing says which is meant",
            under.len(),
            under.join(", ")
        );
        let keys = Keys { strip: Some(first.clone()), ..Keys::default() };
        return try_keys(cause.clone(), keys)
            .unwrap_or(Mend { cause: Some(cause), proposal: None });
    }
    if let Some(mend) = elsewhere(target, checkpoint) {
        return mend;
    }
    let known = cause(checkpoint, fit);
    if known.is_some() {
        return Mend { cause: known, proposal: None };
    }
    foreign(fit)
        .and_then(|(cause, keys)| try_keys(cause, keys))
        .or_else(|| {
            let keys = renaming(target, checkpoint, fit)?;
            try_keys("its names are others".into(), keys)
        })
        .unwrap_or_else(|| Mend { cause: strange(checkpoint, fit), proposal: None })
}

/// A file that is not the one of the catalogue's model.
fn other_file(backbone: Backbone, entry: &Entry, checkpoint: &Checkpoint) -> Mend {
    let own =
        |b: &Backbone| Fit::guessed(&Target::of(*b), &checkpoint.tensors).mismatch().is_none();
    let fits = Some(backbone).filter(own).or_else(|| other_fit(backbone, checkpoint));
    Mend {
        cause: fits.map(|fits| {
            format!(
                "it is not the file of `{}`; by its own names it fits {}: leave `zoo` out",
                entry.id,
                fits.name()
            )
        }),
        proposal: None,
    }
}

/// Rules that were tried: together with those of the study, they make it fit.
fn tried(target: &Target, checkpoint: &Checkpoint, cause: String, keys: Keys) -> Option<Mend> {
    let keys = together(checkpoint.keys.as_ref(), keys);
    let mended = checkpoint.clone().with_keys(&keys).ok()?;
    Fit::guessed(target, &mended.tensors).mismatch().is_none().then(|| Mend {
        cause: Some(cause),
        proposal: Some(Proposal { table: "[inits.NAME]", line: keys.to_string() }),
    })
}

/// The rules of a study and further ones.
fn together(own: Option<&Keys>, more: Keys) -> Keys {
    let Some(own) = own else { return more };
    let mut keys = own.clone();
    keys.strip = match (&own.strip, more.strip) {
        (Some(a), Some(b)) => Some(format!("{a}{b}")),
        (a, b) => b.or_else(|| a.clone()),
    };
    keys.rename.extend(more.rename);
    keys.ignore.extend(more.ignore);
    keys
}

/// Another set of weights in the file that fits.
fn elsewhere(target: &Target, checkpoint: &Checkpoint) -> Option<Mend> {
    let taken = checkpoint.nesting.as_deref().unwrap_or_default();
    let fits =
        |path: &str, tensors| path != taken && Fit::guessed(target, tensors).mismatch().is_none();
    let group = checkpoint.groups.iter().find(|group| fits(&group.path, &group.tensors))?;
    let place =
        |path: &str| if path.is_empty() { "at the top".into() } else { format!("under {path}") };
    // The top of a file has no key that could be named.
    let proposal = (!group.path.is_empty()).then(|| Proposal {
        table: "[inits.NAME]",
        line: format!("weights_from = {}", toml_text(&group.path)),
    });
    let cause = format!("it lies {} of the file, not {}", place(&group.path), place(taken));
    Some(Mend { cause: Some(cause), proposal })
}

/// A whole network with something beside it that nobody knows. Unknown parts
/// inside of the network's own are another network's.
fn foreign(fit: &Fit) -> Option<(String, Keys)> {
    if !fit.missing.is_empty() || !fit.misshapen.is_empty() {
        return None;
    }
    let own: BTreeSet<&str> =
        fit.found.keys().chain(fit.resized.keys()).map(|name| first(name)).collect();
    if fit.unexpected.iter().any(|name| own.contains(first(name))) {
        return None;
    }
    let start = |name: &String| {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{}{first}{dot}", fit.scope)
    };
    let starts: BTreeSet<String> = fit.unexpected.iter().map(start).collect();
    let list: Vec<String> = starts.iter().map(|start| format!("`{start}`")).collect();
    let cause = format!(
        "the whole network is there, and beside it what may or may not be a part of it: {}",
        list.join(", ")
    );
    Some((cause, Keys { ignore: starts.into_iter().collect(), ..Keys::default() }))
}

fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// Beginnings of names whose exchange gives the names of the network: for each
/// tensor that is missing, the unexpected one of its shape whose name ends
/// most like it.
fn renaming(target: &Target, checkpoint: &Checkpoint, fit: &Fit) -> Option<Keys> {
    /// More rules than these are no line that somebody would read.
    const MOST: usize = 12;
    let unexpected: Vec<(&String, Vec<&str>)> = checkpoint
        .tensors
        .keys()
        .filter(|key| fit.unexpected.iter().any(|name| key.ends_with(name.as_str())))
        .map(|key| (key, key.split('.').collect()))
        .collect();
    let mut votes: BTreeMap<(String, String), usize> = BTreeMap::new();
    for name in &fit.missing {
        let wanted: Vec<&str> = name.split('.').collect();
        let shape = &target.shapes[name];
        let alike = unexpected.iter().filter(|(key, _)| checkpoint.tensors[*key].shape() == shape);
        // Of names that end alike, the one of about the same length.
        let nearness = |parts: &Vec<&str>| {
            (common_end(parts, &wanted), usize::MAX - parts.len().abs_diff(wanted.len()))
        };
        let best = alike
            .map(|(_, parts)| (nearness(parts), parts))
            .max_by_key(|(nearness, _)| *nearness)
            .map(|((end, _), parts)| (end, parts));
        let Some((end, parts)) = best.filter(|(end, _)| *end > 0) else { continue };
        let start = |parts: &[&str]| {
            let kept = &parts[..parts.len() - end];
            if kept.is_empty() { String::new() } else { format!("{}.", kept.join(".")) }
        };
        let from = start(parts);
        if from.is_empty() {
            continue;
        }
        // What is renamed stays beside the rest of the network.
        let scope = if from.starts_with(&fit.scope) { fit.scope.as_str() } else { "" };
        *votes.entry((from, format!("{scope}{}", start(&wanted)))).or_default() += 1;
    }
    // The most frequent exchange of a beginning; longer beginnings first, so
    // that `a.b.` is not taken for `a.`.
    let mut best: BTreeMap<&String, (&String, usize)> = BTreeMap::new();
    for ((from, to), count) in &votes {
        let entry = best.entry(from).or_insert((to, *count));
        if *count > entry.1 {
            *entry = (to, *count);
        }
    }
    let mut rules: Vec<(String, String)> = best
        .into_iter()
        .filter(|(from, (to, _))| from != to)
        .map(|(from, (to, _))| (from.clone(), to.clone()))
        .collect();
    rules.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(&b.0)));
    let keys = Keys { rename: rules.into_iter().collect(), ..Keys::default() };
    (1..=MOST).contains(&keys.rename.len()).then_some(keys)
}

/// How many parts two names end with in common.
fn common_end(a: &[&str], b: &[&str]) -> usize {
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

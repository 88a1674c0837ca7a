//! `zoo inspect`: what a file is, what it fits, and how a study names it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::spec::toml_text;
use crate::zoo::{self, Inspection, Match, TensorData};

/// Arguments of `zoo inspect`.
#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// Checkpoint: a file, or the folder of a TensorFlow checkpoint
    file: PathBuf,
    /// Key under which the tensors are, where it is an unusual one
    #[arg(long, value_name = "KEY")]
    nesting: Vec<String>,
    /// Show every tensor
    #[arg(long)]
    all: bool,
}

/// Reads a file and says what it is.
pub(super) fn inspect(args: &InspectArgs) -> anyhow::Result<String> {
    let found = zoo::inspect(&args.file, &args.nesting)?;
    Ok(described(&found, args.all))
}

/// How many tensors are shown unless all are asked for.
const TENSORS: usize = 12;

fn described(found: &Inspection, all: bool) -> String {
    let checkpoint = &found.checkpoint;
    let path: &Path = &checkpoint.path;
    let mut text = format!("{}: {}\n", path.display(), checkpoint.container.name());
    for group in &checkpoint.groups {
        let name = if group.path.is_empty() { "(top level)" } else { &group.path };
        let count = group.tensors.len();
        text.push_str(&format!("  {name}: {count} tensors, {} values\n", group.values()));
    }
    let nesting = checkpoint.nesting.as_deref().unwrap_or("(top level)");
    text.push_str(&format!("tensors of {nesting} ({}):\n", dtypes(&checkpoint.tensors)));
    let shown = if all { usize::MAX } else { TENSORS };
    for (name, tensor) in checkpoint.tensors.iter().take(shown) {
        text.push_str(&format!("  {name} {:?} {}\n", tensor.shape(), tensor.dtype().name()));
    }
    let rest = checkpoint.tensors.len().saturating_sub(shown);
    if rest > 0 {
        text.push_str(&format!("  and {rest} more (--all shows them)\n"));
    }
    text + &fits(&found.matches) + &proposal(found)
}

fn dtypes(tensors: &BTreeMap<String, TensorData>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tensor in tensors.values() {
        *counts.entry(tensor.dtype().name()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
    counts.join(", ")
}

fn fits(matches: &[Match]) -> String {
    /// As many near misses as help.
    const NEAR: usize = 3;
    if matches.is_empty() {
        return "fits: no backbone and no entry of the catalogue\n".into();
    }
    let name = |found: &Match| match &found.entry {
        Some(id) => format!("zoo entry {id} ({})", found.backbone),
        None => format!("backbone {}", found.backbone),
    };
    let exact: Vec<&Match> = matches.iter().filter(|found| found.mismatch.is_none()).collect();
    if exact.is_empty() {
        let near = matches.iter().take(NEAR).map(|found| {
            let share = found.share * 100.0;
            let why = found.mismatch.as_deref().unwrap_or_default();
            let cause = found.cause.as_ref().map_or(String::new(), |cause| format!("{cause}\n  "));
            format!("nearly fits {}: {share:.1} % of its tensors; {cause}{why}\n", name(found))
        });
        return near.collect();
    }
    let how = |found: &&Match| match found.resized {
        0 => "fits exactly".into(),
        n => format!("fits with {n} tables resampled"),
    };
    let notes = |found: &&Match| -> String {
        found.notes.iter().map(|note| format!("  note: {note}\n")).collect()
    };
    let line = |found: &&Match| format!("{}: {}\n{}", how(found), name(found), notes(found));
    exact.iter().map(line).collect()
}

/// What a study file would say, to be pasted; nothing where no line is known
/// to make the file fit.
fn proposal(found: &Inspection) -> String {
    let fits = |found: &&Match| found.mismatch.is_none() || found.proposal.is_some();
    let fitting: Vec<&Match> = found.matches.iter().filter(fits).collect();
    // Its own names first: an entry of the catalogue says what other files are.
    let own = fitting.iter().find(|found| found.entry.is_none());
    let Some(best) = own.or(fitting.first()) else { return String::new() };
    let path = &found.checkpoint.path;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let mut lines = vec![
        String::new(),
        "# in a study file:".into(),
        format!("[models.{}]", best.backbone),
        format!("backbone = \"{}\"", best.backbone),
        format!("[inits.{}]", key_of(&path)),
        format!("weights = {}", toml_text(&path.display().to_string())),
    ];
    match (&best.entry, found.weights_from()) {
        (Some(id), _) => lines.push(format!("zoo = \"{id}\"")),
        (None, Some(place)) => lines.push(format!("weights_from = {}", toml_text(place))),
        (None, None) => {}
    }
    lines.extend(best.proposal.as_ref().map(|proposal| proposal.line.clone()));
    // A line of the same key takes the place of the one before.
    if lines.iter().filter(|line| line.starts_with("weights_from")).count() > 1 {
        lines.remove(6);
    }
    lines.join("\n") + "\n"
}

/// A key for an init, after the name of its file.
fn key_of(path: &Path) -> String {
    let stem = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let key: String = stem.chars().map(plain).collect();
    if key.is_empty() { "own".into() } else { key }
}

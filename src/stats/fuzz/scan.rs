//! The public functions of the statistics, as their sources have them.

use std::path::{Path, PathBuf};

/// Files of a folder and below, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the sources").flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "fuzz") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub(super) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stats")
}

/// `file::function` or `file::Type::function` of every `pub fn`, tests left out.
pub(super) fn public_functions() -> Vec<String> {
    let root = sources();
    let mut found = Vec::new();
    for path in files(&root) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let module = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut of = String::new();
        for line in code.lines() {
            if let Some(rest) = line.strip_prefix("impl") {
                of = type_of(rest);
            }
            if let Some(rest) = line.strip_prefix("pub fn ") {
                found.push(format!("{module}::{}", name_of(rest)));
            } else if let Some(rest) = line.strip_prefix("    pub fn ") {
                found.push(format!("{module}::{of}::{}", name_of(rest)));
            } else {
                let constant = line.contains("pub const fn") || line.contains("pub unsafe fn");
                assert!(!constant, "{}: this scan does not know {line:?}", path.display());
            }
        }
    }
    found
}

fn name_of(signature: &str) -> &str {
    signature.split(['(', '<']).next().unwrap_or_default()
}

/// `Outcome` of `<T> Outcome<T> {` and of ` Display for Outcome {`.
fn type_of(header: &str) -> String {
    let mut depth = 0;
    let plain: String = header
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '<');
            let outside = depth == 0;
            depth -= i32::from(*c == '>');
            outside
        })
        .collect();
    let of = plain.split(" for ").last().unwrap_or_default();
    of.trim().trim_end_matches('{').trim().to_string()
}

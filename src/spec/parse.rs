//! Reading a study file: syntax, unknown keys, parameters, validation.

use std::fmt;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::card_in;
use super::comparison::{Claim, ComparisonSpec};
use super::list::ListSpec;
use super::locate::{Problem, Text};
use super::study::Study;
use super::validate::{Fault, validate};
use super::validate_comparison::validate_claims;

/// What is wrong with a study file.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SpecError {
    #[error("cannot read the study file {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}", Problems(.0))]
    Invalid(Vec<Problem>),
    #[error("--set {name}: the study file has no such parameter; it has: {known}")]
    UnknownParameter { name: String, known: String },
}

struct Problems<'a>(&'a [Problem]);

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                write!(f, "\n\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// A study file, read and checked: parameters filled in, paths absolute.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The study.
    pub study: Study,
    /// SHA-256 of the file's bytes.
    pub sha256: String,
}

/// Reads a study file; `set` replaces parameters by name.
pub fn load(path: &Path, set: &IndexMap<String, String>) -> Result<Loaded, SpecError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SpecError::Read { path: path.to_path_buf(), source })?;
    let study = parse(path, &text, set)?;
    let sha256 = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    Ok(Loaded { study, sha256 })
}

/// Reads a file that holds `[[claims]]` alone, for results that have no study.
pub fn load_claims(path: &Path) -> Result<Vec<Claim>, SpecError> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Claims {
        claims: Vec<Claim>,
    }
    let text = std::fs::read_to_string(path)
        .map_err(|source| SpecError::Read { path: path.to_path_buf(), source })?;
    let source = Text { file: path, text: &text };
    let Claims { claims } = toml::from_str(&text).map_err(|error| {
        let message = error.message().to_string();
        let hint = hint_for(&message);
        SpecError::Invalid(vec![source.at_span(error.span(), message, hint)])
    })?;
    let faults = validate_claims(&claims);
    if faults.is_empty() {
        return Ok(claims);
    }
    let located =
        |fault: Fault| source.at_keys(&fault.keys(), fault.message.clone(), fault.hint.clone());
    Err(SpecError::Invalid(faults.into_iter().map(located).collect()))
}

/// Parses the text of a study file; `path` is for messages and relative paths.
pub fn parse(path: &Path, text: &str, set: &IndexMap<String, String>) -> Result<Study, SpecError> {
    let source = Text { file: path, text };
    let mut study = read(&source, set)?;
    for (name, value) in set {
        let Some(parameter) = study.parameters.get_mut(name) else {
            let known: Vec<_> = study.parameters.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            return Err(SpecError::UnknownParameter { name: name.clone(), known });
        };
        parameter.clone_from(value);
    }
    if study.comparison.metric == ComparisonSpec::AUTO {
        study.comparison.metric = study.metrics().swap_remove(0);
    }
    let mut problems = fill_paths(&mut study, &source);
    problems.extend(
        validate(&study)
            .into_iter()
            .map(|fault| source.at_keys(&fault.keys(), fault.message.clone(), fault.hint.clone())),
    );
    if problems.is_empty() { Ok(study) } else { Err(SpecError::Invalid(problems)) }
}

/// The study of a text, with the tasks of its cards.
fn read(source: &Text<'_>, set: &IndexMap<String, String>) -> Result<Study, SpecError> {
    let cards = card_in::filled(source, &base(source), set).map_err(SpecError::Invalid)?;
    let (of_cards, read) = match cards {
        None => (false, toml::from_str(source.text)),
        Some(tables) => (true, tables.try_into()),
    };
    read.map_err(|error| {
        let message = error.message().to_string();
        let hint = hint_for(&message);
        let span = error.span().filter(|_| !of_cards);
        let span = span.or_else(|| card_in::place(source.text, &message));
        SpecError::Invalid(vec![source.at_span(span, message, hint)])
    })
}

/// The folder of a study file, from which its paths start.
fn base(source: &Text<'_>) -> PathBuf {
    let base = source.file.parent().filter(|p| !p.as_os_str().is_empty());
    let base = base.unwrap_or_else(|| Path::new("."));
    std::path::absolute(base).unwrap_or_else(|_| base.to_path_buf())
}

/// Replaces `${name}` in every path and makes the paths absolute.
fn fill_paths(study: &mut Study, source: &Text<'_>) -> Vec<Problem> {
    let base = base(source);
    let parameters = study.parameters.clone();
    let mut problems = Vec::new();
    let mut fill = |path: &mut Option<PathBuf>, keys: &[&str]| {
        let Some(value) = path else { return };
        match substitute(&value.to_string_lossy(), &parameters) {
            Ok(text) => *value = clean(&base.join(text)),
            Err(name) => problems.push(source.at_keys(
                keys,
                format!("${{{name}}} is not a parameter of this study"),
                Some(format!("add `{name} = \"...\"` under [parameters]")),
            )),
        }
    };
    for (name, task) in &mut study.tasks {
        fill(&mut task.path, &["tasks", name, "path"]);
        fill(&mut task.images, &["tasks", name, "images"]);
        for (key, path) in task.list.iter_mut().flat_map(ListSpec::paths) {
            let mut whole = Some(std::mem::take(path));
            fill(&mut whole, &["tasks", name, "list", key]);
            *path = whole.unwrap_or_default();
        }
    }
    for (name, init) in &mut study.inits {
        fill(&mut init.weights, &["inits", name, "weights"]);
    }
    fill(&mut study.study.output, &["study", "output"]);
    problems
}

/// Resolves `.` and `..` by name, so that messages show a path one can read.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

pub(super) fn substitute(
    text: &str,
    parameters: &IndexMap<String, String>,
) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (name, tail) = after.split_once('}').ok_or_else(|| after.to_string())?;
        out.push_str(parameters.get(name).ok_or_else(|| name.to_string())?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// Serde says what it expected; the nearest of those names is the likely slip.
fn hint_for(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown ") {
        return None;
    }
    let got = quoted.next()?;
    nearest(got, quoted).map(|name| format!("did you mean `{name}`?"))
}

/// The candidate within an edit distance of a third of its length.
pub(super) fn nearest<'a>(got: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|name| (edit_distance(got, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count().max(3).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

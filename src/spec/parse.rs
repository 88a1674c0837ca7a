//! Reading a study file: syntax, unknown keys, parameters, validation.

use std::fmt;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::card_in;
use super::comparison::{Claim, ComparisonSpec};
use super::list::ListSpec;
use super::locate::{Problem, Text};
use super::parameters;
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
    #[error("--set {name}={got}: the study file has {kind} there ({own})")]
    ParameterType { name: String, got: String, own: String, kind: &'static str },
}

impl From<Vec<Problem>> for SpecError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems)
    }
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
    let filled = parameters::filled(&Text { file: path, text }, set)?;
    let source = Text { file: path, text: &filled };
    let mut study = read(&source)?;
    if study.comparison.metric == ComparisonSpec::AUTO {
        study.comparison.metric = study.metrics().swap_remove(0);
    }
    make_absolute(&mut study, &base(&source));
    let located =
        |fault: Fault| source.at_keys(&fault.keys(), fault.message.clone(), fault.hint.clone());
    let problems: Vec<Problem> = validate(&study).into_iter().map(located).collect();
    if problems.is_empty() { Ok(study) } else { Err(problems.into()) }
}

/// The study of a text, with the tasks of its cards.
fn read(source: &Text<'_>) -> Result<Study, SpecError> {
    let cards = card_in::filled(source, &base(source))?;
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

/// Paths of a study start from the folder of its file.
fn make_absolute(study: &mut Study, base: &Path) {
    let whole = |path: &mut PathBuf| *path = clean(&base.join(&*path));
    for task in study.tasks.values_mut() {
        task.path.iter_mut().chain(&mut task.images).for_each(whole);
        task.list.iter_mut().flat_map(ListSpec::paths).for_each(|(_, path)| whole(path));
    }
    study.inits.values_mut().filter_map(|init| init.weights.as_mut()).for_each(whole);
    study.study.output.iter_mut().for_each(whole);
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

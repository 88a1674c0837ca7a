//! Finding a model, never by accident.

use std::sync::OnceLock;

use indexmap::IndexMap;

use super::entry::{Entry, Source};

const FILES: [(&str, &str); 4] = [
    ("supervised.toml", include_str!("../../../dataset/zoo/supervised.toml")),
    ("self_supervised.toml", include_str!("../../../dataset/zoo/self_supervised.toml")),
    ("granularity.toml", include_str!("../../../dataset/zoo/granularity.toml")),
    ("domain_adapted.toml", include_str!("../../../dataset/zoo/domain_adapted.toml")),
];

/// What can be wrong with a choice of model.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CatalogueError {
    #[error("the catalogue file {file} of this build is broken: {reason}")]
    Broken { file: &'static str, reason: String },
    #[error("there is no model `{id}` in the catalogue{near}; `transfolio zoo list` shows all")]
    Unknown { id: String, near: String },
    #[error(
        "the source of `{id}` is unresolved: {reason}; bring a file of your own with `weights = ...`"
    )]
    Unresolved { id: String, reason: String },
    #[error("`{id}` stands for random weights: there is no file to fetch or to read")]
    Random { id: String },
    #[error("`{id}` needs the backbone {backbone}, which this build does not have")]
    Backbone { id: String, backbone: String },
}

/// All models, in the order of the files.
pub fn catalogue() -> Result<&'static IndexMap<String, Entry>, CatalogueError> {
    static PARSED: OnceLock<IndexMap<String, Entry>> = OnceLock::new();
    if let Some(parsed) = PARSED.get() {
        return Ok(parsed);
    }
    let mut all = IndexMap::new();
    for (file, text) in FILES {
        let broken = |reason: String| CatalogueError::Broken { file, reason };
        let part: IndexMap<String, Entry> =
            toml::from_str(text).map_err(|error| broken(error.to_string()))?;
        for (id, entry) in part {
            let entry = Entry { id: id.clone(), ..entry };
            if all.insert(id.clone(), entry).is_some() {
                return Err(broken(format!("model {id} is there twice")));
            }
        }
    }
    Ok(PARSED.get_or_init(|| all))
}

/// The model of an id, where it can be used.
///
/// # Errors
/// For an id that is not there, one whose source is unresolved, and one that
/// stands for random weights.
pub fn find(id: &str) -> Result<&'static Entry, CatalogueError> {
    let all = catalogue()?;
    let entry = all.get(id).ok_or_else(|| CatalogueError::Unknown {
        id: id.into(),
        near: nearest(id, all.keys()).map_or(String::new(), |n| format!("; did you mean `{n}`?")),
    })?;
    match entry.source() {
        Source::Unresolved => {
            Err(CatalogueError::Unresolved { id: id.into(), reason: entry.unresolved.clone() })
        }
        Source::Random => Err(CatalogueError::Random { id: id.into() }),
        _ => Ok(entry),
    }
}

/// The id with the fewest edits, where they are few.
fn nearest<'a>(id: &str, ids: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let best = ids.map(|other| (edits(id, other), other.as_str())).min()?;
    (best.0 <= 1 + id.chars().count() / 3).then_some(best.1)
}

fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swapped = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = swapped.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

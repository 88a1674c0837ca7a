//! Dataset cards: what is known of a public data set, and the task that it is.
//!
//! A card is a file of `dataset/cards`. Its `task` is that of a study file, with
//! paths below the folder that the user names as `root`; where a data set comes
//! in several shapes, each is a layout with the paths that tell it.

use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

use super::parse::nearest;
use super::task::Task;

/// What is known of a data set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Key in study files.
    #[serde(skip)]
    pub id: String,
    /// The name as papers write it.
    pub title: String,
    /// What it is.
    pub what: String,
    /// Code of the task in the published benchmark.
    #[serde(default)]
    pub code: String,
    /// The metric that papers report.
    pub metric: String,
    /// Official splits, in words.
    pub splits: String,
    /// Page to get it from.
    pub page: String,
    /// How to get it, in words.
    pub obtain: String,
    /// Terms of use, in words.
    pub terms: String,
    /// How the facts are known.
    pub evidence: String,
    /// What else a user must know.
    #[serde(default)]
    pub note: String,
    /// Files with a public direct address.
    #[serde(default)]
    pub files: Vec<CardFile>,
    /// What the task of every layout has.
    pub task: toml::Table,
    /// The shapes that it comes in, the one that is looked for first first.
    #[serde(rename = "layout")]
    pub layouts: Vec<Layout>,
}

/// A file that a program can fetch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFile {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// MD5, where it is published.
    #[serde(default)]
    pub md5: String,
    /// SHA-256, where it is published.
    #[serde(default)]
    pub sha256: String,
    /// Whether it is fetched only where it is named.
    #[serde(default)]
    pub on_demand: bool,
}

/// One shape of a data set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What tells it, in words.
    pub what: String,
    /// Paths below the root that there must be.
    pub needs: Vec<String>,
    /// What its task has beside that of the card.
    #[serde(default)]
    pub task: toml::Table,
    /// How many cases there are.
    #[serde(default)]
    pub expected: Counts,
}

/// Numbers of cases, where they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Counts {
    pub all: Option<usize>,
    pub train: Option<usize>,
    pub val: Option<usize>,
    pub test: Option<usize>,
}

impl Layout {
    /// Whether a folder has it.
    pub fn is_in(&self, root: &Path) -> bool {
        self.needs.iter().all(|path| root.join(path).exists())
    }
}

impl Card {
    /// The layout that a folder has; none where it has none of them.
    pub fn layout_of(&self, root: &Path) -> Option<&Layout> {
        self.layouts.iter().find(|layout| layout.is_in(root))
    }

    /// The task in a folder, with absolute paths. Of a folder without any
    /// layout it is that of the first: what is missing shows when it is read.
    pub(super) fn task_in(&self, root: &Path) -> toml::Table {
        let mut task = self.task.clone();
        let layout = self.layout_of(root).or(self.layouts.first());
        if let Some(layout) = layout {
            overlay(&mut task, &layout.task);
        }
        below(&mut task, root);
        task
    }

    /// What a user must have in the folder, in words.
    pub fn expects(&self) -> String {
        let one = |layout: &Layout| format!("{} ({})", layout.needs.join(", "), layout.what);
        self.layouts.iter().map(one).collect::<Vec<_>>().join("; or ")
    }
}

/// Puts what `above` states over `task`, table by table.
pub(super) fn overlay(task: &mut toml::Table, above: &toml::Table) {
    for (key, value) in above {
        match (task.get_mut(key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => overlay(below, above),
            _ => {
                task.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Makes the paths of a task those below a folder.
fn below(task: &mut toml::Table, root: &Path) {
    let place = |value: &mut toml::Value| match value {
        toml::Value::String(path) => *path = root.join(&*path).to_string_lossy().into_owned(),
        toml::Value::Array(paths) => {
            for path in paths {
                if let toml::Value::String(path) = path {
                    *path = root.join(&*path).to_string_lossy().into_owned();
                }
            }
        }
        _ => {}
    };
    for key in ["path", "images"] {
        task.get_mut(key).into_iter().for_each(place);
    }
    if let Some(toml::Value::Table(list)) = task.get_mut("list") {
        for key in ["train", "val", "test", "table", "splits", "masks"] {
            list.get_mut(key).into_iter().for_each(place);
        }
    }
}

/// All cards, in the order of their names.
pub fn cards() -> &'static [Card] {
    static CARDS: OnceLock<Vec<Card>> = OnceLock::new();
    CARDS.get_or_init(|| {
        let read = |(id, text): &(&str, &str)| {
            // A test reads every card, so that none is missing here.
            let card: Card = toml::from_str(text).ok()?;
            Some(Card { id: (*id).to_owned(), ..card })
        };
        TEXTS.iter().filter_map(read).collect()
    })
}

/// The card of a name.
///
/// # Errors
/// With the nearest name, or all.
pub fn card(id: &str) -> Result<&'static Card, String> {
    let all = || cards().iter().map(|card| card.id.as_str());
    cards().iter().find(|card| card.id == id).ok_or_else(|| {
        nearest(id, all()).map_or_else(
            || format!("the cards are {}", all().collect::<Vec<_>>().join(", ")),
            |name| format!("did you mean `{name}`?"),
        )
    })
}

/// The task of a card in a folder, an absolute path.
///
/// # Errors
/// Where the card does not make one, which a test rules out.
pub fn card_task(card: &Card, root: &Path) -> Result<Task, toml::de::Error> {
    card.task_in(root).try_into()
}

macro_rules! texts {
    ($($id:literal),* $(,)?) => {
        &[$(($id, include_str!(concat!("../../dataset/cards/", $id, ".toml")))),*]
    };
}

const TEXTS: &[(&str, &str)] = texts![
    "bloodmnist",
    "breastmnist",
    "busi",
    "chestmnist",
    "chestxray14",
    "chexpert",
    "dermamnist",
    "drive",
    "mimic-cxr",
    "montgomery",
    "octmnist",
    "organamnist",
    "organcmnist",
    "organsmnist",
    "pathmnist",
    "pneumoniamnist",
    "retinamnist",
    "rsna-pe",
    "scr-clavicle",
    "scr-heart",
    "scr-lung",
    "shenzhen",
    "siim-acr",
    "tissuemnist",
    "vindr-cxr",
];

#[cfg(test)]
mod tests;

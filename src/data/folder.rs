//! A folder per class: `cats/1.jpg`, `dogs/2.jpg`, or the same below `train`,
//! `val` and `test`.
//!
//! Images may lie at any depth below the folder of their class. What is an
//! image is told from the first bytes of a file. A file that is called an
//! image and is none is an error; other files are skipped and counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use super::class_names::{form, joined, sides};
use super::dataset::Split;
use super::decode::{Rules, looks_like_image};
use super::error::{DataError, listed};
use super::manifest::{image_ending, split_named};
use super::names;
use super::source::{self, Files, Plan, Row};
use super::truth::Truth;
use crate::spec::{Target, Task};

/// How deep images may lie below the folder of their class: a link to a folder
/// above it must not lead on for ever.
const DEPTH: usize = 16;

/// What lies in a folder.
pub(super) struct Listing {
    /// In the order of their names.
    pub(super) files: Vec<Found>,
    /// Skipped files by reason.
    skipped: BTreeMap<String, usize>,
}

/// An image file.
pub(super) struct Found {
    path: PathBuf,
    /// Path below the folder, with slashes, in Unicode's composed form.
    id: String,
    split: Option<Split>,
    class: String,
}

/// The cases of a folder.
pub(super) fn plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    let folder = source::path(name, task, WHAT)?;
    let listing = list(name, task)?;
    let fail = |reason: String| DataError::Folder { path: folder.to_path_buf(), reason };
    let (classes, class_of, mut notes) = classes(task, &listing.files).map_err(fail)?;
    let mut files = Files::default();
    for found in listing.files {
        files.places.push(found.path.display().to_string());
        files.paths.push(found.path);
        files.rows.push(Row {
            patient: found.id.clone(),
            id: found.id,
            split: found.split,
            truth: Truth::Class(class_of[&found.class]),
            content: String::new(),
        });
    }
    let mut plan = files.plan(cache_dir, folder, classes, &Rules::of(task))?;
    notes.push(format!("folders name no patients: {}", task.without_patients()));
    if !listing.skipped.is_empty() {
        let total: usize = listing.skipped.values().sum();
        let reasons: Vec<String> =
            listing.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        notes.push(format!("{total} files of the folder are skipped: {}", listed(&reasons, ", ")));
    }
    plan.notes = notes;
    Ok(plan)
}

const WHAT: &str = "the folder that holds a folder per class";

/// Lists the images of a task's folder; they are not decoded.
pub(super) fn list(name: &str, task: &Task) -> Result<Listing, DataError> {
    let folder = source::path(name, task, WHAT)?;
    let fail = |reason: String| DataError::Folder { path: folder.to_path_buf(), reason };
    let mut all = Listing { files: Vec::new(), skipped: BTreeMap::new() };
    let mut wrong = Vec::new();
    let mut walk = Walk { root: folder, listing: &mut all, wrong: &mut wrong };
    let top = walk.below(folder)?;
    let splits: Vec<&String> =
        top.folders.iter().filter(|name| split_named(name).is_some()).collect();
    if !splits.is_empty() && splits.len() < top.folders.len() {
        let others: Vec<&String> =
            top.folders.iter().filter(|name| split_named(name).is_none()).collect();
        return Err(fail(format!(
            "has folders of splits ({}) beside others ({}); put the folders of the classes below \
             those of the splits, or the others elsewhere",
            names::quoted(&splits),
            names::quoted(&others)
        )));
    }
    walk.skip_loose(&top);
    for name in &top.folders {
        let path = folder.join(name);
        match split_named(name) {
            None => walk.class(&path, None, name, DEPTH)?,
            Some(split) => {
                let below = walk.below(&path)?;
                walk.skip_loose(&below);
                for class in &below.folders {
                    walk.class(&path.join(class), Some(split), class, DEPTH)?;
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Err(source::unreadable(wrong, all.files.len()));
    }
    if all.files.is_empty() {
        return Err(fail(empty(folder, &top, &all.skipped)));
    }
    Ok(all)
}

/// Why there is nothing, and where it may be.
fn empty(folder: &Path, top: &Below, skipped: &BTreeMap<String, usize>) -> String {
    let reasons: Vec<String> =
        skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let seen = if reasons.is_empty() {
        String::new()
    } else {
        format!(" (skipped: {})", listed(&reasons, ", "))
    };
    let below = match top.folders.as_slice() {
        [only] => format!("; is {} the folder that is meant?", folder.join(only).display()),
        _ => String::new(),
    };
    format!(
        "holds no images in folders{seen}; expected a folder per class, as in normal/1.png and \
         pneumonia/2.png, or these below train, val and test{below}"
    )
}

/// Names directly below a folder, in order.
#[derive(Default)]
struct Below {
    folders: Vec<String>,
    files: Vec<String>,
}

struct Walk<'a> {
    root: &'a Path,
    listing: &'a mut Listing,
    wrong: &'a mut Vec<String>,
}

impl Walk<'_> {
    /// What lies directly below a folder; hidden things are skipped.
    fn below(&mut self, folder: &Path) -> Result<Below, DataError> {
        let mut below = Below::default();
        for entry in fs::read_dir(folder).map_err(DataError::io("read folder", folder))? {
            let entry = entry.map_err(DataError::io("read folder", folder))?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                self.skip("whose names are no Unicode text");
                continue;
            };
            let hidden = name.starts_with('.') || name == "__MACOSX";
            match (fs::metadata(entry.path()), hidden) {
                (Err(_), _) => self.skip("that lead nowhere"),
                (Ok(meta), true) => {
                    if meta.is_file() || name == "__MACOSX" {
                        self.skip("hidden");
                    }
                }
                (Ok(meta), false) if meta.is_dir() => below.folders.push(name),
                (Ok(_), false) => below.files.push(name),
            }
        }
        below.folders.sort();
        below.files.sort();
        Ok(below)
    }

    fn skip(&mut self, reason: &str) {
        *self.listing.skipped.entry(reason.to_owned()).or_default() += 1;
    }

    /// Files that lie above the folders of the classes.
    fn skip_loose(&mut self, below: &Below) {
        for name in &below.files {
            let reason = if image_ending(name).is_some() {
                "images in no folder of a class"
            } else {
                "in no folder of a class"
            };
            self.skip(reason);
        }
    }

    /// All images below the folder of a class.
    fn class(
        &mut self,
        folder: &Path,
        split: Option<Split>,
        class: &str,
        depth: usize,
    ) -> Result<(), DataError> {
        let below = self.below(folder)?;
        for name in below.files {
            self.file(folder.join(&name), &name, split, class);
        }
        for name in below.folders {
            let path = folder.join(name);
            if depth == 0 {
                let reason = format!("is more than {DEPTH} folders below that of its class");
                return Err(DataError::Folder { path, reason });
            }
            self.class(&path, split, class, depth - 1)?;
        }
        Ok(())
    }

    fn file(&mut self, path: PathBuf, name: &str, split: Option<Split>, class: &str) {
        let told = start(&path).map_err(|error| format!("cannot be read: {error}"));
        match told.and_then(|start| looks_like_image(&start)) {
            Ok(()) => {
                let below = path.strip_prefix(self.root).unwrap_or(&path);
                let parts: Vec<String> =
                    below.iter().map(|part| part.to_string_lossy().nfc().collect()).collect();
                let class = class.nfc().collect();
                self.listing.files.push(Found { id: parts.join("/"), path, split, class });
            }
            Err(reason) if image_ending(name).is_some() => {
                self.wrong.push(format!("{} {reason}", path.display()));
            }
            Err(_) => {
                let reason = match name.rsplit_once('.') {
                    Some((_, ending)) if ending.len() <= 8 => {
                        format!("that are no images (.{})", ending.to_lowercase())
                    }
                    _ => "that are no images".into(),
                };
                self.skip(&reason);
            }
        }
    }
}

/// The first bytes of a file.
fn start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(256).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Names of the classes, the index of each folder's, and notes.
type Classes = (Vec<String>, BTreeMap<String, usize>, Vec<String>);

fn classes(task: &Task, files: &[Found]) -> Result<Classes, String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        *counts.entry(file.class.clone()).or_default() += 1;
    }
    let all = joined(&counts, "the folder");
    let mut notes = all.notes;
    let found: BTreeSet<&String> = all.names.values().collect();
    let found: Vec<String> = found.into_iter().cloned().collect();
    if found.len() < 2 {
        return Err(format!(
            "has images in one folder of a class ({}); expected a folder for each of two classes or \
             more",
            names::quoted(&found)
        ));
    }
    let order = match (task.classes.is_empty(), task.target) {
        (false, _) => stated(task, &found)?,
        (true, Target::Binary) => {
            let [a, b] = found.as_slice() else {
                return Err(format!(
                    "has {} folders of classes ({}), a binary target has two; set target = \
                     \"multi-class\"",
                    found.len(),
                    names::quoted(&found)
                ));
            };
            let told = sides(a, b, task)?;
            notes.push(told.note);
            vec![told.negative, told.positive]
        }
        (true, Target::MultiClass | Target::MultiLabel | Target::Segmentation) => found,
    };
    let index = |name: &String| order.iter().position(|class| form(class) == form(name));
    let class_of = (counts.keys()).filter_map(|name| Some((name.clone(), index(name)?))).collect();
    Ok((order, class_of, notes))
}

/// The classes that the task names: each must have its folder, and each folder
/// its name.
fn stated(task: &Task, found: &[String]) -> Result<Vec<String>, String> {
    if task.target == Target::Binary && task.classes.len() != 2 {
        let count = task.classes.len();
        return Err(format!(
            "`classes` has {count} names, a binary target has two: the negative and the positive"
        ));
    }
    let same = |a: &str, b: &str| form(a) == form(b);
    for name in &task.classes {
        if task.classes.iter().filter(|other| same(other, name)).count() > 1 {
            return Err(format!("`classes` has `{name}` twice"));
        }
        if !found.iter().any(|folder| same(folder, name)) {
            let hint = names::hint(name, found.iter().map(String::as_str));
            return Err(format!("has no folder of the class `{name}`{hint}"));
        }
    }
    if let Some(other) = found.iter().find(|folder| !task.classes.iter().any(|c| same(c, folder))) {
        return Err(format!("has a folder `{other}`, which is none of `classes`"));
    }
    Ok(task.classes.clone())
}

#[cfg(test)]
mod tests;

//! Decode once: from a task to a [`Dataset`] by way of the cache.

mod description;
pub(super) mod format;
pub(super) mod stock;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use self::format::{KeyHasher, Meta};
use self::writer::{Writer, Written};
use super::dataset::{Case, Dataset, Split};
use super::error::DataError;
use super::masked::MaskTable;
use super::source::{self, Plan};
use super::truth::Truth;
use super::{decode, leaks, phantom, soft, split};
use crate::records::{DataFacts, Division};
use crate::spec::{Duplicates, Orientation, Source, Target, Task, ValueRange};

/// The data of a task, decoded to `stored_size` x `stored_size` pixels: the
/// [`stored_size`](crate::spec::stored_size) of a recipe.
///
/// The first call decodes every image and writes `<cache_dir>/<hash>.u8`;
/// later ones check that file and map it. The hash covers the contents of the
/// image files, labels, patients, splits, the size and the version of the
/// decoder, so a change in any of them makes a new file and nothing stale is
/// ever used. Images of the test set that are in the training set too are left
/// out there where the task says so. A damaged file is made again. Several processes may do this at
/// the same time: each file appears whole.
///
/// `progress` is called with (images done, images in all) while decoding, on
/// the calling thread.
///
/// # Errors
/// Everything that is wrong with the data in words; see [`DataError`].
pub fn prepare(
    name: &str,
    task: &Task,
    stored_size: u32,
    cache_dir: &Path,
    progress: &dyn Fn(usize, usize),
) -> Result<Dataset, DataError> {
    if !(1..=4096).contains(&stored_size) {
        let reason = format!("cannot store images of {stored_size} pixels a side; 1 to 4096 work");
        return Err(DataError::task(name, reason));
    }
    fs::create_dir_all(cache_dir).map_err(DataError::io("create cache folder", cache_dir))?;
    let mut plan = source::plan(name, task, cache_dir)?;
    let (splits, division) = split::assign(name, task, &mut plan)?;
    let splits = soft::only_for_training(&mut plan, splits);
    let size = if task.is_native() { source::canvas(task, &plan)? } else { stored_size };
    let to = Place { name, task, size, cache_dir, progress };
    let mut dataset = to.stored(&plan, cases(&plan, &splits))?;
    let mut dropped = 0;
    if task.duplicates == Duplicates::DropFromTrain {
        let leaks = leaks::in_train(&dataset, division);
        dropped = leaks.len() as u64;
        if dropped > 0 {
            let splits = plan.without(&leaks, &splits);
            plan.notes.push(leaks.note());
            dataset = to.stored(&plan, cases(&plan, &splits))?;
        }
    }
    dataset.facts = Some(facts(&plan, &dataset.cases, division, dropped));
    Ok(dataset)
}

/// Where the decoded images of a task go.
struct Place<'a> {
    name: &'a str,
    task: &'a Task,
    size: u32,
    cache_dir: &'a Path,
    progress: &'a dyn Fn(usize, usize),
}

impl Place<'_> {
    /// The data set of a plan, from its cache file, which is made where it is
    /// missing or damaged.
    fn stored(&self, plan: &Plan, cases: Vec<Case>) -> Result<Dataset, DataError> {
        let key = key(self.task, plan, &cases, self.size);
        let path = format::path(self.cache_dir, &key);
        match format::open_verified(&path, &key) {
            // What version 0.1 decoded from files it did not look at as closely.
            Ok(dataset) if dataset.pixel_notes.is_none() && plan.of_files() => {}
            Ok(mut dataset) => {
                self.name.clone_into(&mut dataset.name);
                // The notes of the file are of the task it was made for.
                dataset.notes.clone_from(&plan.notes);
                dataset.notes.extend(dataset.pixel_notes.iter().flatten().cloned());
                return Ok(dataset);
            }
            Err(error) if format::is_damage(&error) => {}
            Err(DataError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        remove_leftovers(self.cache_dir);
        self.build(plan, cases, &key)?;
        format::open(&path, &key)
    }

    fn build(&self, plan: &Plan, cases: Vec<Case>, key: &str) -> Result<(), DataError> {
        let total = cases.len();
        let mut writer = Writer::new(self.cache_dir, key, self.size, total)?;
        let structures = plan.classes.len();
        (self.progress)(0, total);
        let mut pixel_notes = source::decode(self.task, plan, self.size, &mut |images, done| {
            for image in images {
                writer.push(image)?;
            }
            (self.progress)(done, total);
            Ok(())
        })?;
        pixel_notes.extend(writer.notes(self.task));
        let masks = writer.masks();
        let cases = match &masks {
            Some(masks) => with_structures(cases, masks, structures),
            None => cases,
        };
        let mut notes = plan.notes.clone();
        notes.extend(pixel_notes.iter().cloned());
        let meta = Meta {
            name: self.name.to_owned(),
            data_hash: key.to_owned(),
            classes: plan.classes.clone(),
            target: self.task.target,
            channels: writer.channels(),
            size: self.size,
            cases,
            notes,
            pixel_notes: plan.of_files().then_some(pixel_notes),
            pixel_hashes: Vec::new(),
            block_hashes: Vec::new(),
            masks: masks.map(|masks| MaskTable {
                native: self.task.is_native(),
                originals: masks.originals,
            }),
        };
        writer.finish(meta)
    }
}

/// Which structures are in the images, as the masks were found to say.
fn with_structures(cases: Vec<Case>, masks: &Written, structures: usize) -> Vec<Case> {
    let there = masks.present.iter().map(|present| Truth::of_each(present[..structures].to_vec()));
    cases.into_iter().zip(there).map(|(case, truth)| Case { truth, ..case }).collect()
}

/// How the cases came to be divided.
fn facts(plan: &Plan, cases: &[Case], division: Division, dropped: u64) -> DataFacts {
    let mut splits: BTreeMap<&str, BTreeSet<Split>> = BTreeMap::new();
    for case in cases {
        splits.entry(&case.patient).or_default().insert(case.split);
    }
    DataFacts {
        patient_column: plan.patient_column.clone(),
        patients: splits.len() as u64,
        straddling: splits.values().filter(|splits| splits.len() > 1).count() as u64,
        division,
        dropped,
    }
}

fn cases(plan: &Plan, splits: &[Split]) -> Vec<Case> {
    plan.rows
        .iter()
        .zip(splits)
        .map(|(row, &split)| Case {
            id: row.id.clone(),
            patient: row.patient.clone(),
            split,
            truth: row.truth.clone(),
        })
        .collect()
}

/// The file of a data hash.
#[cfg(feature = "torch")]
pub(super) fn file_of(cache_dir: &Path, data_hash: &str) -> std::path::PathBuf {
    format::path(cache_dir, data_hash)
}

fn key(task: &Task, plan: &Plan, cases: &[Case], stored_size: u32) -> String {
    let mut key = KeyHasher::new();
    key.text("transfolio data");
    for version in [format::VERSION, decode::VERSION] {
        key.number(u64::from(version));
    }
    if task.source == Source::Phantom {
        key.number(u64::from(phantom::VERSION));
    }
    key.number(u64::from(stored_size));
    key.number(match task.target {
        Target::Binary => 0,
        Target::MultiClass => 1,
        Target::MultiLabel => 2,
        Target::Segmentation => 3,
    });
    key.number(plan.classes.len() as u64);
    plan.classes.iter().for_each(|class| key.text(class));
    key.text(&plan.content);
    key.number(cases.len() as u64);
    if task.target == Target::Segmentation {
        let spec = task.segmentation();
        key.text("masks");
        key.number(u64::from(spec.threshold));
        key.number(spec.mask_values.len() as u64);
        spec.mask_values.iter().for_each(|value| key.number(u64::from(*value)));
        key.number(u64::from(task.is_native()));
        if spec.has_own_spacing() {
            key.text("spacing of the files");
        }
    }
    // Settings that came later count where they are set.
    if task.orientation != Orientation::Ignore {
        key.text("orientation apply");
    }
    match task.range {
        Some(ValueRange::Auto) => key.text("range auto"),
        Some(ValueRange::Stated(low, high)) => {
            key.text("range");
            for value in [low, high] {
                key.number(value.to_bits());
            }
        }
        None => {}
    }
    for (case, row) in cases.iter().zip(&plan.rows) {
        key.text(&case.id);
        key.text(&case.patient);
        key.text(case.split.name());
        case.truth.numbers().iter().for_each(|label| key.number(u64::from(label.to_bits())));
        key.text(&row.content);
    }
    key.finish()
}

/// Removes what killed processes left half-written: whoever is still at it holds
/// the lock of its file, but for the moment before it takes it.
fn remove_leftovers(cache_dir: &Path) {
    const OLD: Duration = Duration::from_mins(1);
    let Ok(entries) = fs::read_dir(cache_dir) else { return };
    for entry in entries.flatten() {
        let partial = entry.file_name().to_string_lossy().ends_with(writer::PARTIAL);
        let age = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|time| SystemTime::now().duration_since(time).ok());
        let free = || fs::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if partial && age.is_some_and(|age| age > OLD) && free() {
            // Another process may have been faster; there is nothing to say.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;

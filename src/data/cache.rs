//! Decode once: from a task to a [`Dataset`] by way of the cache.

mod description;
pub(super) mod format;
mod writer;

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use self::format::{KeyHasher, Meta};
use self::writer::Writer;
use super::dataset::{Case, Dataset, Split};
use super::error::DataError;
use super::source::{self, Plan};
use super::{decode, phantom, split};
use crate::spec::{Source, Target, Task};

/// The data of a task, decoded to `stored_size` x `stored_size` pixels: the
/// [`stored_size`](crate::spec::stored_size) of a recipe.
///
/// The first call decodes every image and writes `<cache_dir>/<hash>.u8`;
/// later ones check that file and map it. The hash covers the contents of the
/// image files, labels, patients, splits, the size and the version of the
/// decoder, so a change in any of them makes a new file and nothing stale is
/// ever used. A damaged file is made again. Several processes may do this at
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
    let splits = split::assign(name, task, &mut plan)?;
    let cases = cases(&plan, &splits);
    let key = key(task, &plan, &cases, stored_size);
    let path = format::path(cache_dir, &key);
    match format::open_verified(&path, &key) {
        Ok(mut dataset) => {
            name.clone_into(&mut dataset.name);
            return Ok(dataset);
        }
        Err(error) if format::is_damage(&error) => {}
        Err(DataError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    remove_leftovers(cache_dir);
    build(name, task, &plan, cases, (stored_size, &key), cache_dir, progress)?;
    format::open(&path, &key)
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
    });
    key.number(plan.classes.len() as u64);
    plan.classes.iter().for_each(|class| key.text(class));
    key.text(&plan.content);
    key.number(cases.len() as u64);
    for (case, row) in cases.iter().zip(&plan.rows) {
        key.text(&case.id);
        key.text(&case.patient);
        key.text(case.split.name());
        case.truth.numbers().iter().for_each(|label| key.number(u64::from(label.to_bits())));
        key.text(&row.content);
    }
    key.finish()
}

fn build(
    name: &str,
    task: &Task,
    plan: &Plan,
    cases: Vec<Case>,
    (size, key): (u32, &str),
    cache_dir: &Path,
    progress: &dyn Fn(usize, usize),
) -> Result<(), DataError> {
    let total = cases.len();
    let mut writer = Writer::new(cache_dir, key, size, total)?;
    progress(0, total);
    source::decode(task, plan, size, &mut |images, done| {
        for image in images {
            writer.push(image)?;
        }
        progress(done, total);
        Ok(())
    })?;
    let mut notes = plan.notes.clone();
    notes.extend(writer.notes());
    let meta = Meta {
        name: name.to_owned(),
        data_hash: key.to_owned(),
        classes: plan.classes.clone(),
        target: task.target,
        channels: writer.channels(),
        size,
        cases,
        notes,
        pixel_hashes: Vec::new(),
        block_hashes: Vec::new(),
    };
    writer.finish(meta)
}

/// Removes what killed processes left half-written. A file younger than a day
/// may belong to a process that is still at it.
fn remove_leftovers(cache_dir: &Path) {
    const OLD: Duration = Duration::from_hours(24);
    let Ok(entries) = fs::read_dir(cache_dir) else { return };
    for entry in entries.flatten() {
        let partial = entry.file_name().to_string_lossy().ends_with(writer::PARTIAL);
        let age = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|time| SystemTime::now().duration_since(time).ok());
        if partial && age.is_some_and(|age| age > OLD) {
            // Another process may have been faster; there is nothing to say.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;

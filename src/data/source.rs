//! Where the cases of a task come from, before they are divided and decoded.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::dataset::Split;
use super::decode::{self, Decoded, Ready};
use super::error::{DataError, LISTED};
use super::truth::Truth;
use super::{file_index, manifest, npz, phantom};
use crate::spec::{PhantomLabels, PhantomSpec, Source, Task};

/// Images that are decoded before they are handed on.
const CHUNK: usize = 128;

/// The cases of a task and how to get at their pixels.
pub(super) struct Plan {
    /// Names in label order; two for a binary target.
    pub(super) classes: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
    /// Identity of what all rows share: the hash of the archive, the settings
    /// of the phantom.
    pub(super) content: String,
    pub(super) pixels: Pixels,
}

/// One case.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) patient: String,
    /// Absent where the source has no splits; then it is absent in all rows.
    pub(super) split: Option<Split>,
    pub(super) truth: Truth,
    /// Hash of the image file, where there is one.
    pub(super) content: String,
}

pub(super) enum Pixels {
    /// Files, by row.
    Files {
        paths: Vec<PathBuf>,
        places: Vec<String>,
    },
    Npz(npz::Archive),
    Phantom(PhantomSpec),
}

/// Reads everything about the cases but their pixels.
pub(super) fn plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    match task.source {
        Source::Phantom => phantom_plan(name, task),
        Source::Manifest => manifest_plan(name, task, cache_dir),
        Source::Npz => npz::plan(name, task, cache_dir),
    }
}

/// The path of a task that needs one.
pub(super) fn path<'a>(name: &str, task: &'a Task, what: &str) -> Result<&'a Path, DataError> {
    task.path
        .as_deref()
        .ok_or_else(|| DataError::task(name, format!("`path` is missing; it names {what}")))
}

fn phantom_plan(name: &str, task: &Task) -> Result<Plan, DataError> {
    let spec = task.phantom.clone().unwrap_or_default();
    let target = spec.labels.target();
    if task.target != target {
        let reason = format!(
            "phantom labels {:?} need target {target:?}, not {:?}",
            spec.labels, task.target
        );
        return Err(DataError::task(name, reason));
    }
    if !(16..=1024).contains(&spec.size) {
        let reason = format!("phantom.size = {} is not in 16..=1024", spec.size);
        return Err(DataError::task(name, reason));
    }
    let mut rows = Vec::new();
    for split in Split::ALL {
        for index in 0..phantom::count(&spec, split) {
            rows.push(Row {
                id: format!("{split}/{index:05}"),
                patient: phantom::patient(&spec, split, index),
                split: Some(split),
                truth: phantom::truth(&spec, split, index),
                content: String::new(),
            });
        }
    }
    let kind = match spec.labels {
        PhantomLabels::Coarse | PhantomLabels::Fine => "source",
        PhantomLabels::Finding => "target",
    };
    Ok(Plan {
        classes: phantom::classes(spec.labels).iter().map(ToString::to_string).collect(),
        rows,
        notes: Vec::new(),
        content: format!("phantom {kind} size {} seed {}", spec.size, spec.seed),
        pixels: Pixels::Phantom(spec),
    })
}

fn manifest_plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    let manifest = manifest::read(name, task)?;
    let paths: Vec<PathBuf> = manifest.rows.iter().map(|row| row.file.clone()).collect();
    let places: Vec<String> = manifest
        .rows
        .iter()
        .map(|row| format!("{} (line {} of the manifest)", row.file.display(), row.line))
        .collect();
    let hashes = file_index::hashes(cache_dir, &manifest.path, &paths);
    let mut failures = Vec::new();
    let mut rows = Vec::with_capacity(paths.len());
    for ((row, hash), place) in manifest.rows.into_iter().zip(hashes).zip(&places) {
        match hash {
            Ok(content) => rows.push(Row {
                id: row.id,
                patient: row.patient,
                split: row.split,
                truth: row.truth,
                content,
            }),
            Err(reason) => failures.push(format!("{place} {reason}")),
        }
    }
    if !failures.is_empty() {
        // Look at the others too: one report with everything that is wrong.
        let found: Vec<usize> = (0..paths.len()).filter(|&i| paths[i].is_file()).collect();
        let others: Vec<Option<String>> = found
            .par_iter()
            .map(|&i| decode::read(&paths[i]).err().map(|e| format!("{} {e}", places[i])))
            .collect();
        failures.extend(others.into_iter().flatten());
        return Err(unreadable(failures, paths.len()));
    }
    Ok(Plan {
        classes: manifest.classes,
        rows,
        notes: manifest.notes,
        content: String::new(),
        pixels: Pixels::Files { paths, places },
    })
}

fn unreadable(mut failures: Vec<String>, total: usize) -> DataError {
    failures.sort_unstable();
    failures.dedup();
    let mut listed = String::new();
    for failure in failures.iter().take(LISTED) {
        listed.push_str("\n  ");
        listed.push_str(failure);
    }
    if failures.len() > LISTED {
        listed.push_str(&format!("\n  and {} more", failures.len() - LISTED));
    }
    DataError::Unreadable { count: failures.len(), total, listed }
}

/// Takes the next images and the number of images so far.
pub(super) type Sink<'a> = dyn FnMut(Vec<Ready>, usize) -> Result<(), DataError> + 'a;

/// Decodes all images in the order of the rows, on all cores, a chunk at a
/// time, so that memory stays small whatever the number of images.
pub(super) fn decode(
    task: &Task,
    plan: &Plan,
    size: u32,
    sink: &mut Sink<'_>,
) -> Result<(), DataError> {
    match &plan.pixels {
        Pixels::Files { paths, places } => decode_files(paths, places, size, sink),
        Pixels::Npz(archive) => archive.decode(size, sink),
        Pixels::Phantom(spec) => draw(task, spec, size, sink),
    }
}

fn decode_files(
    paths: &[PathBuf],
    places: &[String],
    size: u32,
    sink: &mut Sink<'_>,
) -> Result<(), DataError> {
    let mut failures = Vec::new();
    for (chunk, start) in paths.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
        let images: Vec<Result<Ready, String>> = chunk
            .par_iter()
            .map(|path| decode::read(path).and_then(|image| decode::fit(image, size)))
            .collect();
        let mut ready = Vec::with_capacity(images.len());
        for (image, place) in images.into_iter().zip(&places[start..]) {
            match image {
                Ok(image) => ready.push(image),
                Err(reason) => failures.push(format!("{place} {reason}")),
            }
        }
        // After a failure only the list of failures is of use.
        if failures.is_empty() {
            sink(ready, start + chunk.len())?;
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(unreadable(failures, paths.len())) }
}

fn draw(task: &Task, spec: &PhantomSpec, size: u32, sink: &mut Sink<'_>) -> Result<(), DataError> {
    let mut done = 0;
    for split in Split::ALL {
        let count = phantom::count(spec, split);
        for start in (0..count).step_by(CHUNK) {
            let end = count.min(start + CHUNK as u32);
            let images = phantom::images(spec, split, start..end);
            let ready: Result<Vec<Ready>, String> = images
                .into_par_iter()
                .map(|pixels| {
                    let image = Decoded::from_bytes(spec.size, spec.size, 1, &pixels);
                    decode::fit(image, size)
                })
                .collect();
            let title = task.title.as_deref().unwrap_or("phantom");
            let ready = ready.map_err(|reason| DataError::task(title, reason))?;
            done += ready.len();
            sink(ready, done)?;
        }
    }
    Ok(())
}

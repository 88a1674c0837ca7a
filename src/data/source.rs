//! Where the cases of a task come from, before they are divided and decoded.

mod decoding;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::dataset::Split;
use super::decode::{self, Rules};
use super::error::{DataError, LISTED};
use super::leaks::Leaks;
use super::manifest::{self, Manifest};
use super::mask::Masks;
use super::truth::Truth;
use super::{file_index, folder, lists, npz, phantom};
use crate::spec::{PhantomLabels, PhantomSpec, Source, Task};

pub(super) use decoding::{Sink, canvas, decode};

/// The cases of a task and how to get at their pixels.
pub(super) struct Plan {
    /// Names in label order; two for a binary target.
    pub(super) classes: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<String>,
    /// Whether something tells the patients; else every image counts as one.
    pub(super) patients_told: bool,
    /// The column that does, where it is one.
    pub(super) patient_column: Option<String>,
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
        /// Of each; none where the target is no segmentation.
        masks: Vec<Masks>,
    },
    Npz(npz::Archive),
    Phantom(PhantomSpec),
}

impl Plan {
    /// Whether every image is a file.
    pub(super) fn of_files(&self) -> bool {
        matches!(self.pixels, Pixels::Files { .. })
    }

    /// Leaves cases out and gives the splits of the others.
    pub(super) fn without(&mut self, leaks: &Leaks, splits: &[Split]) -> Vec<Split> {
        let kept: Vec<bool> = (0..self.rows.len()).map(|index| !leaks.has(index)).collect();
        self.keep(&kept, splits)
    }

    /// Keeps some of the cases and gives their splits.
    pub(super) fn keep(&mut self, kept: &[bool], splits: &[Split]) -> Vec<Split> {
        keep(&mut self.rows, kept);
        match &mut self.pixels {
            Pixels::Files { paths, places, masks } => {
                keep(paths, kept);
                keep(places, kept);
                keep(masks, kept);
            }
            Pixels::Npz(archive) => archive.keep(kept),
            // It draws no image twice and knows all of its labels.
            Pixels::Phantom(_) => {}
        }
        let mut splits = splits.to_vec();
        keep(&mut splits, kept);
        splits
    }
}

/// Keeps some of a list.
fn keep<T>(list: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    list.retain(|_| *kept.next().unwrap_or(&true));
}

/// Reads everything about the cases but their pixels.
pub(super) fn plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    match task.source {
        Source::Phantom => phantom_plan(name, task),
        Source::Manifest => manifest_plan(name, task, cache_dir),
        Source::List => list_plan(name, task, cache_dir),
        Source::Npz => npz::plan(name, task, cache_dir),
        Source::Folder => folder::plan(name, task, cache_dir),
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
        PhantomLabels::Finding | PhantomLabels::Anatomy => "target",
    };
    Ok(Plan {
        classes: phantom::classes(spec.labels).iter().map(ToString::to_string).collect(),
        rows,
        notes: Vec::new(),
        patients_told: true,
        patient_column: None,
        content: format!("phantom {kind} size {} seed {}", spec.size, spec.seed),
        pixels: Pixels::Phantom(spec),
    })
}

fn manifest_plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    let manifest = manifest::read(name, task)?;
    let place = |file: &Path, line| format!("{} (line {line} of the manifest)", file.display());
    of_manifest(manifest, task, cache_dir, &place)
}

fn list_plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    let (manifest, places) = lists::read(name, task)?.into_parts();
    let place = |file: &Path, line| match places.of(line) {
        Some(listed) => format!("{} ({listed})", file.display()),
        None => file.display().to_string(),
    };
    of_manifest(manifest, task, cache_dir, &place)
}

fn of_manifest(
    manifest: Manifest,
    task: &Task,
    cache_dir: &Path,
    place: &dyn Fn(&Path, u64) -> String,
) -> Result<Plan, DataError> {
    let mut files = Files::default();
    for row in manifest.rows {
        files.places.push(place(&row.file, row.line));
        files.paths.push(row.file);
        files.masks.extend(row.masks);
        files.rows.push(Row {
            id: row.id,
            patient: row.patient,
            split: row.split,
            truth: row.truth,
            content: String::new(),
        });
    }
    let mut plan = files.plan(cache_dir, &manifest.path, manifest.classes, &Rules::of(task))?;
    plan.notes = manifest.notes;
    plan.patients_told = manifest.patient_column.is_some();
    plan.patient_column = manifest.patient_column;
    Ok(plan)
}

/// Cases whose images are files, by row.
#[derive(Default)]
pub(super) struct Files {
    pub(super) rows: Vec<Row>,
    pub(super) paths: Vec<PathBuf>,
    /// Where a file is named, for messages.
    pub(super) places: Vec<String>,
    /// Masks of each; none where the target is no segmentation.
    pub(super) masks: Vec<Masks>,
}

impl Files {
    /// A plan with the hash of every file; `owner` names the list of files.
    ///
    /// # Errors
    /// With everything that is wrong with any of the files.
    pub(super) fn plan(
        mut self,
        cache_dir: &Path,
        owner: &Path,
        classes: Vec<String>,
        rules: &Rules,
    ) -> Result<Plan, DataError> {
        let hashes = file_index::hashes(cache_dir, owner, &self.paths);
        let mut failures = Vec::new();
        for ((row, hash), place) in self.rows.iter_mut().zip(hashes).zip(&self.places) {
            match hash {
                Ok(content) => row.content = content,
                Err(reason) => failures.push(format!("{place} {reason}")),
            }
        }
        if !self.masks.is_empty() {
            failures.extend(self.with_masks(cache_dir, owner));
        }
        let Self { rows, paths, places, masks } = self;
        if !failures.is_empty() {
            // Look at the others too: one report with everything that is wrong.
            let found: Vec<usize> = (0..paths.len()).filter(|&i| paths[i].is_file()).collect();
            let others: Vec<Option<String>> = found
                .par_iter()
                .map(|&i| {
                    decode::read(&paths[i], rules).err().map(|e| format!("{} {e}", places[i]))
                })
                .collect();
            failures.extend(others.into_iter().flatten());
            return Err(unreadable(failures, paths.len()));
        }
        Ok(Plan {
            classes,
            rows,
            notes: Vec::new(),
            patients_told: false,
            patient_column: None,
            content: String::new(),
            pixels: Pixels::Files { paths, places, masks },
        })
    }
}

impl Files {
    /// Makes the masks part of what the cases are known by; gives what is wrong
    /// with any of the files.
    fn with_masks(&mut self, cache_dir: &Path, owner: &Path) -> Vec<String> {
        let files: Vec<PathBuf> = self
            .masks
            .iter()
            .flat_map(|masks| masks.files().map(|(_, path)| path.clone()))
            .collect();
        let hashes = file_index::hashes(cache_dir, &owner.join("masks"), &files);
        let mut hashes = hashes.into_iter();
        let mut failures = Vec::new();
        for ((row, masks), place) in self.rows.iter_mut().zip(&self.masks).zip(&self.places) {
            let mut all = std::mem::take(&mut row.content);
            for ((what, path), hash) in masks.files().zip(&mut hashes) {
                match hash {
                    Ok(content) => all.push_str(&format!("\n{what} {content}")),
                    Err(reason) => {
                        failures.push(format!("{place}: its mask {} {reason}", path.display()));
                    }
                }
            }
            all.push_str(&masks.known_by());
            row.content = decode::hash(all.as_bytes());
        }
        failures
    }
}

/// An error with all files that cannot be used.
pub(super) fn unreadable(mut failures: Vec<String>, total: usize) -> DataError {
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

//! Where the cases of a task come from, before they are divided and decoded.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::dataset::Split;
use super::decode::{self, Decoded, Ready, ReadyMasks, Rules};
use super::error::{DataError, LISTED};
use super::leaks::Leaks;
use super::manifest::{self, Manifest};
use super::mask::{self, Masks};
use super::truth::Truth;
use super::{dicom, file_index, folder, lists, npz, phantom};
use crate::spec::{PhantomLabels, PhantomSpec, Source, Target, Task, ValueRange};

/// Images that are decoded before they are handed on.
const CHUNK: usize = 128;

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

/// Takes the next images and the number of images so far.
pub(super) type Sink<'a> = dyn FnMut(Vec<Ready>, usize) -> Result<(), DataError> + 'a;

/// Decodes all images in the order of the rows, on all cores, a chunk at a
/// time, so that memory stays small whatever the number of images. Gives what
/// a reader should know of how.
pub(super) fn decode(
    task: &Task,
    plan: &Plan,
    size: u32,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, DataError> {
    match &plan.pixels {
        Pixels::Files { paths, places, masks } => {
            let (rules, note) = rules_for(task, paths);
            let files = Decoding { paths, places, masks, rules, fit: Fit::of(task, size) };
            let mut notes: Vec<String> = note.into_iter().collect();
            notes.extend(
                files.run(&mask::Reader::new(task.segmentation(), plan.classes.len()), sink)?,
            );
            return Ok(notes);
        }
        Pixels::Npz(archive) => archive.decode(size, sink)?,
        Pixels::Phantom(spec) => draw(task, spec, size, sink)?,
    }
    Ok(Vec::new())
}

impl Rules {
    /// What a task states; a range that is to be found is not.
    pub(super) fn of(task: &Task) -> Self {
        let range = match task.range {
            Some(ValueRange::Stated(low, high)) => Some((low, high)),
            Some(ValueRange::Auto) | None => None,
        };
        Self { orientation: task.orientation, range, raw: task.raw }
    }
}

/// What a task states, with the range that the files have where it is to be
/// found: the same for all, so that equal values stay equal.
fn rules_for(task: &Task, paths: &[PathBuf]) -> (Rules, Option<String>) {
    let rules = Rules::of(task);
    match task.range {
        Some(ValueRange::Auto) => {}
        Some(ValueRange::Stated(low, high)) => {
            let note =
                format!("values of images with more than 8 bits: {low} is black, {high} is white");
            return (rules, Some(note));
        }
        None => return (rules, None),
    }
    let largest = paths.par_iter().filter_map(|path| decode::largest16(path)).max();
    let Some(largest) = largest else {
        let apart = if paths.iter().any(|path| decode::is_dicom(path)) {
            "apart from DICOM files, which have windows of their own, "
        } else {
            ""
        };
        let note = format!("`range = \"auto\"` changes nothing: {apart}no image has 16 bits");
        return (rules, Some(note));
    };
    let bits = (u16::BITS - largest.leading_zeros()).max(1);
    let white = f64::from((1_u32 << bits) - 1);
    let note = format!(
        "the largest value of all 16-bit images is {largest}, so 0 is black and {white} ({bits} \
         bits) is white (`range = \"auto\"`)"
    );
    (Rules { range: Some((0.0, white)), ..rules }, Some(note))
}

/// Files to be decoded.
struct Decoding<'a> {
    paths: &'a [PathBuf],
    places: &'a [String],
    masks: &'a [Masks],
    rules: Rules,
    fit: Fit,
}

impl Decoding<'_> {
    /// Decodes all; gives what a reader should know of DICOM files.
    fn run(&self, reader: &mask::Reader, sink: &mut Sink<'_>) -> Result<Vec<String>, DataError> {
        let Self { paths, places, masks, .. } = self;
        let (mut failures, mut dicom) = (Vec::new(), Vec::new());
        for (chunk, start) in paths.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
            let images: Vec<Result<(Ready, Option<dicom::Facts>), String>> = chunk
                .par_iter()
                .enumerate()
                .map(|(index, path)| self.one(path, masks.get(start + index), reader))
                .collect();
            let mut ready = Vec::with_capacity(images.len());
            for (image, place) in images.into_iter().zip(&places[start..]) {
                match image {
                    Ok((image, facts)) => {
                        ready.push(image);
                        dicom.extend(facts);
                    }
                    Err(reason) => failures.push(format!("{place} {reason}")),
                }
            }
            // After a failure only the list of failures is of use.
            if failures.is_empty() {
                sink(ready, start + chunk.len())?;
            }
        }
        if failures.is_empty() {
            Ok(dicom::notes(&dicom))
        } else {
            Err(unreadable(failures, paths.len()))
        }
    }

    fn one(
        &self,
        path: &Path,
        masks: Option<&Masks>,
        reader: &mask::Reader,
    ) -> Result<(Ready, Option<dicom::Facts>), String> {
        let image = decode::read(path, &self.rules)?;
        let facts = image.dicom;
        let planes =
            masks.map(|masks| reader.planes(masks, (image.width, image.height))).transpose()?;
        let mut ready = self.fit.image(image)?;
        ready.masks = planes.map(|(planes, odd)| self.fit.masks(planes, odd));
        Ok((ready, facts))
    }
}

/// How an image comes to the size of the cache.
#[derive(Clone, Copy, Debug)]
enum Fit {
    /// Scaled to a square of this side.
    Scaled(u32),
    /// Put as it is into the corner of one.
    Placed(u32),
}

impl Fit {
    fn of(task: &Task, size: u32) -> Self {
        if task.is_native() { Self::Placed(size) } else { Self::Scaled(size) }
    }

    fn image(self, image: Decoded) -> Result<Ready, String> {
        match self {
            Self::Scaled(size) => decode::fit(image, size),
            Self::Placed(side) => decode::place(image, side),
        }
    }

    fn masks(self, original: mask::Planes, odd: mask::Odd) -> ReadyMasks {
        let stored = match self {
            Self::Scaled(size) => original.scaled(size, size),
            Self::Placed(side) => original.placed(side),
        };
        ReadyMasks { stored, original, odd }
    }
}

/// The side of the square that every image of a task fits into as it is.
///
/// # Errors
/// With the files whose size cannot be read, or that are too large.
pub(super) fn canvas(task: &Task, plan: &Plan) -> Result<u32, DataError> {
    /// More would be for windows of windows.
    const LARGEST: u32 = 8192;
    let Pixels::Files { paths, places, .. } = &plan.pixels else {
        return Ok(task.phantom.clone().unwrap_or_default().size);
    };
    let rules = Rules::of(task);
    let sides: Vec<Result<u32, String>> = (paths.par_iter().zip(places))
        .map(|(path, place)| match decode::dimensions(path, &rules) {
            Ok((width, height)) if width.max(height) > LARGEST => Err(format!(
                "{place} has {width} x {height} pixels, more than {LARGEST} a side; cut it into \
                 parts, or write resolution = \"input\""
            )),
            Ok((width, height)) => Ok(width.max(height)),
            Err(reason) => Err(format!("{place} {reason}")),
        })
        .collect();
    let (sides, failures): (Vec<_>, Vec<_>) = sides.into_iter().partition(Result::is_ok);
    let failures: Vec<String> = failures.into_iter().filter_map(Result::err).collect();
    if !failures.is_empty() {
        return Err(unreadable(failures, paths.len()));
    }
    Ok(sides.into_iter().flatten().max().unwrap_or(1))
}

fn draw(task: &Task, spec: &PhantomSpec, size: u32, sink: &mut Sink<'_>) -> Result<(), DataError> {
    let mut done = 0;
    let fit = Fit::of(task, size);
    for split in Split::ALL {
        let count = phantom::count(spec, split);
        for start in (0..count).step_by(CHUNK) {
            let end = count.min(start + CHUNK as u32);
            let images = phantom::images(spec, split, start..end);
            let ready: Result<Vec<Ready>, String> = images
                .into_par_iter()
                .zip(start..end)
                .map(|(pixels, index)| {
                    let image = Decoded::from_bytes(spec.size, spec.size, 1, &pixels);
                    let mut ready = fit.image(image)?;
                    if task.target == Target::Segmentation {
                        let planes = phantom::planes(spec, split, index);
                        ready.masks = Some(fit.masks(planes, mask::Odd::default()));
                    }
                    Ok(ready)
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

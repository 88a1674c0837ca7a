//! From the cases of a plan to images and masks at the size of the cache.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Pixels, Plan, unreadable};
use crate::data::dataset::Split;
use crate::data::decode::{self, Decoded, Ready, ReadyMasks, Rules};
use crate::data::error::DataError;
use crate::data::mask::{self, Masks};
use crate::data::{dicom, phantom};
use crate::spec::{PhantomSpec, Target, Task, ValueRange};

/// Images that are decoded before they are handed on.
const CHUNK: usize = 128;

/// Takes the next images and the number of images so far.
pub(in crate::data) type Sink<'a> = dyn FnMut(Vec<Ready>, usize) -> Result<(), DataError> + 'a;

/// Decodes all images in the order of the rows, on all cores, a chunk at a
/// time, so that memory stays small whatever the number of images. Gives what
/// a reader should know of how.
pub(in crate::data) fn decode(
    task: &Task,
    plan: &Plan,
    size: u32,
    sink: &mut Sink<'_>,
) -> Result<Vec<String>, DataError> {
    match &plan.pixels {
        Pixels::Files { paths, places, masks } => {
            let (rules, note) = rules_for(task, paths);
            let own_spacing = task.segmentation().has_own_spacing();
            let fit = Fit::of(task, size);
            let files = Decoding { paths, places, masks, rules, fit, own_spacing };
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
    pub(in crate::data) fn of(task: &Task) -> Self {
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
    /// Whether files state the size of their pixels.
    own_spacing: bool,
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
        let spacing = (planes.is_some() && self.own_spacing)
            .then(|| dicom::spacing(&decode::bytes_of(path)?))
            .transpose()?;
        ready.masks =
            planes.map(|(planes, odd)| ReadyMasks { spacing, ..self.fit.masks(planes, odd) });
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
        ReadyMasks { stored, original, odd, spacing: None }
    }
}

/// The side of the square that every image of a task fits into as it is.
///
/// # Errors
/// With the files whose size cannot be read, or that are too large.
pub(in crate::data) fn canvas(task: &Task, plan: &Plan) -> Result<u32, DataError> {
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

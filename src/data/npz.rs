//! `MedMNIST` archives: `{train,val,test}_{images,labels}` in one `.npz` file.
//!
//! Images are `[N, H, W]` or `[N, H, W, 1 or 3]` of unsigned bytes; labels are
//! `[N]`, `[N, 1]` or `[N, K]` integers or booleans of any width. Arrays are
//! read as a stream, never whole, and never more of them than their header and
//! the archive's directory agree on.

mod array;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use zip::ZipArchive;

use self::array::{Header, read_labels};
use super::dataset::Split;
use super::decode::{self, Decoded, Ready};
use super::error::DataError;
use super::names;
use super::source::{self, Pixels, Plan, Row, Sink};
use super::truth::Truth;
use crate::spec::{Target, Task};

/// Most pixel bytes that are held at a time.
const CHUNK_BYTES: usize = 8 << 20;

type Zip = ZipArchive<BufReader<File>>;

/// An archive whose headers have been checked.
pub(super) struct Archive {
    path: PathBuf,
    /// Splits that the archive has, with the headers of their images.
    images: BTreeMap<Split, Images>,
    /// Which images are used, in the order train, val, test; all where absent.
    kept: Option<Vec<bool>>,
}

/// What a header says about an array of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Images {
    pub(super) count: usize,
    pub(super) height: u32,
    pub(super) width: u32,
    pub(super) channels: u32,
}

impl Images {
    fn bytes(self) -> usize {
        self.height as usize * self.width as usize * self.channels as usize
    }
}

impl Archive {
    /// Reads the headers of all image arrays.
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let mut zip = open(path)?;
        let mut images = BTreeMap::new();
        for split in Split::ALL {
            let name = format!("{split}_images");
            if let Some(header) = Header::read(&mut zip, path, &name)? {
                images.insert(split, header.images(path)?);
            }
        }
        for split in [Split::Train, Split::Test] {
            if !images.contains_key(&split) {
                let reason = missing(&zip, &format!("{split}_images"));
                return Err(DataError::Npz { path: path.to_path_buf(), reason });
            }
        }
        let shape = |images: &Images| (images.height, images.width, images.channels);
        let first = shape(&images[&Split::Train]);
        if let Some((split, other)) = images.iter().find(|(_, images)| shape(images) != first) {
            let reason = format!(
                "`{split}_images` are {:?} (height, width, channels), `train_images` are {first:?}; \
                 all splits must agree",
                shape(other)
            );
            return Err(DataError::Npz { path: path.to_path_buf(), reason });
        }
        Ok(Self { path: path.to_path_buf(), images, kept: None })
    }

    /// Leaves images out.
    pub(super) fn keep(&mut self, kept: &[bool]) {
        self.kept = Some(kept.to_vec());
    }

    /// Number of images in all splits.
    pub(super) fn total(&self) -> usize {
        self.images.values().map(|images| images.count).sum()
    }

    /// 1 or 3.
    pub(super) fn channels(&self) -> u32 {
        self.images.values().next().map_or(1, |images| images.channels)
    }

    /// Decodes all images in the order train, val, test.
    pub(super) fn decode(&self, size: u32, sink: &mut Sink<'_>) -> Result<(), DataError> {
        let mut zip = open(&self.path)?;
        let (mut seen, mut done) = (0, 0);
        for (split, images) in &self.images {
            let name = format!("{split}_images");
            let chunk = (CHUNK_BYTES / images.bytes().max(1)).max(1);
            array::stream(&mut zip, &self.path, &name, images.bytes(), chunk, &mut |bytes| {
                let mut ready = fit(*images, bytes, size).map_err(|reason| DataError::Npz {
                    path: self.path.clone(),
                    reason: format!("an image of `{name}` {reason}"),
                })?;
                ready.retain(|_| {
                    seen += 1;
                    self.kept.as_ref().is_none_or(|kept| kept[seen - 1])
                });
                done += ready.len();
                sink(ready, done)
            })?;
        }
        Ok(())
    }
}

fn fit(images: Images, bytes: &[u8], size: u32) -> Result<Vec<Ready>, String> {
    bytes
        .par_chunks_exact(images.bytes())
        .map(|pixels| {
            let image = Decoded::from_bytes(images.width, images.height, images.channels, pixels);
            decode::fit(image, size)
        })
        .collect()
}

fn open(path: &Path) -> Result<Zip, DataError> {
    let file = File::open(path).map_err(DataError::io("open archive", path))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| DataError::Npz {
        path: path.to_path_buf(),
        reason: format!("is not a whole .npz archive ({error}); download it again"),
    })
}

fn missing(zip: &Zip, name: &str) -> String {
    let mut found: Vec<String> = zip
        .file_names()
        .flatten()
        .map(|file| file.strip_suffix(".npy").unwrap_or(&file).to_owned())
        .collect();
    found.sort_unstable();
    format!(
        "has no array `{name}`; its arrays are {}{}; expected `train_images`, `train_labels`, \
         `test_images`, `test_labels` and, where there is a val split, `val_images`, `val_labels`",
        names::quoted(&found),
        names::hint(name, found.iter().map(String::as_str))
    )
}

/// Everything about the cases of an archive but their pixels.
pub(super) fn plan(name: &str, task: &Task, cache_dir: &Path) -> Result<Plan, DataError> {
    let path = source::path(name, task, "the archive, an .npz file")?;
    let archive = Archive::open(path)?;
    let mut zip = open(path)?;
    let fail = |reason: String| DataError::Npz { path: path.to_path_buf(), reason };
    let mut tables = Vec::new();
    for (&split, images) in &archive.images {
        let array = format!("{split}_labels");
        let labels =
            read_labels(&mut zip, path, &array)?.ok_or_else(|| fail(missing(&zip, &array)))?;
        if labels.rows.len() != images.count {
            return Err(fail(format!(
                "`{array}` has {} rows, `{split}_images` has {}; they must agree",
                labels.rows.len(),
                images.count
            )));
        }
        tables.push((split, labels.columns, labels.rows));
    }
    let columns = tables[0].1;
    if let Some((split, other, _)) = tables.iter().find(|(_, other, _)| *other != columns) {
        return Err(fail(format!(
            "`{split}_labels` has {other} columns, `train_labels` has {columns}; they must agree"
        )));
    }
    let classes = classes(task, columns, &tables).map_err(fail)?;
    let mut rows = Vec::with_capacity(archive.total());
    for (split, _, labels) in tables {
        for (index, values) in labels.into_iter().enumerate() {
            let id = format!("{split}/{index:05}");
            let truth = encode(task.target, classes.len(), &values)
                .map_err(|reason| fail(format!("row {index} of `{split}_labels` {reason}")))?;
            let patient = id.clone();
            rows.push(Row { id, patient, split: Some(split), truth, content: String::new() });
        }
    }
    let hash = super::file_index::hashes(cache_dir, path, &[path.to_path_buf()]).remove(0);
    Ok(Plan {
        classes,
        rows,
        notes: vec!["the archive names no patients: every image counts as one of its own".into()],
        patients_told: false,
        patient_column: None,
        content: hash.map_err(fail)?,
        pixels: Pixels::Npz(archive),
    })
}

/// Label rows of one split: split, columns, values.
type Table = (Split, usize, Vec<Vec<i64>>);

fn classes(task: &Task, columns: usize, tables: &[Table]) -> Result<Vec<String>, String> {
    let count = match (task.target, columns) {
        (Target::Binary, 1) => 2,
        (Target::MultiClass, 1) => {
            let largest = tables.iter().flat_map(|(_, _, rows)| rows.iter().flatten()).max();
            let count = usize::try_from(largest.copied().unwrap_or(0)).unwrap_or(0) + 1;
            if count > 100_000 {
                return Err(format!("has class {}, expected small numbers from 0", count - 1));
            }
            count.max(2)
        }
        (Target::Segmentation, _) => {
            return Err("holds labels of images, not masks; name masks in a manifest".into());
        }
        (Target::MultiLabel, columns) => columns,
        (target @ (Target::Binary | Target::MultiClass), columns) => {
            return Err(format!(
                "has {columns} label columns, target {target:?} needs one; set target = \
                 \"multi-label\""
            ));
        }
    };
    match task.classes.len() {
        0 => Ok((0..count).map(|class| class.to_string()).collect()),
        given if given == count || (task.target == Target::MultiClass && given > count) => {
            Ok(task.classes.clone())
        }
        given => Err(format!("has {count} classes, `classes` names {given}")),
    }
}

fn encode(target: Target, classes: usize, values: &[i64]) -> Result<Truth, String> {
    // Columns were counted: one for a class, else one per class.
    match (target, values) {
        (Target::Binary, &[value]) => {
            let hint = if value > 1 { "; set target = \"multi-class\"" } else { "" };
            below(2, value).map(Truth::Class).map_err(|reason| reason + hint)
        }
        (Target::MultiClass, &[value]) => below(classes, value).map(Truth::Class),
        (Target::Binary | Target::MultiClass, values) => {
            Err(format!("has {} values, expected one", values.len()))
        }
        (Target::MultiLabel | Target::Segmentation, values) => {
            let there = values.iter().map(|&value| below(2, value).map(|value| value == 1));
            there.collect::<Result<Vec<bool>, _>>().map(Truth::of_each)
        }
    }
}

fn below(limit: usize, value: i64) -> Result<usize, String> {
    let index = usize::try_from(value).ok().filter(|index| *index < limit);
    index.ok_or_else(|| format!("is {value}, expected 0 to {}", limit - 1))
}

#[cfg(test)]
mod tests;

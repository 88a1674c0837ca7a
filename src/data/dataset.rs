//! The decoded data of a task: cases, and pixels mapped from the cache.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cache::format::{self, Meta};
use super::error::DataError;
use super::masked::MaskTable;
use super::truth::Truth;
use crate::records::DataFacts;
use crate::spec::{Labels, SubsetRule, Target};

/// Part of the data that a case belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Trained on.
    Train,
    /// Watched during training.
    Val,
    /// Scored once, at the end.
    Test,
}

impl Split {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Val, Self::Test];

    /// `train`, `val` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One image and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Unique within the task: the image path as the manifest has it, or
    /// `<split>/<index>`.
    pub id: String,
    /// Patient; the case's own id where patients are not known.
    pub patient: String,
    /// Part of the data.
    pub split: Split,
    /// What is true of it, of the kind that the target of the data set has.
    pub truth: Truth,
}

/// The decoded images of a task with their cases.
///
/// `image(i)` belongs to `cases[i]`; cases are in the order of the source.
#[derive(Debug)]
pub struct Dataset {
    /// Key of the task that the cache was first made for; two tasks with the
    /// same data share one cache.
    pub name: String,
    /// Names of the classes in label order; `[negative, positive]` for a
    /// binary target.
    pub classes: Vec<String>,
    /// What a network is to say of a case.
    pub target: Target,
    /// 1 where all images are grey, else 3.
    pub channels: u32,
    /// Side of the square images in pixels.
    pub size: u32,
    /// One per image.
    pub cases: Vec<Case>,
    /// SHA-256, in hex, over everything the pixels, labels and splits are made
    /// from; independent of paths and machines.
    pub data_hash: String,
    /// What a reader of the report should know of how the data came about.
    pub notes: Vec<String>,
    /// How it was divided; known to [`prepare`](super::prepare) alone.
    pub facts: Option<DataFacts>,
    pub(super) pixel_notes: Option<Vec<String>>,
    pub(super) masks: Option<MaskTable>,
    pixel_hashes: Vec<String>,
    pixels: Pixels,
}

#[derive(Debug)]
pub(super) enum Pixels {
    Mapped { map: memmap2::Mmap, offset: usize },
    Owned(Vec<u8>),
}

impl Dataset {
    /// Opens what [`prepare`](super::prepare) has made, without looking at the
    /// source again: for the worker processes of a study. Structure and sizes
    /// are checked, the pixels are not read.
    ///
    /// # Errors
    /// [`DataError::Io`] where there is no such cache, [`DataError::Cache`]
    /// where it is damaged or of another version.
    pub fn open(cache_dir: &Path, data_hash: &str) -> Result<Self, DataError> {
        format::open(&format::path(cache_dir, data_hash), data_hash)
    }

    /// A data set held in memory, for tests and for small generated data.
    ///
    /// `pixels` holds the images one after another, each `size * size *
    /// channels` bytes, row by row with the channels of a pixel together.
    ///
    /// # Errors
    /// [`DataError::Task`] where the number of bytes does not fit the cases, or
    /// a case is not of the target's kind.
    pub fn in_memory(
        name: &str,
        classes: Vec<String>,
        target: Target,
        (size, channels): (u32, u32),
        cases: Vec<Case>,
        pixels: Vec<u8>,
    ) -> Result<Self, DataError> {
        if !target.takes_classes(classes.len()) {
            let reason = format!("a {target:?} target does not have {} classes", classes.len());
            return Err(DataError::task(name, reason));
        }
        for case in &cases {
            (case.truth.check(target, classes.len()))
                .map_err(|reason| DataError::task(name, format!("case `{}` {reason}", case.id)))?;
        }
        let bytes = size as usize * size as usize * channels as usize;
        if pixels.len() != bytes * cases.len() {
            let (cases, got) = (cases.len(), pixels.len());
            let reason = format!("{cases} cases of {bytes} bytes each do not fit {got} bytes");
            return Err(DataError::task(name, reason));
        }
        let pixel_hashes = pixels.chunks_exact(bytes.max(1)).map(super::decode::hash).collect();
        let meta = Meta {
            name: name.to_owned(),
            data_hash: super::decode::hash(&pixels),
            classes,
            target,
            channels,
            size,
            cases,
            notes: Vec::new(),
            pixel_notes: None,
            pixel_hashes,
            block_hashes: Vec::new(),
            masks: None,
        };
        Ok(Self::new(meta, Pixels::Owned(pixels)))
    }

    pub(super) fn new(meta: Meta, pixels: Pixels) -> Self {
        Self {
            name: meta.name,
            classes: meta.classes,
            target: meta.target,
            channels: meta.channels,
            size: meta.size,
            cases: meta.cases,
            data_hash: meta.data_hash,
            notes: meta.notes,
            facts: None,
            pixel_notes: meta.pixel_notes,
            masks: meta.masks,
            pixel_hashes: meta.pixel_hashes,
            pixels,
        }
    }

    /// Number of cases.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are no cases at all.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Bytes of one image: `size * size * channels`.
    pub fn image_bytes(&self) -> usize {
        self.size as usize * self.size as usize * self.channels as usize
    }

    /// The image of case `index`: [`image_bytes`](Self::image_bytes) bytes,
    /// row by row, the channels of a pixel together (HWC).
    ///
    /// # Panics
    /// Where `index` is not below [`len`](Self::len).
    pub fn image(&self, index: usize) -> &[u8] {
        assert!(index < self.len(), "image {index} of {}", self.len());
        let bytes = self.image_bytes();
        &self.bytes()[index * bytes..(index + 1) * bytes]
    }

    /// Images, then masks.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Mapped { map, offset } => &map[*offset..],
            Pixels::Owned(pixels) => pixels.as_slice(),
        }
    }

    pub(super) fn own_bytes(&mut self) -> Option<&mut Vec<u8>> {
        match &mut self.pixels {
            Pixels::Mapped { .. } => None,
            Pixels::Owned(pixels) => Some(pixels),
        }
    }

    /// Indices of the cases of a split, ascending.
    pub fn indices(&self, split: Split) -> Vec<usize> {
        (0..self.len()).filter(|&i| self.cases[i].split == split).collect()
    }

    /// Indices of the training cases whose labels a run sees; see
    /// [`subset`](super::subset()).
    pub fn train_subset(
        &self,
        labels: Labels,
        rule: SubsetRule,
        seed: u64,
    ) -> Result<Vec<usize>, DataError> {
        super::subset(&self.cases, self.target, self.classes.len(), labels, rule, seed)
    }

    /// A hash of the pixels of case `index` as decoded, before resizing.
    pub(super) fn pixel_hash(&self, index: usize) -> &str {
        &self.pixel_hashes[index]
    }
}

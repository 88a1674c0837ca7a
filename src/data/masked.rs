//! The masks of a data set, as they lie in the cache.

use serde::{Deserialize, Serialize};

use super::dataset::Dataset;
use super::error::DataError;
use super::mask::Planes;
use super::truth::Truth;

/// What the cache says of masks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MaskTable {
    /// Whether images are stored as they are, in the corner of a larger square.
    pub(crate) native: bool,
    /// Of each image.
    pub(crate) originals: Vec<Original>,
}

/// The masks of an image at the size of its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Original {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Length of its runs.
    pub(crate) bytes: u64,
    /// Height and width of a pixel in millimetres, where its file was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) spacing: Option<[f64; 2]>,
}

impl MaskTable {
    /// Bytes behind the images.
    pub(crate) fn bytes(&self, size: u32) -> usize {
        let stored = size as usize * size as usize * self.originals.len();
        let runs: u64 = self.originals.iter().map(|original| original.bytes).sum();
        stored.saturating_add(usize::try_from(runs).unwrap_or(usize::MAX))
    }
}

impl Dataset {
    /// Whether images keep their pixels, in the upper left corner of a square
    /// in which the rest does not count.
    pub fn is_native(&self) -> bool {
        self.masks.as_ref().is_some_and(|masks| masks.native)
    }

    /// The masks of case `index` at the size of the cache: a byte per pixel, as
    /// [`Planes::bits`] has them; none where the target is no segmentation.
    ///
    /// # Panics
    /// Where `index` is not below [`len`](Self::len).
    pub fn mask(&self, index: usize) -> Option<&[u8]> {
        assert!(index < self.len(), "mask {index} of {}", self.len());
        self.masks.as_ref()?;
        let pixels = self.size as usize * self.size as usize;
        let start = self.image_bytes() * self.len() + index * pixels;
        self.bytes().get(start..start + pixels)
    }

    /// Width and height of the file of case `index`, where masks tell them.
    pub fn file_size(&self, index: usize) -> Option<(u32, u32)> {
        let original = self.masks.as_ref()?.originals.get(index)?;
        Some((original.width, original.height))
    }

    /// Height and width of a pixel of the file of case `index` in millimetres, where
    /// the task asks its files.
    pub fn spacing(&self, index: usize) -> Option<[f64; 2]> {
        self.masks.as_ref()?.originals.get(index)?.spacing
    }

    /// The masks of case `index` at the size of its file.
    ///
    /// # Errors
    /// [`DataError::Task`] where there are none, or the cache is damaged.
    pub fn original(&self, index: usize) -> Result<Planes, DataError> {
        let fail = |reason: &str| DataError::task(&self.name, format!("case {index} {reason}"));
        let masks = self.masks.as_ref().ok_or_else(|| fail("has no masks"))?;
        let original = masks.originals.get(index).ok_or_else(|| fail("is not there"))?;
        let before: u64 = masks.originals[..index].iter().map(|original| original.bytes).sum();
        let pixels = self.size as usize * self.size as usize;
        let start = (self.image_bytes() + pixels) * self.len() + before as usize;
        let runs = self.bytes().get(start..start + original.bytes as usize);
        let runs = runs.ok_or_else(|| fail("has masks that are cut"))?;
        Planes::from_runs(original.width, original.height, runs).map_err(|reason| fail(&reason))
    }

    /// The image of case `index` as a PNG of at most `side` pixels a side; of an
    /// image that keeps its pixels the part that it fills.
    #[cfg(feature = "torch")]
    pub(crate) fn thumbnail(&self, index: usize, side: u32) -> Option<Vec<u8>> {
        let (width, height) = match self.file_size(index) {
            Some(size) if self.is_native() => size,
            _ => (self.size, self.size),
        };
        let channels = self.channels as usize;
        let row = self.size as usize * channels;
        let filled = width as usize * channels;
        let pixels: Vec<u8> = (self.image(index).chunks_exact(row))
            .take(height as usize)
            .flat_map(|line| &line[..filled])
            .copied()
            .collect();
        super::decode::png_of((width, height, self.channels), pixels, side).ok()
    }

    /// Adds masks to a data set in memory, one of the size of the images for
    /// each case.
    ///
    /// # Errors
    /// [`DataError::Task`] where their number or size does not fit.
    pub fn with_masks(mut self, masks: &[Planes]) -> Result<Self, DataError> {
        let size = self.size;
        let fits = |planes: &Planes| planes.width() == size && planes.height() == size;
        if masks.len() != self.len() || !masks.iter().all(fits) {
            let reason = format!("expected a mask of {size} x {size} pixels for each case");
            return Err(DataError::task(&self.name, reason));
        }
        let structures = self.classes.len();
        for (case, planes) in self.cases.iter_mut().zip(masks) {
            case.truth = Truth::of_each(planes.present(structures));
        }
        let runs: Vec<Vec<u8>> = masks.iter().map(Planes::to_runs).collect();
        let originals = runs
            .iter()
            .map(|runs| Original {
                width: size,
                height: size,
                bytes: runs.len() as u64,
                spacing: None,
            })
            .collect();
        if let Some(bytes) = self.own_bytes() {
            for planes in masks {
                bytes.extend_from_slice(planes.bits());
            }
            bytes.extend(runs.into_iter().flatten());
        }
        self.masks = Some(MaskTable { native: false, originals });
        Ok(self)
    }
}

#[cfg(test)]
mod tests;

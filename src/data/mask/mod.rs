//! Masks: which pixels of an image belong to which structure.
//!
//! ```text
//!  MaskPart (files, runs) ─> Mask, one structure ─> Planes, all of an image
//!                                                   ├─> at the size of the cache (training)
//!                                                   └─> runs (evaluation at the file's size)
//! ```

mod file;
mod planes;
mod polygon;
mod rle;
mod runs;
mod values;

use std::path::PathBuf;

pub(in crate::data) use file::Reader;
pub use planes::Planes;
pub(in crate::data) use rle::Spans;
pub(in crate::data) use values::Odd;

/// Whether each pixel of an image belongs to a structure, at the resolution of
/// the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::data) struct Mask {
    pub(in crate::data) width: u32,
    pub(in crate::data) height: u32,
    /// Row by row, 0 or 1.
    pub(in crate::data) inside: Vec<u8>,
}

/// A part of the mask of one structure; a mask is the union of its parts.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::data) enum MaskPart {
    /// An image file.
    File(PathBuf),
    /// Runs of pixels.
    Spans(Spans),
    /// A polygon: x and y of its corners in turn.
    Polygon(Vec<f64>),
}

impl MaskPart {
    /// A part that is written out in a cell and is no file: runs after `rle:`
    /// (first pixels counted from 1), `relative-rle:` (distances from run to
    /// run) or `counts:` (lengths outside and inside in turn), all column by
    /// column; a polygon after `polygon:`.
    ///
    /// # Errors
    /// With what is wrong with the numbers.
    pub(in crate::data) fn written(cell: &str) -> Option<Result<Self, String>> {
        let (kind, numbers) = cell.split_once(':')?;
        match kind {
            "rle" => Some(Spans::absolute(numbers).map(Self::Spans)),
            "relative-rle" => Some(Spans::relative(numbers).map(Self::Spans)),
            "counts" => Some(Spans::counts(numbers).map(Self::Spans)),
            "polygon" => {
                let numbers: Result<Vec<f64>, _> =
                    numbers.split_whitespace().map(str::parse).collect();
                let numbers =
                    numbers.map_err(|_| "has a polygon that is not of numbers".to_owned());
                Some(numbers.map(Self::Polygon))
            }
            _ => None,
        }
    }
}

/// Where the masks of one image come from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::data) struct Masks {
    /// The parts of each structure; none where it is not in the image. With
    /// `mask_values` a single entry, which holds all structures.
    pub(in crate::data) structures: Vec<Vec<MaskPart>>,
    /// The file that says which pixels count; all where absent.
    pub(in crate::data) field_of_view: Option<PathBuf>,
}

impl Masks {
    /// All files, in a fixed order, each with what it is for.
    pub(in crate::data) fn files(&self) -> impl Iterator<Item = (String, &PathBuf)> {
        let parts = self.structures.iter().enumerate().flat_map(|(index, parts)| {
            parts.iter().filter_map(move |part| match part {
                MaskPart::File(path) => Some((format!("structure {index}"), path)),
                MaskPart::Spans(_) | MaskPart::Polygon(_) => None,
            })
        });
        parts.chain(self.field_of_view.iter().map(|path| ("field of view".to_owned(), path)))
    }

    /// What tells the parts that are no files from any others; nothing where
    /// all are files.
    pub(in crate::data) fn known_by(&self) -> String {
        let mut text = String::new();
        for (index, parts) in self.structures.iter().enumerate() {
            for part in parts {
                match part {
                    MaskPart::File(_) => {}
                    MaskPart::Spans(spans) => {
                        text.push_str(&format!("\nspans {index} {}", spans.known_by()));
                    }
                    MaskPart::Polygon(points) => {
                        let bits: Vec<u64> = points.iter().map(|p| p.to_bits()).collect();
                        text.push_str(&format!("\npolygon {index} {bits:?}"));
                    }
                }
            }
        }
        text
    }
}

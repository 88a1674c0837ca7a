//! Masks: which pixels of an image belong to which structure.
//!
//! ```text
//!  MaskPart (files, runs) ─> Mask, one structure ─> Planes, all of an image
//!                                                   ├─> at the size of the cache (training)
//!                                                   └─> runs (evaluation at the file's size)
//! ```

mod file;
mod planes;
mod runs;
mod values;

use std::path::PathBuf;

pub(in crate::data) use file::Reader;
pub use planes::Planes;
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
            parts.iter().map(move |MaskPart::File(path)| (format!("structure {index}"), path))
        });
        parts.chain(self.field_of_view.iter().map(|path| ("field of view".to_owned(), path)))
    }
}

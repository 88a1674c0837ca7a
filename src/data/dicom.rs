//! DICOM files: one grey or colour image out of any of them.
//!
//! ```text
//!  file ─> elements ─> frame (bytes of the first one) ─> stored numbers ─> shades
//!  `file`   `element`   `attributes`, `frame`            `pixels`, codecs   `shade`
//! ```
//!
//! The structure is read here and not by dicom-object: that crate makes room
//! for whatever length an element states and goes into nested sequences by
//! recursion, so a file of a few bytes can end the process. Names of tags are
//! those of its dictionary.
//!
//! Rules, which are part of [`decode::VERSION`](super::decode::VERSION):
//! * Stored numbers become real ones by the modality table or by slope and
//!   intercept.
//! * What is black and white is what the task states (`range`, in real
//!   numbers), else the first table of values of interest, else the first
//!   window, else the range that the stored bits have. Nothing is stretched
//!   image by image.
//! * MONOCHROME1 is turned round: the lowest number is white.
//! * Of several frames the first is taken, which a note says.
//! * Overlays, shutters and annotations are not drawn.

mod attributes;
mod bits;
mod codec;
mod colour;
mod element;
mod file;
mod frame;
mod header;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod lut;
mod notes;
mod pixels;
mod rle;
mod segmented;
mod shade;
mod spacing;
mod syntax;

pub(in crate::data) use self::file::looks_like;
pub(in crate::data) use self::header::{Header, Keyword};
pub(in crate::data) use self::notes::{Facts, notes};
pub(in crate::data) use self::spacing::spacing;

use super::decode::{Decoded, Rules};

/// Decodes a DICOM file.
pub(in crate::data) fn decode(bytes: &[u8], rules: &Rules) -> Result<Decoded, String> {
    let file = file::File::open(bytes)?;
    let attributes = attributes::Attributes::of(&file)?;
    let stored = pixels::stored(&file, &attributes)?;
    shade::shade(&file, &attributes, stored, rules)
}

#[cfg(test)]
pub(in crate::data) mod tests;

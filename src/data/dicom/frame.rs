//! The bytes of the first frame.

use std::borrow::Cow;
use std::ops::Range;

use super::attributes::{Attributes, Numbers, Photometric};
use super::element::{Element, Tag};
use super::file::{File, PIXELS};
use super::syntax::Packing;

/// Where each frame begins, in numbers of 64 bits.
const LONG_OFFSETS: Tag = Tag(0x7fe0, 0x0001);

/// The element that holds the pixels.
fn pixels<'f>(file: &'f File<'_>) -> Result<&'f Element, String> {
    PIXELS.iter().find_map(|tag| file.element(*tag)).ok_or_else(|| {
        "is a DICOM file without pixel data (7FE0,0010): it holds no image".to_owned()
    })
}

/// The bytes of the first frame of a file that is not compressed.
pub(super) fn native<'f>(
    file: &'f File<'_>,
    attributes: &Attributes,
) -> Result<Cow<'f, [u8]>, String> {
    let element = pixels(file)?;
    let bytes = match (file.syntax.packing, element.items) {
        (Packing::Native, false) => Cow::Borrowed(file.value(element)),
        (Packing::NativeFragments, true) => packed(file, attributes)?,
        (_, items) => {
            return Err(format!(
                "is a damaged DICOM file: its pixels are {} where its transfer syntax has them {}",
                if items { "in fragments" } else { "in one piece" },
                if items { "in one piece" } else { "in fragments" },
            ));
        }
    };
    let needed = bytes_needed(attributes);
    if bytes.len() < needed {
        return Err(format!(
            "is a truncated DICOM file: the first frame takes {needed} bytes, its pixel data have \
             {}; copy it again",
            bytes.len()
        ));
    }
    Ok(match bytes {
        Cow::Borrowed(bytes) => in_order(file, element, attributes, &bytes[..needed]),
        Cow::Owned(mut bytes) => {
            bytes.truncate(needed);
            Cow::Owned(bytes)
        }
    })
}

/// Bytes of a frame as they lie in the file.
fn bytes_needed(attributes: &Attributes) -> usize {
    let numbers = match attributes.photometric {
        // Two pixels have four numbers; an odd width is filled up.
        Photometric::YbrFull422 => {
            (attributes.width as usize).div_ceil(2) * 4 * attributes.height as usize
        }
        _ => attributes.count(),
    };
    match attributes.numbers {
        Numbers::Whole { allocated: 1, .. } => numbers.div_ceil(8),
        Numbers::Whole { allocated, .. } => numbers * usize::from(allocated) / 8,
        Numbers::F32 => numbers * 4,
        Numbers::F64 => numbers * 8,
    }
}

/// Numbers of 8 bits that were written as big-endian words come in pairs the
/// wrong way round.
fn in_order<'f>(
    file: &File<'_>,
    element: &Element,
    attributes: &Attributes,
    bytes: &'f [u8],
) -> Cow<'f, [u8]> {
    let small = matches!(attributes.numbers, Numbers::Whole { allocated: 1 | 8, .. });
    if !(file.writing().big && element.vr == *b"OW" && small) {
        return Cow::Borrowed(bytes);
    }
    let all = file.value(element);
    let even = bytes.len().div_ceil(2) * 2;
    let mut swapped = all.get(..even).unwrap_or(bytes).to_vec();
    for pair in swapped.chunks_exact_mut(2) {
        pair.swap(0, 1);
    }
    swapped.truncate(bytes.len());
    Cow::Owned(swapped)
}

/// The bytes of the first frame of a file whose pixels are in fragments.
pub(super) fn packed<'f>(
    file: &'f File<'_>,
    attributes: &Attributes,
) -> Result<Cow<'f, [u8]>, String> {
    let element = pixels(file)?;
    if !element.items {
        return Err(
            "is a damaged DICOM file: its pixels are in one piece, its transfer syntax has \
                    them in fragments"
                .into(),
        );
    }
    let mut fragments = file.fragments(element)?;
    if fragments.is_empty() {
        return Err("is a damaged DICOM file: its pixel data have no fragments".into());
    }
    let offsets = fragments.remove(0);
    let of_first = first_frame(file, attributes, &offsets, &fragments);
    if of_first.is_empty() {
        return Err("is a damaged DICOM file: its pixel data have no frame".into());
    }
    if let [one] = &fragments[of_first.clone()] {
        return Ok(Cow::Borrowed(file.bytes_of(one.clone())));
    }
    let parts = fragments[of_first].iter().map(|part| file.bytes_of(part.clone()));
    Ok(Cow::Owned(parts.collect::<Vec<_>>().concat()))
}

/// Which fragments are those of the first frame: those before the place where
/// the second begins, by the table of offsets or by how frames begin.
fn first_frame(
    file: &File<'_>,
    attributes: &Attributes,
    offsets: &Range<usize>,
    fragments: &[Range<usize>],
) -> Range<usize> {
    let all = 0..fragments.len();
    if attributes.frames == 1 {
        return all;
    }
    if fragments.len() == attributes.frames as usize {
        return 0..1;
    }
    let table = file.bytes_of(offsets.clone());
    let long = file.get(LONG_OFFSETS).and_then(|t| t.get(8..16)?.try_into().ok());
    let short = table.get(4..8).and_then(|t| t.try_into().ok());
    let second = match (long, short) {
        (Some(long), _) => Some(u64::from_le_bytes(long)),
        (None, Some(short)) => Some(u64::from(u32::from_le_bytes(short))),
        (None, None) => None,
    };
    let start = fragments.first().map_or(0, |first| first.start);
    if let Some(second) = second {
        let end = fragments.iter().position(|part| (part.start - start) as u64 == second);
        return 0..end.unwrap_or(fragments.len());
    }
    let begins = |part: &Range<usize>| {
        let bytes = file.bytes_of(part.clone());
        bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"\xff\x4f\xff\x51")
    };
    let end = fragments.iter().skip(1).position(begins).map(|end| end + 1);
    0..end.unwrap_or(fragments.len())
}

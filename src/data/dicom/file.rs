//! A DICOM file: preamble, file meta information, data set.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

use super::element::{Element, Reader, Tag, Writing};
use super::syntax::Syntax;
use crate::data::decode::MAX_MEMORY;

const TRANSFER_SYNTAX: Tag = Tag(0x0002, 0x0010);
const SHARED_GROUPS: Tag = Tag(0x5200, 0x9229);
const FRAME_GROUPS: Tag = Tag(0x5200, 0x9230);
/// Pixel data as numbers, and of floating point.
pub(super) const PIXELS: [Tag; 3] = [Tag(0x7fe0, 0x0010), Tag(0x7fe0, 0x0008), Tag(0x7fe0, 0x0009)];

/// An open file: where its elements lie.
pub(in crate::data) struct File<'a> {
    bytes: Cow<'a, [u8]>,
    pub(super) syntax: Syntax,
    elements: BTreeMap<Tag, Element>,
}

/// Whether the first bytes of a file are those of a DICOM file: the mark after
/// the preamble, or elements of a data set that has none.
pub(in crate::data) fn looks_like(bytes: &[u8]) -> bool {
    if bytes.get(128..132) == Some(b"DICM") {
        return true;
    }
    bare(bytes).is_some()
}

/// How the elements of a file without preamble are written: the first one is
/// of the groups that come first, and a further one with a higher tag follows.
fn bare(bytes: &[u8]) -> Option<(usize, Writing)> {
    let start = if bytes.starts_with(b"DICM") { 4 } else { 0 };
    for writing in [Writing::EXPLICIT, Writing::IMPLICIT, Writing::BIG] {
        let mut reader = Reader::new(bytes, start..bytes.len(), writing);
        let Some(first) = reader.peek().filter(|tag| matches!(tag.0, 0x0002 | 0x0008)) else {
            continue;
        };
        let passed = matches!(reader.next(), Ok(Some(element)) if element.value.len() <= 1 << 16);
        let second = reader.peek();
        let plausible = |tag: Tag| tag > first && tag.0 <= 0x0028 && tag.0.is_multiple_of(2);
        if passed && second.is_some_and(plausible) {
            return Some((start, writing));
        }
    }
    None
}

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        Self::open_until(bytes, None)
    }

    /// Opens a file of which the pixels are not wanted.
    pub(super) fn open_header(bytes: &'a [u8]) -> Result<Self, String> {
        Self::open_until(bytes, Some(Tag(0x7fe0, 0)))
    }

    fn open_until(bytes: &'a [u8], until: Option<Tag>) -> Result<Self, String> {
        let (start, writing) = if bytes.get(128..132) == Some(b"DICM") {
            (132, Writing::EXPLICIT)
        } else {
            bare(bytes).ok_or("is not a DICOM file")?
        };
        let mut reader = Reader::new(bytes, start..bytes.len(), writing);
        let mut uid = None;
        while reader.peek().is_some_and(|tag| tag.0 == 0x0002) {
            let Some(element) = reader.next()? else { break };
            if element.tag == TRANSFER_SYNTAX {
                uid = Some(text(&bytes[element.value]));
            }
        }
        let syntax = match &uid {
            Some(uid) => Syntax::of(uid)?,
            None => Syntax { writing, ..Syntax::IMPLICIT },
        };
        let at = reader.at;
        let (bytes, from) = if syntax.deflated {
            (Cow::Owned(inflated(&bytes[at..])?), 0)
        } else {
            (Cow::Borrowed(bytes), at)
        };
        let writing = as_written(&bytes, from, syntax.writing);
        let syntax = Syntax { writing, ..syntax };
        let mut file = Self { bytes, syntax, elements: BTreeMap::new() };
        file.elements = file.within(from..file.bytes.len(), until)?;
        Ok(file)
    }

    fn within(
        &self,
        range: Range<usize>,
        until: Option<Tag>,
    ) -> Result<BTreeMap<Tag, Element>, String> {
        let mut elements = BTreeMap::new();
        let mut reader = Reader::new(&self.bytes, range, self.syntax.writing);
        while let Some(tag) = reader.peek() {
            let trailing = tag == Tag(0, 0) || tag.0 == 0xfffe;
            if until.is_some_and(|until| tag >= until) || trailing {
                break;
            }
            let Some(element) = reader.next()? else { break };
            let last = PIXELS.contains(&element.tag);
            elements.entry(element.tag).or_insert(element);
            // What follows the pixels is padding and signatures.
            if last {
                break;
            }
        }
        Ok(elements)
    }

    pub(super) fn element(&self, tag: Tag) -> Option<&Element> {
        self.elements.get(&tag)
    }

    pub(super) fn value(&self, element: &Element) -> &[u8] {
        &self.bytes[element.value.clone()]
    }

    pub(super) fn bytes_of(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// The value of a tag of the data set itself.
    pub(super) fn get(&self, tag: Tag) -> Option<&[u8]> {
        self.elements.get(&tag).map(|element| self.value(element))
    }

    /// The items of a sequence of the data set.
    pub(super) fn sequence(&self, tag: Tag) -> Result<Vec<BTreeMap<Tag, Element>>, String> {
        match self.elements.get(&tag) {
            Some(element) => self.items(element),
            None => Ok(Vec::new()),
        }
    }

    fn items(&self, element: &Element) -> Result<Vec<BTreeMap<Tag, Element>>, String> {
        let reader = Reader::new(&self.bytes, element.value.clone(), self.syntax.writing);
        // Only the first items are ever asked for.
        reader.items()?.into_iter().take(2).map(|range| self.within(range, None)).collect()
    }

    /// The elements that speak of how the first frame is shown: those of the
    /// data set, then those of a sequence in the groups of all frames or of
    /// the first one.
    pub(super) fn shown(&self, sequence: Tag) -> Result<Vec<BTreeMap<Tag, Element>>, String> {
        for groups in [FRAME_GROUPS, SHARED_GROUPS] {
            let Some(first) = self.sequence(groups)?.into_iter().next() else { continue };
            if let Some(found) = first.get(&sequence) {
                return self.items(found);
            }
        }
        Ok(Vec::new())
    }

    pub(super) fn writing(&self) -> Writing {
        self.syntax.writing
    }

    /// The parts of pixel data in fragments.
    pub(super) fn fragments(&self, element: &Element) -> Result<Vec<Range<usize>>, String> {
        Reader::new(&self.bytes, element.value.clone(), self.syntax.writing).items()
    }
}

/// Some programs state explicit writing and write implicitly, or the other
/// way: the first element tells.
fn as_written(bytes: &[u8], from: usize, stated: Writing) -> Writing {
    let Some(vr) = bytes.get(from + 4..from + 6) else { return stated };
    let letters = vr.iter().all(u8::is_ascii_uppercase);
    Writing { explicit: if stated.big { stated.explicit } else { letters }, ..stated }
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut reader = flate2::read::DeflateDecoder::new(bytes).take(MAX_MEMORY + 1);
    let read = reader.read_to_end(&mut out);
    if out.len() as u64 > MAX_MEMORY {
        return Err(format!(
            "is a DICOM file with more than {} MiB of deflated data, which are not read",
            MAX_MEMORY >> 20
        ));
    }
    read.map_err(|error| format!("is a damaged or truncated deflated DICOM file: {error}"))?;
    Ok(out)
}

/// A text without what pads it.
pub(super) fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned()
}

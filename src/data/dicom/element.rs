//! Data elements, one after another, without copying any.
//!
//! Nothing here believes a length before it has been compared with what is
//! left of the file, and sequences are passed without recursion.

use std::fmt;
use std::ops::Range;

/// Group and element number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::data) struct Tag(pub(in crate::data) u16, pub(in crate::data) u16);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:04X},{:04X})", self.0, self.1)
    }
}

const ITEM: Tag = Tag(0xfffe, 0xe000);
const ITEM_END: Tag = Tag(0xfffe, 0xe00d);
const SEQUENCE_END: Tag = Tag(0xfffe, 0xe0dd);

/// A length that is not stated: the value ends with a delimiter.
const UNDEFINED: u32 = u32::MAX;

/// How deep sequences may be nested.
const DEPTH: usize = 64;

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Writing {
    /// Whether each element states its value representation.
    pub(super) explicit: bool,
    /// Whether numbers have their high byte first.
    pub(super) big: bool,
}

impl Writing {
    pub(super) const EXPLICIT: Self = Self { explicit: true, big: false };
    pub(super) const IMPLICIT: Self = Self { explicit: false, big: false };
    pub(super) const BIG: Self = Self { explicit: true, big: true };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// One element: where its value lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) tag: Tag,
    /// Value representation; zeros where none is stated.
    pub(super) vr: [u8; 2],
    /// Bytes of the value, without its delimiter.
    pub(super) value: Range<usize>,
    /// Whether the value is a list of items of a length that is not stated.
    pub(super) items: bool,
}

/// Reads elements of a data set.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    end: usize,
    writing: Writing,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], range: Range<usize>, writing: Writing) -> Self {
        let end = range.end.min(bytes.len());
        Self { bytes, at: range.start.min(end), end, writing }
    }

    /// The tag that comes next.
    pub(super) fn peek(&self) -> Option<Tag> {
        let bytes = self.bytes.get(self.at..self.end)?;
        Some(Tag(
            self.writing.u16(bytes.get(..2)?.try_into().ok()?),
            self.writing.u16(bytes.get(2..4)?.try_into().ok()?),
        ))
    }

    /// The next element; none at the end.
    ///
    /// # Errors
    /// Where it is cut off or no element.
    pub(super) fn next(&mut self) -> Result<Option<Element>, String> {
        if self.at >= self.end {
            return Ok(None);
        }
        let (tag, vr, length) = self.start()?;
        if length == UNDEFINED {
            let start = self.at;
            self.pass_sequence(tag)?;
            // The delimiter of the sequence has 8 bytes.
            return Ok(Some(Element { tag, vr, value: start..self.at - 8, items: true }));
        }
        let value = self.pass(tag, length)?;
        Ok(Some(Element { tag, vr, value, items: false }))
    }

    /// Tag, value representation and length of an element.
    fn start(&mut self) -> Result<(Tag, [u8; 2], u32), String> {
        let tag = self.tag()?;
        if tag.0 == 0xfffe || !self.writing.explicit {
            return Ok((tag, [0; 2], self.length(tag)?));
        }
        let vr: [u8; 2] = self.take(2, tag)?.try_into().unwrap_or_default();
        if !vr.iter().all(u8::is_ascii_uppercase) {
            return Err(format!(
                "is a damaged DICOM file: element {tag} has no value representation of two letters"
            ));
        }
        if is_long(vr) {
            self.take(2, tag)?;
            return Ok((tag, vr, self.length(tag)?));
        }
        let length = self.take(2, tag)?.try_into().unwrap_or_default();
        Ok((tag, vr, u32::from(self.writing.u16(length))))
    }

    fn tag(&mut self) -> Result<Tag, String> {
        let cut = || "is a truncated DICOM file: it ends within a tag; copy it again".to_owned();
        let tag = self.peek().ok_or_else(cut)?;
        self.at += 4;
        Ok(tag)
    }

    fn length(&mut self, tag: Tag) -> Result<u32, String> {
        let bytes = self.take(4, tag)?.try_into().unwrap_or_default();
        Ok(self.writing.u32(bytes))
    }

    fn take(&mut self, count: usize, tag: Tag) -> Result<&'a [u8], String> {
        let range = self.pass(tag, count as u32)?;
        Ok(&self.bytes[range])
    }

    /// Passes so many bytes.
    fn pass(&mut self, tag: Tag, length: u32) -> Result<Range<usize>, String> {
        let left = self.end - self.at;
        if length as usize > left {
            return Err(format!(
                "is a truncated DICOM file: element {tag} has {length} bytes, {left} are left; \
                 copy it again"
            ));
        }
        let start = self.at;
        self.at += length as usize;
        Ok(start..self.at)
    }

    /// Passes a value of undefined length with its delimiter.
    fn pass_sequence(&mut self, of: Tag) -> Result<(), String> {
        // Whether a sequence (or else an item) is open, outermost first.
        let mut open = vec![true];
        while let Some(&sequence) = open.last() {
            if open.len() > DEPTH {
                return Err(format!(
                    "is a damaged DICOM file: more than {DEPTH} sequences within each other"
                ));
            }
            let (tag, vr, length) = self.start()?;
            match (sequence, tag) {
                (true, SEQUENCE_END) | (false, ITEM_END) => {
                    open.pop();
                }
                (true, ITEM) if length == UNDEFINED => open.push(false),
                (true, ITEM) => {
                    self.pass(tag, length)?;
                }
                (true, _) => {
                    return Err(format!(
                        "is a damaged DICOM file: {tag} stands where an item of {of} should"
                    ));
                }
                (false, _) if length == UNDEFINED && vr == *b"UN" => {
                    // What nobody knew is kept in implicit writing, where no
                    // element is `UN`: this goes one step deep.
                    let mut inner = Self { writing: Writing::IMPLICIT, ..self.clone() };
                    inner.pass_sequence(tag)?;
                    self.at = inner.at;
                }
                (false, _) if length == UNDEFINED => open.push(true),
                (false, _) => {
                    self.pass(tag, length)?;
                }
            }
        }
        Ok(())
    }

    /// The items of a sequence: ranges of their elements.
    pub(super) fn items(mut self) -> Result<Vec<Range<usize>>, String> {
        let mut items = Vec::new();
        while self.at < self.end {
            let (tag, _, length) = self.start()?;
            match tag {
                ITEM if length == UNDEFINED => {
                    let start = self.at;
                    let mut inner = self.clone();
                    while inner.peek().is_some_and(|tag| tag != ITEM_END) {
                        inner.next()?;
                    }
                    items.push(start..inner.at);
                    inner.start()?;
                    self.at = inner.at;
                }
                ITEM => items.push(self.pass(tag, length)?),
                SEQUENCE_END => break,
                other => {
                    return Err(format!(
                        "is a damaged DICOM file: {other} stands where an item should"
                    ));
                }
            }
        }
        Ok(items)
    }
}

/// Value representations whose length has 32 bits.
fn is_long(vr: [u8; 2]) -> bool {
    matches!(
        &vr,
        b"OB"
            | b"OD"
            | b"OF"
            | b"OL"
            | b"OV"
            | b"OW"
            | b"SQ"
            | b"SV"
            | b"UC"
            | b"UN"
            | b"UR"
            | b"UT"
            | b"UV"
    )
}

//! Tables from stored numbers to others: modality, values of interest,
//! palette.

use std::collections::BTreeMap;

use super::element::{Element, Tag};
use super::file::File;
use super::segmented;

/// A table: what stands below its first number is as that, beyond its last as
/// that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lut {
    first: i32,
    values: Vec<u16>,
    bits: u32,
}

impl Lut {
    pub(super) fn at(&self, number: i32) -> u16 {
        let place =
            (i64::from(number) - i64::from(self.first)).clamp(0, self.values.len() as i64 - 1);
        self.values[place as usize]
    }

    /// The largest number that its entries can be.
    pub(super) fn full(&self) -> f64 {
        f64::from((1_u32 << self.bits) - 1)
    }

    /// A table by the tags of its description and its data.
    ///
    /// # Errors
    /// Where the data are fewer than described.
    pub(super) fn read(
        file: &File<'_>,
        elements: &BTreeMap<Tag, Element>,
        (description, data): (Tag, Tag),
        signed: bool,
    ) -> Result<Option<Self>, String> {
        let (Some(description), Some(data)) = (elements.get(&description), elements.get(&data))
        else {
            return Ok(None);
        };
        Self::from_bytes(file, file.value(description), file.value(data), signed).map(Some)
    }

    pub(super) fn from_bytes(
        file: &File<'_>,
        description: &[u8],
        data: &[u8],
        signed: bool,
    ) -> Result<Self, String> {
        let writing = file.writing();
        let fail = |what: String| format!("is a damaged DICOM file: {what}");
        let &[a, b, c, d, e, f, ..] = description else {
            return Err(fail("a table without its description".into()));
        };
        let count = match writing.u16([a, b]) {
            0 => 1 << 16,
            count => usize::from(count),
        };
        let first = writing.u16([c, d]);
        let first = if signed { i32::from(first as i16) } else { i32::from(first) };
        let bits = u32::from(writing.u16([e, f]));
        if !(8..=16).contains(&bits) {
            return Err(fail(format!("a table of {bits} bits, expected 8 to 16")));
        }
        let values: Vec<u16> = if data.len() >= count * 2 {
            let word = |pair: &[u8]| writing.u16([pair[0], pair[1]]);
            data.chunks_exact(2).take(count).map(word).collect()
        } else if data.len() >= count {
            // Two entries of 8 bits in each word.
            let swapped = |place: usize| if writing.big { place ^ 1 } else { place };
            (0..count).map(|at| u16::from(data.get(swapped(at)).copied().unwrap_or(0))).collect()
        } else {
            return Err(fail(format!("a table of {count} entries has {} bytes", data.len())));
        };
        Ok(Self { first, values, bits })
    }
}

impl Lut {
    /// A table whose data are segments.
    pub(super) fn from_segments(
        file: &File<'_>,
        description: &[u8],
        data: &[u8],
        signed: bool,
    ) -> Result<Self, String> {
        let writing = file.writing();
        let small = description.get(4..6).is_some_and(|bits| writing.u16([bits[0], bits[1]]) == 8);
        let words: Vec<u16> = if small {
            let swapped = |place: usize| if writing.big { place ^ 1 } else { place };
            (0..data.len())
                .map(|at| u16::from(data.get(swapped(at)).copied().unwrap_or(0)))
                .collect()
        } else {
            data.chunks_exact(2).map(|pair| writing.u16([pair[0], pair[1]])).collect()
        };
        let entries = segmented::expanded(&words, if small { 1 } else { 2 })?;
        let bytes = |entry: &u16| {
            if writing.big { entry.to_be_bytes() } else { entry.to_le_bytes() }
        };
        let whole: Vec<u8> = entries.iter().flat_map(bytes).collect();
        Self::from_bytes(file, description, &whole, signed)
    }

    /// The largest of its entries.
    pub(super) fn largest(&self) -> u16 {
        self.values.iter().copied().max().unwrap_or(0)
    }
}

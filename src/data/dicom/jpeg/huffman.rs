//! Huffman codes of JPEG.

use super::markers::fail;
use crate::data::dicom::bits::Bits;

/// Bits that are looked up at once.
const QUICK: u32 = 9;

/// Codes by their lengths.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Value and length of each short code, by the bits that follow.
    quick: Vec<(u8, u8)>,
    /// First code, one beyond the last and place of the first value, by length.
    long: [(u32, u32, usize); 17],
    values: Vec<u8>,
}

impl Table {
    /// Reads a table; also the bytes that it takes.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, usize), String> {
        let counts = bytes.get(..16).ok_or_else(|| fail("has a short table of codes"))?;
        let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
        let values = bytes.get(16..16 + total).ok_or_else(|| fail("has a short table of codes"))?;
        if total > 256 {
            return Err(fail("has a table of too many codes"));
        }
        let mut table = Self {
            quick: vec![(0, 0); 1 << QUICK],
            long: [(0, 0, 0); 17],
            values: values.to_vec(),
        };
        let (mut code, mut place) = (0_u32, 0);
        for (length, count) in (1_u32..).zip(counts) {
            let first = code;
            for _ in 0..*count {
                if length <= QUICK && code < 1 << length {
                    let shift = QUICK - length;
                    let start = (code << shift) as usize;
                    let entry = (values[place], length as u8);
                    table.quick[start..start + (1 << shift)].fill(entry);
                }
                code += 1;
                place += 1;
            }
            if code > 1 << length {
                return Err(fail("has a table of impossible codes"));
            }
            table.long[length as usize] = (first, code, place - usize::from(*count));
            code <<= 1;
        }
        Ok((table, 16 + total))
    }

    /// The next value.
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let (value, length) = self.quick[bits.peek(QUICK) as usize];
        if length > 0 {
            bits.skip(u32::from(length))?;
            return Some(value);
        }
        let word = bits.peek(16);
        for length in 1..=16_u32 {
            let code = word >> (16 - length);
            let (first, end, place) = self.long[length as usize];
            if code >= first && code < end {
                bits.skip(length)?;
                return self.values.get(place + (code - first) as usize).copied();
            }
        }
        None
    }

    /// The next difference: the number of its bits, then these.
    pub(super) fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        let size = u32::from(self.next(bits)?);
        match size {
            0 => Some(0),
            16 => Some(32768),
            1..=15 => extended(bits, size),
            _ => None,
        }
    }
}

/// A number of so many bits: those that begin with 0 are negative.
pub(super) fn extended(bits: &mut Bits<'_>, size: u32) -> Option<i32> {
    let value = bits.take(size)? as i32;
    Some(if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value })
}

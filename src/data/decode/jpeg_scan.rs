//! The blocks of a sequential JPEG scan, counted: its Huffman codes are read
//! and their values thrown away.

use super::jpeg_end::Fault;

/// What a frame says of its components.
pub(super) struct Frame {
    width: usize,
    height: usize,
    /// Identity and sampling across and down.
    components: Vec<(u8, usize, usize)>,
}

impl Frame {
    /// From the body of its segment; none where it says too little, as where
    /// its height follows later.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        let (&[_, h1, h0, w1, w0, count], rest) = body.split_first_chunk::<6>()?;
        let height = usize::from(u16::from_be_bytes([h1, h0]));
        let width = usize::from(u16::from_be_bytes([w1, w0]));
        let parts = rest.chunks_exact(3).take(usize::from(count));
        let components: Vec<_> = parts
            .map(|part| (part[0], usize::from(part[1] >> 4), usize::from(part[1] & 15)))
            .collect();
        let plain = |&(_, across, down): &(u8, usize, usize)| {
            (1..=4).contains(&across) && (1..=4).contains(&down)
        };
        let usable = components.len() == usize::from(count)
            && !components.is_empty()
            && width > 0
            && height > 0
            && components.iter().all(plain);
        usable.then_some(Self { width, height, components })
    }

    fn most(&self) -> (usize, usize) {
        let across = self.components.iter().map(|c| c.1).max().unwrap_or(1);
        let down = self.components.iter().map(|c| c.2).max().unwrap_or(1);
        (across, down)
    }
}

/// A component of a scan: blocks per unit and its two tables.
pub(super) struct Component {
    id: u8,
    blocks: usize,
    dc: usize,
    ac: usize,
}

impl Component {
    /// From the header of a scan; none where it contradicts its frame.
    pub(super) fn of_scan(body: &[u8], frame: &Frame) -> Option<Vec<Self>> {
        let (&count, rest) = body.split_first()?;
        let parts = rest.get(..2 * usize::from(count))?;
        let all = parts.chunks_exact(2).map(|part| {
            let (id, across, down) = frame.components.iter().find(|c| c.0 == part[0])?;
            let (dc, ac) = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
            let blocks = if count == 1 { 1 } else { across * down };
            (dc < 4 && ac < 4).then_some(Self { id: *id, blocks, dc, ac })
        });
        all.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }
}

/// Huffman tables and the restart interval in effect.
#[derive(Default)]
pub(super) struct Tables {
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// Units between restarts; 0 for none.
    pub(super) restart: usize,
}

impl Tables {
    /// Reads the body of a table segment as far as it makes sense.
    pub(super) fn define(&mut self, mut body: &[u8]) {
        while let Some((&[head], rest)) = body.split_first_chunk::<1>() {
            let Some((lengths, rest)) = rest.split_first_chunk::<16>() else { return };
            let total: usize = lengths.iter().map(|&count| usize::from(count)).sum();
            let Some(values) = rest.get(..total) else { return };
            let list = if head >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            if let Some(place) = list.get_mut(usize::from(head & 15)) {
                *place = Some(Huffman::new(lengths, values));
            }
            body = &rest[total..];
        }
    }
}

/// Bits that are looked up at once: nearly all codes are no longer.
const LOOK: u32 = 9;

/// A canonical Huffman code (T.81, F.2.2.3).
struct Huffman {
    /// By length: the first code behind those of the length, and what to add
    /// to a code for the index of its value.
    ends: [(u32, i64); 16],
    values: Vec<u8>,
    /// For the next [`LOOK`] bits the length of the code that they begin with and its
    /// value, as `length << 8 | value`; 0 where the code is longer, or none.
    short: Vec<u16>,
}

impl Huffman {
    fn new(lengths: &[u8; 16], values: &[u8]) -> Self {
        let (mut code, mut index) = (0_u32, 0_i64);
        let ends = lengths.map(|count| {
            let offset = index - i64::from(code);
            code += u32::from(count);
            index += i64::from(count);
            let end = (code, offset);
            code <<= 1;
            end
        });
        let mut table = Self { ends, values: values.to_vec(), short: Vec::new() };
        table.short = (0..1 << LOOK).map(|bits| table.begun(bits)).collect();
        table
    }

    fn begun(&self, bits: u32) -> u16 {
        let found = (1..=LOOK).find_map(|length| {
            let code = bits >> (LOOK - length);
            let (end, offset) = self.ends[length as usize - 1];
            (code < end).then_some((length as u16, i64::from(code) + offset))
        });
        let entry = found.and_then(|(length, index)| {
            let value = self.values.get(usize::try_from(index).ok()?)?;
            Some(length << 8 | u16::from(*value))
        });
        entry.unwrap_or(0)
    }
}

/// Reads the bits of a scan.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bits that were read ahead: the lowest `count`.
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, held: 0, count: 0 }
    }

    /// The next byte of pixels and where the one after it begins, or what is there
    /// instead.
    fn byte(&self) -> Result<(u8, usize), Fault> {
        let byte = *self.bytes.get(self.at).ok_or(Fault::Ends)?;
        if byte != 0xff {
            return Ok((byte, self.at + 1));
        }
        match self.bytes.get(self.at + 1) {
            Some(0) => Ok((byte, self.at + 2)),
            Some(0xd9 | 0xff) => Err(Fault::Half),
            Some(&marker) => Err(Fault::Foreign(marker)),
            None => Err(Fault::Ends),
        }
    }

    /// Has so many bits at hand, 16 at most.
    fn need(&mut self, bits: u32) -> Result<(), Fault> {
        if self.count >= bits {
            return Ok(());
        }
        while self.count <= 48 {
            match self.byte() {
                Ok((byte, next)) => {
                    self.held = self.held << 8 | u64::from(byte);
                    (self.at, self.count) = (next, self.count + 8);
                }
                // Bits before it may be all that is asked for.
                Err(fault) if self.count < bits => return Err(fault),
                Err(_) => break,
            }
        }
        Ok(())
    }

    fn skip(&mut self, bits: u32) -> Result<(), Fault> {
        self.need(bits)?;
        self.count -= bits;
        Ok(())
    }

    fn bit(&mut self) -> Result<u32, Fault> {
        self.skip(1)?;
        Ok((self.held >> self.count) as u32 & 1)
    }

    fn value(&mut self, code: &Huffman) -> Result<u8, Fault> {
        if self.need(LOOK).is_ok() {
            let next = (self.held >> (self.count - LOOK)) as usize & ((1 << LOOK) - 1);
            let entry = code.short[next];
            if entry != 0 {
                self.count -= u32::from(entry >> 8);
                return Ok(entry as u8);
            }
        }
        let mut bits = 0;
        for &(end, offset) in &code.ends {
            bits = (bits << 1) | self.bit()?;
            if bits < end {
                let index = usize::try_from(i64::from(bits) + offset).ok();
                return index.and_then(|i| code.values.get(i)).copied().ok_or(Fault::Half);
            }
        }
        Err(Fault::Half)
    }

    /// The end of the byte that was read last.
    fn end(&self) -> usize {
        let mut at = self.at;
        for _ in 0..self.count / 8 {
            // Only behind ff is a zero no byte of its own.
            at -= if self.bytes[..at].ends_with(&[0xff, 0]) { 2 } else { 1 };
        }
        at
    }

    /// Goes past the restart marker that must follow.
    fn restart(&mut self) -> Result<(), Fault> {
        self.at = self.end();
        self.count = 0;
        while self.bytes.get(self.at) == Some(&0xff) && self.bytes.get(self.at + 1) == Some(&0xff) {
            self.at += 1;
        }
        match self.bytes.get(self.at..self.at + 2) {
            Some([0xff, 0xd0..=0xd7]) => self.at += 2,
            Some([0xff, 0xd9]) => return Err(Fault::Half),
            Some(&[0xff, marker]) => return Err(Fault::Foreign(marker)),
            Some(_) => return Err(Fault::Half),
            None => return Err(Fault::Ends),
        }
        Ok(())
    }
}

/// The number of bytes that the blocks of a scan take.
pub(super) fn count(
    bytes: &[u8],
    frame: &Frame,
    components: &[Component],
    tables: &Tables,
) -> Result<usize, Fault> {
    let mut bits = Bits::new(bytes);
    for unit in 0..units(frame, components) {
        if tables.restart > 0 && unit > 0 && unit % tables.restart == 0 {
            bits.restart()?;
        }
        for component in components {
            let (Some(dc), Some(ac)) = (&tables.dc[component.dc], &tables.ac[component.ac]) else {
                return Err(Fault::Half);
            };
            for _ in 0..component.blocks {
                block(&mut bits, dc, ac)?;
            }
        }
    }
    Ok(bits.end())
}

/// How many units a scan has: blocks where it has one component, else groups
/// of blocks of all of them.
fn units(frame: &Frame, components: &[Component]) -> usize {
    let (most_across, most_down) = frame.most();
    let (across, down) = match components {
        [one] => {
            let of = frame.components.iter().find(|c| c.0 == one.id);
            of.map_or((most_across, most_down), |c| (c.1, c.2))
        }
        _ => (1, 1),
    };
    let blocks = |pixels: usize, own: usize, most: usize, single: bool| {
        if single { (pixels * own).div_ceil(most).div_ceil(8) } else { pixels.div_ceil(8 * most) }
    };
    let single = components.len() == 1;
    blocks(frame.width, across, most_across, single) * blocks(frame.height, down, most_down, single)
}

fn block(bits: &mut Bits<'_>, dc: &Huffman, ac: &Huffman) -> Result<(), Fault> {
    let size = bits.value(dc)?;
    bits.skip(u32::from(size.min(16)))?;
    let mut k = 1;
    while k < 64 {
        let value = bits.value(ac)?;
        let (run, size) = (value >> 4, value & 15);
        match (run, size) {
            (15, 0) => k += 16,
            (_, 0) => break,
            (run, size) => {
                bits.skip(u32::from(size))?;
                k += usize::from(run) + 1;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths 2, 2, 3, 4 and 12: the last one is beyond what is looked up.
    fn code() -> Huffman {
        let mut lengths = [0; 16];
        (lengths[1], lengths[2], lengths[3], lengths[11]) = (2, 1, 1, 1);
        Huffman::new(&lengths, &[7, 8, 9, 10, 11])
    }

    #[test]
    fn codes_are_read_whether_they_are_looked_up_or_not() {
        let code = code();
        // 00, 01, 100, 1010, 101100000000, then ones.
        let bits = "00011001010101100000000".to_string() + &"1".repeat(17);
        let bytes: Vec<u8> = (bits.as_bytes().chunks(8))
            .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | (bit - b'0')))
            .collect();
        let mut read = Bits::new(&bytes);
        let found: Vec<u8> = (0..5).map(|_| read.value(&code).expect("a value")).collect();
        assert_eq!(found, [7, 8, 9, 10, 11]);
        assert_eq!(read.end(), 3, "23 bits are three bytes");
        assert_eq!(read.value(&code), Err(Fault::Half), "no code begins with ones");
    }

    #[test]
    fn the_last_bits_before_a_marker_are_read_and_none_behind_it() {
        let code = code();
        for (tail, fault) in [
            (&[0xff, 0xd9][..], Fault::Half),
            (&[0xff, 0xe1], Fault::Foreign(0xe1)),
            (&[0xff], Fault::Ends),
            (&[], Fault::Ends),
        ] {
            // Four codes of two bits, and no more.
            let bytes = [&[0b0001_0001][..], tail].concat();
            let mut read = Bits::new(&bytes);
            let found: Vec<u8> = (0..4).map(|_| read.value(&code).expect("a value")).collect();
            assert_eq!(found, [7, 8, 7, 8]);
            assert_eq!(read.end(), 1);
            assert_eq!(read.value(&code), Err(fault));
        }
    }

    #[test]
    fn what_was_read_ahead_is_given_back_with_its_stuffing() {
        let bytes = [0x00, 0xff, 0x00, 0x00, 0xff, 0x00, 0x12];
        for (bits, end) in [(1, 1), (8, 1), (9, 3), (16, 3), (17, 4), (24, 4), (25, 6), (33, 7)] {
            let mut read = Bits::new(&bytes);
            for _ in 0..bits {
                read.bit().expect("a bit");
            }
            assert_eq!(read.end(), end, "after {bits} bits");
        }
        let mut read = Bits::new(&[0x00, 0x55, 0xff, 0xd0, 0x00]);
        read.skip(3).expect("bits");
        assert_eq!(read.restart(), Err(Fault::Half), "a byte of pixels is left");
        let mut read = Bits::new(&[0x00, 0xff, 0xd0, 0x80]);
        read.skip(3).expect("bits");
        read.restart().expect("a restart");
        assert_eq!(read.bit(), Ok(1));
    }
}

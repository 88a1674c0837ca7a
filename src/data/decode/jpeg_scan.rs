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

/// A canonical Huffman code (T.81, F.2.2.3).
struct Huffman {
    /// By length: the first code behind those of the length, and what to add
    /// to a code for the index of its value.
    ends: [(u32, i64); 16],
    values: Vec<u8>,
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
        Self { ends, values: values.to_vec() }
    }
}

/// Reads the bits of a scan.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u32,
    count: u32,
}

impl Bits<'_> {
    fn bit(&mut self) -> Result<u32, Fault> {
        if self.count == 0 {
            let byte = *self.bytes.get(self.at).ok_or(Fault::Ends)?;
            if byte == 0xff {
                match self.bytes.get(self.at + 1) {
                    Some(0) => self.at += 1,
                    Some(0xd9 | 0xff) => return Err(Fault::Half),
                    Some(&marker) => return Err(Fault::Foreign(marker)),
                    None => return Err(Fault::Ends),
                }
            }
            self.at += 1;
            self.held = u32::from(byte);
            self.count = 8;
        }
        self.count -= 1;
        Ok((self.held >> self.count) & 1)
    }

    fn skip(&mut self, bits: u32) -> Result<(), Fault> {
        for _ in 0..bits {
            self.bit()?;
        }
        Ok(())
    }

    fn value(&mut self, code: &Huffman) -> Result<u8, Fault> {
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

    /// Goes past the restart marker that must follow.
    fn restart(&mut self) -> Result<(), Fault> {
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
    let mut bits = Bits { bytes, at: 0, held: 0, count: 0 };
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
    Ok(bits.at)
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

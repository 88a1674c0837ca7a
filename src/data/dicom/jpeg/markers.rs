//! The segments of a JPEG image before its scan.

use super::huffman::Table;

/// How an image is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sequential,
    Progressive,
    Lossless,
    Arithmetic,
    Hierarchical,
}

/// One colour of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) across: u8,
    pub(super) down: u8,
    pub(super) quantization: u8,
}

/// What stands before the scans.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) precision: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: Vec<Component>,
    /// Whether an Adobe or JFIF segment, or the names of the colours, say that
    /// they are luminance and differences.
    colours: Option<bool>,
    /// Where the segments after the frame begin.
    after: usize,
}

/// The beginning of a scan.
pub(super) struct Scan {
    /// Components by their place in the frame, with the tables of each.
    pub(super) components: Vec<(usize, u8, u8)>,
    /// Predictor of a lossless scan, first coefficient of another.
    pub(super) selector: u8,
    /// Bits that were dropped before coding.
    pub(super) shift: u8,
    /// Where its bits begin.
    pub(super) at: usize,
}

/// Tables that segments define.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
    /// In the order of the zigzag.
    pub(super) quantization: [Option<[u16; 64]>; 4],
    /// Units between restart markers; 0 for none.
    pub(super) interval: u32,
}

pub(super) fn fail(what: impl std::fmt::Display) -> String {
    format!("is a damaged DICOM file: its JPEG image {what}")
}

/// A segment: its marker, its content and where the next begins.
fn segment(bytes: &[u8], mut at: usize) -> Result<(u8, &[u8], usize), String> {
    loop {
        match bytes.get(at..at + 2) {
            Some([0xff, 0xff]) => at += 1,
            Some([0xff, 0x01 | 0xd0..=0xd8]) => at += 2,
            Some([0xff, 0xd9]) => return Err(fail("ends before its scan")),
            Some([0xff, marker]) => {
                let length = bytes.get(at + 2..at + 4).ok_or_else(|| fail("is cut off"))?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                let end = at + 2 + length;
                let content = bytes.get(at + 4..end).ok_or_else(|| fail("is cut off"))?;
                return Ok((*marker, content, end));
            }
            Some(_) => return Err(fail("has bytes where a segment should begin")),
            None => return Err(fail("is cut off before its scan")),
        }
    }
}

impl Frame {
    pub(super) fn of(bytes: &[u8]) -> Result<Self, String> {
        if !bytes.starts_with(b"\xff\xd8") {
            return Err(fail("does not begin like one"));
        }
        let (mut at, mut adobe, mut jfif) = (2, None, false);
        loop {
            let (marker, content, next) = segment(bytes, at)?;
            at = next;
            let kind = match marker {
                0xc0 | 0xc1 => Kind::Sequential,
                0xc2 => Kind::Progressive,
                0xc3 => Kind::Lossless,
                0xc5..=0xc7 => Kind::Hierarchical,
                0xc9..=0xcb | 0xcd..=0xcf => Kind::Arithmetic,
                0xe0 => {
                    jfif |= content.starts_with(b"JFIF\0");
                    continue;
                }
                0xee if content.starts_with(b"Adobe") => {
                    adobe = content.get(11).copied();
                    continue;
                }
                0xda => return Err(fail("has a scan before its frame")),
                _ => continue,
            };
            let mut frame = Self::read(kind, content, at)?;
            let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
            frame.colours = match adobe {
                Some(transform) => Some(transform == 1),
                None if jfif => Some(true),
                None if ids == b"RGB" => Some(false),
                None => None,
            };
            return Ok(frame);
        }
    }

    fn read(kind: Kind, content: &[u8], after: usize) -> Result<Self, String> {
        let [precision, h1, h0, w1, w0, count, rest @ ..] = content else {
            return Err(fail("has a frame that is cut off"));
        };
        let components: Vec<Component> = rest
            .chunks_exact(3)
            .take(usize::from(*count))
            .map(|c| Component { id: c[0], across: c[1] >> 4, down: c[1] & 15, quantization: c[2] })
            .collect();
        if components.len() != usize::from(*count) || !matches!(count, 1 | 3) {
            return Err(fail(format!("has {count} colours, expected 1 or 3")));
        }
        let odd = |c: &Component| !(1..=4).contains(&c.across) || !(1..=4).contains(&c.down);
        if components.iter().any(odd) {
            return Err(fail("has colours of an unknown density"));
        }
        let (height, width) = (u16::from_be_bytes([*h1, *h0]), u16::from_be_bytes([*w1, *w0]));
        Ok(Self {
            kind,
            precision: u32::from(*precision),
            width: u32::from(width),
            height: u32::from(height),
            components,
            colours: None,
            after,
        })
    }

    /// Whether the image itself says that its colours are luminance and
    /// differences.
    pub(super) fn stated_colours(&self) -> Option<bool> {
        self.colours
    }

    /// Reads tables up to the next scan, from `at` on.
    pub(super) fn next_scan(
        &self,
        bytes: &[u8],
        at: Option<usize>,
        tables: &mut Tables,
    ) -> Result<Scan, String> {
        if at.is_none() {
            // Tables may stand before the frame too.
            let mut early = 2;
            while early < self.after {
                let (marker, content, next) = segment(bytes, early)?;
                tables.read(marker, content)?;
                early = next;
            }
        }
        let mut at = at.unwrap_or(self.after);
        loop {
            let (marker, content, next) = segment(bytes, at)?;
            at = next;
            if marker == 0xda {
                return self.scan(content, next);
            }
            tables.read(marker, content)?;
        }
    }

    fn scan(&self, content: &[u8], at: usize) -> Result<Scan, String> {
        let cut = || fail("has a scan without its beginning");
        let count = usize::from(*content.first().ok_or_else(cut)?);
        let listed = content.get(1..1 + 2 * count).ok_or_else(cut)?;
        let [selector, _, low] = content.get(1 + 2 * count..4 + 2 * count).ok_or_else(cut)? else {
            return Err(cut());
        };
        let mut components = Vec::new();
        for pair in listed.chunks_exact(2) {
            let place = self.components.iter().position(|c| c.id == pair[0]);
            let place = place.ok_or_else(|| fail("has a scan of a colour that it lacks"))?;
            components.push((place, (pair[1] >> 4) & 3, pair[1] & 3));
        }
        if components.is_empty() || components.len() > self.components.len() {
            return Err(fail("has a scan of no colour"));
        }
        Ok(Scan { components, selector: *selector, shift: *low & 15, at })
    }
}

impl Tables {
    fn read(&mut self, marker: u8, mut content: &[u8]) -> Result<(), String> {
        match marker {
            0xc4 => {
                while let [kind, rest @ ..] = content {
                    let (table, used) = Table::read(rest)?;
                    let of = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
                    of[usize::from(kind & 3)] = Some(table);
                    content = &rest[used..];
                }
            }
            0xdb => {
                while let [kind, rest @ ..] = content {
                    let wide = kind >> 4 != 0;
                    let bytes = if wide { 128 } else { 64 };
                    let values = rest.get(..bytes).ok_or_else(|| fail("has a short table"))?;
                    let mut table = [0; 64];
                    for (place, value) in table.iter_mut().enumerate() {
                        *value = if wide {
                            u16::from_be_bytes([values[2 * place], values[2 * place + 1]])
                        } else {
                            u16::from(values[place])
                        };
                    }
                    self.quantization[usize::from(kind & 3)] = Some(table);
                    content = &rest[bytes..];
                }
            }
            0xdd => {
                if let [high, low, ..] = content {
                    self.interval = u32::from(u16::from_be_bytes([*high, *low]));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

//! Whether a JPEG file is whole: decoders fill in what a file lacks.
//!
//! The segments are walked from the first to the end marker; what follows it
//! (the film of a "motion photo", the index of a recorder) does not count. In
//! sequential scans the Huffman codes are read too and the blocks counted, so
//! that half a scan is found out whatever follows it. Progressive scans are
//! judged by their segments alone.

use super::jpeg_scan::{Component, Frame, Tables, count};

/// What is wrong with the length of a JPEG file; nothing where it is whole.
pub(super) fn fault(bytes: &[u8]) -> Option<String> {
    let mut walk = Walk { bytes, at: 2, frame: None, tables: Tables::default(), scans: 0 };
    match walk.run() {
        Ok(()) => None,
        Err(Fault::Ends) => {
            Some("is a truncated JPEG file: it has no end marker; copy it again".into())
        }
        Err(Fault::Half) => Some(
            "is a truncated JPEG file: its pixels break off before its end marker; copy it again"
                .into(),
        ),
        Err(Fault::Foreign(marker)) => Some(format!(
            "is a truncated JPEG file: its pixels break off, followed by something else (marker ff \
             {marker:02x}); copy it again"
        )),
    }
}

/// Why a file is not whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The file ends before the image does.
    Ends,
    /// A scan has too few blocks.
    Half,
    /// What follows is no part of an image.
    Foreign(u8),
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    frame: Option<Frame>,
    tables: Tables,
    scans: usize,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let marker = self.marker()?;
            match marker {
                0xd9 if self.scans > 0 => return Ok(()),
                0xd9 => return Err(Fault::Half),
                // Without a segment: TEM and stray restarts.
                0x01 | 0xd0..=0xd7 => {}
                // A second image, or bytes that no segment begins with.
                0xd8 | 0x00 | 0x02..=0xbf => return Err(Fault::Foreign(marker)),
                0xda => self.scan()?,
                _ => self.segment(marker)?,
            }
        }
    }

    /// The next marker; between segments some writers leave stray bytes, which
    /// decoders skip.
    fn marker(&mut self) -> Result<u8, Fault> {
        loop {
            let rest = self.bytes.get(self.at..).ok_or(Fault::Ends)?;
            let start = rest.iter().position(|&byte| byte == 0xff).ok_or(Fault::Ends)?;
            let fill = rest[start..].iter().take_while(|&&byte| byte == 0xff).count();
            let marker = *rest.get(start + fill).ok_or(Fault::Ends)?;
            self.at += start + fill + 1;
            // Within a scan that is only walked, ff 00 is a byte of pixels.
            if marker != 0 {
                return Ok(marker);
            }
        }
    }

    /// The body of the segment that begins here.
    fn body(&mut self) -> Result<&[u8], Fault> {
        let length = self.bytes.get(self.at..self.at + 2).ok_or(Fault::Ends)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let body = self.bytes.get(self.at + 2..self.at + length.max(2)).ok_or(Fault::Ends)?;
        self.at += length.max(2);
        Ok(body)
    }

    fn segment(&mut self, marker: u8) -> Result<(), Fault> {
        let body = self.body()?.to_vec();
        match marker {
            0xc4 => self.tables.define(&body),
            0xdd if body.len() >= 2 => {
                self.tables.restart = usize::from(u16::from_be_bytes([body[0], body[1]]));
            }
            0xc0 | 0xc1 => self.frame = Frame::of(&body),
            // Other kinds of coding: walked only.
            0xc2 | 0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => self.frame = None,
            _ => {}
        }
        Ok(())
    }

    fn scan(&mut self) -> Result<(), Fault> {
        let body = self.body()?.to_vec();
        self.scans += 1;
        let counted = self.frame.as_ref().and_then(|frame| {
            let components = Component::of_scan(&body, frame)?;
            Some(count(&self.bytes[self.at..], frame, &components, &self.tables))
        });
        match counted {
            Some(read) => {
                self.at += read?;
                self.near_marker()?;
            }
            None => self.at += self.walked(),
        }
        Ok(())
    }

    /// After the last block comes a marker; some writers leave a few bytes
    /// between.
    fn near_marker(&self) -> Result<(), Fault> {
        const STRAY: usize = 64;
        let rest = &self.bytes[self.at..];
        let near = &rest[..rest.len().min(STRAY)];
        let marked = near.windows(2).any(|pair| pair[0] == 0xff && pair[1] != 0);
        match (marked, rest.len() < STRAY) {
            (true, _) => Ok(()),
            (false, true) => Err(Fault::Ends),
            (false, false) => Err(Fault::Half),
        }
    }

    /// Bytes up to the next marker that is none of the scan's own.
    fn walked(&self) -> usize {
        let rest = &self.bytes[self.at..];
        let mut at = 0;
        while let Some(next) = rest[at..].iter().position(|&byte| byte == 0xff) {
            at += next;
            match rest.get(at + 1) {
                Some(0x00 | 0xd0..=0xd7) => at += 2,
                Some(0xff) => at += 1,
                _ => return at,
            }
        }
        rest.len()
    }
}

#[cfg(test)]
mod tests;

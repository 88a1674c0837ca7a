//! The bytes of a pickle, read in order; long strings are stepped over.

use std::io::{BufRead, BufReader, Read};

use crate::zoo::source::{Section, SectionReader};

/// Reads forward through a section.
pub(in crate::zoo) struct Reader {
    section: Section,
    stream: BufReader<SectionReader>,
    at: u64,
}

/// The longest line (opcodes of protocol 0: numbers, names of classes).
const LONGEST_LINE: u64 = 64 << 10;

impl Reader {
    pub(in crate::zoo) fn new(section: &Section) -> Self {
        let stream = BufReader::with_capacity(64 << 10, section.reader());
        Self { section: section.clone(), stream, at: 0 }
    }

    /// Position of the next byte.
    pub(in crate::zoo) fn at(&self) -> u64 {
        self.at
    }

    fn early(&self) -> String {
        format!("it ends early, at byte {}", self.at)
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), String> {
        self.stream.read_exact(buffer).map_err(|_| self.early())?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    pub(super) fn byte(&mut self) -> Result<u8, String> {
        let mut byte = [0];
        self.fill(&mut byte)?;
        Ok(byte[0])
    }

    /// A little-endian number of up to 8 bytes.
    pub(in crate::zoo) fn number(&mut self, width: usize) -> Result<u64, String> {
        let mut word = [0; 8];
        self.fill(&mut word[..width])?;
        Ok(u64::from_le_bytes(word))
    }

    pub(super) fn line(&mut self) -> Result<String, String> {
        let mut line = Vec::new();
        self.stream
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| error.to_string())?;
        self.at += line.len() as u64;
        if line.pop() != Some(b'\n') {
            return Err(format!("a line before byte {} has no end", self.at));
        }
        Ok(line.iter().map(|b| char::from(*b)).collect())
    }

    /// A few bytes; `length` is small.
    pub(super) fn bytes(&mut self, length: u64) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; length as usize];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Steps over bytes and gives their place.
    pub(in crate::zoo) fn skip(&mut self, length: u64) -> Result<Section, String> {
        let part = self.section.part(self.at, length).ok_or_else(|| self.early())?;
        let by = i64::try_from(length).map_err(|_| self.early())?;
        // Keeps the buffer where it can.
        self.stream.seek_relative(by).map_err(|error| error.to_string())?;
        self.at += length;
        Ok(part)
    }

    /// Bytes that are left.
    pub(in crate::zoo) fn left(&self) -> u64 {
        self.section.length() - self.at
    }
}

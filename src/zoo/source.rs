//! Bytes of a file, read by position.
//!
//! Not a memory map: mapped pages count as resident memory while they are
//! read, and a file that somebody cuts short kills the process instead of
//! failing the read. Tensors remember their place and are read when they are
//! wanted, straight into the network where the layout allows it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// Where bytes come from.
#[derive(Debug)]
enum Source {
    File(File),
    Memory(Vec<u8>),
    /// Several sections one after the other.
    Joined(Vec<Section>),
}

/// A part of a source; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Section {
    source: Arc<Source>,
    start: u64,
    length: u64,
}

impl Section {
    /// A whole file.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        Self::file(file)
    }

    pub(super) fn file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { source: Arc::new(Source::File(file)), start: 0, length })
    }

    pub(super) fn memory(bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self { source: Arc::new(Source::Memory(bytes)), start: 0, length }
    }

    /// Sections as one; `None` where their lengths are absurd.
    pub(super) fn joined(parts: Vec<Self>) -> Option<Self> {
        let length = parts.iter().try_fold(0u64, |sum, part| sum.checked_add(part.length))?;
        Some(Self { source: Arc::new(Source::Joined(parts)), start: 0, length })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Bytes `start..start + length` of this section.
    pub(super) fn part(&self, start: u64, length: u64) -> Option<Self> {
        let end = start.checked_add(length)?;
        let inside = end <= self.length;
        inside.then(|| Self { source: self.source.clone(), start: self.start + start, length })
    }

    /// Fills the buffer from `start` on.
    pub(super) fn read_at(&self, start: u64, buffer: &mut [u8]) -> io::Result<()> {
        let part = self.part(start, buffer.len() as u64).ok_or(io::ErrorKind::UnexpectedEof)?;
        match &*part.source {
            Source::File(file) => read_exact_at(file, buffer, part.start),
            Source::Memory(bytes) => {
                let start = part.start as usize;
                buffer.copy_from_slice(&bytes[start..start + buffer.len()]);
                Ok(())
            }
            Source::Joined(parts) => read_parts(parts, buffer, part.start),
        }
    }

    /// All bytes; the caller has checked that they are few enough.
    pub(super) fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // The file's length is real, so this cannot ask for more than there is.
        bytes.try_reserve_exact(self.length as usize).map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(self.length as usize, 0);
        self.read_at(0, &mut bytes)?;
        Ok(bytes)
    }

    /// Up to `n` first bytes.
    pub(super) fn head(&self, n: u64) -> io::Result<Vec<u8>> {
        let length = n.min(self.length);
        let head = Self { source: self.source.clone(), start: self.start, length };
        head.bytes()
    }

    pub(super) fn reader(&self) -> SectionReader {
        SectionReader { section: self.clone(), at: 0 }
    }
}

/// Fills the buffer from several sections, from a place in the first on.
fn read_parts(parts: &[Section], mut buffer: &mut [u8], mut start: u64) -> io::Result<()> {
    for part in parts {
        if buffer.is_empty() {
            break;
        }
        let left = part.length.saturating_sub(start);
        if left == 0 {
            start -= part.length;
            continue;
        }
        let n = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let (now, later) = buffer.split_at_mut(n);
        part.read_at(start, now)?;
        (buffer, start) = (later, 0);
    }
    if buffer.is_empty() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, start)
}

#[cfg(not(unix))]
fn read_exact_at(file: &File, buffer: &mut [u8], start: u64) -> io::Result<()> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(buffer)
}

/// A section as a stream.
#[derive(Debug)]
pub(super) struct SectionReader {
    section: Section,
    at: u64,
}

impl Read for SectionReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.section.length.saturating_sub(self.at);
        let n = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.section.read_at(self.at, &mut buffer[..n])?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for SectionReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.section.length.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

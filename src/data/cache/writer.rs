//! Writes the pixels of a cache file, in one pass over the images.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::format::{self, Meta, START};
use crate::data::decode::{Ready, ReadyMasks};
use crate::data::error::DataError;
use crate::data::masked::Original;
use crate::spec::{Orientation, Target, Task};

/// How the names of unfinished files end.
pub(super) const PARTIAL: &str = ".partial";

/// A cache file in the making. It has a temporary name until
/// [`finish`](Self::finish), and is removed when dropped before.
pub(super) struct Writer {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    cache_dir: PathBuf,
    size: u32,
    total: usize,
    channels: u32,
    hashes: Vec<String>,
    dark16: Vec<u16>,
    turned: usize,
    /// Of a segmentation target.
    masks: Option<MaskWriter>,
}

/// Masks on their way into the file: behind the images, whose number of channels
/// is known at the end.
struct MaskWriter {
    stored: BufWriter<NamedTempFile>,
    runs: Vec<u8>,
    written: Written,
    between: usize,
}

/// What was written of masks.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    pub(super) originals: Vec<Original>,
    /// Of each image: whether a structure has a pixel.
    pub(super) present: Vec<Vec<bool>>,
}

impl Writer {
    pub(super) fn new(
        cache_dir: &Path,
        key: &str,
        size: u32,
        total: usize,
    ) -> Result<Self, DataError> {
        let file = temporary(cache_dir)?;
        let mut writer = Self {
            file: BufWriter::with_capacity(1 << 20, file),
            path: format::path(cache_dir, key),
            cache_dir: cache_dir.to_path_buf(),
            size,
            total,
            channels: 1,
            hashes: Vec::with_capacity(total),
            dark16: Vec::new(),
            turned: 0,
            masks: None,
        };
        writer.guard(|writer| writer.file.write_all(&[0; START]))?;
        Ok(writer)
    }

    /// 1 until the first image in colour, 3 from then on.
    pub(super) fn channels(&self) -> u32 {
        self.channels
    }

    /// Adds the next image.
    pub(super) fn push(&mut self, image: Ready) -> Result<(), DataError> {
        if image.channels == 3 && self.channels == 1 {
            self.widen()?;
        }
        self.hashes.push(image.hash);
        self.dark16.extend(image.dark16);
        self.turned += usize::from(image.turned);
        if let Some(masks) = image.masks {
            self.push_masks(&masks)?;
        }
        let pixels = if image.channels < self.channels {
            image.pixels.iter().flat_map(|&value| [value; 3]).collect()
        } else {
            image.pixels
        };
        self.guard(|writer| writer.file.write_all(&pixels))
    }

    fn push_masks(&mut self, masks: &ReadyMasks) -> Result<(), DataError> {
        if self.masks.is_none() {
            let stored = BufWriter::with_capacity(1 << 20, temporary(&self.cache_dir)?);
            let (runs, written) = (Vec::new(), Written::default());
            self.masks = Some(MaskWriter { stored, runs, written, between: 0 });
        }
        self.guard(|writer| {
            let Some(to) = &mut writer.masks else { return Ok(()) };
            let runs = masks.original.to_runs();
            to.written.originals.push(Original {
                width: masks.original.width(),
                height: masks.original.height(),
                bytes: runs.len() as u64,
                spacing: masks.spacing,
            });
            to.written.present.push(masks.original.present(Target::MOST_STRUCTURES));
            to.between += usize::from(masks.odd.between);
            to.runs.extend(runs);
            to.stored.write_all(masks.stored.bits())
        })
    }

    /// What was written of masks; none where the images have none.
    pub(super) fn masks(&self) -> Option<Written> {
        self.masks.as_ref().map(|masks| masks.written.clone())
    }

    /// Puts the masks behind the images.
    fn append_masks(&mut self) -> Result<(), DataError> {
        let Some(MaskWriter { stored, runs, .. }) = self.masks.take() else { return Ok(()) };
        self.guard(|writer| {
            let mut stored = stored.into_inner().map_err(io::IntoInnerError::into_error)?;
            let source: &mut File = stored.as_file_mut();
            source.seek(SeekFrom::Start(0))?;
            io::copy(source, &mut writer.file)?;
            writer.file.write_all(&runs)
        })
    }

    /// Rewrites the grey images so far with three channels: a copy of bytes,
    /// far cheaper than to decode all images to learn whether one is coloured.
    fn widen(&mut self) -> Result<(), DataError> {
        self.channels = 3;
        if self.hashes.is_empty() {
            return Ok(());
        }
        let wide = BufWriter::with_capacity(1 << 20, temporary(&self.cache_dir)?);
        self.guard(|writer| {
            writer.file.flush()?;
            let mut narrow = std::mem::replace(&mut writer.file, wide);
            let source: &mut File = narrow.get_mut().as_file_mut();
            source.seek(SeekFrom::Start(START as u64))?;
            writer.file.write_all(&[0; START])?;
            let mut buffer = vec![0; 1 << 20];
            loop {
                let read = source.read(&mut buffer)?;
                if read == 0 {
                    return Ok(());
                }
                let pixels: Vec<u8> = buffer[..read].iter().flat_map(|&v| [v; 3]).collect();
                writer.file.write_all(&pixels)?;
            }
        })
    }

    /// What the images had in common that a reader should know.
    pub(super) fn notes(&self, task: &Task) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(largest) = self.dark16.iter().max()
            && task.range.is_none()
        {
            notes.push(format!(
                "{} of {} images have 16 bits and use less than a quarter of the range (largest \
                 value {largest} of 65535): they come out dark; write range = \"auto\" or the \
                 values of black and white, such as range = [0, {}], in the task",
                self.dark16.len(),
                self.total,
                (1_u32 << (u16::BITS - largest.leading_zeros())) - 1
            ));
        }
        if let Some(masks) = self.masks.as_ref().filter(|masks| masks.between > 0) {
            notes.push(format!(
                "{} of {} images have masks with grey values between black and white, as masks \
                 that were scaled have: pixels of {} and more belong to the structure \
                 (segmentation.threshold)",
                masks.between,
                self.total,
                task.segmentation().threshold
            ));
        }
        if self.turned > 0 {
            let (what, way) = match task.orientation {
                Orientation::Ignore => (
                    "which is not applied: they are used as their pixels are stored",
                    "write orientation = \"apply\" in the task to turn them",
                ),
                Orientation::Apply => ("and were turned", "as the study file states"),
            };
            notes.push(format!(
                "{} of {} images have a tag (EXIF) that says to turn or mirror them, {what}; {way}",
                self.turned, self.total
            ));
        }
        notes
    }

    /// Completes the file and gives it its name.
    pub(super) fn finish(mut self, mut meta: Meta) -> Result<(), DataError> {
        meta.pixel_hashes = std::mem::take(&mut self.hashes);
        self.append_masks()?;
        self.guard(|writer| writer.file.flush())?;
        let Self { file, path, cache_dir, size, total, channels, .. } = self;
        let full = |error| explain(error, &cache_dir, bytes(size, channels, total));
        let mut file = file.into_inner().map_err(|error| full(error.into_error()))?;
        format::finish(file.as_file_mut(), &path, meta).map_err(|error| match error {
            DataError::Io { source, .. } => full(source),
            other => other,
        })?;
        file.persist(&path).map_err(|error| full(error.error))?;
        Ok(())
    }

    fn guard(&mut self, write: impl FnOnce(&mut Self) -> io::Result<()>) -> Result<(), DataError> {
        write(self).map_err(|error| {
            explain(error, &self.cache_dir, bytes(self.size, self.channels, self.total))
        })
    }
}

fn temporary(cache_dir: &Path) -> Result<NamedTempFile, DataError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("decoding-").suffix(PARTIAL);
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    // Readable by whoever the umask lets: a cache is often shared.
    #[cfg(unix)]
    builder.permissions(mode);
    let file = builder.tempfile_in(cache_dir).map_err(|error| explain(error, cache_dir, 0))?;
    // Says that somebody is at it; a file system without locks says nothing.
    let _ = file.as_file().try_lock();
    Ok(file)
}

fn bytes(size: u32, channels: u32, total: usize) -> u64 {
    u64::from(size) * u64::from(size) * u64::from(channels) * total as u64
}

fn explain(error: io::Error, cache_dir: &Path, needed: u64) -> DataError {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        let needed_mib = (needed >> 20) + 1;
        return DataError::DiskFull { path: cache_dir.to_path_buf(), needed_mib };
    }
    DataError::io("write decoded images to", cache_dir)(error)
}

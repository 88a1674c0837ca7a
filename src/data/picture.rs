//! Single images, brought to a size by the rules of the cache.

use std::path::Path;

use super::decode::{self, Decoded, Rules};
use crate::spec::{Orientation, RawSpec, Task, ValueRange};

/// A square image, 8 bits per value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// 1 or 3.
    pub channels: u32,
    /// Row by row, channels of a pixel together.
    pub pixels: Vec<u8>,
}

/// What a task states of how its images are read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    orientation: Orientation,
    range: Option<ValueRange>,
    raw: Option<RawSpec>,
}

impl Reading {
    /// That of a task.
    pub fn of(task: &Task) -> Self {
        Self { orientation: task.orientation, range: task.range, raw: task.raw }
    }
}

impl Picture {
    /// Reads an image file and scales it to `size` x `size` pixels. The error
    /// is what is wrong with it, without its path.
    pub fn read(path: &Path, size: u32, reading: Reading) -> Result<Self, String> {
        let range = match reading.range {
            Some(ValueRange::Stated(low, high)) => Some((low, high)),
            Some(ValueRange::Auto) | None => None,
        };
        let image = decode::read(
            path,
            &Rules { orientation: reading.orientation, range, raw: reading.raw },
        )?;
        if reading.range == Some(ValueRange::Auto) && image.largest16.is_some() {
            return Err("has 16 bits, and the network was trained with `range = \"auto\"`, which \
                        its file does not hold in numbers; train with range = [LOW, HIGH]"
                .into());
        }
        Self::fit(image, size)
    }

    /// Scales an image of 1 or 3 channels that is in memory.
    pub fn scaled(
        (width, height, channels): (u32, u32, u32),
        pixels: &[u8],
        size: u32,
    ) -> Result<Self, String> {
        let wanted = u64::from(width) * u64::from(height) * u64::from(channels);
        if pixels.len() as u64 != wanted || !matches!(channels, 1 | 3) {
            let got = pixels.len();
            return Err(format!("has {got} bytes for {width} x {height} x {channels} values"));
        }
        Self::fit(Decoded::from_bytes(width, height, channels, pixels), size)
    }

    fn fit(image: Decoded, size: u32) -> Result<Self, String> {
        let ready = decode::fit(image, size)?;
        Ok(Self { channels: ready.channels, pixels: ready.pixels })
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageBuffer, Luma};

    use super::*;
    use crate::spec::{Source, Target};

    /// New images are read as those that a network was trained on.
    #[test]
    fn pictures_are_read_as_the_task_states() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.png");
        ImageBuffer::from_pixel(8, 8, Luma([4095_u16])).save(&path).expect("saved");
        let read = |range| {
            let task = Task { range, ..Task::new(Source::Manifest, Target::Binary) };
            Picture::read(&path, 8, Reading::of(&task))
        };
        assert_eq!(read(None).expect("dark").pixels[0], 16);
        assert_eq!(read(Some(ValueRange::Stated(0.0, 4095.0))).expect("bright").pixels[0], 255);
        let refused = read(Some(ValueRange::Auto)).expect_err("unknown");
        assert!(refused.contains("range = [LOW, HIGH]"), "{refused}");
    }
}

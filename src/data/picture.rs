//! Single images, brought to a size by the rules of the cache.

use std::path::Path;

use super::decode::{self, Decoded, Rules};

/// A square image, 8 bits per value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// 1 or 3.
    pub channels: u32,
    /// Row by row, channels of a pixel together.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// Reads an image file and scales it to `size` x `size` pixels. The error
    /// is what is wrong with it, without its path.
    pub fn read(path: &Path, size: u32) -> Result<Self, String> {
        Self::fit(decode::read(path, &Rules::default())?, size)
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

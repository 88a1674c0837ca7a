//! `raw` of a task: images that are numbers and nothing else.

use serde::{Deserialize, Serialize};

/// How numbers lie in a file without a head, such as JSRT's `.IMG`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSpec {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bits of a number that are used, 1 to 16; up to 8 take a byte, more take
    /// two.
    pub bits: u32,
    /// Whether the high byte of a number comes first.
    #[serde(default)]
    pub big_endian: bool,
    /// Whether 0 is white.
    #[serde(default)]
    pub inverted: bool,
    /// Bytes before the first number.
    #[serde(default)]
    pub skip: u32,
    /// Side of the squares of pixels that become one, by their mean: 2 brings
    /// 2048 x 2048 to the 1024 x 1024 of its masks.
    #[serde(default = "one")]
    pub bin: u32,
}

fn one() -> u32 {
    1
}

impl RawSpec {
    /// What is wrong with it.
    pub fn fault(&self) -> Option<String> {
        let Self { width, height, bits, bin, .. } = *self;
        if !(1..=30_000).contains(&width) || !(1..=30_000).contains(&height) {
            return Some(format!("has {width} x {height} pixels, expected 1 to 30000 a side"));
        }
        if !(1..=16).contains(&bits) {
            return Some(format!("has {bits} bits, expected 1 to 16"));
        }
        if bin == 0 || width % bin != 0 || height % bin != 0 {
            return Some(format!(
                "joins squares of {bin}, which {width} x {height} are no multiple of"
            ));
        }
        None
    }

    /// Bytes of a number.
    pub fn bytes(&self) -> u64 {
        if self.bits > 8 { 2 } else { 1 }
    }
}

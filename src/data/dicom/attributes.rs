//! What a file says of its pixels.

use super::element::Tag;
use super::file::{File, text};
use crate::data::decode::{MAX_MEMORY, MAX_SIDE, too_large};

const SAMPLES: Tag = Tag(0x0028, 0x0002);
const PHOTOMETRIC: Tag = Tag(0x0028, 0x0004);
const PLANAR: Tag = Tag(0x0028, 0x0006);
const FRAMES: Tag = Tag(0x0028, 0x0008);
const ROWS: Tag = Tag(0x0028, 0x0010);
const COLUMNS: Tag = Tag(0x0028, 0x0011);
const ALLOCATED: Tag = Tag(0x0028, 0x0100);
const STORED: Tag = Tag(0x0028, 0x0101);
const HIGH_BIT: Tag = Tag(0x0028, 0x0102);
const SIGNED: Tag = Tag(0x0028, 0x0103);

/// How colours stand in the stored numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Photometric {
    /// The lowest number is white.
    Monochrome1,
    /// The lowest number is black.
    Monochrome2,
    Palette,
    Rgb,
    /// Luminance and two colour differences.
    YbrFull,
    /// The same, of which two pixels share the differences.
    YbrFull422,
    /// What JPEG 2000 turns into RGB while it decodes.
    YbrOfJpeg2000,
}

impl Photometric {
    fn of(name: &str) -> Result<Self, String> {
        Ok(match name {
            "MONOCHROME1" => Self::Monochrome1,
            "MONOCHROME2" => Self::Monochrome2,
            "PALETTE COLOR" => Self::Palette,
            "RGB" => Self::Rgb,
            "YBR_FULL" => Self::YbrFull,
            "YBR_FULL_422" => Self::YbrFull422,
            "YBR_ICT" | "YBR_RCT" => Self::YbrOfJpeg2000,
            other => {
                return Err(format!(
                    "is a DICOM file whose colours are `{other}`, which are not read; expected \
                     MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL, YBR_FULL_422, YBR_ICT \
                     or YBR_RCT"
                ));
            }
        })
    }

    /// Numbers per pixel.
    pub(super) fn samples(self) -> u16 {
        match self {
            Self::Monochrome1 | Self::Monochrome2 | Self::Palette => 1,
            Self::Rgb | Self::YbrFull | Self::YbrFull422 | Self::YbrOfJpeg2000 => 3,
        }
    }
}

/// What the numbers of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// Whole ones: bits each takes, bits that are used, the highest of these,
    /// and whether one of them is a sign.
    Whole {
        allocated: u16,
        stored: u16,
        high: u16,
        signed: bool,
    },
    F32,
    F64,
}

/// What a file says of its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) photometric: Photometric,
    pub(super) numbers: Numbers,
    /// Whether each colour is a plane of its own.
    pub(super) planar: bool,
    pub(super) frames: u32,
}

impl Attributes {
    pub(super) fn of(file: &File<'_>) -> Result<Self, String> {
        let need = |tag, name| {
            number(file, tag).ok_or_else(|| {
                let at = if file.element(tag).is_some() { "a number in" } else { "element" };
                format!("is a DICOM file without {at} {tag} ({name}); it holds no image")
            })
        };
        let (height, width) = (need(ROWS, "rows")?, need(COLUMNS, "columns")?);
        if width == 0 || height == 0 {
            return Err(format!("has no pixels ({width} x {height})"));
        }
        let name = file.get(PHOTOMETRIC).map(text).unwrap_or_default();
        let photometric = match name.as_str() {
            "" if number(file, SAMPLES) != Some(3) => Photometric::Monochrome2,
            "" => Photometric::Rgb,
            name => Photometric::of(name)?,
        };
        let samples = number(file, SAMPLES).unwrap_or(photometric.samples());
        if samples != photometric.samples() {
            return Err(format!(
                "is a DICOM file with {samples} numbers a pixel, {name} has {}",
                photometric.samples()
            ));
        }
        let frames = frames(file)?;
        let attributes = Self {
            width: u32::from(width),
            height: u32::from(height),
            photometric,
            numbers: numbers(file, need)?,
            planar: number(file, PLANAR) == Some(1),
            frames,
        };
        // Numbers are taken to 32 bits each, beside those of the file.
        let bytes = attributes.count() as u64 * 8;
        if attributes.width > MAX_SIDE || attributes.height > MAX_SIDE || bytes > MAX_MEMORY {
            return Err(too_large());
        }
        Ok(attributes)
    }

    /// Numbers of one frame.
    pub(super) fn count(&self) -> usize {
        self.pixels() * usize::from(self.photometric.samples())
    }

    pub(super) fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }
}

fn numbers(
    file: &File<'_>,
    need: impl Fn(Tag, &'static str) -> Result<u16, String>,
) -> Result<Numbers, String> {
    if file.element(super::file::PIXELS[1]).is_some() {
        return Ok(Numbers::F32);
    }
    if file.element(super::file::PIXELS[2]).is_some() {
        return Ok(Numbers::F64);
    }
    let allocated = need(ALLOCATED, "bits allocated")?;
    let stored = number(file, STORED).unwrap_or(allocated);
    let high = number(file, HIGH_BIT).unwrap_or(stored.saturating_sub(1));
    let signed = number(file, SIGNED) == Some(1);
    if !matches!(allocated, 1 | 8 | 16 | 32) {
        return Err(format!(
            "is a DICOM file with {allocated} bits for each number, 1, 8, 16 and 32 are read"
        ));
    }
    if stored == 0 || stored > allocated || high >= allocated || high + 1 < stored {
        return Err(format!(
            "is a damaged DICOM file: {stored} bits up to bit {high} do not fit {allocated} bits"
        ));
    }
    Ok(Numbers::Whole { allocated, stored, high, signed })
}

fn frames(file: &File<'_>) -> Result<u32, String> {
    let Some(bytes) = file.get(FRAMES) else { return Ok(1) };
    let text = text(bytes);
    match text.parse() {
        Ok(0) => Err("is a DICOM file with 0 frames: it holds no image".into()),
        Ok(frames) => Ok(frames),
        Err(_) if text.is_empty() => Ok(1),
        Err(_) => Err(format!("is a DICOM file with `{text}` frames, expected a whole number")),
    }
}

/// A number of 16 bits.
pub(super) fn number(file: &File<'_>, tag: Tag) -> Option<u16> {
    let bytes = file.get(tag)?.get(..2)?.try_into().ok()?;
    Some(file.writing().u16(bytes))
}

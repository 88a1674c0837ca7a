//! From an image file to the bytes that the cache holds.
//!
//! Rules, all of which are part of [`VERSION`]:
//! * The kind of file is told from its first bytes, not from its name: PNG,
//!   JPEG, GIF, TIFF, BMP, WebP, JPEG 2000 or DICOM. Of several frames the
//!   first is taken.
//! * 16-bit values `v` become `round(v / 257)`, so that 65535 is white in
//!   every image of a task; nothing is stretched image by image. Files that
//!   hold 12 bits in 16 come out dark, which the data check says, unless the
//!   task states the range.
//! * Numbers below zero and floating-point numbers are read from TIFF files
//!   alone, and with a stated range.
//! * Pixels are taken as they lie in the file; that a camera's tag (EXIF) says
//!   how to turn them is noted, and obeyed where the task says so.
//! * Alpha is dropped, as `convert("RGB")` of Pillow does; palettes become RGB.
//! * An image is grey where it is stored so or where red, green and blue are
//!   equal in every pixel.
//! * Resizing goes to a square whatever the aspect ratio, with the antialiased
//!   bilinear filter that Pillow uses.

mod jpeg2000;
mod jpeg_end;
mod jpeg_scan;
mod kind;
mod palette;
mod raw;
mod tiff_numbers;
mod values;

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::metadata::Orientation as Turn;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use sha2::{Digest, Sha256};

use self::kind::Kind;
use self::values::Scale;
use super::dicom;
use super::mask::{Odd, Planes};
use crate::spec::{Orientation, RawSpec};

pub(super) use self::kind::looks_like_image;
pub(super) use self::palette::palette_indices;

/// Raised whenever the same file gives other bytes.
pub(crate) const VERSION: u32 = 1;

/// What a task states of its images.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rules {
    pub(super) orientation: Orientation,
    /// Black and white of images with more than 8 bits.
    pub(super) range: Option<(f64, f64)>,
    /// What files without a head are.
    pub(super) raw: Option<RawSpec>,
}

/// Longest side that is decoded, in pixels.
pub(super) const MAX_SIDE: u32 = 30_000;
/// Most memory that decoding one image may take, in bytes.
pub(super) const MAX_MEMORY: u64 = 512 * 1024 * 1024;

/// An image as stored in its file, 8 bits per value.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 or 3.
    pub(super) channels: u32,
    /// Row by row, channels of a pixel together.
    pub(super) pixels: Vec<u8>,
    /// Largest value of a 16-bit image before scaling.
    pub(super) largest16: Option<u16>,
    /// Whether a tag of the file says to turn it.
    pub(super) turned: bool,
    /// How a DICOM file became an image.
    pub(super) dicom: Option<dicom::Facts>,
}

impl Decoded {
    /// An image from 8-bit values; grey where its channels are equal.
    pub(super) fn from_bytes(width: u32, height: u32, channels: u32, pixels: &[u8]) -> Self {
        let (channels, pixels) = match channels {
            3 => grey_if_equal(pixels.to_vec()),
            _ => (1, pixels.to_vec()),
        };
        Self { width, height, channels, pixels, largest16: None, turned: false, dicom: None }
    }
}

/// An image at the size of the cache.
#[derive(Debug, PartialEq)]
pub(super) struct Ready {
    /// 1 or 3.
    pub(super) channels: u32,
    /// `size * size * channels` bytes.
    pub(super) pixels: Vec<u8>,
    /// Hash of the image before resizing.
    pub(super) hash: String,
    /// A 16-bit image that uses less than a quarter of its range.
    pub(super) dark16: Option<u16>,
    /// Whether a tag of the file says to turn it.
    pub(super) turned: bool,
    /// Of a segmentation target.
    pub(super) masks: Option<ReadyMasks>,
}

/// The masks of an image.
#[derive(Debug, PartialEq)]
pub(super) struct ReadyMasks {
    /// At the size of the cache.
    pub(super) stored: Planes,
    /// At that of the file.
    pub(super) original: Planes,
    pub(super) odd: Odd,
    /// Height and width of a pixel in millimetres, where the file was asked.
    pub(super) spacing: Option<[f64; 2]>,
}

/// Reads an image file. The error is what is wrong with it, without its path.
pub(super) fn read(path: &Path, rules: &Rules) -> Result<Decoded, String> {
    decode(&bytes_of(path)?, rules)
}

/// The bytes of an image file.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, String> {
    let meta = std::fs::metadata(path).map_err(|error| describe_io(&error))?;
    if meta.is_dir() {
        return Err("is a folder, expected an image file".into());
    }
    if meta.len() > MAX_MEMORY {
        return Err(format!(
            "has {} MiB, more than {} are not read",
            meta.len() >> 20,
            MAX_MEMORY >> 20
        ));
    }
    std::fs::read(path).map_err(|error| describe_io(&error))
}

/// Width and height of an image file; of the usual kinds only the head is read.
pub(super) fn dimensions(path: &Path, rules: &Rules) -> Result<(u32, u32), String> {
    let bytes = bytes_of(path)?;
    let upright = rules.orientation == Orientation::Ignore;
    let kind = Kind::of(&bytes);
    let head = kind.ok().and_then(Kind::format).filter(|_| upright).and_then(|format| {
        ImageReader::with_format(Cursor::new(&bytes), format).into_dimensions().ok()
    });
    match head {
        Some(size) => Ok(size),
        None => decode(&bytes, rules).map(|image| (image.width, image.height)),
    }
}

/// Largest value of an image file of 16 bits; none of other files and of those
/// that cannot be read, which is said elsewhere.
pub(super) fn largest16(path: &Path) -> Option<u16> {
    read(path, &Rules::default()).ok()?.largest16
}

/// Whether a file is a DICOM file, by its first bytes.
pub(super) fn is_dicom(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).map(|file| file.take(512).read_to_end(&mut start));
    matches!(read, Ok(Ok(_))) && Kind::of(&start) == Ok(Kind::Dicom)
}

/// Decodes the bytes of an image file.
pub(super) fn decode(bytes: &[u8], rules: &Rules) -> Result<Decoded, String> {
    let kind = match (Kind::of(bytes), &rules.raw) {
        (Ok(kind), _) => kind,
        (Err(_), Some(raw)) if !bytes.is_empty() => return raw::decode(bytes, raw, rules),
        (Err(error), _) => return Err(error),
    };
    match kind {
        Kind::Dicom => dicom::decode(bytes, rules),
        Kind::Jpeg2000 => jpeg2000::decode(bytes, rules),
        Kind::Tiff if tiff_numbers::are_in(bytes) => tiff_numbers::decode(bytes, rules),
        _ => decode_common(bytes, kind, rules),
    }
}

fn decode_common(bytes: &[u8], kind: Kind, rules: &Rules) -> Result<Decoded, String> {
    let format = kind.format().ok_or("is of a kind that is not read")?;
    let fail = |error: &ImageError| describe(error, kind);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    if kind == Kind::WebP && is_cut_webp(bytes) {
        return Err("is a truncated WebP file; copy it again".into());
    }
    let mut decoder = reader.into_decoder().map_err(|error| fail(&error))?;
    if decoder.total_bytes() > MAX_MEMORY {
        return Err(too_large());
    }
    // A tag that cannot be read says nothing.
    let turn = decoder.orientation().unwrap_or(Turn::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| fail(&error))?;
    if kind == Kind::Jpeg
        && let Some(fault) = jpeg_end::fault(bytes)
    {
        return Err(fault);
    }
    if rules.orientation == Orientation::Apply {
        image.apply_orientation(turn);
    }
    let decoded = to_bytes(image, rules)?;
    Ok(Decoded { turned: turn != Turn::NoTransforms, ..decoded })
}

/// Whether a WebP file is shorter than it says: what follows the pixels may be
/// cut off without the decoder's noticing.
fn is_cut_webp(bytes: &[u8]) -> bool {
    let length = bytes.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    length.is_none_or(|length| (bytes.len() as u64) < u64::from(length) + 8)
}

pub(super) fn too_large() -> String {
    format!(
        "is larger than {MAX_SIDE} pixels a side or {} MiB when decoded; scale it down",
        MAX_MEMORY >> 20
    )
}

fn describe(error: &ImageError, kind: Kind) -> String {
    match error {
        ImageError::Limits(_) => too_large(),
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            format!("is a truncated {kind} file; copy it again")
        }
        other => format!("is a damaged or unsupported {kind} file: {other}"),
    }
}

fn describe_io(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "does not exist".into(),
        _ => format!("cannot be read: {error}"),
    }
}

fn to_bytes(image: DynamicImage, rules: &Rules) -> Result<Decoded, String> {
    let (width, height) = (image.width(), image.height());
    if width == 0 || height == 0 {
        return Err(format!("has no pixels ({width} x {height})"));
    }
    let largest16 = match &image {
        DynamicImage::ImageLuma16(image) => image.iter().copied().max(),
        DynamicImage::ImageLumaA16(image) => image.pixels().map(|p| p.0[0]).max(),
        DynamicImage::ImageRgb16(image) => image.iter().copied().max(),
        DynamicImage::ImageRgba16(image) => {
            image.pixels().map(|p| p.0[0].max(p.0[1]).max(p.0[2])).max()
        }
        _ => None,
    };
    let scale = Scale::of_16_bits(rules.range);
    let narrow = |value: u16| scale.of_u16(value);
    let (channels, pixels) = match image {
        DynamicImage::ImageLuma8(image) => (1, image.into_raw()),
        DynamicImage::ImageLumaA8(image) => (1, image.pixels().map(|p| p.0[0]).collect()),
        DynamicImage::ImageLuma16(image) => (1, image.iter().copied().map(narrow).collect()),
        DynamicImage::ImageLumaA16(image) => (1, image.pixels().map(|p| narrow(p.0[0])).collect()),
        DynamicImage::ImageRgb8(image) => grey_if_equal(image.into_raw()),
        DynamicImage::ImageRgba8(image) => {
            grey_if_equal(image.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]).collect())
        }
        DynamicImage::ImageRgb16(image) => {
            grey_if_equal(image.iter().copied().map(narrow).collect())
        }
        DynamicImage::ImageRgba16(image) => grey_if_equal(
            image.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]].map(narrow)).collect(),
        ),
        other => return Err(format!("has pixels of a kind that is not read: {:?}", other.color())),
    };
    Ok(Decoded { width, height, channels, pixels, largest16, turned: false, dicom: None })
}

/// One channel instead of three where they are equal everywhere.
pub(super) fn grey_if_equal(pixels: Vec<u8>) -> (u32, Vec<u8>) {
    if pixels.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]) {
        (1, pixels.chunks_exact(3).map(|p| p[0]).collect())
    } else {
        (3, pixels)
    }
}

/// Brings an image to `size` x `size` pixels.
pub(super) fn fit(image: Decoded, size: u32) -> Result<Ready, String> {
    ready(image, |image| resize(image, size))
}

/// Puts an image as it is into the upper left corner of a black square that is
/// no smaller.
pub(super) fn place(image: Decoded, side: u32) -> Result<Ready, String> {
    ready(image, |image| {
        let Decoded { width, height, channels, pixels, .. } = image;
        if width > side || height > side {
            return Err(format!("has {width} x {height} pixels, more than {side} a side"));
        }
        let mut canvas = vec![0; side as usize * side as usize * channels as usize];
        let rows = canvas.chunks_exact_mut((side * channels) as usize);
        for (into, row) in rows.zip(pixels.chunks_exact((width * channels) as usize)) {
            into[..row.len()].copy_from_slice(row);
        }
        Ok(canvas)
    })
}

fn ready(
    image: Decoded,
    bring: impl FnOnce(Decoded) -> Result<Vec<u8>, String>,
) -> Result<Ready, String> {
    let mut hasher = Sha256::new();
    for number in [image.width, image.height, image.channels] {
        hasher.update(number.to_le_bytes());
    }
    hasher.update(&image.pixels);
    let hash = hex(&hasher.finalize()[..16]);
    let dark16 = image.largest16.filter(|&largest| largest > 0 && largest < u16::MAX / 4);
    let (channels, turned) = (image.channels, image.turned);
    let pixels = bring(image)?;
    Ok(Ready { channels, pixels, hash, dark16, turned, masks: None })
}

fn resize(image: Decoded, size: u32) -> Result<Vec<u8>, String> {
    if image.width == size && image.height == size {
        return Ok(image.pixels);
    }
    let kind = if image.channels == 1 { PixelType::U8 } else { PixelType::U8x3 };
    let fail = |error: &dyn std::fmt::Display| {
        format!("cannot be resized from {}x{} to {size}x{size}: {error}", image.width, image.height)
    };
    let source = ImageRef::new(image.width, image.height, &image.pixels, kind)
        .map_err(|error| fail(&error))?;
    let mut target = Image::new(size, size, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| fail(&error))?;
    Ok(target.into_vec())
}

/// An image as a PNG of at most `side` pixels a side.
#[cfg(feature = "torch")]
pub(super) fn png_of(
    (width, height, channels): (u32, u32, u32),
    pixels: Vec<u8>,
    side: u32,
) -> Result<Vec<u8>, String> {
    let image = if channels == 1 {
        image::GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
    } else {
        image::RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    };
    let image = image.ok_or("has too few pixels")?;
    let small = if width.max(height) > side { image.thumbnail(side, side) } else { image };
    let mut bytes = Vec::new();
    small
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// SHA-256 in hex.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;

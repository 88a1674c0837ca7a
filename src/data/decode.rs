//! From an image file to the bytes that the cache holds.
//!
//! Rules, all of which are part of [`VERSION`]:
//! * The kind of file is told from its first bytes, not from its name: PNG,
//!   JPEG, GIF, TIFF or BMP. Of several frames the first is taken.
//! * 16-bit values `v` become `round(v / 257)`, so that 65535 is white in
//!   every image of a task; nothing is stretched image by image. Files that
//!   hold 12 bits in 16 come out dark, which the data check says.
//! * Alpha is dropped, as `convert("RGB")` of Pillow does; palettes become RGB.
//! * An image is grey where it is stored so or where red, green and blue are
//!   equal in every pixel.
//! * Resizing goes to a square whatever the aspect ratio, with the antialiased
//!   bilinear filter that Pillow uses.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};

/// Raised whenever the same file gives other bytes.
pub(crate) const VERSION: u32 = 1;

/// Longest side that is decoded, in pixels.
const MAX_SIDE: u32 = 30_000;
/// Most memory that decoding one image may take, in bytes.
const MAX_MEMORY: u64 = 512 * 1024 * 1024;

/// An image as stored in its file, 8 bits per value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 or 3.
    pub(super) channels: u32,
    /// Row by row, channels of a pixel together.
    pub(super) pixels: Vec<u8>,
    /// Largest value of a 16-bit image before scaling.
    pub(super) largest16: Option<u16>,
}

impl Decoded {
    /// An image from 8-bit values; grey where its channels are equal.
    pub(super) fn from_bytes(width: u32, height: u32, channels: u32, pixels: &[u8]) -> Self {
        let (channels, pixels) = match channels {
            3 => grey_if_equal(pixels.to_vec()),
            _ => (1, pixels.to_vec()),
        };
        Self { width, height, channels, pixels, largest16: None }
    }
}

/// An image at the size of the cache.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ready {
    /// 1 or 3.
    pub(super) channels: u32,
    /// `size * size * channels` bytes.
    pub(super) pixels: Vec<u8>,
    /// Hash of the image before resizing.
    pub(super) hash: String,
    /// A 16-bit image that uses less than a quarter of its range.
    pub(super) dark16: Option<u16>,
}

/// Reads an image file. The error is what is wrong with it, without its path.
pub(super) fn read(path: &Path) -> Result<Decoded, String> {
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
    decode(&std::fs::read(path).map_err(|error| describe_io(&error))?)
}

/// Decodes the bytes of an image file.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    let format = format_of(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let image = reader.decode().map_err(|error| describe(&error, format))?;
    if format == ImageFormat::Jpeg && !ends_as_jpeg(bytes) {
        return Err("is a truncated JPEG file: it has no end marker; copy it again".into());
    }
    to_bytes(image)
}

fn format_of(bytes: &[u8]) -> Result<ImageFormat, String> {
    const KNOWN: &str = "expected PNG, JPEG, GIF, TIFF or BMP";
    if bytes.is_empty() {
        return Err(format!("is empty, {KNOWN}"));
    }
    match image::guess_format(bytes) {
        Ok(
            format @ (ImageFormat::Png
            | ImageFormat::Jpeg
            | ImageFormat::Gif
            | ImageFormat::Tiff
            | ImageFormat::Bmp),
        ) => Ok(format),
        Ok(other) => Err(format!("is a {other:?} file, {KNOWN}; convert it")),
        Err(_) => Err(format!("is not an image file of a known kind, {KNOWN}")),
    }
}

/// JPEG decoders fill in what a truncated file lacks; so look for the end
/// marker after the last scan.
fn ends_as_jpeg(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    matches!((last(0xda), last(0xd9)), (Some(scan), Some(end)) if end > scan)
}

fn describe(error: &ImageError, format: ImageFormat) -> String {
    match error {
        ImageError::Limits(_) => format!(
            "is larger than {MAX_SIDE} pixels a side or {} MiB when decoded; scale it down",
            MAX_MEMORY >> 20
        ),
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            format!("is a truncated {format:?} file; copy it again")
        }
        other => format!("is a damaged or unsupported {format:?} file: {other}"),
    }
}

fn describe_io(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "does not exist".into(),
        _ => format!("cannot be read: {error}"),
    }
}

fn to_bytes(image: DynamicImage) -> Result<Decoded, String> {
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
        DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_) => {
            return Err("has floating-point pixels, whose range is not known; save it with 8 or \
                        16 bits"
                .into());
        }
        _ => None,
    };
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
    Ok(Decoded { width, height, channels, pixels, largest16 })
}

/// 16 bits to 8: 0 stays 0, 65535 becomes 255.
fn narrow(value: u16) -> u8 {
    ((u32::from(value) + 128) / 257) as u8
}

/// One channel instead of three where they are equal everywhere.
fn grey_if_equal(pixels: Vec<u8>) -> (u32, Vec<u8>) {
    if pixels.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]) {
        (1, pixels.chunks_exact(3).map(|p| p[0]).collect())
    } else {
        (3, pixels)
    }
}

/// Brings an image to `size` x `size` pixels.
pub(super) fn fit(image: Decoded, size: u32) -> Result<Ready, String> {
    let mut hasher = Sha256::new();
    for number in [image.width, image.height, image.channels] {
        hasher.update(number.to_le_bytes());
    }
    hasher.update(&image.pixels);
    let hash = hex(&hasher.finalize()[..16]);
    let dark16 = image.largest16.filter(|&largest| largest > 0 && largest < u16::MAX / 4);
    let channels = image.channels;
    let pixels = resize(image, size)?;
    Ok(Ready { channels, pixels, hash, dark16 })
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

//! The kind of an image file, told from its first bytes.

use std::fmt;

use image::ImageFormat;

use crate::data::dicom;

const KNOWN: &str = "expected PNG, JPEG, GIF, TIFF, BMP, WebP, JPEG 2000 or DICOM";

/// Kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Jpeg,
    Gif,
    Tiff,
    Bmp,
    WebP,
    Jpeg2000,
    Dicom,
}

impl Kind {
    /// The kind of a file; the error says what it is instead.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err(format!("is empty, {KNOWN}"));
        }
        if let Some(kind) = Self::told(bytes) {
            return Ok(kind);
        }
        match image::guess_format(bytes) {
            Ok(other) => Err(format!("is a {other:?} file, {KNOWN}; convert it")),
            Err(_) => Err(format!("is not an image file of a known kind, {KNOWN}")),
        }
    }

    fn told(bytes: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        if starts(b"\0\0\0\x0cjP  ") || starts(b"\xff\x4f\xff\x51") {
            return Some(Self::Jpeg2000);
        }
        // Like a TIFF file but with offsets of 64 bits.
        if starts(b"II\x2b\0") || starts(b"MM\0\x2b") {
            return Some(Self::Tiff);
        }
        if dicom::looks_like(bytes) {
            return Some(Self::Dicom);
        }
        match image::guess_format(bytes).ok()? {
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Gif => Some(Self::Gif),
            ImageFormat::Tiff => Some(Self::Tiff),
            ImageFormat::Bmp => Some(Self::Bmp),
            ImageFormat::WebP => Some(Self::WebP),
            _ => None,
        }
    }

    /// What the `image` crate calls it; none where it does not read it.
    pub(super) fn format(self) -> Option<ImageFormat> {
        match self {
            Self::Png => Some(ImageFormat::Png),
            Self::Jpeg => Some(ImageFormat::Jpeg),
            Self::Gif => Some(ImageFormat::Gif),
            Self::Tiff => Some(ImageFormat::Tiff),
            Self::Bmp => Some(ImageFormat::Bmp),
            Self::WebP => Some(ImageFormat::WebP),
            Self::Jpeg2000 | Self::Dicom => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::WebP => "WebP",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Dicom => "DICOM",
        })
    }
}

/// Whether the first bytes of a file are those of an image that is read; the
/// error is what it is instead.
pub(in crate::data) fn looks_like_image(start: &[u8]) -> Result<(), String> {
    Kind::of(start).map(|_| ())
}

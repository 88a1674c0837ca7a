//! TIFF files whose numbers are signed, of floating point or of 32 bits and
//! more: only a stated range says what is black and what is white.

use std::io::Cursor;

use image::metadata::Orientation as Turn;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::values::Scale;
use super::{Decoded, MAX_MEMORY, MAX_SIDE, Rules, grey_if_equal, too_large};
use crate::spec::Orientation;

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

fn open(bytes: &[u8]) -> Option<Reader<'_>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_MEMORY as usize;
    limits.intermediate_buffer_size = MAX_MEMORY as usize;
    Some(Decoder::new(Cursor::new(bytes)).ok()?.with_limits(limits))
}

/// Whether a TIFF file holds such numbers; one that cannot be opened does not.
pub(super) fn are_in(bytes: &[u8]) -> bool {
    let Some(mut reader) = open(bytes) else { return false };
    let format = reader.find_tag_unsigned_vec::<u16>(Tag::SampleFormat).ok().flatten();
    let other = format.is_some_and(|formats| formats.iter().any(|&format| matches!(format, 2 | 3)));
    let wide = match reader.colortype() {
        Ok(ColorType::Gray(bits) | ColorType::RGB(bits)) => bits > 16,
        _ => false,
    };
    other || wide
}

/// Decodes the first image of such a file.
pub(super) fn decode(bytes: &[u8], rules: &Rules) -> Result<Decoded, String> {
    let fail =
        |error: &dyn std::fmt::Display| format!("is a damaged or unsupported TIFF file: {error}");
    let mut reader = open(bytes).ok_or("is a damaged or unsupported TIFF file")?;
    let (width, height) = reader.dimensions().map_err(|error| fail(&error))?;
    let channels = match reader.colortype().map_err(|error| fail(&error))? {
        ColorType::Gray(_) => 1,
        ColorType::RGB(_) => 3,
        other => return Err(fail(&format!("numbers of this kind with {other:?} pixels"))),
    };
    let count = u64::from(width) * u64::from(height) * channels;
    if width > MAX_SIDE || height > MAX_SIDE || count * 8 > MAX_MEMORY {
        return Err(too_large());
    }
    if count == 0 {
        return Err(format!("has no pixels ({width} x {height})"));
    }
    let turn = reader.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten();
    let turn = turn.and_then(Turn::from_exif).unwrap_or(Turn::NoTransforms);
    let numbers = reader.read_image().map_err(|error| match &error {
        tiff::TiffError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            "is a truncated TIFF file; copy it again".to_owned()
        }
        other => fail(other),
    })?;
    let (kind, values) = as_f64(numbers);
    if values.len() as u64 != count {
        return Err(fail(&format!("{} numbers for {count}", values.len())));
    }
    let Some((low, high)) = rules.range else { return Err(asked(kind, &values)) };
    let scale = Scale::Stated { low, high };
    let pixels: Vec<u8> = values.iter().map(|&value| scale.of(value)).collect();
    let (channels, pixels) = if channels == 1 { (1, pixels) } else { grey_if_equal(pixels) };
    let turned = turn != Turn::NoTransforms;
    let decoded = Decoded { width, height, channels, pixels, largest16: None, turned, dicom: None };
    if rules.orientation == Orientation::Apply { apply(decoded, turn) } else { Ok(decoded) }
}

fn apply(mut image: Decoded, turn: Turn) -> Result<Decoded, String> {
    use image::{DynamicImage, GrayImage, RgbImage};
    let (width, height) = (image.width, image.height);
    let pixels = std::mem::take(&mut image.pixels);
    let without_pixels = image;
    let mut picture = match without_pixels.channels {
        1 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8),
    }
    .ok_or("cannot be turned: too few pixels")?;
    picture.apply_orientation(turn);
    let (width, height) = (picture.width(), picture.height());
    Ok(Decoded { width, height, pixels: picture.into_bytes(), ..without_pixels })
}

fn as_f64(numbers: DecodingResult) -> (&'static str, Vec<f64>) {
    fn all<T: Into<f64>>(values: Vec<T>) -> Vec<f64> {
        values.into_iter().map(Into::into).collect()
    }
    match numbers {
        DecodingResult::U8(values) => ("8-bit", all(values)),
        DecodingResult::U16(values) => ("16-bit", all(values)),
        DecodingResult::U32(values) => ("32-bit", all(values)),
        DecodingResult::U64(values) => ("64-bit", values.into_iter().map(|v| v as f64).collect()),
        DecodingResult::I8(values) => ("signed", all(values)),
        DecodingResult::I16(values) => ("signed", all(values)),
        DecodingResult::I32(values) => ("signed", all(values)),
        DecodingResult::I64(values) => ("signed", values.into_iter().map(|v| v as f64).collect()),
        DecodingResult::F16(values) => {
            ("floating-point", values.into_iter().map(|v| f64::from(v.to_f32())).collect())
        }
        DecodingResult::F32(values) => ("floating-point", all(values)),
        DecodingResult::F64(values) => ("floating-point", values),
    }
}

/// What to write, with the values of this file as a start.
fn asked(kind: &str, values: &[f64]) -> String {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) =
        (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let own =
        if low <= high { format!(" (this file holds {low} to {high})") } else { String::new() };
    format!(
        "has {kind} pixels, whose range is not known; write in the task which values are black and \
         white, range = [LOW, HIGH]{own}, or save it with 8 or 16 bits"
    )
}

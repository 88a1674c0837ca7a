//! JPEG as DICOM has it: 8 bits with a cosine transform by jpeg-decoder, 12
//! bits and lossless here, because that crate does not read the former and the
//! two share all but the last step.

mod dct;
mod huffman;
mod lossless;
mod markers;

use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};

use self::markers::{Frame, Kind};
use super::codec::{Samples, Stated};
use crate::data::decode::MAX_MEMORY;

/// Decodes a frame. `ybr` says whether the DICOM file has the colours as
/// luminance and differences.
pub(super) fn decode(bytes: &[u8], stated: Stated, ybr: bool) -> Result<Samples, String> {
    let frame = Frame::of(bytes)?;
    stated.admits(frame.width, frame.height, frame.components.len() as u32)?;
    match frame.kind {
        Kind::Lossless => lossless::decode(bytes, &frame),
        Kind::Sequential if frame.precision == 12 => dct::decode(bytes, &frame),
        Kind::Sequential | Kind::Progressive if frame.precision == 8 => eight(bytes, &frame, ybr),
        Kind::Sequential | Kind::Progressive | Kind::Arithmetic | Kind::Hierarchical => {
            Err(format!(
                "is a DICOM file with a JPEG image of a kind that is not read ({:?}, {} bits); \
                 convert it, for example with `gdcmconv --raw`",
                frame.kind, frame.precision
            ))
        }
    }
}

fn eight(bytes: &[u8], frame: &Frame, ybr: bool) -> Result<Samples, String> {
    let fail =
        |error: &dyn std::fmt::Display| format!("is a damaged DICOM file: its JPEG image: {error}");
    let mut decoder = Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(MAX_MEMORY as usize);
    let colour = frame.components.len() == 3;
    let transform = match frame.stated_colours() {
        Some(ybr) => ybr,
        None => ybr,
    };
    if colour {
        decoder.set_color_transform(if transform {
            ColorTransform::YCbCr
        } else {
            ColorTransform::RGB
        });
    }
    let pixels = decoder.decode().map_err(|error| fail(&error))?;
    let info = decoder.info().ok_or_else(|| fail(&"it has no frame"))?;
    let channels = match info.pixel_format {
        PixelFormat::L8 => 1,
        PixelFormat::RGB24 => 3,
        other => return Err(fail(&format!("{other:?} pixels"))),
    };
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    if pixels.len() as u64 != u64::from(width) * u64::from(height) * u64::from(channels) {
        return Err(fail(&"its pixels are not all there"));
    }
    let values = pixels.into_iter().map(i32::from).collect();
    Ok(Samples { width, height, channels, values, rgb: colour, signed: false, lossy: false })
}

//! JPEG 2000 and HTJ2K, lossless and lossy, as numbers.

use hayro_jpeg2000::{ComponentData, DecodeSettings, DecoderContext, Image};

use super::codec::{Samples, Stated};

/// Decodes a frame.
pub(super) fn decode(bytes: &[u8], stated: Stated) -> Result<Samples, String> {
    let fail = |error: &dyn std::fmt::Display| {
        format!("is a damaged or unsupported DICOM file: its JPEG 2000 image: {error}")
    };
    if !bytes.windows(2).rev().any(|pair| pair == [0xff, 0xd9]) {
        return Err(fail(&"it has no end marker; copy the file again"));
    }
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(|error| fail(&error))?;
    let (width, height) = (image.width(), image.height());
    let colours = u32::from(image.color_space().num_channels());
    stated.admits(width, height, colours)?;
    let count = width as usize * height as usize;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|error| fail(&error))?;
    let planes = decoded.components().get(..colours as usize);
    let planes = planes.ok_or_else(|| fail(&"colours are missing"))?;
    if planes.iter().any(|plane| plane.samples().len() != count) {
        return Err(fail(&"its colours have different sizes"));
    }
    if planes.iter().map(ComponentData::bit_depth).any(|bits| bits > 16) {
        return Err(fail(&"more than 16 bits"));
    }
    // The decoder takes signed numbers for shifted ones, and lossy ones may
    // come out beyond the range of their bits.
    let signed = is_signed(bytes);
    let mut values = vec![0; count * colours as usize];
    for (channel, plane) in planes.iter().enumerate() {
        for (pixel, &value) in values.chunks_exact_mut(colours as usize).zip(plane.samples()) {
            let largest = (1 << plane.bit_depth()) - 1;
            let shift = if signed { i32::midpoint(largest, 1) } else { 0 };
            pixel[channel] = (value.round() as i32).clamp(0, largest) - shift;
        }
    }
    Ok(Samples {
        width,
        height,
        channels: colours,
        values,
        rgb: colours == 3,
        signed,
        lossy: false,
    })
}

/// Whether the numbers of the first colour have a sign.
fn is_signed(bytes: &[u8]) -> bool {
    let start = bytes.windows(4).position(|four| four == b"\xff\x4f\xff\x51");
    start.and_then(|start| bytes.get(start + 42)).is_some_and(|bits| bits & 0x80 != 0)
}

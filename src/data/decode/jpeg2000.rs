//! JPEG 2000 files, boxed (`.jp2`) or bare (`.j2k`).

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::values::Scale;
use super::{Decoded, MAX_MEMORY, MAX_SIDE, Rules, grey_if_equal, too_large};

/// Decodes such a file; grey or RGB, up to 16 bits.
pub(super) fn decode(bytes: &[u8], rules: &Rules) -> Result<Decoded, String> {
    let fail = |error: &dyn std::fmt::Display| {
        format!("is a damaged or unsupported JPEG 2000 file: {error}")
    };
    if !bytes.windows(2).any(|pair| pair == [0xff, 0xd9]) {
        return Err("is a truncated JPEG 2000 file: it has no end marker; copy it again".into());
    }
    let settings = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(|error| fail(&error))?;
    let (width, height) = (image.width(), image.height());
    if width == 0 || height == 0 {
        return Err(format!("has no pixels ({width} x {height})"));
    }
    // Components are decoded as 32-bit numbers.
    let colours = usize::from(image.color_space().num_channels());
    let count = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || count * 4 * (colours as u64 + 1) > MAX_MEMORY {
        return Err(too_large());
    }
    if !matches!(colours, 1 | 3) {
        return Err(fail(&format!("{colours} colours, expected grey or RGB")));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|error| fail(&error))?;
    let planes = decoded.components().get(..colours).ok_or_else(|| fail(&"colours are missing"))?;
    if planes.iter().any(|plane| plane.samples().len() as u64 != count) {
        return Err(fail(&"its colours have different sizes"));
    }
    let bits = planes.iter().map(hayro_jpeg2000::ComponentData::bit_depth).max().unwrap_or(8);
    if bits > 16 {
        return Err(fail(&format!("{bits} bits a value, up to 16 are read")));
    }
    let deep = bits > 8;
    // Unlike other files these say how many bits they use.
    let full = f64::from((1_u32 << bits) - 1);
    let (low, high) = rules.range.filter(|_| deep).unwrap_or((0.0, full));
    let scale = Scale::Stated { low, high };
    let mut pixels = vec![0; count as usize * colours];
    for (channel, plane) in planes.iter().enumerate() {
        for (pixel, &value) in pixels.chunks_exact_mut(colours).zip(plane.samples()) {
            pixel[channel] = scale.of(f64::from(value));
        }
    }
    let samples = planes.iter().flat_map(hayro_jpeg2000::ComponentData::samples);
    let largest = samples.fold(0.0_f32, |a, &b| a.max(b));
    // 12 bits that are said to be 12 are no dark 16.
    let largest16 = (bits == 16).then_some(largest as u16);
    let (channels, pixels) = if colours == 1 { (1, pixels) } else { grey_if_equal(pixels) };
    Ok(Decoded { width, height, channels, pixels, largest16, turned: false, dicom: None })
}

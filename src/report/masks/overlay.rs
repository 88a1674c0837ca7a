//! Pictures of masks: small, and the same bytes for the same input.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use image::codecs::jpeg::JpegEncoder;

use crate::data::Planes;

/// Longest side of a picture in a page.
const SIDE: u32 = 192;
/// Quality of the JPEG: what is drawn over it hides more than it loses.
const QUALITY: u8 = 72;

/// Red, green, blue and opacity of a pixel's agreement, by the numbers of
/// [`agreement`]: nothing, right, missed, invented. The hues of the figures'
/// series 3, 2 and 6.
const PALETTE: [[u8; 4]; 4] =
    [[0, 0, 0, 0], [0x00, 0x9E, 0x73, 0x78], [0xD5, 0x5E, 0x00, 0xDC], [0x56, 0xB4, 0xE9, 0xDC]];

/// A picture from a record, for a page: its size and a JPEG in base64. None where
/// it cannot be read.
pub(super) fn picture(png: &[u8]) -> Option<((u32, u32), String)> {
    let image = image::load_from_memory_with_format(png, ImageFormat::Png).ok()?;
    let small =
        if image.width().max(image.height()) > SIDE { image.thumbnail(SIDE, SIDE) } else { image };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&small).ok()?;
    Some(((small.width(), small.height()), STANDARD.encode(bytes)))
}

/// Where a prediction agrees with the truth, as a PNG of that size in base64.
pub(super) fn layer(
    truth: &Planes,
    predicted: &Planes,
    (width, height): (u32, u32),
) -> Option<String> {
    let (truth, predicted) = (truth.scaled(width, height), predicted.scaled(width, height));
    let pixels: Vec<u8> =
        truth.bits().iter().zip(predicted.bits()).map(|(t, p)| agreement(*t, *p)).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(PALETTE.iter().flat_map(|color| color[..3].to_vec()).collect::<Vec<u8>>());
    encoder.set_trns(PALETTE.map(|color| color[3]).to_vec());
    let mut writer = encoder.write_header().ok()?;
    let rows = pixels.chunks(width as usize).flat_map(|row| {
        row.chunks(4)
            .map(|four| (0..4).fold(0, |byte, at| byte << 2 | four.get(at).copied().unwrap_or(0)))
    });
    writer.write_image_data(&rows.collect::<Vec<u8>>()).ok()?;
    writer.finish().ok()?;
    Some(STANDARD.encode(bytes))
}

/// 0 where both say nothing, 1 where both say the same, 2 where a structure is
/// missed, 3 where one is invented; a pixel that is both is missed.
fn agreement(truth: u8, predicted: u8) -> u8 {
    let (truth, predicted) = (truth & !Planes::COUNTS, predicted & !Planes::COUNTS);
    match (truth, predicted) {
        (0, 0) => 0,
        (truth, predicted) if truth == predicted => 1,
        (truth, predicted) if truth & !predicted != 0 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_told_structure_by_structure() {
        let with = |bits: u8| bits | Planes::COUNTS;
        assert_eq!(agreement(with(0), with(0)), 0);
        assert_eq!(agreement(with(3), with(3)), 1);
        assert_eq!(agreement(with(3), with(1)), 2);
        assert_eq!(agreement(with(1), with(3)), 3);
        assert_eq!(agreement(with(1), with(2)), 2);
    }

    #[test]
    fn a_layer_has_the_size_and_the_pixels() {
        let planes = |bits: [u8; 6]| Planes::new(3, 2, bits.to_vec()).expect("planes");
        let found = layer(&planes([1, 1, 0, 0, 0, 0]), &planes([1, 0, 1, 0, 0, 0]), (3, 2));
        let bytes = STANDARD.decode(found.expect("a layer")).expect("base64");
        let image = image::load_from_memory(&bytes).expect("a PNG").to_rgba8();
        assert_eq!((image.width(), image.height()), (3, 2));
        let at = |x: u32, y: u32| image.get_pixel(x, y).0;
        assert_eq!([at(0, 0), at(1, 0), at(2, 0)], [PALETTE[1], PALETTE[2], PALETTE[3]]);
        assert_eq!(at(0, 1)[3], 0);
    }

    #[test]
    fn what_is_no_picture_is_left_out() {
        assert_eq!(picture(b"no PNG"), None);
    }
}

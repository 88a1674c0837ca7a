//! Files of numbers and nothing else, as the task states them.

use super::values::Scale;
use super::{Decoded, Rules};
use crate::spec::RawSpec;

/// Decodes such a file.
pub(super) fn decode(bytes: &[u8], raw: &RawSpec, rules: &Rules) -> Result<Decoded, String> {
    if let Some(fault) = raw.fault() {
        return Err(format!("is read as `raw` states, which {fault}"));
    }
    let pixels = u64::from(raw.width) * u64::from(raw.height);
    let wanted = u64::from(raw.skip) + pixels * raw.bytes();
    if bytes.len() as u64 != wanted {
        return Err(format!(
            "has {} bytes and no head of an image; `raw` states {} x {} numbers of {} bits, which \
             take {wanted}",
            bytes.len(),
            raw.width,
            raw.height,
            raw.bits
        ));
    }
    let numbers = numbers(&bytes[raw.skip as usize..], raw);
    let most = (1_u32 << raw.bits) - 1;
    if let Some(larger) = numbers.iter().find(|number| u32::from(**number) > most) {
        return Err(format!(
            "has the number {larger}, more than {} bits hold; is the order of bytes (big_endian = \
             {}) right?",
            raw.bits, raw.big_endian
        ));
    }
    let (low, high) = rules.range.unwrap_or((0.0, f64::from(most)));
    let scale = Scale::Stated { low, high };
    let shade = |value: f64| {
        let shade = scale.of(value);
        if raw.inverted { 255 - shade } else { shade }
    };
    let (width, height) = (raw.width / raw.bin, raw.height / raw.bin);
    let pixels = binned(&numbers, raw).map(shade).collect();
    let (largest16, turned, dicom) = (None, false, None);
    Ok(Decoded { width, height, channels: 1, pixels, largest16, turned, dicom })
}

fn numbers(bytes: &[u8], raw: &RawSpec) -> Vec<u16> {
    if raw.bits <= 8 {
        return bytes.iter().map(|byte| u16::from(*byte)).collect();
    }
    let number = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if raw.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    bytes.chunks_exact(2).map(number).collect()
}

/// Means of squares.
fn binned<'a>(numbers: &'a [u16], raw: &RawSpec) -> impl Iterator<Item = f64> + 'a {
    let (side, width) = (raw.bin as usize, raw.width as usize);
    let across = width / side;
    (0..numbers.len() / (side * side)).map(move |index| {
        let (y, x) = (index / across * side, index % across * side);
        let rows = (y..y + side).map(|y| &numbers[y * width + x..y * width + x + side]);
        let sum: u64 = rows.flatten().map(|number| u64::from(*number)).sum();
        sum as f64 / (side * side) as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JSRT's kind: 12 bits, high byte first, 0 is white.
    const JSRT: RawSpec = RawSpec {
        width: 4,
        height: 2,
        bits: 12,
        big_endian: true,
        inverted: true,
        skip: 0,
        bin: 1,
    };

    fn file(numbers: [u16; 8]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    #[test]
    fn numbers_without_a_head() {
        let bytes = file([0, 4095, 2048, 1024, 0, 0, 0, 4095]);
        let read = |raw: &RawSpec| decode(&bytes, raw, &Rules::default());
        let image = read(&JSRT).expect("an image");
        assert_eq!((image.width, image.height), (4, 2));
        assert_eq!(image.pixels, [255, 0, 127, 191, 255, 255, 255, 0]);
        let upright = read(&RawSpec { inverted: false, ..JSRT }).expect("an image");
        assert_eq!(upright.pixels[..4], [0, 255, 128, 64]);
        let half = read(&RawSpec { bin: 2, ..JSRT }).expect("an image");
        assert_eq!((half.width, half.height, half.pixels), (2, 1, vec![191, 143]));
        let bright = Rules { range: Some((0.0, 1024.0)), ..Rules::default() };
        assert_eq!(decode(&bytes, &JSRT, &bright).expect("an image").pixels[2..4], [0, 0]);
        let bytes: Vec<u8> = [&[7_u8; 3][..], &[0, 255, 128, 1, 2, 3, 4, 5]].concat();
        let raw = RawSpec { bits: 8, skip: 3, inverted: false, ..JSRT };
        let image = decode(&bytes, &raw, &Rules::default()).expect("an image");
        assert_eq!(image.pixels, [0, 255, 128, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let bytes = file([0, 4095, 2048, 1024, 0, 0, 0, 4095]);
        for (raw, part) in [
            (
                RawSpec { height: 3, ..JSRT },
                "has 16 bytes and no head of an image; `raw` states 4 x 3",
            ),
            (RawSpec { big_endian: false, ..JSRT }, "has the number 65295, more than 12 bits hold"),
            (RawSpec { bits: 10, ..JSRT }, "has the number 4095, more than 10 bits hold"),
            (RawSpec { bin: 3, ..JSRT }, "squares of 3"),
            (RawSpec { bin: 0, ..JSRT }, "squares of 0"),
            (RawSpec { width: 0, ..JSRT }, "0 x 2 pixels"),
            (RawSpec { bits: 17, ..JSRT }, "17 bits"),
        ] {
            let error = decode(&bytes, &raw, &Rules::default()).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
    }
}

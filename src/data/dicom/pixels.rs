//! The stored numbers of the first frame, however they are packed.

use super::attributes::{Attributes, Numbers, Photometric};
use super::codec::{Samples, Stated};
use super::file::File;
use super::syntax::Packing;
use super::{frame, jpeg, jpeg_ls, jpeg2000, rle};

/// Numbers of a frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    Whole(Vec<i32>),
    Real(Vec<f64>),
}

/// The first frame, the colours of a pixel together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) photometric: Photometric,
    pub(super) values: Values,
}

/// Reads the first frame.
pub(super) fn stored(file: &File<'_>, attributes: &Attributes) -> Result<Stored, String> {
    let samples = attributes.photometric.samples();
    let stated =
        Stated { width: attributes.width, height: attributes.height, channels: u32::from(samples) };
    let ybr = matches!(attributes.photometric, Photometric::YbrFull | Photometric::YbrFull422);
    let decoded = match file.syntax.packing {
        Packing::Native | Packing::NativeFragments => return native(file, attributes),
        Packing::Rle => return unpacked(file, attributes),
        packing => {
            let bytes = frame::packed(file, attributes)?;
            match packing {
                Packing::JpegLs => jpeg_ls::decode(&bytes, stated)?,
                Packing::Jpeg2000 => jpeg2000::decode(&bytes, stated)?,
                _ => jpeg::decode(&bytes, stated, ybr)?,
            }
        }
    };
    Ok(of_codec(attributes, decoded.fits(attributes.width, attributes.height, samples)?))
}

fn of_codec(attributes: &Attributes, decoded: Samples) -> Stored {
    let photometric = match attributes.photometric {
        _ if decoded.rgb => Photometric::Rgb,
        // Codecs keep every colour of every pixel.
        Photometric::YbrFull422 => Photometric::YbrFull,
        other => other,
    };
    let values = match attributes.numbers {
        Numbers::Whole { stored, signed, .. } if !decoded.signed => {
            let number = whole(stored, stored - 1, signed);
            let largest =
                if decoded.lossy && !signed && stored < 31 { (1 << stored) - 1 } else { i32::MAX };
            let kept = |value: i32| number(value.min(largest) as u32);
            decoded.values.into_iter().map(kept).collect()
        }
        _ => decoded.values,
    };
    Stored { photometric, values: Values::Whole(values) }
}

/// From the bits of a number of up to 32 to what it is; one of 32 bits without
/// a sign keeps its bits.
fn whole(stored: u16, high: u16, signed: bool) -> impl Fn(u32) -> i32 {
    let low = u32::from(high + 1 - stored);
    let unused = 32 - u32::from(stored);
    move |bits| {
        let top = (bits >> low) << unused;
        if signed { (top as i32) >> unused } else { (top >> unused) as i32 }
    }
}

/// Numbers of a file; those that 32 bits with a sign do not hold become real.
fn values(numbers: impl Iterator<Item = u32>, (stored, high, signed): (u16, u16, bool)) -> Values {
    let number = whole(stored, high, signed);
    if stored == 32 && !signed {
        return Values::Real(numbers.map(f64::from).collect());
    }
    Values::Whole(numbers.map(number).collect())
}

fn unpacked(file: &File<'_>, attributes: &Attributes) -> Result<Stored, String> {
    let Numbers::Whole { allocated, stored, high, signed } = attributes.numbers else {
        return Err(
            "is a DICOM file with packed numbers of floating point, which are not read".into()
        );
    };
    if allocated < 8 {
        return Err("is a damaged DICOM file: single bits are not packed in runs".into());
    }
    let width = usize::from(allocated / 8);
    let samples = usize::from(attributes.photometric.samples());
    let packed = frame::packed(file, attributes)?;
    let bytes = rle::unpack(&packed, attributes.pixels(), samples, width)?;
    let values = values(split(&bytes, width, false), (stored, high, signed));
    let photometric = match attributes.photometric {
        Photometric::YbrFull422 => Photometric::YbrFull,
        other => other,
    };
    Ok(Stored { photometric, values })
}

/// Numbers of one, two or four bytes.
fn split(bytes: &[u8], width: usize, big: bool) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(width).map(move |bytes| {
        let join = |all: u32, byte: &u8| (all << 8) | u32::from(*byte);
        if big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    })
}

fn native(file: &File<'_>, attributes: &Attributes) -> Result<Stored, String> {
    let bytes = frame::native(file, attributes)?;
    let big = file.writing().big;
    let values = match attributes.numbers {
        Numbers::Whole { allocated: 1, .. } => {
            let bit = |index: usize| i32::from(bytes[index / 8] >> (index % 8) & 1);
            Values::Whole((0..attributes.count()).map(bit).collect())
        }
        Numbers::Whole { allocated, stored, high, signed } => {
            let numbers = split(&bytes, usize::from(allocated / 8), big);
            values(numbers, (stored, high, signed))
        }
        Numbers::F32 => {
            let number = |bits: u32| f64::from(f32::from_bits(bits));
            Values::Real(split(&bytes, 4, big).map(number).collect())
        }
        Numbers::F64 => {
            let number = |bytes: &[u8]| {
                let bytes = bytes.try_into().unwrap_or_default();
                if big { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
            };
            Values::Real(bytes.chunks_exact(8).map(number).collect())
        }
    };
    let photometric = attributes.photometric;
    let width = attributes.width as usize;
    Ok(match (photometric, values) {
        (Photometric::YbrFull422, Values::Whole(values)) => {
            let values = Values::Whole(apart(&values, width));
            Stored { photometric: Photometric::YbrFull, values }
        }
        (_, values) if attributes.planar && photometric.samples() == 3 => {
            let pixels = attributes.pixels();
            let values = match values {
                Values::Whole(values) => Values::Whole(together(&values, pixels)),
                Values::Real(values) => Values::Real(together(&values, pixels)),
            };
            Stored { photometric, values }
        }
        (_, values) => Stored { photometric, values },
    })
}

/// Three planes become pixels.
fn together<T: Copy>(planes: &[T], pixels: usize) -> Vec<T> {
    (0..planes.len()).map(|index| planes[index % 3 * pixels + index / 3]).collect()
}

/// Two luminances and the differences that they share become two pixels.
fn apart(values: &[i32], width: usize) -> Vec<i32> {
    let mut out = Vec::with_capacity(values.len() / 4 * 6);
    for row in values.chunks_exact(width.div_ceil(2) * 4) {
        for x in 0..width {
            let four = &row[x / 2 * 4..x / 2 * 4 + 4];
            out.extend([four[x % 2], four[2], four[3]]);
        }
    }
    out
}

//! Colours of stored numbers: palettes, and luminance with differences.

use super::element::Tag;
use super::file::File;
use super::lut::Lut;

const DESCRIPTIONS: [Tag; 3] = [Tag(0x0028, 0x1101), Tag(0x0028, 0x1102), Tag(0x0028, 0x1103)];
const DATA: [Tag; 3] = [Tag(0x0028, 0x1201), Tag(0x0028, 0x1202), Tag(0x0028, 0x1203)];
const SEGMENTED: [Tag; 3] = [Tag(0x0028, 0x1221), Tag(0x0028, 0x1222), Tag(0x0028, 0x1223)];

/// The colours of a palette image, 8 bits each.
pub(super) fn palette(file: &File<'_>, values: &[i32], signed: bool) -> Result<Vec<u8>, String> {
    let mut tables = Vec::with_capacity(3);
    for ((description, data), segments) in DESCRIPTIONS.into_iter().zip(DATA).zip(SEGMENTED) {
        let missing = || {
            format!("is a DICOM file of PALETTE COLOR without its table {description} and {data}")
        };
        let about = file.get(description).ok_or_else(missing)?;
        let table = match (file.get(data), file.get(segments)) {
            (Some(bytes), _) => Lut::from_bytes(file, about, bytes, signed)?,
            (None, Some(bytes)) => Lut::from_segments(file, about, bytes, signed)?,
            (None, None) => return Err(missing()),
        };
        tables.push(table);
    }
    // Some write entries of 8 bits and describe them as 16.
    let eight = tables.iter().all(|table| table.largest() < 256);
    let shade = |table: &Lut, value| {
        let entry = table.at(value);
        if eight { entry as u8 } else { (f64::from(entry) * 255.0 / table.full()).round() as u8 }
    };
    Ok(values.iter().flat_map(|&value| [0, 1, 2].map(|c| shade(&tables[c], value))).collect())
}

/// RGB from luminance and two differences, all of 8 bits (PS3.3, C.7.6.3.1.2).
pub(super) fn from_ybr(pixel: [f64; 3]) -> [f64; 3] {
    let [y, b, r] = [pixel[0], pixel[1] - 128.0, pixel[2] - 128.0];
    [y + 1.402 * r, y - 0.344_136 * b - 0.714_136 * r, y + 1.772 * b]
        .map(|value| value.clamp(0.0, 255.0).round())
}

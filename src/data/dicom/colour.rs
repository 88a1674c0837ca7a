//! Colours of stored numbers: palettes, and luminance with differences.

use super::element::Tag;
use super::file::File;
use super::lut::Lut;

const DESCRIPTIONS: [Tag; 3] = [Tag(0x0028, 0x1101), Tag(0x0028, 0x1102), Tag(0x0028, 0x1103)];
const DATA: [Tag; 3] = [Tag(0x0028, 0x1201), Tag(0x0028, 0x1202), Tag(0x0028, 0x1203)];
const SEGMENTED: Tag = Tag(0x0028, 0x1221);

/// The colours of a palette image, 8 bits each.
pub(super) fn palette(file: &File<'_>, values: &[i32], signed: bool) -> Result<Vec<u8>, String> {
    if file.element(SEGMENTED).is_some() && file.element(DATA[0]).is_none() {
        return Err("is a DICOM file with a palette in segments (0028,1221), which is not read; \
                    convert it, for example with `dcm2img`"
            .into());
    }
    let mut tables = Vec::with_capacity(3);
    for (description, data) in DESCRIPTIONS.into_iter().zip(DATA) {
        let (Some(about), Some(bytes)) = (file.get(description), file.get(data)) else {
            return Err(format!(
                "is a DICOM file of PALETTE COLOR without its table {description} and {data}"
            ));
        };
        tables.push(Lut::from_bytes(file, about, bytes, signed)?);
    }
    // Some write entries of 8 bits and describe them as 16.
    let largest = |table: &Lut| table.largest();
    let eight = tables.iter().all(|table| largest(table) < 256);
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

//! JPEG with a cosine transform and 12 bits: sequential, Huffman coded.

use std::f64::consts::PI;

use super::huffman::{Table, extended};
use super::markers::{Frame, Tables, fail};
use crate::data::dicom::bits::Bits;
use crate::data::dicom::codec::Samples;

/// From the order of the file to rows of eight.
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

pub(super) fn decode(bytes: &[u8], frame: &Frame) -> Result<Samples, String> {
    let [component] = frame.components.as_slice() else {
        return Err(fail("has colours of 12 bits, which are not read; grey ones are"));
    };
    let mut tables = Tables::default();
    let scan = frame.next_scan(bytes, None, &mut tables)?;
    let &[(0, dc, ac)] = scan.components.as_slice() else {
        return Err(fail("has a scan of no colour"));
    };
    let missing = || fail("has a scan without its tables");
    let dc = tables.dc[usize::from(dc)].as_ref().ok_or_else(missing)?;
    let ac = tables.ac[usize::from(ac)].as_ref().ok_or_else(missing)?;
    let steps = tables.quantization[usize::from(component.quantization & 3)]
        .as_ref()
        .ok_or_else(missing)?;
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mut values = vec![0; width * height];
    let cosines = cosines();
    let mut bits = Bits::of_jpeg(bytes, scan.at);
    let cut = || fail("is cut off or damaged within its scan");
    let (mut last, mut since) = (0, 0);
    for top in (0..height).step_by(8) {
        for left in (0..width).step_by(8) {
            if tables.interval > 0 && since == tables.interval {
                bits.restart().ok_or_else(cut)?;
                (last, since) = (0, 0);
            }
            since += 1;
            let block = block(&mut bits, dc, ac, steps, &mut last).ok_or_else(cut)?;
            let shades = inverse(&block, &cosines);
            for (y, row) in (top..height.min(top + 8)).zip(shades.chunks_exact(8)) {
                for (x, shade) in (left..width.min(left + 8)).zip(row) {
                    values[y * width + x] = (*shade as i32).saturating_add(2048).clamp(0, 4095);
                }
            }
        }
    }
    let (width, height) = (frame.width, frame.height);
    Ok(Samples { width, height, channels: 1, values, rgb: false, signed: false, lossy: true })
}

/// The coefficients of a block, in rows of eight.
fn block(
    bits: &mut Bits<'_>,
    dc: &Table,
    ac: &Table,
    steps: &[u16; 64],
    last: &mut i32,
) -> Option<[f64; 64]> {
    let mut block = [0.0; 64];
    *last = last.checked_add(dc.difference(bits)?)?;
    block[0] = f64::from(*last) * f64::from(steps[0]);
    let mut place = 1;
    while place < 64 {
        let code = ac.next(bits)?;
        let (run, size) = (usize::from(code >> 4), u32::from(code & 15));
        match (run, size) {
            (15, 0) => place += 16,
            (_, 0) => break,
            _ => {
                place += run;
                let target = *ZIGZAG.get(place)?;
                block[target] = f64::from(extended(bits, size)?) * f64::from(steps[place]);
                place += 1;
            }
        }
    }
    Some(block)
}

/// By frequency and place.
fn cosines() -> [[f64; 8]; 8] {
    let mut table = [[0.0; 8]; 8];
    for (frequency, row) in table.iter_mut().enumerate() {
        let scale = if frequency == 0 { (0.125_f64).sqrt() } else { 0.5 };
        for (place, value) in row.iter_mut().enumerate() {
            let angle = (2 * place + 1) as f64 * frequency as f64 * PI / 16.0;
            *value = scale * libm::cos(angle);
        }
    }
    table
}

/// The inverse cosine transform, rounded.
fn inverse(block: &[f64; 64], cosines: &[[f64; 8]; 8]) -> [f64; 64] {
    let mut rows = [0.0; 64];
    for y in 0..8 {
        for x in 0..8 {
            rows[y * 8 + x] = (0..8).map(|u| block[y * 8 + u] * cosines[u][x]).sum();
        }
    }
    let mut out = [0.0_f64; 64];
    for y in 0..8 {
        for x in 0..8 {
            let sum: f64 = (0..8).map(|v| rows[v * 8 + x] * cosines[v][y]).sum();
            out[y * 8 + x] = sum.round();
        }
    }
    out
}

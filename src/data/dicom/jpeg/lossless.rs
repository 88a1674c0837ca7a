//! Lossless JPEG: each number is told from its neighbours and a difference
//! (ITU-T T.81, annex H). All seven predictors, point transform, restarts.

use super::markers::{Frame, Scan, Tables, fail};
use crate::data::dicom::bits::Bits;
use crate::data::dicom::codec::Samples;

pub(super) fn decode(bytes: &[u8], frame: &Frame) -> Result<Samples, String> {
    if !(2..=16).contains(&frame.precision) {
        return Err(fail(format!("has {} bits, 2 to 16 are read", frame.precision)));
    }
    if frame.components.iter().any(|c| (c.across, c.down) != (1, 1)) && frame.components.len() > 1 {
        return Err(fail("has colours of different density, which are not read without loss"));
    }
    let channels = frame.components.len();
    let count = frame.width as usize * frame.height as usize;
    let mut values = vec![0; count * channels];
    let mut tables = Tables::default();
    let (mut at, mut done) = (None, vec![false; channels]);
    while done.iter().any(|done| !done) {
        let scan = frame.next_scan(bytes, at, &mut tables)?;
        let end = one(bytes, frame, &scan, &tables, &mut values)?;
        scan.components.iter().for_each(|(place, _, _)| done[*place] = true);
        at = Some(end);
    }
    Ok(Samples {
        width: frame.width,
        height: frame.height,
        channels: channels as u32,
        values,
        rgb: false,
        signed: false,
        lossy: false,
    })
}

/// Decodes one scan; where the next segment begins.
fn one(
    bytes: &[u8],
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    values: &mut [i32],
) -> Result<usize, String> {
    let shift = u32::from(scan.shift);
    if shift >= frame.precision || !(1..=7).contains(&scan.selector) {
        return Err(fail(format!("has predictor {} and {shift} dropped bits", scan.selector)));
    }
    let codes = (scan.components.iter())
        .map(|&(place, dc, _)| Some((place, tables.dc[usize::from(dc)].as_ref()?)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| fail("has a scan without its table of codes"))?;
    let (width, channels) = (frame.width as usize, frame.components.len());
    let start = 1 << (frame.precision - shift - 1);
    let mut bits = Bits::of_jpeg(bytes, scan.at);
    let cut = || fail("is cut off or damaged within its scan");
    // The first line after a restart is told like the first one of all.
    let (mut since, mut fresh) = (0, 0);
    for y in 0..frame.height as usize {
        for x in 0..width {
            if tables.interval > 0 && since == tables.interval {
                bits.restart().ok_or_else(cut)?;
                (since, fresh) = (0, y * width + x);
            }
            since += 1;
            for &(place, table) in &codes {
                let index = (y * width + x) * channels + place;
                let here = y * width + x;
                let first_line = y == fresh / width;
                let left = || values[index - channels];
                let above = || values[index - width * channels];
                let told = if here == fresh {
                    start
                } else if first_line {
                    left()
                } else if x == 0 {
                    above()
                } else {
                    let corner = values[index - (width + 1) * channels];
                    predicted(scan.selector, left(), above(), corner)
                };
                let difference = table.difference(&mut bits).ok_or_else(cut)?;
                values[index] = (told + difference) & 0xffff;
            }
        }
    }
    if shift > 0 {
        for (index, value) in values.iter_mut().enumerate() {
            if codes.iter().any(|(place, _)| *place == index % channels) {
                *value <<= shift;
            }
        }
    }
    Ok(bits.end())
}

fn predicted(selector: u8, left: i32, above: i32, corner: i32) -> i32 {
    match selector {
        1 => left,
        2 => above,
        3 => corner,
        4 => left + above - corner,
        5 => left + ((above - corner) >> 1),
        6 => above + ((left - corner) >> 1),
        _ => (left + above) >> 1,
    }
}

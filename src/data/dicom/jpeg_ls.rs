//! JPEG-LS, lossless and near-lossless (ITU-T T.87): segments and scans.

mod context;
mod line;

use self::context::{Contexts, Limits};
use self::line::Coder;
use super::bits::Bits;
use super::codec::{Samples, Stated};

fn fail(what: impl std::fmt::Display) -> String {
    format!("is a damaged DICOM file: its JPEG-LS image {what}")
}

/// How the colours of a scan follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interleave {
    None,
    Line,
    Pixel,
}

struct Frame {
    precision: u32,
    width: usize,
    height: usize,
    ids: Vec<u8>,
}

/// Decodes a frame.
pub(super) fn decode(bytes: &[u8], stated: Stated) -> Result<Samples, String> {
    if !bytes.starts_with(b"\xff\xd8") {
        return Err(fail("does not begin like one"));
    }
    let (mut at, mut frame, mut preset) = (2, None, [0; 5]);
    let (mut values, mut done) = (Vec::new(), Vec::new());
    loop {
        let Some(&[0xff, marker]) = bytes.get(at..at + 2) else {
            return Err(fail("is cut off or has bytes where a segment should begin"));
        };
        if marker == 0xff {
            at += 1;
            continue;
        }
        if marker == 0xd9 {
            return Err(fail("ends before all of its colours"));
        }
        let length =
            bytes.get(at + 2..at + 4).map(|l| usize::from(u16::from_be_bytes([l[0], l[1]])));
        let end = at + 2 + length.ok_or_else(|| fail("is cut off"))?;
        let content = bytes.get(at + 4..end).ok_or_else(|| fail("is cut off"))?;
        at = end;
        match (marker, &frame) {
            (0xf7, None) => {
                let read = Frame::read(content, stated)?;
                values = vec![0; read.width * read.height * read.ids.len()];
                done = vec![false; read.ids.len()];
                frame = Some(read);
            }
            (0xf8, _) => presets(content, &mut preset)?,
            (0xdd, _) => {
                let none = content.iter().all(|byte| *byte == 0);
                if !none {
                    return Err(fail("has restart markers, which are not read"));
                }
            }
            (0xda, Some(frame)) => {
                at = scan(bytes, end, content, frame, &preset, (&mut values, &mut done))?;
            }
            (0xda, None) => return Err(fail("has a scan before its frame")),
            (0xc0..=0xcf, _) => return Err(fail("is a JPEG image of another kind")),
            _ => {}
        }
        if let Some(frame) = &frame
            && done.iter().all(|done| *done)
        {
            return Ok(Samples {
                width: frame.width as u32,
                height: frame.height as u32,
                channels: frame.ids.len() as u32,
                values,
                rgb: false,
                signed: false,
                lossy: false,
            });
        }
    }
}

impl Frame {
    fn read(content: &[u8], stated: Stated) -> Result<Self, String> {
        let [precision, h1, h0, w1, w0, count, rest @ ..] = content else {
            return Err(fail("has a frame that is cut off"));
        };
        let ids: Vec<u8> = rest.chunks_exact(3).take(usize::from(*count)).map(|c| c[0]).collect();
        let (height, width) = (u16::from_be_bytes([*h1, *h0]), u16::from_be_bytes([*w1, *w0]));
        stated.admits(u32::from(width), u32::from(height), ids.len() as u32)?;
        if !(2..=16).contains(precision) {
            return Err(fail(format!("has {precision} bits, 2 to 16 are read")));
        }
        Ok(Self {
            precision: u32::from(*precision),
            width: usize::from(width),
            height: usize::from(height),
            ids,
        })
    }
}

/// Largest value, three thresholds and the count at which statistics are
/// halved; 0 for those that are not stated.
fn presets(content: &[u8], preset: &mut [i32; 5]) -> Result<(), String> {
    match content {
        [1, rest @ ..] if rest.len() >= 10 => {
            for (value, bytes) in preset.iter_mut().zip(rest.chunks_exact(2)) {
                *value = i32::from(u16::from_be_bytes([bytes[0], bytes[1]]));
            }
            Ok(())
        }
        [2 | 3, ..] => Err(fail("has a table of colours, which is not read")),
        [4, ..] => Err(fail("has a size of more than 16 bits, which is not read")),
        _ => Err(fail("has a segment of settings that is cut off")),
    }
}

/// Decodes a scan; where the next segment begins.
fn scan(
    bytes: &[u8],
    start: usize,
    content: &[u8],
    frame: &Frame,
    preset: &[i32; 5],
    (values, done): (&mut [i32], &mut [bool]),
) -> Result<usize, String> {
    let cut = || fail("has a scan without its beginning");
    let count = usize::from(*content.first().ok_or_else(cut)?);
    let listed = content.get(1..1 + 2 * count).ok_or_else(cut)?;
    let [near, interleave, _] = content.get(1 + 2 * count..4 + 2 * count).ok_or_else(cut)? else {
        return Err(cut());
    };
    let places: Option<Vec<usize>> =
        listed.chunks_exact(2).map(|c| frame.ids.iter().position(|id| *id == c[0])).collect();
    let places = places.ok_or_else(|| fail("has a scan of a colour that it lacks"))?;
    let interleave = match (interleave, count) {
        (_, 1) => Interleave::None,
        (1, _) => Interleave::Line,
        (2, 2..) => Interleave::Pixel,
        _ => return Err(fail("has a scan of an unknown order of colours")),
    };
    let limits = Limits::new(frame.precision, i32::from(*near), preset)
        .ok_or_else(|| fail("has impossible settings"))?;
    let mut coder = Coder {
        bits: Bits::of_jpeg_ls(bytes, start),
        contexts: Contexts::new(&limits),
        limits,
        width: frame.width,
    };
    let channels = frame.ids.len();
    let broken = || fail("is cut off or damaged within its scan");
    // Two lines of each colour, with a place before and one after.
    let mut above = vec![vec![0; frame.width + 2]; count];
    let mut here = above.clone();
    let mut runs = vec![0; count];
    for y in 0..frame.height {
        for (above, here) in above.iter_mut().zip(&mut here) {
            above[frame.width + 1] = above[frame.width];
            here[0] = above[1];
        }
        if interleave == Interleave::Pixel {
            coder.pixels(&above, &mut here, &mut runs[0]).ok_or_else(broken)?;
        } else {
            for ((above, here), run) in above.iter().zip(&mut here).zip(&mut runs) {
                coder.line(above, here, run).ok_or_else(broken)?;
            }
        }
        for (place, line) in places.iter().zip(&here) {
            let out = &mut values[y * frame.width * channels..(y + 1) * frame.width * channels];
            for (pixel, value) in out.chunks_exact_mut(channels).zip(&line[1..]) {
                pixel[*place] = *value;
            }
        }
        std::mem::swap(&mut above, &mut here);
    }
    for place in places {
        done[place] = true;
    }
    Ok(coder.bits.end())
}

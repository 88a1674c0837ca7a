//! The indices of a PNG with a palette: in masks they are the structures, and
//! the colours are for the eye.

use std::io::Cursor;
use std::path::Path;

use super::{MAX_MEMORY, MAX_SIDE, bytes_of, too_large};

/// Width and height with an index per pixel; none for other files.
pub(in crate::data) fn palette_indices(
    path: &Path,
) -> Result<Option<((u32, u32), Vec<u8>)>, String> {
    let bytes = bytes_of(path)?;
    if !bytes.starts_with(b"\x89PNG") {
        return Ok(None);
    }
    let fail = |error: png::DecodingError| format!("is a damaged PNG file: {error}");
    let mut decoder = png::Decoder::new_with_limits(
        Cursor::new(&bytes),
        png::Limits { bytes: MAX_MEMORY as usize },
    );
    // Packed indices become one per byte only below; colours stay indices.
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(fail)?;
    let info = reader.info();
    let (width, height, depth) = (info.width, info.height, info.bit_depth as u32);
    if info.color_type != png::ColorType::Indexed {
        return Ok(None);
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_MEMORY {
        return Err(too_large());
    }
    let mut packed = vec![0; reader.output_buffer_size().ok_or_else(too_large)?];
    let frame = reader.next_frame(&mut packed).map_err(fail)?;
    let indices = packed[..frame.buffer_size()]
        .chunks_exact(frame.line_size)
        .flat_map(|row| unpacked(row, depth, width as usize))
        .collect();
    Ok(Some(((width, height), indices)))
}

/// One row, of 1, 2, 4 or 8 bits per pixel, the first in the highest bits.
fn unpacked(row: &[u8], depth: u32, width: usize) -> Vec<u8> {
    let per_byte = (8 / depth.max(1)) as usize;
    let low = ((1_u16 << depth) - 1) as u8;
    (0..width)
        .map(|x| {
            let place = per_byte - 1 - x % per_byte;
            row[x / per_byte] >> (place as u32 * depth) & low
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(depth: png::BitDepth, row: &[u8], width: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut encoder = png::Encoder::new(file.as_file(), width, 1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(depth);
        encoder.set_palette(vec![0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(row).expect("pixels");
        writer.finish().expect("an end");
        file
    }

    #[test]
    fn indices_are_read_and_not_their_colours() {
        for (depth, row, expected) in [
            (png::BitDepth::Eight, &[0, 3, 1][..], &[0, 3, 1][..]),
            (png::BitDepth::Two, &[0b0011_0100], &[0, 3, 1]),
            (png::BitDepth::One, &[0b0101_0000], &[0, 1, 0]),
        ] {
            let file = file(depth, row, 3);
            let found = palette_indices(file.path()).expect("read").expect("indices");
            assert_eq!(found, ((3, 1), expected.to_vec()));
        }
    }

    #[test]
    fn other_files_have_no_palette() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), b"GIF89a").expect("written");
        assert_eq!(palette_indices(file.path()), Ok(None));
    }
}

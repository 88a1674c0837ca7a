//! DICOM's run-length packing: a plane for each byte of each colour, the high
//! byte first (PS3.5, annex G).

/// Unpacks a frame of `pixels` pixels to its bytes, in the order of a file
/// that is not compressed and has its low byte first; colours of a pixel
/// together.
pub(super) fn unpack(
    bytes: &[u8],
    pixels: usize,
    samples: usize,
    width: usize,
) -> Result<Vec<u8>, String> {
    let fail = |what: String| format!("is a damaged DICOM file of RLE pixels: {what}");
    let word = |index: usize| -> Option<usize> {
        let bytes = bytes.get(index * 4..index * 4 + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    };
    let planes = samples * width;
    let stated = word(0).ok_or_else(|| fail("it ends within the list of planes".into()))?;
    if stated != planes {
        return Err(fail(format!("it has {stated} planes of bytes, expected {planes}")));
    }
    if planes > 15 {
        return Err(fail(format!("{planes} planes of bytes, there are 15 at most")));
    }
    let mut out = vec![0; pixels * planes];
    for plane in 0..planes {
        let start = word(plane + 1).filter(|start| *start >= 64 && *start <= bytes.len());
        let start = start.ok_or_else(|| fail(format!("plane {plane} begins outside of it")))?;
        let end = word(plane + 2).filter(|end| plane + 1 < planes && *end >= start);
        let packed = &bytes[start..end.unwrap_or(bytes.len()).min(bytes.len())];
        let (sample, byte) = (plane / width, width - 1 - plane % width);
        let at = sample * width + byte;
        let filled = runs(packed, out[at.min(pixels * planes)..].iter_mut().step_by(planes));
        if filled < pixels {
            return Err(fail(format!("plane {plane} has {filled} of {pixels} bytes")));
        }
    }
    Ok(out)
}

/// Unpacks runs into places; how many were filled. What is left over is
/// padding.
fn runs<'a>(mut packed: &[u8], mut places: impl Iterator<Item = &'a mut u8>) -> usize {
    let mut filled = 0;
    while let Some((&head, rest)) = packed.split_first() {
        let head = i16::from(head as i8);
        let (values, repeat): (&[u8], usize) = match head {
            0.. => (&rest[..rest.len().min(head as usize + 1)], 1),
            -127..=-1 => (&rest[..rest.len().min(1)], (1 - head) as usize),
            _ => (&[], 1),
        };
        for _ in 0..repeat {
            for value in values {
                let Some(place) = places.next() else { return filled };
                *place = *value;
                filled += 1;
            }
        }
        packed = &rest[values.len()..];
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_literals() {
        let mut out = [0; 8];
        let filled = runs(&[2, 1, 2, 3, 0xfe, 9, 0x80, 1, 7, 8], out.iter_mut());
        assert_eq!((filled, out), (8, [1, 2, 3, 9, 9, 9, 7, 8]));
        let mut out = [0; 2];
        assert_eq!(runs(&[0xfb, 4], out.iter_mut()), 2, "longer than the plane");
        assert_eq!(runs(&[5, 1], out.iter_mut()), 1, "cut off");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut file = vec![0_u8; 64];
        file[0] = 1;
        file[4] = 64;
        file.extend([0xfd, 5]);
        assert_eq!(unpack(&file, 4, 1, 1).expect("a plane"), [5, 5, 5, 5]);
        for (pixels, samples, part) in
            [(5, 1, "4 of 5 bytes"), (4, 3, "1 planes of bytes, expected 3")]
        {
            let error = unpack(&file, pixels, samples, 1).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
        file[4] = 200;
        assert!(unpack(&file, 4, 1, 1).expect_err("outside").contains("outside"));
        assert!(unpack(&[1], 4, 1, 1).expect_err("short").contains("ends within"));
    }
}

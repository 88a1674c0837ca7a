//! Palettes in segments: lists of entries, straight lines between them, and
//! copies of earlier segments (PS3.3, C.7.9.2).

/// Most entries of a palette.
const MOST: usize = 1 << 16;

/// The entries of a palette; `words` are its numbers.
///
/// # Errors
/// Where a segment is cut off, of an unknown kind, or refers to a place that is
/// none.
pub(super) fn expanded(words: &[u16], entry_bytes: usize) -> Result<Vec<u16>, String> {
    let mut entries = Vec::new();
    let mut at = 0;
    while at + 1 < words.len() {
        at = segment(words, at, entry_bytes, &mut entries, true)?;
    }
    Ok(entries)
}

/// Expands one segment; where the next begins.
fn segment(
    words: &[u16],
    at: usize,
    entry_bytes: usize,
    entries: &mut Vec<u16>,
    copies: bool,
) -> Result<usize, String> {
    let fail = |what: &str| format!("is a damaged DICOM file: its palette has {what}");
    let cut = || fail("a segment that is cut off");
    let &[kind, count] = words.get(at..at + 2).ok_or_else(cut)? else { return Err(cut()) };
    let count = usize::from(count);
    let next = match kind {
        0 => {
            entries.extend(words.get(at + 2..at + 2 + count).ok_or_else(cut)?);
            at + 2 + count
        }
        1 => {
            let end = i64::from(*words.get(at + 2).ok_or_else(cut)?);
            let start = entries.last().copied();
            let start = i64::from(start.ok_or_else(|| fail("a line without a beginning"))?);
            for step in 1..=count as i64 {
                // Rounded to the nearest whole number.
                let twice = 2 * (end - start) * step + count as i64;
                entries.push((start + twice.div_euclid(2 * count as i64)) as u16);
            }
            at + 3
        }
        2 if copies => {
            let &[low, high] = words.get(at + 2..at + 4).ok_or_else(cut)? else {
                return Err(cut());
            };
            let bits = 8 * entry_bytes;
            let offset = usize::from(low) | usize::from(high) << bits;
            let mut from = offset / entry_bytes;
            for _ in 0..count {
                from = segment(words, from, entry_bytes, entries, false)?;
            }
            at + 4
        }
        2 => return Err(fail("a copy of a copy")),
        other => return Err(fail(&format!("a segment of kind {other}, expected 0, 1 or 2"))),
    };
    if entries.len() > MOST {
        return Err(fail("more than 65536 entries"));
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_lines_and_copies() {
        let words = [0, 2, 5, 10, 1, 4, 30, 2, 1, 0, 0];
        let expected = [5, 10, 15, 20, 25, 30, 5, 10];
        assert_eq!(expanded(&words, 2).expect("entries"), expected);
        assert_eq!(expanded(&[0, 1, 9, 1, 3, 0], 2).expect("entries"), [9, 6, 3, 0]);
        for (words, part) in [
            (&[0, 3, 1][..], "cut off"),
            (&[1, 3, 5], "a line without a beginning"),
            (&[7, 1, 1], "kind 7"),
            (&[0, 1, 4, 2, 1, 6, 0], "a copy of a copy"),
            (&[0, 1, 4, 2, 1, 0xffff, 0xffff], "cut off"),
        ] {
            let error = expanded(words, 2).expect_err("an error");
            assert!(error.contains(part), "{error}");
        }
        let long: Vec<u16> = [0, 1, 1].into_iter().chain([1, 0xffff, 9].repeat(3)).collect();
        assert!(expanded(&long, 2).expect_err("long").contains("65536 entries"));
    }
}

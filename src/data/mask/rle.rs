//! Masks as runs of pixels, column by column.
//!
//! | form | numbers |
//! |---|---|
//! | relative (SIIM-ACR) | pixels between the last run and this one, length |
//! | absolute (Kaggle) | first pixel counted from 1, length |
//! | counts (COCO) | lengths of runs outside and inside, in turn |

use super::Mask;

/// Runs of pixels inside, in columns from top to bottom and from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::data) struct Spans {
    /// First pixel, from 0, and length, in order.
    spans: Vec<(u64, u64)>,
}

/// Most pixels of an image that runs are of.
const MOST: u64 = 1 << 32;

impl Spans {
    /// From pairs of a distance and a length.
    ///
    /// # Errors
    /// Where they are no pairs of whole numbers, or a run has no pixel.
    pub(in crate::data) fn relative(text: &str) -> Result<Self, String> {
        let mut at = 0_u64;
        let span = |&(gap, length): &(u64, u64)| {
            let start = at.checked_add(gap).filter(|start| *start <= MOST);
            let start =
                start.ok_or_else(|| format!("has a run that begins {gap} pixels further"))?;
            at =
                start.checked_add(length).ok_or_else(|| format!("has a run of {length} pixels"))?;
            Ok((start, length))
        };
        let spans = pairs(text)?.iter().map(span).collect::<Result<_, String>>()?;
        Ok(Self { spans })
    }

    /// From pairs of a first pixel, counted from 1, and a length.
    ///
    /// # Errors
    /// Where they are no pairs of whole numbers, or runs overlap or are not in
    /// order.
    pub(in crate::data) fn absolute(text: &str) -> Result<Self, String> {
        let mut end = 0_u64;
        let span = |&(first, length): &(u64, u64)| {
            let start = first.checked_sub(1).filter(|start| *start <= MOST);
            let start = start.ok_or_else(|| {
                format!("has a run that begins at pixel {first}, the first one is 1")
            })?;
            if start < end {
                return Err(format!(
                    "has a run that begins at pixel {first}, but the one before it ends at pixel \
                     {end}: runs overlap or are not in order"
                ));
            }
            end =
                start.checked_add(length).ok_or_else(|| format!("has a run of {length} pixels"))?;
            Ok((start, length))
        };
        let spans = pairs(text)?.iter().map(span).collect::<Result<_, String>>()?;
        Ok(Self { spans })
    }

    /// From lengths outside and inside in turn.
    ///
    /// # Errors
    /// Where they are no whole numbers, or too large.
    pub(in crate::data) fn counts(text: &str) -> Result<Self, String> {
        let (mut at, mut spans) = (0_u64, Vec::new());
        for (place, length) in numbers(text)?.into_iter().enumerate() {
            if place % 2 == 1 && length > 0 {
                spans.push((at, length));
            }
            at = at.checked_add(length).filter(|at| *at <= MOST).ok_or("has too long runs")?;
        }
        Ok(Self { spans })
    }

    /// The numbers of COCO's packed form: groups of five bits, each a character
    /// from `0` on; from the third number on, differences from the one before
    /// the last.
    ///
    /// # Errors
    /// Where a character is none of it, a number is cut, or comes out negative.
    pub(in crate::data) fn unpacked(text: &str) -> Result<Vec<u64>, String> {
        let mut numbers: Vec<i64> = Vec::new();
        let mut bytes = text.bytes();
        while let Some(first) = bytes.next() {
            let (mut value, mut shift, mut byte) = (0_i64, 0_u32, first);
            loop {
                let group = byte.wrapping_sub(48);
                if group > 63 || shift > 35 {
                    return Err(format!("has packed runs that hold `{}`", byte as char));
                }
                value |= i64::from(group & 31) << shift;
                shift += 5;
                if group & 32 == 0 {
                    if group & 16 != 0 {
                        value |= -1_i64 << shift;
                    }
                    break;
                }
                byte = bytes.next().ok_or("has packed runs that are cut off")?;
            }
            if let [.., before, _] = numbers.as_slice()
                && numbers.len() > 2
            {
                value += before;
            }
            numbers.push(value);
        }
        let whole =
            |n: i64| u64::try_from(n).map_err(|_| format!("has a packed run of {n} pixels"));
        numbers.into_iter().map(whole).collect()
    }

    /// Whether any two of several masks share a pixel.
    pub(in crate::data) fn overlap(masks: &[Self]) -> bool {
        let mut all: Vec<(u64, u64)> = masks.iter().flat_map(|mask| mask.spans.clone()).collect();
        all.sort_unstable();
        all.windows(2).any(|pair| pair[0].0.saturating_add(pair[0].1) > pair[1].0)
    }

    /// The mask of an image of so many pixels.
    ///
    /// # Errors
    /// Where a run goes beyond it.
    pub(in crate::data) fn mask(&self, width: u32, height: u32) -> Result<Mask, String> {
        let (w, h) = (width as usize, height as usize);
        let mut inside = vec![0; w * h];
        for &(start, length) in &self.spans {
            let end = start.saturating_add(length);
            if end > (w * h) as u64 {
                return Err(format!(
                    "has a run up to pixel {end}, but its image has {width} x {height} = {} pixels",
                    w * h
                ));
            }
            for pixel in start as usize..end as usize {
                inside[pixel % h * w + pixel / h] = 1;
            }
        }
        Ok(Mask { width, height, inside })
    }

    /// The runs of a mask.
    #[cfg(test)]
    pub(in crate::data) fn of(mask: &Mask) -> Self {
        let (w, h) = (mask.width as usize, mask.height as usize);
        let mut spans: Vec<(u64, u64)> = Vec::new();
        for pixel in 0..w * h {
            if mask.inside[pixel % h * w + pixel / h] == 0 {
                continue;
            }
            match spans.last_mut() {
                Some((start, length)) if *start + *length == pixel as u64 => *length += 1,
                _ => spans.push((pixel as u64, 1)),
            }
        }
        Self { spans }
    }

    /// As pairs of a distance and a length; `-1` where there are none.
    #[cfg(test)]
    pub(in crate::data) fn to_relative(&self) -> String {
        let mut at = 0;
        let pair = |&(start, length): &(u64, u64)| {
            let gap = start - at;
            at = start + length;
            format!("{gap} {length}")
        };
        let pairs: Vec<String> = self.spans.iter().map(pair).collect();
        if pairs.is_empty() { "-1".into() } else { pairs.join(" ") }
    }

    /// A text that tells them from any others.
    pub(in crate::data) fn known_by(&self) -> String {
        self.spans.iter().map(|(start, length)| format!("{start}+{length} ")).collect()
    }
}

fn numbers(text: &str) -> Result<Vec<u64>, String> {
    let number = |word: &str| {
        word.parse().map_err(|_| format!("has runs with `{word}`, expected whole numbers"))
    };
    text.split_whitespace().map(number).collect()
}

fn pairs(text: &str) -> Result<Vec<(u64, u64)>, String> {
    let numbers = numbers(text)?;
    if numbers.is_empty() || numbers.len() % 2 == 1 {
        return Err(format!("has runs of {} numbers, expected pairs", numbers.len()));
    }
    let pairs: Vec<(u64, u64)> = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    match pairs.iter().find(|(_, length)| *length == 0) {
        Some((start, _)) => Err(format!("has a run of 0 pixels at {start}")),
        None => Ok(pairs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Column by column: the first column of three pixels, then the second.
    const SHAPE: [u8; 6] = [
        0, 1, //
        1, 1, //
        1, 0,
    ];

    #[test]
    fn runs_go_down_the_columns() {
        for spans in [
            Spans::relative("1 4"),
            Spans::relative(" 1 2  0 2 "),
            Spans::absolute("2 4"),
            Spans::absolute("2 2 4 2"),
            Spans::counts("1 4 1"),
            Spans::counts("1 4"),
        ] {
            let mask = spans.expect("runs").mask(2, 3).expect("a mask");
            assert_eq!(mask.inside, SHAPE);
        }
        assert_eq!(Spans::relative("1 1 2 1").expect("runs").spans, [(1, 1), (4, 1)]);
    }

    #[test]
    fn masks_come_back() {
        let mask = Mask { width: 2, height: 3, inside: SHAPE.to_vec() };
        let text = Spans::of(&mask).to_relative();
        assert_eq!(text, "1 4");
        assert_eq!(Spans::relative(&text).expect("runs").mask(2, 3), Ok(mask));
        let empty = Mask { width: 2, height: 3, inside: vec![0; 6] };
        assert_eq!(Spans::of(&empty).to_relative(), "-1");
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, part) in [
            ("", "0 numbers, expected pairs"),
            ("3", "1 numbers, expected pairs"),
            ("1 2 3", "3 numbers"),
            ("1 x", "`x`, expected whole numbers"),
            ("-1 4", "`-1`"),
            ("1.5 4", "`1.5`"),
            ("1 0", "a run of 0 pixels at 1"),
            ("18446744073709551615 1", "begins 18446744073709551615 pixels further"),
        ] {
            let error = Spans::relative(text).expect_err(text);
            assert!(error.contains(part), "{error}");
        }
        for (text, part) in [
            ("0 4", "begins at pixel 0, the first one is 1"),
            ("5 4 3 1", "begins at pixel 3, but the one before it ends at pixel 8"),
            ("5 4 8 1", "overlap or are not in order"),
        ] {
            let error = Spans::absolute(text).expect_err(text);
            assert!(error.contains(part), "{error}");
        }
        for runs in [Spans::relative("1 6"), Spans::absolute("6 2"), Spans::counts("1 6")] {
            let error = runs.expect("runs").mask(2, 3).expect_err("beyond");
            assert!(error.contains("up to pixel 7, but its image has 2 x 3 = 6"), "{error}");
        }
        assert!(Spans::absolute("6 1").expect("runs").mask(2, 3).is_ok(), "the last pixel");
        let long = Spans::relative("1 18446744073709551614").expect("runs");
        assert!(long.mask(2, 3).is_err());
    }

    #[test]
    fn masks_that_share_a_pixel() {
        let runs = |text| Spans::relative(text).expect("runs");
        assert!(Spans::overlap(&[runs("3 4"), runs("6 2")]));
        assert!(!Spans::overlap(&[runs("3 4"), runs("7 2"), runs("0 3")]));
    }

    /// `pycocotools.mask.frUncompressedRLE` 2.0: counts and their text.
    #[test]
    fn packed_runs_of_coco() {
        for (text, counts) in PACKED {
            assert_eq!(Spans::unpacked(text).as_deref(), Ok(counts));
        }
        assert!(Spans::unpacked("\u{7f}").is_err() && Spans::unpacked("P").is_err());
        assert!(Spans::unpacked("5O").is_err(), "negative");
    }

    /// The table of SIIM-ACR, where a machine has it: `TRANSFOLIO_TEST_SIIM`
    /// names the file of 12,954 rows.
    #[test]
    fn every_row_of_siim_comes_back() {
        let Some(path) = std::env::var_os("TRANSFOLIO_TEST_SIIM") else {
            eprintln!("skipped: TRANSFOLIO_TEST_SIIM names no table of runs");
            return;
        };
        let text = std::fs::read_to_string(path).expect("read");
        let rows = text.lines().skip(1).filter_map(|line| line.split_once(','));
        let mut images = std::collections::BTreeSet::new();
        for (image, runs) in rows.filter(|(_, runs)| runs.trim() != "-1") {
            let mask = Spans::relative(runs).and_then(|runs| runs.mask(1024, 1024)).expect(image);
            assert_eq!(Spans::of(&mask).to_relative(), runs.trim(), "{image}");
            images.insert(image);
        }
        eprintln!("{} images with a mask", images.len());
    }

    const PACKED: [(&str, &[u64]); 5] = [
        ("141", &[1, 4, 1]),
        ("6", &[6]),
        ("06", &[0, 6]),
        ("53T3U1SM5", &[5, 3, 100, 40, 7, 45]),
        ("Xo0a0nn0=\\O1Po0", &[1000, 17, 990, 30, 970, 31, 1962]),
    ];
}

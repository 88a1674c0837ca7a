//! Height and width of a pixel, as a file states them.

use super::element::Tag;
use super::file::{File, text};

/// In the patient, then at the detector: what a radiograph is known by, which shows
/// things a little larger than they are.
const TAGS: [(&str, Tag); 2] =
    [("PixelSpacing", Tag(0x0028, 0x0030)), ("ImagerPixelSpacing", Tag(0x0018, 0x1164))];

/// Height and width of a pixel in millimetres.
///
/// # Errors
/// The file is no DICOM file, states none, or states what is none.
pub(in crate::data) fn spacing(bytes: &[u8]) -> Result<[f64; 2], String> {
    if !super::looks_like(bytes) {
        return Err("is no DICOM file and states no size of its pixels (spacing = \"files\"); \
                    write spacing = [HEIGHT, WIDTH] in millimetres, or leave it out"
            .into());
    }
    let file = File::open_header(bytes)?;
    let stated = |(name, tag): &(&'static str, Tag)| {
        let element = file.element(*tag)?;
        Some((*name, text(file.value(element)))).filter(|(_, value)| !value.is_empty())
    };
    let Some((name, value)) = TAGS.iter().find_map(stated) else {
        return Err("has neither the tag PixelSpacing nor ImagerPixelSpacing, which spacing = \
                    \"files\" asks for; write spacing = [HEIGHT, WIDTH] in millimetres"
            .into());
    };
    parsed(&value).ok_or_else(|| {
        format!("has the {name} `{value}`, expected height and width of a pixel, as `0.15\\0.15`")
    })
}

fn parsed(value: &str) -> Option<[f64; 2]> {
    let (height, width) = value.split_once('\\')?;
    let length = |text: &str| {
        let length: f64 = text.trim().parse().ok()?;
        (1e-6..=1e6).contains(&length).then_some(length)
    };
    Some([length(height)?, length(width)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lengths_above_zero() {
        assert_eq!(parsed("0.139\\0.143"), Some([0.139, 0.143]));
        assert_eq!(parsed(" 1.5E-1 \\ 2 "), Some([0.15, 2.0]));
        for text in ["", "0.1", "0\\0.1", "-1\\1", "a\\b", "1\\2\\3", "inf\\1", "NaN\\NaN"] {
            assert_eq!(parsed(text), None, "{text}");
        }
        assert!(spacing(b"\x89PNG").is_err_and(|error| error.contains("no DICOM file")));
    }
}

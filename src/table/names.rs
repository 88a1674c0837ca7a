//! Names as they are compared: letters that look alike are alike.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A name without what nobody sees: composed letters (NFC), no zero-width characters,
/// no control characters, any blank as one space, none at the ends.
pub fn clean(name: &str) -> Cow<'_, str> {
    let trimmed = name.trim_ascii();
    if trimmed.is_ascii() && is_plain(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    let mut clean = String::with_capacity(name.len());
    let composed: Box<dyn Iterator<Item = char>> =
        if is_nfc_quick(name.chars()) == IsNormalized::Yes {
            Box::new(name.chars())
        } else {
            Box::new(name.nfc())
        };
    for letter in composed {
        if letter.is_whitespace() || letter == '\u{2800}' {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if !is_invisible(letter) {
            clean.push(letter);
        }
    }
    clean.truncate(clean.trim_end().len());
    if clean == name { Cow::Borrowed(name) } else { Cow::Owned(clean) }
}

/// ASCII that cleaning would leave as it is.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.iter().any(u8::is_ascii_control) && !bytes.windows(2).any(|two| two == b"  ")
}

/// Characters without a picture: zero widths, joiners, marks of direction, soft
/// hyphens, controls.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// A name of a column as columns are found by: lower case, words joined by `_`, no
/// unit in brackets.
///
/// `Label Fraction (%)`, `label-fraction` and `LabelFraction` are `label_fraction`.
pub fn plain(name: &str) -> String {
    let name = clean(name);
    let name = match (name.find(['(', '[']), name.ends_with([')', ']'])) {
        (Some(at), true) if at > 0 => name[..at].trim_end(),
        _ => &name,
    };
    let mut plain = String::with_capacity(name.len() + 2);
    let mut before = ' ';
    for letter in name.chars() {
        let breaks = letter.is_whitespace() || matches!(letter, '-' | '_');
        let hump = letter.is_uppercase() && before.is_lowercase();
        if (breaks || hump) && !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
        if !breaks {
            plain.extend(letter.to_lowercase());
        }
        before = letter;
    }
    plain.truncate(plain.trim_end_matches('_').len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_makes_no_other_name() {
        for name in
            ["chest", " chest ", "chest\u{a0}", "che\u{200b}st", "\u{feff}chest", "che\u{ad}st"]
        {
            assert_eq!(clean(name), "chest", "{name:?}");
        }
        assert_eq!(clean("Mu\u{308}nchen"), clean("M\u{fc}nchen"));
        assert_eq!(clean("vit\u{a0}b  16"), "vit b 16");
        assert_eq!(clean("Köln"), "Köln");
    }

    #[test]
    fn columns_are_found_whatever_their_case_and_blanks() {
        for name in [
            "label_fraction",
            "Label Fraction",
            "label-fraction",
            "LabelFraction",
            "LABEL_FRACTION",
            "Label fraction (%)",
            " label  fraction ",
        ] {
            assert_eq!(plain(name), "label_fraction", "{name:?}");
        }
        assert_eq!(plain("AUC"), "auc");
        assert_eq!(plain("(x)"), "(x)");
        assert_eq!(plain("test/AUC"), "test/auc");
    }
}

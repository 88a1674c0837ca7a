//! A page as text: without what editors, version control and mail change in
//! passing, and what no browser shows.

use encoding_rs::{Encoding, UTF_8};

/// A page, opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) struct Opened {
    /// Its text, with `\n` at the end of every line and no byte-order mark.
    pub(in crate::report) text: String,
    /// What was set aside to get there, in words.
    pub(in crate::report) set_aside: Vec<String>,
    /// Why its bytes are no text, where they are none.
    pub(in crate::report) fault: Option<String>,
}

impl Opened {
    /// Opens a page.
    pub(in crate::report) fn of(bytes: &[u8]) -> Self {
        let mut set_aside = Vec::new();
        let mut rest = bytes;
        let mut encoding = UTF_8;
        if let Some((found, length)) = Encoding::for_bom(bytes) {
            encoding = found;
            rest = &bytes[length..];
            set_aside.push("a byte-order mark".to_string());
        }
        if encoding != UTF_8 {
            set_aside.push(format!("the encoding {}", encoding.name()));
        }
        let (text, _) = encoding.decode_without_bom_handling(rest);
        let fault = fault(encoding, rest);
        let text = unix_lines(text.into_owned(), &mut set_aside);
        Self { text, set_aside, fault }
    }

    /// A page of this program, which is text as it is.
    pub(in crate::report) fn own(page: String) -> String {
        unix_lines(page, &mut Vec::new())
    }
}

/// Where the bytes are no text.
fn fault(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    if encoding == UTF_8 {
        let error = std::str::from_utf8(bytes).err()?;
        return Some(format!("byte {} is no UTF-8", error.valid_up_to() + 1));
    }
    let (_, failed) = encoding.decode_without_bom_handling(bytes);
    failed.then(|| format!("it is no {}", encoding.name()))
}

/// Lines that end as on Unix, which is also how browsers read them.
fn unix_lines(text: String, set_aside: &mut Vec<String>) -> String {
    if !text.contains('\r') {
        return text;
    }
    set_aside.push("line ends (CRLF or CR)".into());
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_marks_are_set_aside_and_nothing_else() {
        let utf16 = |text: &str| -> Vec<u8> {
            let mut out = vec![0xff, 0xfe];
            out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            out
        };
        for bytes in [
            &b"a\n\xc3\xa9\n"[..],
            b"a\r\n\xc3\xa9\r\n",
            b"a\r\xc3\xa9\r",
            b"\xef\xbb\xbfa\n\xc3\xa9\n",
            &utf16("a\r\n\u{e9}\r\n"),
        ] {
            let opened = Opened::of(bytes);
            assert_eq!((opened.text.as_str(), opened.fault), ("a\n\u{e9}\n", None));
            assert_eq!(opened.set_aside.is_empty(), bytes[0] == b'a' && !bytes.contains(&b'\r'));
        }
        assert_eq!(Opened::of(b"\xef\xbb\xbf\xef\xbb\xbfa").text, "\u{feff}a", "one mark");
        assert_eq!(Opened::of(b" a").text, " a");
    }

    #[test]
    fn bytes_that_are_no_text_are_a_fault() {
        let opened = Opened::of(b"ab\xff");
        assert_eq!(opened.fault.as_deref(), Some("byte 3 is no UTF-8"));
        assert!(Opened::of(b"\xff\xfea\0\0\xd8").fault.is_some());
        assert!(Opened::of("a\u{fffd}".as_bytes()).fault.is_none());
    }
}

//! HTML and images of one's own.

use std::fmt;
use std::path::Path;

use crate::display::Rich;
use crate::error::{Error, Result};
use crate::html;

/// HTML as it is: `Html::new("<b>bold</b>")`.
#[derive(Clone, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// From a text of HTML.
    pub fn new(html: impl Into<String>) -> Self {
        Self(html.into())
    }

    /// Text that is shown as it is, whatever signs are in it.
    pub fn text(text: &str) -> Self {
        Self(html::escape(text))
    }

    /// Shown by the kernel when it is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Html {
    fn plain(&self) -> String {
        // Without tags, as a terminal has it.
        let mut text = String::new();
        let mut inside = false;
        for c in self.0.chars() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text
    }

    fn html(&self) -> String {
        self.0.clone()
    }
}

/// A picture: PNG, JPEG, GIF or WebP.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    bytes: Vec<u8>,
    mime: &'static str,
    width: Option<u32>,
    alt: String,
}

impl Image {
    /// Of a file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::file("read", path, &error))?;
        Self::from_bytes(bytes)
            .map_err(|error| Error::request(format!("{}: {}", path.display(), error.message())))
    }

    /// Of the bytes of a file.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self> {
        let bytes = bytes.into();
        let mime = match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
            _ => {
                return Err(Error::request("this is no PNG, JPEG, GIF or WebP")
                    .hint("for an SVG use Figure::from_svg"));
            }
        };
        Ok(Self { bytes, mime, width: None, alt: String::new() })
    }

    /// Shown this many pixels wide.
    #[must_use]
    pub fn width(mut self, pixels: u32) -> Self {
        self.width = Some(pixels);
        self
    }

    /// With a text for those who cannot see it.
    #[must_use]
    pub fn with_alt(mut self, alt: &str) -> Self {
        self.alt = alt.to_owned();
        self
    }

    /// Shown by the kernel when it is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        f.write_str(&self.plain())
    }
}

impl Rich for Image {
    fn plain(&self) -> String {
        let alt = if self.alt.is_empty() { String::new() } else { format!(": {}", self.alt) };
        format!("picture ({}, {} bytes){alt}", self.mime, self.bytes.len())
    }

    fn html(&self) -> String {
        let width = self.width.map_or_else(String::new, |width| format!(" width=\"{width}\""));
        format!(
            "<img alt=\"{}\"{width} style=\"max-width:100%;height:auto\" src=\"data:{};base64,{}\">",
            html::escape(&self.alt),
            self.mime,
            encoded(&self.bytes)
        )
    }
}

/// Base64 of bytes.
fn encoded(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for place in 0..4 {
            if place <= three.len() {
                text.push(DIGITS[(bits >> (18 - 6 * place)) as usize & 63] as char);
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_bytes() {
        let png = Image::from_bytes(*b"\x89PNG\r\n").expect("a picture").width(90).with_alt("<a>");
        let html = png.html();
        assert!(
            html.contains("data:image/png;base64,iVBORw0K\"") && html.contains("width=\"90\""),
            "{html}"
        );
        assert!(html.contains("&lt;a&gt;") && png.plain().contains("6 bytes"));
        assert!(Image::from_bytes(*b"<svg>").is_err() && Image::open("none.png").is_err());
        assert_eq!([&b""[..], b"f", b"fo", b"foo"].map(encoded), ["", "Zg==", "Zm8=", "Zm9v"]);
        assert_eq!(Html::new("<b>a</b> b").plain(), "a b");
        assert_eq!(Html::text("<").html(), "&lt;");
    }
}

//! DICOM files in memory.

use std::io::Write as _;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Explicit,
    Implicit,
    Big,
}

/// A data set in the making; elements are written in the order they come.
#[derive(Clone, Debug)]
pub(crate) struct DataSet {
    pub(crate) style: Style,
    pub(crate) bytes: Vec<u8>,
}

impl DataSet {
    pub(crate) fn new(style: Style) -> Self {
        Self { style, bytes: Vec::new() }
    }

    fn u16(&mut self, value: u16) {
        self.bytes.extend(if self.style == Style::Big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(if self.style == Style::Big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    }

    pub(crate) fn tag(&mut self, tag: (u16, u16)) {
        self.u16(tag.0);
        self.u16(tag.1);
    }

    /// A tag with a length, as items and delimiters have it.
    pub(crate) fn mark(&mut self, tag: (u16, u16), length: u32) {
        self.tag(tag);
        self.u32(length);
    }

    pub(crate) fn head(&mut self, tag: (u16, u16), vr: &str, length: u32) {
        self.tag(tag);
        if self.style == Style::Implicit {
            return self.u32(length);
        }
        self.bytes.extend(vr.bytes());
        if ["OB", "OW", "OF", "OD", "SQ", "UN", "UT"].contains(&vr) {
            self.u16(0);
            self.u32(length);
        } else {
            self.u16(length as u16);
        }
    }

    pub(crate) fn raw(mut self, tag: (u16, u16), vr: &str, value: &[u8]) -> Self {
        let padded = value.len().div_ceil(2) * 2;
        self.head(tag, vr, padded as u32);
        self.bytes.extend(value);
        self.bytes.resize(self.bytes.len() + padded - value.len(), if vr == "UI" { 0 } else { 32 });
        self
    }

    pub(crate) fn text(self, tag: (u16, u16), vr: &str, value: &str) -> Self {
        self.raw(tag, vr, value.as_bytes())
    }

    pub(crate) fn number(self, tag: (u16, u16), value: u16) -> Self {
        self.numbers(tag, "US", &[value])
    }

    pub(crate) fn numbers(self, tag: (u16, u16), vr: &str, values: &[u16]) -> Self {
        let big = self.style == Style::Big;
        let bytes: Vec<u8> = (values.iter())
            .flat_map(|v| if big { v.to_be_bytes() } else { v.to_le_bytes() })
            .collect();
        self.raw(tag, vr, &bytes)
    }

    /// A sequence of one item, of stated or undefined lengths.
    pub(crate) fn sequence(mut self, tag: (u16, u16), item: &DataSet, stated: bool) -> Self {
        let length = item.bytes.len() as u32;
        if stated {
            self.head(tag, "SQ", length + 8);
            self.mark((0xfffe, 0xe000), length);
            self.bytes.extend(&item.bytes);
        } else {
            self.head(tag, "SQ", u32::MAX);
            self.mark((0xfffe, 0xe000), u32::MAX);
            self.bytes.extend(&item.bytes);
            self.mark((0xfffe, 0xe00d), 0);
            self.mark((0xfffe, 0xe0dd), 0);
        }
        self
    }

    /// Pixel data in fragments, the first of which is the table of offsets.
    pub(crate) fn fragments(mut self, fragments: &[&[u8]]) -> Self {
        self.head((0x7fe0, 0x0010), "OB", u32::MAX);
        for fragment in fragments {
            self.mark((0xfffe, 0xe000), fragment.len().div_ceil(2) as u32 * 2);
            self.bytes.extend(*fragment);
            self.bytes.resize(self.bytes.len() + fragment.len() % 2, 0);
        }
        self.mark((0xfffe, 0xe0dd), 0);
        self
    }

    /// The elements that describe pixels.
    pub(crate) fn image(self, image: &Image<'_>) -> Self {
        let set = self.number((0x28, 2), image.samples).text((0x28, 4), "CS", image.photometric);
        let set = if image.samples == 3 { set.number((0x28, 6), image.planar) } else { set };
        let set = if image.frames > 1 {
            set.text((0x28, 8), "IS", &image.frames.to_string())
        } else {
            set
        };
        set.number((0x28, 0x10), image.rows)
            .number((0x28, 0x11), image.columns)
            .number((0x28, 0x100), image.allocated)
            .number((0x28, 0x101), image.stored)
            .number((0x28, 0x102), image.stored - 1)
            .number((0x28, 0x103), image.signed)
    }

    /// The file of a data set: preamble, file meta information, data.
    pub(crate) fn file(&self, transfer_syntax: &str) -> Vec<u8> {
        let mut meta = DataSet::new(Style::Explicit)
            .text((2, 2), "UI", "1.2.840.10008.5.1.4.1.1.7")
            .text((2, 0x10), "UI", transfer_syntax);
        let length = (meta.bytes.len() as u32).to_le_bytes();
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        file.extend(DataSet::new(Style::Explicit).raw((2, 0), "UL", &length).bytes);
        file.append(&mut meta.bytes);
        if transfer_syntax.ends_with(".1.99") {
            let mut deflated =
                flate2::write::DeflateEncoder::new(file, flate2::Compression::default());
            deflated.write_all(&self.bytes).expect("written");
            return deflated.finish().expect("closed");
        }
        file.extend(&self.bytes);
        file
    }
}

/// What a test image is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image<'a> {
    pub(crate) photometric: &'a str,
    pub(crate) samples: u16,
    pub(crate) planar: u16,
    pub(crate) rows: u16,
    pub(crate) columns: u16,
    pub(crate) allocated: u16,
    pub(crate) stored: u16,
    pub(crate) signed: u16,
    pub(crate) frames: u32,
}

impl Image<'_> {
    pub(crate) const GREY8: Self = Self {
        photometric: "MONOCHROME2",
        samples: 1,
        planar: 0,
        rows: 2,
        columns: 3,
        allocated: 8,
        stored: 8,
        signed: 0,
        frames: 1,
    };
    pub(crate) const GREY16: Self = Self { allocated: 16, stored: 16, ..Self::GREY8 };
    pub(crate) const RGB: Self = Self { photometric: "RGB", samples: 3, ..Self::GREY8 };
}

/// A plane of bytes in DICOM's runs.
pub(crate) fn rle(planes: &[&[u8]]) -> Vec<u8> {
    let mut head = vec![planes.len() as u32];
    let mut body = Vec::new();
    for plane in planes {
        head.push(64 + body.len() as u32);
        for part in plane.chunks(128) {
            body.push(part.len() as u8 - 1);
            body.extend(part);
        }
        if body.len() % 2 == 1 {
            body.push(0x80);
        }
    }
    head.resize(16, 0);
    head.iter().flat_map(|word| word.to_le_bytes()).chain(body).collect()
}

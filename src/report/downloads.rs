//! Files inside a page: CSV behind tables and figures, SVG of drawings, the
//! data that all is computed from.
//!
//! A page holds each content once: a file that is the same as an earlier one
//! only names it. All but the data are deflated, which a browser undoes by
//! itself; the data are an archive as they are.

use std::collections::HashMap;
use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rayon::prelude::*;
use serde::Serialize;

use super::bundle::sha256;
use super::document::{Block, Document};

/// The id of the data that the page is computed from.
pub(super) const DATA: &str = "data-zip";

/// A file inside the page, as templates see it.
#[derive(Serialize)]
pub(super) struct Download {
    id: String,
    name: String,
    mime: &'static str,
    /// The content; empty where `same` has it.
    base64: String,
    /// How the content is packed: `deflate-raw`, or not at all.
    packed: &'static str,
    /// The id of an earlier file with the same content; else empty.
    same: String,
    /// Empty where it is stated nowhere.
    sha256: String,
}

/// Type of the files that a page can do without: its script makes them from
/// the drawings.
const SVG: &str = "image/svg+xml";

impl Download {
    fn data(archive: &[u8]) -> Self {
        Self {
            id: DATA.into(),
            name: "data.zip".into(),
            mime: "application/zip",
            base64: STANDARD.encode(archive),
            packed: "",
            same: String::new(),
            sha256: sha256(archive),
        }
    }

    /// Whether it is the file of a drawing.
    pub(super) fn is_drawing(&self) -> bool {
        self.mime == SVG
    }
}

/// All files of a document, each content once. A table or figure whose CSV was
/// left out has none.
pub(super) fn downloads(document: &Document, archive: &[u8]) -> Vec<Download> {
    let mut out = Files::default();
    for block in document.blocks() {
        match block {
            Block::Table(table) => out.csv(&table.label, &table.csv),
            Block::Figure(figure) => {
                let label = &figure.label;
                out.csv(label, &figure.csv);
                for (index, panel) in figure.panels.iter().enumerate() {
                    let name = format!("{label}-{}.svg", index + 1);
                    out.add(format!("{label}-svg-{index}"), name, SVG, &panel.file);
                }
            }
            _ => {}
        }
    }
    let (mut list, data) = rayon::join(|| out.packed(), || Download::data(archive));
    list.push(data);
    list
}

#[derive(Default)]
struct Files<'a> {
    /// Each with the text that it will hold.
    list: Vec<(Download, &'a str)>,
    /// The first file of each type and content.
    seen: HashMap<(&'static str, &'a str), String>,
}

impl<'a> Files<'a> {
    fn csv(&mut self, label: &str, text: &'a str) {
        if !text.is_empty() {
            self.add(format!("{label}-csv"), format!("{label}.csv"), "text/csv", text);
        }
    }

    fn add(&mut self, id: String, name: String, mime: &'static str, text: &'a str) {
        let first = self.seen.get(&(mime, text)).cloned();
        let (text, packed) = if first.is_some() { ("", "") } else { (text, "deflate-raw") };
        if first.is_none() {
            self.seen.insert((mime, text), id.clone());
        }
        let same = first.unwrap_or_default();
        let (base64, sha256) = (String::new(), String::new());
        self.list.push((Download { id, name, mime, base64, packed, same, sha256 }, text));
    }

    /// The files with their contents, which all cores deflate.
    fn packed(self) -> Vec<Download> {
        let pack = |(file, text): (Download, &str)| {
            let base64 = match file.packed {
                "" => String::new(),
                _ => STANDARD.encode(deflate(text.as_bytes())),
            };
            Download { base64, ..file }
        };
        self.list.into_par_iter().with_max_len(1).map(pack).collect()
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(7));
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// All that a page holds inflates to so many bytes at most: its files and the members
/// of its data together.
pub(super) const MOST_INFLATED: u64 = 1 << 30;

/// What was deflated; `None` where it is damaged or more than there is room for. What
/// came out takes of the room in any case: many that fail are not to cost more than
/// one that does not.
pub(super) fn inflate(bytes: &[u8], room: &mut u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let read = DeflateDecoder::new(bytes).take(*room + 1).read_to_end(&mut out);
    let fits = out.len() as u64 <= *room;
    *room = room.saturating_sub(out.len() as u64);
    (read.is_ok() && fits).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Section, TableBlock};
    use proptest::prelude::*;

    #[test]
    fn a_content_is_held_once() {
        let table = |label: &str, csv: &str| {
            Block::Table(TableBlock {
                label: label.into(),
                csv: csv.into(),
                ..TableBlock::default()
            })
        };
        let blocks = vec![table("tab-a", "x\n1\n"), table("tab-b", "x\n1\n"), table("tab-c", "")];
        let section = Section { blocks, ..Section::default() };
        let document = Document { sections: vec![section], ..Document::default() };
        let files = downloads(&document, b"data");
        let got: Vec<[&str; 2]> =
            files.iter().map(|file| [file.id.as_str(), file.same.as_str()]).collect();
        assert_eq!(got, [["tab-a-csv", ""], ["tab-b-csv", "tab-a-csv"], [DATA, ""]]);
        assert!(files[1].base64.is_empty() && files[2].sha256.len() == 64);
        let bytes = STANDARD.decode(&files[0].base64).expect("base64");
        assert_eq!(inflate(&bytes, &mut 4).as_deref(), Some(&b"x\n1\n"[..]));
        assert_eq!(inflate(&bytes, &mut 3), None);
        assert_eq!(inflate(b"\xff\xff\xff", &mut 9), None);
    }

    proptest! {
        #[test]
        fn what_is_deflated_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(inflate(&deflate(&bytes), &mut (bytes.len() as u64)), Some(bytes));
        }
    }
}

//! Made tables on the way through every reader: none panics.
//!
//! Inputs are put together from pieces that readers look for (separators, quotes, marks
//! of encodings, words for what is missing, names of columns, numbers of two meanings),
//! and now and then from any bytes. They depend on their number alone, so that every run
//! tests the same ones; a failure is reported with its number. `TRANSFOLIO_FUZZ=N`
//! multiplies how many there are by N. Those who read sheets test themselves with them
//! too: results (`frame/runs`), printed p-values, manifests.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::{Sheet, SheetOptions};

/// Inputs for each reader in a run of the suite.
const INPUTS: u64 = 2_000;

const PIECES: [&str; 78] = [
    ",",
    ",",
    ",",
    ",",
    ";",
    "\t",
    "|",
    " ",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\"",
    "\"",
    "'",
    "#",
    "# ",
    "sep=;",
    "=",
    ":",
    "{",
    "}",
    "[",
    "]",
    "{\"a\": 1}",
    "\\",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "\u{200b}",
    "e\u{301}",
    "ä",
    "—",
    "0",
    "1",
    "10",
    "100",
    "0.5",
    "0,5",
    "1,234",
    "1.234,5",
    "1'000",
    "75 %",
    "-1",
    "1e-8",
    "inf",
    "NaN",
    "NA",
    "failed",
    "OOM",
    "task",
    "model",
    "init",
    "label_fraction",
    "seed",
    "metric",
    "value",
    "class",
    "mean",
    "sd",
    "n",
    "case",
    "label",
    "score",
    "auc",
    "test/auc",
    "dice",
    "Name",
    "State",
    "step",
    "epoch",
    "image",
    "patient_id",
    "split",
    "train",
    "a",
    "b",
];
/// First bytes of files that are no text.
const MAGIC: [&[u8]; 8] = [
    b"PAR1",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xd0\xcf\x11\xe0",
    b"\x89HDF",
];

/// Numbers from a number: SplitMix64.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// The input of a number.
fn input(number: u64) -> Vec<u8> {
    let mut stream = Stream(number);
    let kind = stream.below(16);
    if kind == 0 {
        let mut bytes = MAGIC[stream.below(MAGIC.len())].to_vec();
        bytes.extend((0..stream.below(60)).map(|_| stream.next() as u8));
        return bytes;
    }
    let mut bytes = if kind < 8 { table(&mut stream) } else { pieces(&mut stream, 60) };
    match kind {
        1 => drop(bytes.drain(..stream.below(bytes.len() + 1))),
        2 => bytes = bytes.iter().flat_map(|byte| [*byte, 0]).collect(),
        3 => bytes = gzip(&bytes, stream.below(4) == 0),
        4 if !bytes.is_empty() => {
            let at = stream.below(bytes.len());
            bytes[at] = stream.next() as u8;
        }
        _ => {}
    }
    bytes
}

fn pieces(stream: &mut Stream, most: usize) -> Vec<u8> {
    (0..stream.below(most)).flat_map(|_| PIECES[stream.below(PIECES.len())].bytes()).collect()
}

/// A header and rows of as many cells, which readers get further with.
fn table(stream: &mut Stream) -> Vec<u8> {
    let names = [
        "task",
        "model",
        "init",
        "label_fraction",
        "seed",
        "metric",
        "value",
        "class",
        "case",
        "label",
        "image",
        "split",
        "patient_id",
        "auc",
        "mean",
        "sd",
        "n",
        "Name",
    ];
    let cells =
        ["0", "1", "2", "0.5", "0,5", "10 %", "a", "b", "A", "", "NA", "failed", "train", "auc"];
    let separator = [",", ";", "\t", "|"][stream.below(4)];
    let width = 1 + stream.below(7);
    let line = |words: &[&str], stream: &mut Stream| {
        let row: Vec<&str> = (0..width).map(|_| words[stream.below(words.len())]).collect();
        row.join(separator) + "\n"
    };
    let mut text = line(&names, stream);
    for _ in 0..stream.below(6) {
        text += &line(&cells, stream);
    }
    text.into_bytes()
}

fn gzip(bytes: &[u8], cut: bool) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).expect("written");
    let mut bytes = gz.finish().expect("closed");
    bytes.truncate(if cut { bytes.len() / 2 } else { bytes.len() });
    bytes
}

/// Goes through the inputs; the numbers of those that made a reader panic.
pub(crate) fn failures(read: impl Fn(&[u8])) -> Vec<u64> {
    let times = std::env::var("TRANSFOLIO_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    (0..INPUTS * times)
        .filter(|number| {
            let bytes = input(*number);
            catch_unwind(AssertUnwindSafe(|| read(&bytes))).is_err()
        })
        .take(5)
        .collect()
}

#[test]
fn sheets_of_anything() {
    let failures = failures(|bytes| {
        let _ = Sheet::read(Path::new("t.csv"), bytes, &SheetOptions::default());
    });
    assert!(failures.is_empty(), "inputs {failures:?}");
}

//! Damaged files: every one is read or refused, none ends the process.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::jpeg_writer::{lossless, twelve};
use super::writer::{DataSet, Image, Style, rle};
use super::*;
use crate::data::rng::Stream;

/// Inputs of a normal test run; `TRANSFOLIO_FUZZ=N` makes N times as many.
const INPUTS: u64 = 1500;

/// A file of every kind.
fn seeds() -> Vec<Vec<u8>> {
    let uid = |rest: &str| format!("1.2.840.10008.1.2{rest}");
    let set = || DataSet::new(Style::Explicit).text((8, 0x60), "CS", "CT");
    let words = [0, 1, 255, 256, 4095, 65535];
    let grey = |style| {
        let item = DataSet::new(style).numbers((0x28, 0x3002), "US", &[3, 10, 16]).numbers(
            (0x28, 0x3006),
            "US",
            &[0, 9, 90],
        );
        DataSet::new(style)
            .text((8, 0x60), "CS", "CT")
            .image(&Image::GREY16)
            .text((0x28, 0x1050), "DS", "40")
            .text((0x28, 0x1051), "DS", "400")
            .sequence((0x28, 0x3010), &item, false)
            .numbers((0x7fe0, 0x10), "OW", &words)
    };
    let packed_in = |image: Image<'_>, rest: &str, bytes: &[u8]| {
        set().image(&image).fragments(&[&[], bytes]).file(&uid(rest))
    };
    let size = |image, rows, columns| Image { rows, columns, ..image };
    let values: Vec<i32> = (0..20).map(|v| v * 200).collect();
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 80);
    image::RgbImage::from_fn(16, 16, |x, y| image::Rgb([x as u8 * 9, y as u8 * 9, 3]))
        .write_with_encoder(encoder)
        .expect("encoded");
    let ybr = Image { photometric: "YBR_FULL", ..Image::RGB };
    vec![
        grey(Style::Explicit).file(&uid(".1")),
        grey(Style::Implicit).file(&uid("")),
        grey(Style::Big).file(&uid(".2")),
        grey(Style::Explicit).file(&uid(".1.99")),
        grey(Style::Explicit).bytes,
        packed_in(Image::GREY16, ".5", &rle(&[&[1, 2, 3, 4, 5, 6], &[0; 6]])),
        packed_in(
            Image { stored: 12, ..size(Image::GREY16, 4, 5) },
            ".4.70",
            &lossless(&values, (5, 4), 1, (12, 4, true)),
        ),
        packed_in(
            Image { stored: 12, ..size(Image::GREY16, 8, 16) },
            ".4.51",
            &twelve(&[9, 4000], (2, 1)),
        ),
        packed_in(size(ybr, 16, 16), ".4.50", &jpeg),
        packed_in(size(Image::GREY16, 32, 33), ".4.90", &packed::bytes(packed::J2K_UNSIGNED)),
        packed_in(size(Image::GREY16, 6, 7), ".4.80", &packed::bytes(packed::JLS_GREY)),
        packed_in(size(Image::RGB, 4, 24), ".4.81", &packed::bytes(packed::JLS_RUNS_PIXELS)),
        packed_in(size(Image::RGB, 6, 7), ".4.81", &packed::bytes(packed::JLS_COLOUR_LINES)),
    ]
}

/// A file with some of its bytes changed, cut, repeated or mixed with another.
fn damaged(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut stream = Stream::new("dicom fuzz", &[number]);
    let mut below = |most: usize| (stream.unit() * most as f64) as usize;
    let mut bytes = seeds[below(seeds.len())].clone();
    for _ in 0..=below(4) {
        if bytes.len() < 2 {
            break;
        }
        let at = below(bytes.len());
        match below(7) {
            0 => bytes[at] = below(256) as u8,
            1 => bytes[at] ^= 1 << below(8),
            2 => bytes[at] = [0, 0xff, 0x7f, 0x80][below(4)],
            3 => bytes.truncate(at),
            4 => {
                let end = (at + below(24)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + below(24)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let other = &seeds[below(seeds.len())];
                bytes.truncate(at);
                bytes.extend(&other[at.min(other.len())..]);
            }
        }
    }
    bytes
}

#[test]
fn damaged_files_are_read_or_refused() {
    let times = std::env::var("TRANSFOLIO_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let seeds = seeds();
    for (place, seed) in seeds.iter().enumerate() {
        assert!(decode(seed, &Rules::default()).is_ok(), "seed {place}: {}", refused(seed));
    }
    let mut read = 0;
    let failures: Vec<u64> = (0..INPUTS * times)
        .filter(|number| {
            let bytes = damaged(&seeds, *number);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let keyword = Keyword::of_column("dicom:Modality").and_then(Result::ok);
                let keyword = keyword.expect("a keyword");
                let header =
                    Header::read(&bytes).is_ok_and(|header| header.value(&keyword).is_some());
                let image = crate::data::decode::decode(&bytes, &Rules::default());
                (header, image.is_ok())
            }));
            read += u64::from(matches!(outcome, Ok((_, true))));
            outcome.is_err()
        })
        .collect();
    assert!(failures.is_empty(), "inputs {failures:?}");
    assert!(read > INPUTS / 10, "{read}: damage so deep tests little");
}

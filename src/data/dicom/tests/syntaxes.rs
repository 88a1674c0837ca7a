//! Every way of writing and packing that is read, and some that are not.

use super::jpeg_writer::{lossless, twelve};
use super::writer::{DataSet, Image, Style, rle};
use super::*;

const UID: &str = "1.2.840.10008.1.2";

fn uid(rest: &str) -> String {
    format!("{UID}{rest}")
}

const WORDS: [u16; 6] = [0, 1, 255, 256, 4095, 65535];

fn plain(style: Style) -> DataSet {
    DataSet::new(style).text((8, 0x60), "CS", "DX").image(&Image::GREY16).numbers(
        (0x7fe0, 0x10),
        "OW",
        &WORDS,
    )
}

#[test]
fn plain_files_in_every_writing() {
    let expected: Vec<i32> = WORDS.iter().map(|word| i32::from(*word)).collect();
    for (style, rest) in [
        (Style::Implicit, ""),
        (Style::Explicit, ".1"),
        (Style::Explicit, ".1.99"),
        (Style::Big, ".2"),
        // What some programs state and do not do.
        (Style::Implicit, ".1"),
        (Style::Explicit, ""),
    ] {
        let file = plain(style).file(&uid(rest));
        assert!(looks_like(&file));
        assert_eq!(numbers(&file), expected, "{style:?} {rest}");
    }
    let fragments: Vec<u8> = WORDS.iter().flat_map(|word| word.to_le_bytes()).collect();
    let set = DataSet::new(Style::Explicit).image(&Image::GREY16).fragments(&[&[], &fragments]);
    assert_eq!(numbers(&set.file(&uid(".1.98"))), expected);
}

#[test]
fn files_without_preamble() {
    for style in [Style::Implicit, Style::Explicit, Style::Big] {
        let set = DataSet::new(style)
            .text((8, 0x60), "CS", "DX")
            .text((8, 0x70), "LO", "Maker")
            .image(&Image::GREY16)
            .numbers((0x7fe0, 0x10), "OW", &WORDS);
        assert!(looks_like(&set.bytes) && looks_like(&set.bytes[..60]), "{style:?}");
        assert_eq!(numbers(&set.bytes)[5], 65535, "{style:?}");
    }
    let whole = plain(Style::Explicit).file(&uid(".1"));
    assert_eq!(numbers(&whole[128..])[4], 4095, "the mark alone");
    assert_eq!(numbers(&whole[132..])[4], 4095, "file meta information alone");
    for other in [&b"\x08\0\x60\0ab"[..], b"image,label\n", b"\x08\0\x08\0\x08\0\x08\0", b""] {
        assert!(!looks_like(other), "{other:?}");
    }
}

#[test]
fn runs_of_bytes() {
    let planes: [Vec<u8>; 2] =
        [WORDS.map(|w| (w >> 8) as u8).to_vec(), WORDS.map(|w| w as u8).to_vec()];
    let packed = rle(&[&planes[0], &planes[1]]);
    let set = DataSet::new(Style::Explicit).image(&Image::GREY16).fragments(&[&[], &packed]);
    assert_eq!(numbers(&set.file(&uid(".5"))), [0, 1, 255, 256, 4095, 65535]);
    let rgb = rle(&[&[1, 2, 3, 4, 5, 6], &[11, 12, 13, 14, 15, 16], &[21, 22, 23, 24, 25, 26]]);
    let set = DataSet::new(Style::Explicit).image(&Image::RGB).fragments(&[&[], &rgb]);
    assert_eq!(numbers(&set.file(&uid(".5")))[..6], [1, 11, 21, 2, 12, 22]);
}

/// Every predictor, with restarts and without, of few bits and of all.
#[test]
fn jpeg_without_loss() {
    let size = (5_u16, 4_u16);
    for (precision, channels) in [(8, 1), (12, 1), (16, 1), (8, 3)] {
        let count = 20 * usize::from(channels);
        let largest = (1_i64 << precision) - 1;
        let values: Vec<i32> =
            (0..count as i64).map(|i| ((i * i * 7919) % (largest + 1)) as i32).collect();
        for predictor in 1..=7 {
            for restarts in [false, true] {
                let jpeg = lossless(&values, size, channels, (precision, predictor, restarts));
                let allocated = if precision > 8 { 16 } else { 8 };
                let kind = if channels == 3 { Image::RGB } else { Image::GREY8 };
                let image = Image {
                    rows: size.1,
                    columns: size.0,
                    allocated,
                    stored: u16::from(precision),
                    ..kind
                };
                let set = DataSet::new(Style::Explicit).image(&image).fragments(&[&[], &jpeg]);
                let got = numbers(&set.file(&uid(".4.70")));
                assert_eq!(got, values, "{precision} bits, {channels} colours, {predictor}");
            }
        }
    }
}

#[test]
fn jpeg_of_12_bits() {
    let jpeg = twelve(&[0, 1000, 4095, 2048], (2, 2));
    let image = Image { rows: 16, columns: 16, stored: 12, ..Image::GREY16 };
    let set = DataSet::new(Style::Explicit).image(&image).fragments(&[&[], &jpeg]);
    let got = numbers(&set.file(&uid(".4.51")));
    for (place, shade) in [(0, 0), (7, 0), (8, 1000), (16 * 8, 4095), (255, 2048)] {
        assert_eq!(got[place], shade, "{place}");
    }
}

#[test]
fn jpeg_of_8_bits() {
    let grey = image::GrayImage::from_fn(16, 8, |x, _| image::Luma([if x < 8 { 40 } else { 200 }]));
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95);
    grey.write_with_encoder(encoder).expect("encoded");
    let image = Image { rows: 8, columns: 16, ..Image::GREY8 };
    // In two fragments, which together are one frame.
    let (a, b) = jpeg.split_at(jpeg.len() / 2 / 2 * 2);
    let set = DataSet::new(Style::Explicit).image(&image).fragments(&[&[], a, b]);
    let got = numbers(&set.file(&uid(".4.50")));
    assert!((got[0] - 40).abs() <= 2 && (got[127] - 200).abs() <= 2, "{got:?}");
    let rgb = image::RgbImage::from_pixel(8, 8, image::Rgb([200, 30, 60]));
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95);
    rgb.write_with_encoder(encoder).expect("encoded");
    let image = Image { rows: 8, columns: 8, photometric: "YBR_FULL_422", ..Image::RGB };
    let set = DataSet::new(Style::Explicit).image(&image).fragments(&[&[], &jpeg]);
    let shades = shown(&set.file(&uid(".4.50")));
    for (got, wanted) in shades.iter().zip([200, 30, 60]) {
        assert!(got.abs_diff(wanted) <= 3, "{got} {wanted}");
    }
}

#[test]
fn jpeg_2000() {
    let cell = |f: &dyn Fn(i32, i32) -> Vec<i32>| -> Vec<i32> {
        (0..32).flat_map(|y| (0..33).flat_map(move |x| f(x, y))).collect()
    };
    let unsigned = cell(&|x, y| vec![(x * 1900 + y * 123) % 65536]);
    let signed = cell(&|x, y| vec![x * 900 - y * 700]);
    let colour = cell(&|x, y| vec![x * 7 % 256, y * 7 % 256, (x + y) * 3 % 256]);
    let size = Image { rows: 32, columns: 33, ..Image::GREY16 };
    for (digits, image, expected) in [
        (packed::J2K_UNSIGNED, size, unsigned),
        (packed::J2K_SIGNED, Image { signed: 1, ..size }, signed),
        (
            packed::J2K_COLOUR,
            Image { photometric: "YBR_RCT", rows: 32, columns: 33, ..Image::RGB },
            colour,
        ),
    ] {
        let bytes = packed::bytes(digits);
        let set = DataSet::new(Style::Explicit).image(&image).fragments(&[&[], &bytes]);
        assert!(numbers(&set.file(&uid(".4.90"))) == expected, "{image:?}");
    }
}

/// All orders of colours, with runs and without.
#[test]
fn jpeg_ls() {
    let grey: Vec<i32> = (0..6)
        .flat_map(|y| (0..7).map(move |x| (x * 9000 + y * 1234 + x * y * 77) % 65536))
        .collect();
    let colour: Vec<i32> = (0..6)
        .flat_map(|y| (0..7).flat_map(move |x| [x * 30 % 256, y * 40 % 256, x * y * 7 % 256]))
        .collect();
    let line = |x: i32| {
        if x < 9 {
            0
        } else if x < 10 {
            60
        } else {
            120
        }
    };
    let big = |x: i32, y: i32| if (x, y) == (5, 2) { 255 } else { line(x) };
    let runs: Vec<i32> = (0..4)
        .flat_map(|y| (0..24).flat_map(move |x| [big(x, y), big(x, y), big((x + 23) % 24, y)]))
        .collect();
    let size = |image, rows, columns| Image { rows, columns, ..image };
    for (digits, image, expected) in [
        (packed::JLS_GREY, size(Image::GREY16, 6, 7), &grey),
        (packed::JLS_COLOUR_PLANES, size(Image::RGB, 6, 7), &colour),
        (packed::JLS_COLOUR_LINES, size(Image::RGB, 6, 7), &colour),
        (packed::JLS_COLOUR_PIXELS, size(Image::RGB, 6, 7), &colour),
        (packed::JLS_COLOUR_PIXELS_NEAR, size(Image::RGB, 6, 7), &packed::NEAR.to_vec()),
        (packed::JLS_RUNS_LINES, size(Image::RGB, 4, 24), &runs),
        (packed::JLS_RUNS_PIXELS, size(Image::RGB, 4, 24), &runs),
    ] {
        let bytes = packed::bytes(digits);
        let set = DataSet::new(Style::Explicit).image(&image).fragments(&[&[], &bytes]);
        assert_eq!(&numbers(&set.file(&uid(".4.80"))), expected, "{image:?}");
    }
}

/// Of several frames the first is taken, however frames are told apart.
#[test]
fn several_frames() {
    let first = rle(&[&[1, 2, 3, 4, 5, 6]]);
    let second = rle(&[&[9, 9, 9, 9, 9, 9]]);
    let image = Image { frames: 2, ..Image::GREY8 };
    let (a, b) = first.split_at(32);
    let at = (first.len() + 16) as u32;
    let offsets: Vec<u8> = [0_u32.to_le_bytes(), at.to_le_bytes()].concat();
    for fragments in [vec![&[][..], &first, &second], vec![&offsets[..], a, b, &second]] {
        let set = DataSet::new(Style::Explicit).image(&image).fragments(&fragments);
        let file = set.file(&uid(".5"));
        assert_eq!(numbers(&file), [1, 2, 3, 4, 5, 6]);
        let facts = decode(&file, &Rules::default()).expect("decoded").dicom.expect("facts");
        assert_eq!(facts.frames, 2);
        let text = notes(&[facts, Facts { frames: 1, ..facts }]).join("\n");
        assert!(
            text.contains("1 DICOM file has several frames (up to 2), of which the first"),
            "{text}"
        );
    }
    let set = DataSet::new(Style::Explicit).image(&image).raw(
        (0x7fe0, 0x10),
        "OB",
        &[1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9],
    );
    assert_eq!(numbers(&set.file(&uid(".1"))), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_is_not_read_is_named() {
    let set = plain(Style::Explicit);
    for (rest, name) in [
        (".4.102", "MPEG-4 video"),
        (".4.100", "MPEG-2 video"),
        (".4.92", "JPEG 2000 Part 2"),
        (".4.53", "a retired kind of JPEG"),
        (".4.112", "JPEG XL"),
        (".9.9", "not known"),
    ] {
        let error = refused(&set.file(&uid(rest)));
        assert!(error.contains(&uid(rest)) && error.contains(name), "{error}");
        assert!(error.contains("gdcmconv --raw"), "{error}");
    }
    let error = refused(&set.file("1.2.840.113619.5.2"));
    assert!(error.contains("1.2.840.113619.5.2 (a private one)"), "{error}");
}

#[test]
fn damage_is_named() {
    let good = plain(Style::Explicit);
    let with = |image: Image<'_>| DataSet::new(Style::Explicit).image(&image);
    let data = |set: DataSet| set.numbers((0x7fe0, 0x10), "OW", &WORDS).file(&uid(".1"));
    let cut = good.file(&uid(".1"));
    for (file, part) in [
        (cut[..cut.len() - 3].to_vec(), "element (7FE0,0010) has 12 bytes, 9 are left"),
        (with(Image::GREY16).file(&uid(".1")), "without pixel data (7FE0,0010)"),
        (data(DataSet::new(Style::Explicit)), "without element (0028,0010) (rows)"),
        (data(with(Image { rows: 0, ..Image::GREY16 })), "has no pixels (3 x 0)"),
        (data(with(Image { rows: 3, ..Image::GREY16 })), "takes 18 bytes, its pixel data have 12"),
        (
            data(with(Image { rows: 65535, columns: 65535, ..Image::GREY16 })),
            "is larger than 30000",
        ),
        (data(with(Image { rows: 20000, columns: 20000, ..Image::GREY16 })), "is larger than"),
        (
            data(with(Image { allocated: 12, stored: 12, ..Image::GREY16 })),
            "12 bits for each number",
        ),
        (data(with(Image { stored: 20, ..Image::GREY16 })), "20 bits up to bit 19"),
        (data(with(Image { photometric: "HSV", ..Image::GREY16 })), "colours are `HSV`"),
        (data(with(Image { samples: 4, ..Image::GREY16 })), "4 numbers a pixel"),
        (good.file(&uid(".5")), "its pixels are in one piece"),
        (
            with(Image::GREY16).fragments(&[&[], &[1, 2]]).file(&uid(".1")),
            "its pixels are in fragments",
        ),
        (with(Image::GREY16).fragments(&[]).file(&uid(".5")), "have no fragments"),
        (with(Image::GREY16).fragments(&[&[]]).file(&uid(".5")), "have no frame"),
    ] {
        let error = refused(&file);
        assert!(error.contains(part), "{error}\n{part}");
    }
    // An image inside that is not of the size the file states.
    let jpeg = twelve(&[0, 0], (2, 1));
    let set = with(Image { stored: 12, ..Image::GREY16 }).fragments(&[&[], &jpeg]);
    let error = refused(&set.file(&uid(".4.51")));
    assert!(
        error.contains("states 3 x 2 pixels of 1 numbers, its compressed image has 16 x 8"),
        "{error}"
    );
}

/// Neither a stack nor memory is run out of.
#[test]
fn deep_and_long_lies() {
    let mut deep = DataSet::new(Style::Explicit).text((8, 0x60), "CS", "DX");
    for _ in 0..100_000 {
        deep.head((8, 0x1140), "SQ", u32::MAX);
        deep.mark((0xfffe, 0xe000), u32::MAX);
    }
    let error = refused(&deep.file(&uid(".1")));
    assert!(error.contains("more than 64 sequences within each other"), "{error}");
    let mut long = DataSet::new(Style::Explicit).image(&Image::GREY16);
    long.head((0x7fe0, 0x10), "OW", 0xffff_fff0);
    let error = refused(&long.file(&uid(".1")));
    assert!(error.contains("has 4294967280 bytes, 0 are left"), "{error}");
}

#[test]
fn sequences_are_passed() {
    for style in [Style::Explicit, Style::Implicit, Style::Big] {
        for (outer, inner) in [(true, true), (true, false), (false, true), (false, false)] {
            let item = DataSet::new(style).number((0x28, 0x10), 9);
            let item = DataSet::new(style).sequence((8, 0x1199), &item, inner);
            let set = DataSet::new(style)
                .sequence((8, 0x1140), &item, outer)
                .image(&Image::GREY16)
                .numbers((0x7fe0, 0x10), "OW", &WORDS);
            let rest = match style {
                Style::Explicit => ".1",
                Style::Implicit => "",
                Style::Big => ".2",
            };
            assert_eq!(numbers(&set.file(&uid(rest)))[4], 4095, "{style:?} {outer} {inner}");
        }
    }
}

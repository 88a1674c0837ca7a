use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use super::*;
use crate::data::decode::{Rules, decode};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * y) as u8, (x * 7 + y) as u8, (x ^ y) as u8])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&image).expect("encoded");
    bytes
}

/// Bytes without order, with every value: the film of a motion photo.
fn film(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    b"MotionPhoto_Data\0\0\0\x18ftypmp42"
        .iter()
        .copied()
        .chain((0..length).map(|_| next()))
        .collect()
}

fn tails() -> Vec<(&'static str, Vec<u8>)> {
    let mut tails = vec![
        ("nothing", Vec::new()),
        ("a recorder's index", b"dhav\0\0\0\0".to_vec()),
        ("zeros", vec![0; 5000]),
        ("an end marker", vec![0xff, 0xd9]),
        ("another image", jpeg(20, 30)),
        (
            "a scan",
            vec![0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 1, 2, 3, 0xff, 0xd9],
        ),
    ];
    tails.extend((0..30).map(|seed| ("a film", film(20_000, seed))));
    tails
}

#[test]
fn whole_files_are_whole_whatever_follows() {
    for (width, height) in [(61, 50), (8, 8), (1, 1), (16, 200)] {
        for (what, tail) in tails() {
            let bytes = [jpeg(width, height), tail].concat();
            assert_eq!(fault(&bytes), None, "{width}x{height}, {what}");
            assert!(decode(&bytes, &Rules::default()).is_ok(), "{width}x{height}, {what}");
        }
    }
}

#[test]
fn half_files_are_half_whatever_follows() {
    let whole = jpeg(61, 50);
    let scan = whole.windows(2).rposition(|pair| pair == [0xff, 0xda]).expect("a scan");
    for cut in [scan + 40, whole.len() / 2, whole.len() * 3 / 4, whole.len() - 60] {
        for (what, tail) in tails() {
            let bytes = [&whole[..cut], &tail[..]].concat();
            let fault = fault(&bytes);
            // Chance bytes can stand for the missing blocks, but not end as
            // they must. A film is none of the twenty thousand bytes allowed.
            assert!(fault.is_some(), "cut at {cut} of {}, {what}", whole.len());
        }
    }
}

#[test]
fn restarts_and_single_components_are_counted() {
    // Restart markers by hand: two grey blocks, each a DC code of length 1
    // for size 0 and an end of block of length 1.
    let table = |head: u8| [&[head, 1][..], &[0; 15], &[0]].concat();
    let tables = [&[0xff, 0xc4, 0, 38][..], &table(0x00), &table(0x10)].concat();
    let head = |restart: u8| {
        let frame = [0xff, 0xc0, 0, 11, 8, 0, 8, 0, 16, 1, 1, 0x11, 0];
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
        [&[0xff, 0xd8][..], &tables, &frame, &[0xff, 0xdd, 0, 4, 0, restart], &scan].concat()
    };
    let end = [0xff, 0xd9];
    assert_eq!(fault(&[&head(0)[..], &[0x0f], &end].concat()), None);
    assert_eq!(fault(&[&head(1)[..], &[0x3f, 0xff, 0xd0, 0x3f], &end].concat()), None);
    let broken = fault(&[&head(1)[..], &[0x3f], &end].concat()).expect("one block of two");
    assert!(broken.contains("break off before"), "{broken}");
    let cut = fault(&[&head(1)[..], &[0x3f, 0xff, 0xd0]].concat()).expect("one block of two");
    assert!(cut.contains("no end marker"), "{cut}");
}

#[test]
fn whatever_bytes_there_are_nothing_panics() {
    for seed in 0..300 {
        let mut bytes = jpeg(30, 20);
        let at = (seed as usize * 7919) % bytes.len();
        bytes[at] ^= 1 << (seed % 8);
        let _ = fault(&bytes);
        let _ = fault(&bytes[..at]);
        let _ = fault(&film(300, seed));
    }
    for bytes in [
        &b""[..],
        b"\xff",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xda",
        b"\xff\xd8\xff\xc4\0\x20",
    ] {
        assert!(fault(bytes).is_some());
    }
}

/// What Pillow 13.0.0 wrote: every kind is whole, with and without a tail.
#[test]
fn files_of_other_encoders_are_whole_and_their_halves_are_not() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/data/pictures");
    for name in ["progressive.jpg", "sub420.jpg", "restart.jpg", "grey.jpg", "cmyk.jpg"] {
        let whole = std::fs::read(folder.join(name)).expect(name);
        for (what, tail) in tails() {
            let bytes = [&whole[..], &tail[..]].concat();
            assert_eq!(fault(&bytes), None, "{name}, {what}");
        }
        assert!(decode(&whole, &Rules::default()).is_ok(), "{name}");
        for cut in (whole.len() / 2..whole.len() - 1).step_by(53) {
            assert!(fault(&whole[..cut]).is_some(), "{name} cut at {cut}");
            if name == "progressive.jpg" {
                continue;
            }
            for (what, tail) in tails().into_iter().take(12) {
                let bytes = [&whole[..cut], &tail[..]].concat();
                // The last bytes may be told from the bits that fill them up.
                let near = cut + 3 >= whole.len();
                assert!(near || fault(&bytes).is_some(), "{name} cut at {cut}, {what}");
            }
        }
    }
}

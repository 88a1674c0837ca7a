use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType as Filter};
use image::{GrayImage, Luma};

use super::*;
use crate::data::dataset::{Case, Split};
use crate::data::decode::{self, Decoded};
use crate::data::truth::Truth;
use crate::spec::Target;

const SIZE: u32 = 64;

fn fit(image: &GrayImage) -> Vec<u8> {
    let decoded = Decoded::from_bytes(image.width(), image.height(), 1, image.as_raw());
    decode::fit(decoded, SIZE).expect("fit").pixels
}

/// Training images, then test images, of one size.
fn dataset(train: &[GrayImage], test: &[GrayImage]) -> Dataset {
    let splits = train.iter().map(|_| Split::Train).chain(test.iter().map(|_| Split::Test));
    let case = |(index, split): (usize, Split)| Case {
        id: index.to_string(),
        patient: index.to_string(),
        split,
        truth: Truth::Class(index % 2),
    };
    let cases = splits.enumerate().map(case).collect();
    let pixels = train.iter().chain(test).flat_map(fit).collect();
    let classes = vec!["a".into(), "b".into()];
    Dataset::in_memory("t", classes, Target::Binary, (SIZE, 1), cases, pixels).expect("data")
}

/// Smooth or busy, by `waves`.
fn drawn(seed: u32, waves: u32) -> GrayImage {
    let mut stream = Stream::new("drawn", &[u64::from(seed)]);
    let mut parts = Vec::new();
    for _ in 0..waves {
        parts.push([0; 4].map(|_| f64::from(stream.below(1000) as u32) / 1000.0));
    }
    GrayImage::from_fn(200, 160, |x, y| {
        let (x, y) = (f64::from(x) / 200.0, f64::from(y) / 160.0);
        let sum: f64 = (parts.iter())
            .map(|[a, b, c, d]| (40.0 * (a - 0.5) * x + 40.0 * (b - 0.5) * y + 7.0 * c).sin() * d)
            .sum();
        Luma([(128.0 + 60.0 * sum / f64::from(waves).sqrt()).clamp(0.0, 255.0) as u8])
    })
}

/// The same image as people pass it on.
fn copies(image: &GrayImage) -> Vec<(&'static str, GrayImage)> {
    let (width, height) = image.dimensions();
    let jpeg = |quality| {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).expect("jpeg");
        image::load_from_memory(&bytes).expect("jpeg").to_luma8()
    };
    vec![
        ("", imageops::resize(image, width / 2, height / 2, Filter::Triangle)),
        ("", imageops::resize(image, width * 2, height * 2, Filter::CatmullRom)),
        ("", imageops::resize(image, 117, 131, Filter::Lanczos3)),
        ("", jpeg(75)),
        ("", jpeg(30)),
        ("", imageops::brighten(image, 5)),
        ("mirrored", imageops::flip_horizontal(image)),
        ("upside down", imageops::flip_vertical(image)),
        ("turned by 180 degrees", imageops::rotate180(image)),
        ("turned by 90 degrees", imageops::rotate90(image)),
        ("turned by 90 degrees", imageops::rotate270(image)),
        ("mirrored", imageops::flip_horizontal(&jpeg(50))),
    ]
}

#[test]
fn copies_are_found_and_named_by_position() {
    for (seed, waves) in [(1, 6), (2, 12), (3, 30)] {
        let original = drawn(seed, waves);
        let copies = copies(&original);
        let images: Vec<GrayImage> = copies.iter().map(|(_, image)| image.clone()).collect();
        let others: Vec<GrayImage> = (100..130).map(|seed| drawn(seed, waves)).collect();
        let train = [&[original][..], &others].concat();
        let found = pairs(&dataset(&train, &images));
        let words: Vec<&str> = found.iter().map(|pair| pair.position.words()).collect();
        let expected: Vec<&str> = copies.iter().map(|(words, _)| *words).collect();
        assert_eq!(words, expected, "{waves} waves");
        assert!(found.iter().all(|pair| pair.a == 0), "{found:?}");
    }
}

#[test]
fn different_images_and_flat_ones_are_not_copies() {
    let all: Vec<GrayImage> = (0..120).map(|seed| drawn(seed, 12)).collect();
    assert_eq!(pairs(&dataset(&all[..60], &all[60..])), []);
    let flat = |value: u8| GrayImage::from_fn(50, 50, |x, _| Luma([value + u8::from(x == 9)]));
    assert_eq!(pairs(&dataset(&[flat(10), flat(200)], &[flat(90), flat(91)])), []);
}

fn images_below(folder: &Path, most: usize) -> Vec<GrayImage> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    let small = |path: PathBuf| {
        let image = image::open(path).ok()?.to_luma8();
        Some(imageops::resize(&image, 256, 256, Filter::Triangle))
    };
    paths.into_iter().take(most).filter_map(small).collect()
}

/// Of real chest radiographs of different people none is taken for a copy, and
/// every copy is found.
#[test]
#[allow(clippy::print_stderr)]
fn real_radiographs_are_told_apart() {
    let root = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let real = images_below(&root.join("datasets/nih_cxr_pneumonia/Pneumonia"), 16);
    if real.len() < 16 {
        eprintln!("skipped: no radiographs in {}", root.display());
        return;
    }
    let (train, test) = real.split_at(8);
    assert_eq!(pairs(&dataset(train, test)), []);
    for image in &real[..2] {
        let copies: Vec<GrayImage> = copies(image).into_iter().map(|(_, image)| image).collect();
        assert_eq!(pairs(&dataset(std::slice::from_ref(image), &copies)).len(), copies.len());
    }
}

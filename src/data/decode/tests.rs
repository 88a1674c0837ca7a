use std::fs;
use std::path::PathBuf;

use image::{GrayImage, ImageBuffer, Luma, LumaA, Rgb, RgbImage, Rgba};
use tempfile::TempDir;

use super::*;

fn read(path: &Path) -> Result<Decoded, String> {
    super::read(path, &Rules::default())
}

fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    super::decode(bytes, &Rules::default())
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("folder")
}

fn saved<P, C>(folder: &TempDir, name: &str, image: &ImageBuffer<P, C>) -> PathBuf
where
    P: image::PixelWithColorType,
    [P::Subpixel]: image::EncodableLayout,
    C: std::ops::Deref<Target = [P::Subpixel]>,
{
    let path = folder.path().join(name);
    image.save(&path).expect("save");
    path
}

fn grey() -> GrayImage {
    GrayImage::from_fn(9, 7, |x, y| Luma([(x * 20 + y) as u8]))
}

fn color() -> RgbImage {
    RgbImage::from_fn(9, 7, |x, y| Rgb([(x * 20) as u8, (y * 30) as u8, 100]))
}

#[test]
fn lossless_files_come_back_as_they_are() {
    let folder = folder();
    for name in ["a.png", "a.tiff", "a.bmp"] {
        let image = read(&saved(&folder, name, &grey())).expect(name);
        assert_eq!((image.width, image.height, image.channels), (9, 7, 1), "{name}");
        assert_eq!(image.pixels, grey().into_raw(), "{name}");
        let image = read(&saved(&folder, name, &color())).expect(name);
        assert_eq!(image.channels, 3, "{name}");
        assert_eq!(image.pixels, color().into_raw(), "{name}");
    }
}

#[test]
fn jpeg_and_gif_are_read() {
    let folder = folder();
    let image = read(&saved(&folder, "a.jpg", &grey())).expect("jpeg");
    assert_eq!(image.channels, 1);
    assert!(image.pixels.iter().zip(grey().iter()).all(|(a, b)| a.abs_diff(*b) < 12));
    let rgba = ImageBuffer::from_fn(9, 7, |x, _| Rgba([(x * 20) as u8, 0, 0, 255]));
    let image = read(&saved(&folder, "a.gif", &rgba)).expect("gif");
    assert_eq!((image.width, image.height, image.channels), (9, 7, 3));
}

#[test]
fn sixteen_bits_are_scaled_by_257() {
    let folder = folder();
    let values = [0_u16, 128, 129, 257, 32768, 65406, 65407, 65535];
    let image = ImageBuffer::from_fn(8, 1, |x, _| Luma([values[x as usize]]));
    let image = read(&saved(&folder, "a.png", &image)).expect("png");
    assert_eq!(image.pixels, [0, 0, 1, 1, 128, 254, 255, 255]);
    assert_eq!(image.largest16, Some(65535));
    let dark = ImageBuffer::from_pixel(4, 4, Luma([4095_u16]));
    let dark = read(&saved(&folder, "b.png", &dark)).expect("png");
    assert_eq!(fit(dark, 4).expect("fit").dark16, Some(4095));
    let rgb = ImageBuffer::from_pixel(4, 4, Rgb([65535_u16, 0, 257]));
    let rgb = read(&saved(&folder, "c.png", &rgb)).expect("png");
    assert_eq!(rgb.pixels[..3], [255, 0, 1]);
}

#[test]
fn alpha_is_dropped_and_equal_channels_are_grey() {
    let folder = folder();
    let image = ImageBuffer::from_pixel(2, 2, LumaA([77_u8, 3]));
    let image = read(&saved(&folder, "a.png", &image)).expect("png");
    assert_eq!((image.channels, image.pixels), (1, vec![77; 4]));
    let image = ImageBuffer::from_pixel(2, 2, Rgba([9_u8, 9, 9, 0]));
    let image = read(&saved(&folder, "b.png", &image)).expect("png");
    assert_eq!((image.channels, image.pixels), (1, vec![9; 4]));
    let image = ImageBuffer::from_pixel(1, 1, Rgba([9_u8, 8, 9, 0]));
    let image = read(&saved(&folder, "c.png", &image)).expect("png");
    assert_eq!((image.channels, image.pixels), (3, vec![9, 8, 9]));
}

/// The name says nothing: many data sets have JPEG files called `.png`.
#[test]
fn the_kind_is_told_from_the_content() {
    let folder = folder();
    let path = saved(&folder, "a.bmp", &grey());
    let renamed = folder.path().join("a.png");
    fs::rename(path, &renamed).expect("rename");
    assert_eq!(read(&renamed).expect("read").pixels, grey().into_raw());
}

/// Cut at many places: never an image, never a panic, always a reason. A file
/// that lacks nothing but what follows the last pixel may pass.
#[test]
fn truncated_files_are_errors() {
    let folder = folder();
    let large = RgbImage::from_fn(60, 50, |x, y| Rgb([(x * y) as u8, (x * 7) as u8, y as u8]));
    for (name, tail) in [("a.png", 13), ("a.jpg", 0), ("a.tiff", 0), ("a.bmp", 0)] {
        let path = saved(&folder, name, &large);
        let bytes = fs::read(&path).expect("read");
        let end = bytes.len() - tail;
        for cut in (0..end).step_by(1 + end / 40).chain([end - 1]) {
            let result = decode(&bytes[..cut]);
            assert!(result.is_err(), "{name} cut at {cut} of {}", bytes.len());
        }
    }
    let rgba = ImageBuffer::from_fn(60, 50, |x, y| Rgba([(x * y) as u8, x as u8, 0, 255]));
    let bytes = fs::read(saved(&folder, "a.gif", &rgba)).expect("read");
    for cut in (0..bytes.len() / 2).step_by(1 + bytes.len() / 40) {
        assert!(decode(&bytes[..cut]).is_err(), "gif cut at {cut}");
    }
}

#[test]
fn reasons_are_in_words() {
    let folder = folder();
    let missing = read(&folder.path().join("no.png")).expect_err("missing");
    assert_eq!(missing, "does not exist");
    assert!(read(folder.path()).expect_err("folder").contains("is a folder"));
    assert!(decode(b"").expect_err("empty").contains("is empty"));
    let text = decode(b"file,label\na,b\n").expect_err("text");
    assert!(text.contains("not an image file") && text.contains("PNG, JPEG"), "{text}");
    let webp = decode(b"RIFF\0\0\0\0WEBPVP8 ").expect_err("webp");
    assert!(webp.contains("WebP file"), "{webp}");
    let dicom = [&[0; 128][..], b"DICM\x02\0"].concat();
    assert!(decode(&dicom).expect_err("dicom").contains("is a DICOM file"));
    let png = fs::read(saved(&folder, "a.png", &grey())).expect("read");
    assert!(decode(&png[..40]).expect_err("cut").contains("PNG file"));
}

/// A PNG of a few bytes that claims 60000 x 60000 pixels.
#[test]
fn decompression_bombs_are_refused() {
    let folder = folder();
    let mut png = fs::read(saved(&folder, "a.png", &grey())).expect("read");
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let error = decode(&png).expect_err("bomb");
    assert!(error.contains("larger than 30000 pixels"), "{error}");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[derive(serde::Deserialize)]
struct Pil {
    to_16x16: Vec<u8>,
    to_64x48_first96: Vec<u8>,
}

/// Pillow's `Image.resize(size, BILINEAR)` of 37 rows of 53 pixels
/// `floor(256 u)`, u the hash stream of "img_a".
#[test]
fn resizing_equals_pillow() {
    let golden: Pil =
        serde_json::from_str(include_str!("../../../tests/golden/data/pil_resize.json"))
            .expect("golden");
    let key = crc32(b"img_a");
    let pixels: Vec<u8> = (1..=37 * 53 * 3_u32)
        .map(|j| {
            let mut h = j.wrapping_mul(2_654_435_761) ^ key;
            h = (h ^ (h >> 15)).wrapping_mul(2_246_822_519);
            h = (h ^ (h >> 13)).wrapping_mul(3_266_489_917);
            ((h ^ (h >> 16)) >> 24) as u8
        })
        .collect();
    let image = || Decoded::from_bytes(53, 37, 3, &pixels);
    let small = resize(image(), 16).expect("resize");
    let worst = small.iter().zip(&golden.to_16x16).map(|(a, b)| a.abs_diff(*b)).max();
    // Both round fixed-point sums, with different numbers of bits.
    assert!(worst <= Some(1), "largest difference {worst:?}");
    assert_eq!(small.len(), golden.to_16x16.len());
    assert_eq!(golden.to_64x48_first96.len(), 96);
}

#[test]
fn fit_hashes_what_was_decoded() {
    let image = |value: u8| Decoded::from_bytes(2, 2, 1, &[value, 0, 0, 0]);
    let ready = |value| fit(image(value), 8).expect("fit");
    assert_eq!(ready(1).pixels.len(), 64);
    assert_eq!(ready(1), ready(1));
    assert_ne!(ready(1).hash, ready(2).hash);
    let wide = Decoded { width: 4, height: 1, ..image(1) };
    assert_ne!(fit(wide, 8).expect("fit").hash, ready(1).hash);
}

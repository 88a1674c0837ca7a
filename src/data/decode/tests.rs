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
    let webp = decode(b"RIFF\x04\0\0\0WEBPVP8 ").expect_err("webp");
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

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cases/data").join(name)
}

fn turned(path: &Path) -> Decoded {
    let rules = Rules { orientation: Orientation::Apply, ..Rules::default() };
    super::read(path, &rules).expect("read")
}

/// Pillow 11: `ImageOps.exif_transpose(Image.open(...))` is
/// `c_exif_applied_by_pil.png`, `Image.open(...)` alone `d_exif_ignored.png`.
#[test]
fn tags_of_cameras_are_noted_and_applied_where_that_is_stated() {
    let (applied, stored) =
        (golden("34-exif/c_exif_applied_by_pil.png"), golden("34-exif/d_exif_ignored.png"));
    let (applied, stored) = (read(&applied).expect("png"), read(&stored).expect("png"));
    for name in ["34-exif/b_exif6.jpg", "34-exif/e_exif6.png"] {
        let as_stored = read(&golden(name)).expect(name);
        let as_turned = turned(&golden(name));
        assert!(as_stored.turned && as_turned.turned, "{name}");
        let size = |image: &Decoded| (image.width, image.height);
        assert_eq!(size(&as_turned), (as_stored.height, as_stored.width), "{name}");
        if name.ends_with("jpg") {
            assert_eq!((size(&as_stored), size(&as_turned)), (size(&stored), size(&applied)));
            let far = |a: &Decoded, b: &Decoded| {
                a.pixels.iter().zip(&b.pixels).map(|(a, b)| a.abs_diff(*b)).max()
            };
            assert!(far(&as_stored, &stored) <= Some(3) && far(&as_turned, &applied) <= Some(3));
        }
    }
    let upright = golden("34-exif/a_upright.png");
    assert!(!read(&upright).expect("png").turned);
    assert_eq!(turned(&upright), read(&upright).expect("png"));
}

/// A range changes what has more than 8 bits, and nothing else.
#[test]
fn ranges_are_of_deep_images_alone() {
    let folder = folder();
    let range = Rules { range: Some((0.0, 4095.0)), ..Rules::default() };
    let deep = ImageBuffer::from_fn(4, 1, |x, _| Luma([[0_u16, 2048, 4095, 60000][x as usize]]));
    let deep = saved(&folder, "deep.png", &deep);
    assert_eq!(super::read(&deep, &range).expect("png").pixels, [0, 128, 255, 255]);
    let plain = saved(&folder, "plain.png", &grey());
    assert_eq!(super::read(&plain, &range).expect("png").pixels, grey().into_raw());
}

fn tiff_of<C: tiff::encoder::colortype::ColorType>(values: &[C::Inner]) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).expect("an encoder");
    encoder.write_image::<C>(2, 2, values).expect("written");
    bytes.into_inner()
}

#[test]
fn numbers_of_other_kinds_need_a_stated_range() {
    use tiff::encoder::colortype::{Gray32, Gray32Float, Gray64Float, GrayI16, RGB32Float};
    let grey = |bytes: &[u8], low, high| {
        let rules = Rules { range: Some((low, high)), ..Rules::default() };
        super::decode(bytes, &rules).expect("tiff")
    };
    let float = tiff_of::<Gray32Float>(&[0.0, 0.5, 1.0, -3.0]);
    let asked = decode(&float).expect_err("asked");
    assert!(asked.contains("floating-point pixels, whose range is not known"), "{asked}");
    assert!(asked.contains("this file holds -3 to 1"), "{asked}");
    assert_eq!(grey(&float, 0.0, 1.0).pixels, [0, 128, 255, 0]);
    let double = tiff_of::<Gray64Float>(&[0.0, 0.5, f64::NAN, 2.0]);
    assert_eq!(grey(&double, 0.0, 1.0).pixels, [0, 128, 0, 255]);
    let signed = tiff_of::<GrayI16>(&[-1000, -300, 400, 3000]);
    assert!(decode(&signed).expect_err("asked").contains("signed pixels"));
    assert_eq!(grey(&signed, -1000.0, 400.0).pixels, [0, 128, 255, 255]);
    let wide = tiff_of::<Gray32>(&[0, 1 << 20, 1 << 21, u32::MAX]);
    assert!(decode(&wide).expect_err("asked").contains("32-bit pixels"));
    assert_eq!(grey(&wide, 0.0, f64::from(1 << 21)).pixels, [0, 128, 255, 255]);
    let color =
        tiff_of::<RGB32Float>(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.2, 0.2, 0.2]);
    assert_eq!(grey(&color, 0.0, 1.0).channels, 3);
    for cut in (0..float.len()).step_by(7) {
        let rules = Rules { range: Some((0.0, 1.0)), ..Rules::default() };
        assert!(super::decode(&float[..cut], &rules).is_err(), "cut at {cut}");
    }
    let file = golden("e_f32.tif");
    let rules = Rules { range: Some((0.0, 1.0)), ..Rules::default() };
    assert!(read(&file).expect_err("asked").contains("floating-point"));
    assert_eq!(super::read(&file, &rules).expect("tiff").channels, 1);
}

#[test]
fn tiff_files_with_long_offsets_are_read() {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new_big(&mut bytes).expect("an encoder");
    encoder.write_image::<tiff::encoder::colortype::Gray8>(9, 7, grey().as_raw()).expect("written");
    let bytes = bytes.into_inner();
    assert!(bytes.starts_with(b"II\x2b\0"));
    assert_eq!(decode(&bytes).expect("big").pixels, grey().into_raw());
}

#[test]
fn webp_is_read() {
    let mut bytes = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
    encoder.encode(color().as_raw(), 9, 7, image::ExtendedColorType::Rgb8).expect("written");
    assert_eq!(decode(&bytes).expect("webp").pixels, color().into_raw());
    for cut in (1..bytes.len()).step_by(5) {
        assert!(decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn a_jpeg_2000_file_that_is_none_has_its_reason() {
    for bytes in [
        &b"\xff\x4f\xff\x51"[..],
        b"\xff\x4f\xff\x51\0\x05\0\xff\xd9",
        b"\0\0\0\x0cjP  \r\n\x87\n\xff\xd9",
    ] {
        let error = decode(bytes).expect_err("no image");
        assert!(error.contains("JPEG 2000 file"), "{error}");
    }
}

fn picture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/data/pictures").join(name)
}

/// Pillow 13.0.0: 30 rows of 40 pixels; grey `(6 x + y) % 256`, RGB `(grey,
/// 8 y % 256, x y % 256)`, 16 bits `100 x + y`; `save(..., irreversible=False)`.
#[test]
fn jpeg_2000_files_are_read_and_half_ones_are_not() {
    let places = || (0..30_u32).flat_map(|y| (0..40_u32).map(move |x| (x, y)));
    let expected: Vec<u8> = places().map(|(x, y)| ((6 * x + y) % 256) as u8).collect();
    let image = read(&picture("grey.jp2")).expect("grey");
    assert_eq!((image.width, image.height, image.channels), (40, 30, 1));
    assert_eq!(image.pixels, expected);
    let colors: Vec<u8> = places()
        .flat_map(|(x, y)| [(6 * x + y) % 256, 8 * y % 256, x * y % 256].map(|v| v as u8))
        .collect();
    for name in ["rgb.jp2", "rgb.j2k"] {
        assert_eq!(read(&picture(name)).expect(name).pixels, colors, "{name}");
        let bytes = fs::read(picture(name)).expect("read");
        for cut in (0..bytes.len() - 2).step_by(9) {
            assert!(decode(&bytes[..cut]).is_err(), "{name} cut at {cut}");
        }
    }
    let rules = Rules { range: Some((0.0, 4095.0)), ..Rules::default() };
    let deep = super::read(&picture("deep.jp2"), &rules).expect("deep");
    let scaled = |(x, y): (u32, u32)| (f64::from(100 * x + y) / 4095.0 * 255.0).round() as u8;
    assert_eq!(deep.pixels, places().map(scaled).collect::<Vec<u8>>());
    let plain = read(&picture("deep.jp2")).expect("deep");
    assert_eq!(plain.largest16, Some(3929));
}

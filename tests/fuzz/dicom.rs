//! DICOM, and the images that are inside of such files or stand alone.

#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "../../src/data/dicom/tests/jpeg_writer.rs"]
mod jpeg_writer;
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "../../src/data/dicom/tests/writer.rs"]
mod writer;

use transfolio::data::{Picture, Reading};

use crate::damage::damage;
use crate::harness::{Target, folder};
use jpeg_writer::{lossless, twelve};
use writer::{DataSet, Image, Style, rle};

/// A file of every kind that these writers make.
fn seeds() -> Vec<Vec<u8>> {
    let uid = |rest: &str| format!("1.2.840.10008.1.2{rest}");
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
    let packed = |image: Image<'_>, rest: &str, bytes: &[u8]| {
        let set = DataSet::new(Style::Explicit).text((8, 0x60), "CS", "CT");
        set.image(&image).fragments(&[&[], bytes]).file(&uid(rest))
    };
    let sized = |image, rows, columns| Image { rows, columns, ..image };
    let values: Vec<i32> = (0..20).map(|value| value * 200).collect();
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 80);
    let picture = image::RgbImage::from_fn(8, 8, |x, y| image::Rgb([x as u8 * 9, y as u8 * 9, 3]));
    picture.write_with_encoder(encoder).expect("encoded");
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    picture.write_with_encoder(encoder).expect("encoded");
    let ybr = Image { photometric: "YBR_FULL", ..Image::RGB };
    let stored = |rows, columns| Image { stored: 12, ..sized(Image::GREY16, rows, columns) };
    vec![
        grey(Style::Explicit).file(&uid(".1")),
        grey(Style::Implicit).file(&uid("")),
        grey(Style::Big).file(&uid(".2")),
        grey(Style::Explicit).file(&uid(".1.99")),
        grey(Style::Explicit).bytes,
        packed(Image::GREY16, ".5", &rle(&[&[1, 2, 3, 4, 5, 6], &[0; 6]])),
        packed(stored(4, 5), ".4.70", &lossless(&values, (5, 4), 1, (12, 4, true))),
        packed(stored(8, 16), ".4.51", &twelve(&[9, 4000], (2, 1))),
        packed(sized(ybr, 8, 8), ".4.50", &jpeg),
        jpeg,
        png,
    ]
}

#[test]
fn dicom() {
    let seeds = seeds();
    let folder = folder();
    let path = folder.path().join("a.dcm");
    Target {
        name: "dicom",
        inputs: 2000,
        bound: (48 << 20, 64),
        least_read: 0.1,
        make: &|dice| {
            let mut bytes = dice.pick(&seeds).clone();
            damage(
                &mut bytes,
                &seeds,
                &["1.2.840.10008.1.2.4.90", "MONOCHROME1", "PALETTE COLOR"],
                dice,
            );
            bytes
        },
        read: &|bytes| {
            std::fs::write(&path, bytes).expect("written");
            Picture::read(&path, 8, Reading::default()).is_ok()
        },
    }
    .run(&seeds);
}

use std::path::PathBuf;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType as Filter};
use image::{DynamicImage, GrayImage};

use super::*;
use crate::data::decode::{self, Rules};

fn print_of(image: &DynamicImage, size: u32) -> Option<Print> {
    let mut png = Vec::new();
    image.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).expect("written");
    let ready =
        decode::fit(decode::decode(&png, &Rules::default()).expect("read"), size).expect("fit");
    Print::of(&ready.pixels, size as usize, ready.channels as usize)
}

fn radiographs(most: usize) -> Vec<(PathBuf, DynamicImage)> {
    let root = std::env::var_os("TRANSFOLIO_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let mut all = Vec::new();
    for folder in [
        "datasets/nih_cxr_pneumonia/Pneumonia",
        "datasets/shenzhen/images",
        "datasets/montgomery/images",
    ] {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .collect();
        paths.sort();
        for path in paths.into_iter().take(most) {
            if let Ok(image) = image::open(&path) {
                let small = image.resize_exact(512, 512, Filter::Triangle);
                all.push((path, small));
            }
        }
    }
    all
}

#[test]
#[ignore]
fn explore() {
    let images = radiographs(60);
    println!("{} images", images.len());
    for size in [32, 64, 224] {
        let prints: Vec<Print> = images.iter().filter_map(|(_, i)| print_of(i, size)).collect();
        let mut all = Vec::new();
        for a in 0..prints.len() {
            for b in 0..a {
                for position in Position::ALL {
                    let d = distance(&prints[a].bits(Position::ALL[0]), &prints[b].bits(position));
                    let c = prints[a].correlation(&prints[b], position);
                    all.push((c, d, a, b, position));
                }
            }
        }
        all.sort_by(|x, y| y.0.total_cmp(&x.0));
        println!("size {size} most alike:");
        for (c, d, a, b, p) in all.iter().take(8) {
            println!(
                "  {c:.4} {d} {:?} {:?} {}",
                images[*a].0.file_name(),
                images[*b].0.file_name(),
                p.words()
            );
        }
        let least = all.iter().map(|x| x.1).min();
        println!("  least distance {least:?}");
        let mut worst: Vec<(f64, u32, &str)> = Vec::new();
        for (_, image) in images.iter().step_by(6) {
            let grey: GrayImage = image.to_luma8();
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, 30).encode_image(&grey).expect("jpeg");
            let copies = [
                ("half", DynamicImage::from(imageops::resize(&grey, 256, 256, Filter::Triangle))),
                (
                    "quarter",
                    DynamicImage::from(imageops::resize(&grey, 128, 128, Filter::Lanczos3)),
                ),
                ("odd", DynamicImage::from(imageops::resize(&grey, 300, 217, Filter::CatmullRom))),
                ("jpeg", image::load_from_memory(&jpeg).expect("jpeg")),
                ("mirror", DynamicImage::from(imageops::flip_horizontal(&grey))),
                ("upside", DynamicImage::from(imageops::flip_vertical(&grey))),
                ("turned", DynamicImage::from(imageops::rotate90(&grey))),
                ("brighter", DynamicImage::from(imageops::brighten(&grey, 20))),
                ("contrast", DynamicImage::from(imageops::contrast(&grey, 20.0))),
                ("crop3%", image.crop_imm(8, 8, 496, 496)),
                ("crop1%", image.crop_imm(3, 3, 506, 506)),
            ];
            let own = print_of(image, size).expect("print");
            for (what, copy) in copies {
                let other = print_of(&copy, size).expect("print");
                let best = Position::ALL
                    .into_iter()
                    .map(|p| {
                        (
                            own.correlation(&other, p),
                            distance(&own.bits(Position::ALL[0]), &other.bits(p)),
                        )
                    })
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .expect("one");
                worst.push((best.0, best.1, what));
            }
        }
        for what in [
            "half", "quarter", "odd", "jpeg", "mirror", "upside", "turned", "brighter", "contrast",
            "crop1%", "crop3%",
        ] {
            let of: Vec<_> = worst.iter().filter(|w| w.2 == what).collect();
            let c = of.iter().map(|w| w.0).fold(1.0, f64::min);
            let d = of.iter().map(|w| w.1).max();
            println!("  {what}: least correlation {c:.4}, most bits {d:?}");
        }
    }
}

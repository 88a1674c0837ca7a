//! From stored numbers to shades.

use super::writer::{DataSet, Image, Style};
use super::*;

const EXPLICIT: &str = "1.2.840.10008.1.2.1";

fn grey(image: &Image<'_>, extra: impl Fn(DataSet) -> DataSet, values: &[u16]) -> Vec<u8> {
    let set = extra(DataSet::new(Style::Explicit).image(image));
    set.numbers((0x7fe0, 0x10), "OW", values).file(EXPLICIT)
}

const NONE: fn(DataSet) -> DataSet = |set| set;

fn window(centre: &str, width: &str, function: &str) -> impl Fn(DataSet) -> DataSet {
    move |set| {
        let set = set.text((0x28, 0x1050), "DS", centre).text((0x28, 0x1051), "DS", width);
        if function.is_empty() { set } else { set.text((0x28, 0x1056), "CS", function) }
    }
}

fn facts(file: &[u8]) -> Facts {
    decode(file, &Rules::default()).expect("an image").dicom.expect("facts")
}

#[test]
fn without_a_window_all_stored_bits_count() {
    let twelve = Image { stored: 12, ..Image::GREY16 };
    let file = grey(&twelve, NONE, &[0, 4095, 2048, 1024, 0xf000, 0xffff]);
    assert_eq!(shown(&file), [0, 255, 128, 64, 0, 255], "bits above are not of the number");
    assert_eq!(facts(&file).shown, notes::Shown::AllBits);
    let signed = Image { signed: 1, ..twelve };
    let file = grey(&signed, NONE, &[0x800, 0x7ff, 0, 0xfff, 0xf800, 1]);
    assert_eq!(numbers(&file), [-2048, 2047, 0, -1, -2048, 1]);
    assert_eq!(shown(&file), [0, 255, 128, 127, 0, 128]);
}

#[test]
fn few_bits_of_many_are_noted() {
    let file = grey(&Image::GREY16, NONE, &[0, 900, 30, 40, 50, 4095]);
    assert_eq!(facts(&file).dim, Some((0.0, 4095.0)));
    let text = notes(&[facts(&file)]).join("\n");
    assert!(
        text.contains("less than a quarter of its stored bits (values from 0 to 4095)"),
        "{text}"
    );
    assert!(text.contains("range = [LOW, HIGH]"), "{text}");
    let file = grey(&Image::GREY16, NONE, &[0, 900, 30, 40, 50, 60000]);
    assert_eq!(facts(&file).dim, None);
}

#[test]
fn the_first_window_decides() {
    let values = [0, 100, 200, 150, 50, 65535];
    let file = grey(&Image::GREY16, window("100\\7", "201\\9", ""), &values);
    assert_eq!(shown(&file), [1, 128, 255, 192, 64, 255]);
    assert_eq!(facts(&file).shown, notes::Shown::Window);
    let exact = grey(&Image::GREY16, window("100", "200", "LINEAR_EXACT"), &values);
    assert_eq!(shown(&exact), [0, 128, 255, 191, 64, 255]);
    let sigmoid = grey(&Image::GREY16, window("100", "200", "SIGMOID"), &values);
    assert_eq!(shown(&sigmoid), [30, 128, 225, 186, 69, 255]);
    let odd = grey(&Image::GREY16, window("100", "200", "CUBIC"), &values);
    assert!(refused(&odd).contains("window is `CUBIC`"));
    // A window that is none is passed over.
    for (centre, width) in [("100", "0"), ("100", "x"), ("", "200"), ("100", "-5")] {
        let file = grey(&Image::GREY16, window(centre, width, ""), &values);
        assert_eq!(facts(&file).shown, notes::Shown::AllBits, "{centre} {width}");
    }
    let threshold = grey(&Image::GREY16, window("100", "1", ""), &values);
    assert_eq!(shown(&threshold), [0, 255, 255, 255, 0, 255]);
}

#[test]
fn slope_and_intercept_come_before_the_window() {
    let ct = |set: DataSet| {
        let set = window("40", "401", "")(set);
        set.text((0x28, 0x1052), "DS", "-1024").text((0x28, 0x1053), "DS", "1")
    };
    let file = grey(&Image::GREY16, ct, &[0, 864, 1064, 1264, 1164, 4000]);
    assert_eq!(shown(&file), [0, 0, 128, 255, 192, 255]);
    let rules = Rules { range: Some((-1024.0, 976.0)), ..Rules::default() };
    let stated = decode(&file, &rules).expect("an image");
    assert_eq!(stated.pixels, [0, 110, 136, 161, 148, 255], "what the task states goes first");
    assert_eq!(stated.dicom.expect("facts").shown, notes::Shown::Stated);
    let halved =
        |set: DataSet| set.text((0x28, 0x1052), "DS", "10").text((0x28, 0x1053), "DS", "-0.5");
    let file = grey(&Image { stored: 8, ..Image::GREY16 }, halved, &[0, 255, 128, 1, 2, 3]);
    assert_eq!(shown(&file)[..2], [255, 0], "a falling line");
}

#[test]
fn monochrome1_is_turned_round() {
    let image = Image { photometric: "MONOCHROME1", ..Image::GREY16 };
    let file = grey(&image, window("100", "201", ""), &[0, 100, 200, 150, 50, 65535]);
    assert_eq!(shown(&file), [254, 127, 0, 63, 191, 0]);
}

/// A table of interest, with entries of 16 and of 8 bits.
#[test]
fn tables_of_interest() {
    for (vr, data) in [("US", vec![0_u16, 128, 255]), ("OW", vec![0x8000, 0xff])] {
        let table = move |set: DataSet| {
            let item = DataSet::new(Style::Explicit)
                .numbers((0x28, 0x3002), "US", &[3, 10, 8])
                .numbers((0x28, 0x3006), vr, &data);
            window("100", "200", "")(set).sequence((0x28, 0x3010), &item, vr == "US")
        };
        let file = grey(&Image::GREY16, table, &[0, 10, 11, 12, 13, 65535]);
        assert_eq!(shown(&file), [0, 0, 128, 255, 255, 255], "{vr}");
        assert_eq!(facts(&file).shown, notes::Shown::Table);
    }
    let short = |set: DataSet| {
        let item = DataSet::new(Style::Explicit)
            .numbers((0x28, 0x3002), "US", &[0, 0, 16])
            .numbers((0x28, 0x3006), "US", &[1, 2]);
        set.sequence((0x28, 0x3010), &item, true)
    };
    let error = refused(&grey(&Image::GREY16, short, &[0; 6]));
    assert!(error.contains("a table of 65536 entries has 4 bytes"), "{error}");
}

#[test]
fn modality_tables() {
    let table = |set: DataSet| {
        let item = DataSet::new(Style::Explicit)
            .numbers((0x28, 0x3002), "US", &[4, 0, 16])
            .numbers((0x28, 0x3006), "US", &[0, 1000, 2000, 4000]);
        window("2000", "4001", "")(set).sequence((0x28, 0x3000), &item, true)
    };
    let file = grey(&Image::GREY16, table, &[0, 1, 2, 3, 4, 9]);
    assert_eq!(shown(&file), [0, 64, 128, 255, 255, 255]);
}

/// Files with many frames keep window and slope in groups per frame.
#[test]
fn settings_per_frame() {
    let groups = |set: DataSet| {
        let window = DataSet::new(Style::Explicit).text((0x28, 0x1050), "DS", "100").text(
            (0x28, 0x1051),
            "DS",
            "201",
        );
        let values = DataSet::new(Style::Explicit).text((0x28, 0x1052), "DS", "-100").text(
            (0x28, 0x1053),
            "DS",
            "2",
        );
        let shared = DataSet::new(Style::Explicit)
            .sequence((0x28, 0x9132), &window, false)
            .sequence((0x28, 0x9145), &values, true);
        set.sequence((0x5200, 0x9229), &shared, false)
    };
    let file = grey(&Image::GREY16, groups, &[50, 100, 150, 125, 75, 65535]);
    assert_eq!(shown(&file), [1, 128, 255, 192, 64, 255]);
}

#[test]
fn palettes() {
    let image = Image { photometric: "PALETTE COLOR", ..Image::GREY8 };
    let red = [0_u16, 0xffff, 0x8000];
    let set = |set: DataSet| {
        (0..3).fold(set, |set, c| {
            let set = set.numbers((0x28, 0x1101 + c), "US", &[3, 1, 16]);
            set.numbers((0x28, 0x1201 + c), "OW", &red.map(|v| if c == 1 { v / 2 } else { v }))
        })
    };
    let file = set(DataSet::new(Style::Explicit).image(&image))
        .raw((0x7fe0, 0x10), "OB", &[0, 1, 2, 3, 4, 200])
        .file(EXPLICIT);
    let got = shown(&file);
    assert_eq!(got[..12], [0, 0, 0, 0, 0, 0, 255, 127, 255, 128, 64, 128]);
    let none = DataSet::new(Style::Explicit).image(&image).raw((0x7fe0, 0x10), "OB", &[0; 6]);
    assert!(refused(&none.file(EXPLICIT)).contains("without its table (0028,1101)"));
}

#[test]
fn colours_together_and_in_planes() {
    let pixels: Vec<u8> = (0..18).map(|v| v * 10).collect();
    let planes: Vec<u8> = (0..18).map(|index| pixels[(index % 6) * 3 + index / 6]).collect();
    for (planar, bytes) in [(0, &pixels), (1, &planes)] {
        let image = Image { planar, ..Image::RGB };
        let set = DataSet::new(Style::Explicit).image(&image).raw((0x7fe0, 0x10), "OB", bytes);
        assert_eq!(shown(&set.file(EXPLICIT)), pixels, "{planar}");
    }
    // Luminance and differences: red, and two pixels that share differences.
    let image = Image { photometric: "YBR_FULL", rows: 1, columns: 2, ..Image::RGB };
    let set = DataSet::new(Style::Explicit).image(&image);
    let file = set.raw((0x7fe0, 0x10), "OB", &[76, 85, 255, 128, 128, 128]).file(EXPLICIT);
    assert_eq!(shown(&file), [254, 0, 0, 128, 128, 128]);
    let image = Image { photometric: "YBR_FULL_422", rows: 1, columns: 3, ..Image::RGB };
    let set = DataSet::new(Style::Explicit).image(&image);
    let file = set.raw((0x7fe0, 0x10), "OB", &[50, 90, 128, 128, 70, 0, 128, 128]).file(EXPLICIT);
    assert_eq!(numbers(&file), [50, 128, 128, 90, 128, 128, 70, 128, 128]);
    assert_eq!(shown(&file), [50, 90, 70], "all grey");
}

/// 8-bit numbers that were written as big-endian words.
#[test]
fn words_of_bytes() {
    let set = DataSet::new(Style::Big).image(&Image::GREY8);
    let file = set.numbers((0x7fe0, 0x10), "OW", &[0x0201, 0x0403, 0x0605]);
    assert_eq!(numbers(&file.file("1.2.840.10008.1.2.2")), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn wide_and_real_numbers() {
    let image = Image { allocated: 32, stored: 32, rows: 1, columns: 2, ..Image::GREY8 };
    let bytes: Vec<u8> = [0_u32, u32::MAX].iter().flat_map(|v| v.to_le_bytes()).collect();
    let file = DataSet::new(Style::Explicit).image(&image).raw((0x7fe0, 0x10), "OW", &bytes);
    assert_eq!(shown(&file.file(EXPLICIT)), [0, 255]);
    let bytes: Vec<u8> = [0.25_f32, f32::NAN].iter().flat_map(|v| v.to_le_bytes()).collect();
    let file = DataSet::new(Style::Explicit).image(&image).raw((0x7fe0, 8), "OF", &bytes);
    let file = file.file(EXPLICIT);
    assert!(refused(&file).contains("range = [LOW, HIGH]"));
    let rules = Rules { range: Some((0.0, 1.0)), ..Rules::default() };
    assert_eq!(decode(&file, &rules).expect("an image").pixels, [64, 0]);
    let bit = Image { allocated: 1, stored: 1, ..Image::GREY8 };
    let file = DataSet::new(Style::Explicit).image(&bit).raw((0x7fe0, 0x10), "OB", &[0b10_0101]);
    assert_eq!(shown(&file.file(EXPLICIT)), [255, 0, 255, 0, 0, 255]);
}

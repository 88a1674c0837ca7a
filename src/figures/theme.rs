//! One look for all figures.
//!
//! Colours are those of Okabe and Ito (2008), told apart by all common kinds of
//! colour vision; every series also has its own marker and dash pattern. Each
//! colour has a name that a page may set anew (`--series-1`), so figures follow
//! its light or dark scheme.

use plotters::style::RGBColor;

/// Width of a figure in pixels; twice the size it is shown at, because the
/// backend places points on whole pixels.
pub(super) const WIDTH: i32 = 960;
/// Height of a figure in pixels.
pub(super) const HEIGHT: i32 = 660;

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x24);
/// Axis lines and secondary text.
pub(super) const MUTED: RGBColor = RGBColor(0x6B, 0x6B, 0x70);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xDC, 0xDC, 0xE0);
/// Page.
pub(super) const PAPER: RGBColor = RGBColor(0xFE, 0xFE, 0xFF);

const SERIES: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x8A, 0x6F, 0x3C),
    RGBColor(0x7A, 0x7A, 0x80),
];

/// Colour of series `index`; after eight the colours begin again with other
/// markers and dashes.
pub(super) fn series(index: usize) -> RGBColor {
    SERIES[index % SERIES.len()]
}

/// The colour of a verdict, by its word: the same in every figure and on the page.
pub(super) fn verdict(word: &str) -> RGBColor {
    match word {
        "better" | "higher" => SERIES[0],
        "worse" | "lower" => SERIES[1],
        "equivalent" => SERIES[2],
        _ => MUTED,
    }
}

/// Dash and gap of series `index`; `None` is a solid line.
pub(super) fn dash(index: usize) -> Option<(i32, i32)> {
    [None, Some((16, 8)), Some((5, 7)), Some((26, 8)), Some((10, 12))][index % 5]
}

/// Colours and the names a page may set.
pub(super) fn names() -> Vec<(RGBColor, String)> {
    let mut names = vec![
        (INK, "--figure-ink".to_string()),
        (MUTED, "--figure-muted".into()),
        (GRID, "--figure-grid".into()),
        (PAPER, "--figure-paper".into()),
    ];
    names.extend(SERIES.iter().enumerate().map(|(i, c)| (*c, format!("--series-{}", i + 1))));
    names
}

/// Stars of an adjusted p: `*` below 0.05, `**` below 0.01, `***` below 0.001.
pub fn stars(p: f64) -> &'static str {
    if p < 0.001 {
        "***"
    } else if p < 0.01 {
        "**"
    } else if p < 0.05 {
        "*"
    } else {
        "n.s."
    }
}

//! Images that are nearly the same: rescaled, compressed again, mirrored or
//! turned by quarters.
//!
//! Each image is brought to 32 x 32 grey values; the signs of the 255 lowest
//! coefficients of its cosine transform are its print (Zauner 2010,
//! "Implementation and benchmarking of perceptual image hash functions").
//! Mirroring and transposing only change signs and places of coefficients, so
//! all eight positions of an image are looked up. Prints that agree in one of
//! 16 bands of 16 bits are compared; at most [`MOST_BITS`] bits may differ, and
//! the grey values must correlate by at least [`LEAST_CORRELATION`] after what
//! is slow in them has been taken away: two chest radiographs are alike in
//! that, and in that alone.
//!
//! O(n) prints and look-ups, and as many comparisons as there are agreements.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use rayon::prelude::*;

use super::dataset::{Dataset, Split};

/// Most bits of 255 that may differ.
pub(super) const MOST_BITS: u32 = 64;
/// Least correlation of what is left of the grey values.
pub(super) const LEAST_CORRELATION: f64 = 0.97;

/// Side of the small image.
const SIDE: usize = 32;
/// Coefficients per direction.
const WAVES: usize = 16;
/// Least standard deviation of the grey values: flat images all look alike.
const LEAST_CONTRAST: f64 = 2.0;
const BANDS: usize = 16;

/// The cosine coefficients of an image, and their signs.
struct Print {
    /// `[v][u]`: rows, then columns.
    waves: Vec<f32>,
}

/// Signs of coefficients.
type Bits = [u64; 4];

/// One of the eight positions of a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    mirrored: bool,
    upside_down: bool,
    transposed: bool,
}

impl Position {
    const ALL: [Self; 8] = {
        let mut all = [Self { mirrored: false, upside_down: false, transposed: false }; 8];
        let mut index = 0;
        while index < 8 {
            all[index] = Self {
                mirrored: index & 1 != 0,
                upside_down: index & 2 != 0,
                transposed: index & 4 != 0,
            };
            index += 1;
        }
        all
    };

    /// In words, for findings; empty where nothing was moved.
    pub(super) fn words(self) -> &'static str {
        match (self.mirrored, self.upside_down, self.transposed) {
            (false, false, false) => "",
            (true, false, false) => "mirrored",
            (false, true, false) => "upside down",
            (true, true, false) => "turned by 180 degrees",
            (_, _, true) => "turned by 90 degrees",
        }
    }

    /// The coefficient of the moved image at a place.
    fn wave(self, waves: &[f32], v: usize, u: usize) -> f32 {
        let value = if self.transposed { waves[u * WAVES + v] } else { waves[v * WAVES + u] };
        let sign = (self.mirrored && u % 2 == 1) != (self.upside_down && v % 2 == 1);
        if sign { -value } else { value }
    }
}

/// Waves slower than this are common to all images of a kind.
const SLOW: usize = 4;

impl Print {
    fn of(image: &[u8], size: usize, channels: usize) -> Option<Self> {
        let grey: Vec<u8> = match channels {
            1 => image.to_vec(),
            _ => image
                .chunks_exact(channels)
                .map(|p| {
                    ((u32::from(p[0]) * 299 + u32::from(p[1]) * 587 + u32::from(p[2]) * 114 + 500)
                        / 1000) as u8
                })
                .collect(),
        };
        let small = shrunk(&grey, size as u32)?;
        let values: Vec<f64> = small.iter().map(|&v| f64::from(v)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        if variance.sqrt() < LEAST_CONTRAST {
            return None;
        }
        let waves = cosine(&values).into_iter().map(|wave| wave as f32).collect();
        Some(Self { waves })
    }

    fn bits(&self, position: Position) -> Bits {
        let mut bits = [0; 4];
        for (index, &(v, u)) in ORDER.iter().enumerate() {
            if position.wave(&self.waves, v, u) > 0.0 {
                bits[index / 64] |= 1 << (index % 64);
            }
        }
        bits
    }

    /// Correlation of what is left without the slowest waves.
    fn correlation(&self, other: &Self, position: Position) -> f64 {
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        for &(v, u) in ORDER.iter().filter(|(v, u)| v + u >= SLOW) {
            let a = f64::from(self.waves[v * WAVES + u]);
            let b = f64::from(position.wave(&other.waves, v, u));
            ab += a * b;
            aa += a * a;
            bb += b * b;
        }
        if aa == 0.0 || bb == 0.0 { 0.0 } else { ab / (aa * bb).sqrt() }
    }
}

/// Places of the coefficients but the mean, slow ones first.
static ORDER: LazyLock<Vec<(usize, usize)>> = LazyLock::new(|| {
    let mut places: Vec<(usize, usize)> =
        (1..WAVES * WAVES).map(|index| (index / WAVES, index % WAVES)).collect();
    places.sort_by_key(|&(v, u)| (v + u, v));
    places
});

/// `[k][x]`: cos(pi (2 x + 1) k / 64).
static COSINES: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let cosine = |index: usize| {
        let (k, x) = (index / SIDE, index % SIDE);
        libm::cos(PI * (2 * x + 1) as f64 * k as f64 / (2 * SIDE) as f64)
    };
    (0..WAVES * SIDE).map(cosine).collect()
});

fn cosine(values: &[f64]) -> Vec<f64> {
    let mut rows = vec![0.0; SIDE * WAVES];
    for (row, line) in values.chunks_exact(SIDE).enumerate() {
        for k in 0..WAVES {
            let wave = &COSINES[k * SIDE..(k + 1) * SIDE];
            rows[row * WAVES + k] = line.iter().zip(wave).map(|(a, b)| a * b).sum();
        }
    }
    let mut out = vec![0.0; WAVES * WAVES];
    for v in 0..WAVES {
        for (row, line) in rows.chunks_exact(WAVES).enumerate() {
            let weight = COSINES[v * SIDE + row];
            for (u, value) in line.iter().enumerate() {
                out[v * WAVES + u] += weight * value;
            }
        }
    }
    out
}

fn shrunk(grey: &[u8], size: u32) -> Option<Vec<u8>> {
    let source = ImageRef::new(size, size, grey, PixelType::U8).ok()?;
    let mut target = Image::new(SIDE as u32, SIDE as u32, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).ok()?;
    Some(target.into_vec())
}

/// A band of a print: the bits at `band`, `band + 16`, ... so that each has
/// slow and fast waves.
fn band(bits: &Bits, band: usize) -> u16 {
    (0..16).fold(0, |key, step| {
        let index = band + step * BANDS;
        key | (((bits[index / 64] >> (index % 64)) & 1) as u16) << step
    })
}

/// Two images that are nearly the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// Indices of the cases, of which the first is in the earlier split.
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) position: Position,
}

/// Pairs of images in different splits that are nearly but not exactly the
/// same, in the order of the cases.
pub(super) fn pairs(dataset: &Dataset) -> Vec<Pair> {
    let (size, channels) = (dataset.size as usize, dataset.channels as usize);
    let prints: Vec<Option<Print>> = (0..dataset.len())
        .into_par_iter()
        .map(|index| Print::of(dataset.image(index), size, channels))
        .collect();
    let plain: Vec<Bits> = prints
        .iter()
        .map(|print| print.as_ref().map_or([0; 4], |print| print.bits(Position::ALL[0])))
        .collect();
    let mut index: Vec<BTreeMap<u16, Vec<u32>>> = vec![BTreeMap::new(); BANDS];
    for (at, bits) in plain.iter().enumerate() {
        if prints[at].is_some() {
            for (number, list) in index.iter_mut().enumerate() {
                list.entry(band(bits, number)).or_default().push(at as u32);
            }
        }
    }
    let splits: Vec<Split> = dataset.cases.iter().map(|case| case.split).collect();
    let mut found: Vec<Pair> = (0..dataset.len())
        .into_par_iter()
        .flat_map_iter(|b| {
            let Some(print) = &prints[b] else { return Vec::new() };
            near(b, print, &prints, &plain, &index, &splits, dataset)
        })
        .collect();
    found.sort_by_key(|pair| (pair.a, pair.b));
    found.dedup_by_key(|pair| (pair.a, pair.b));
    found
}

/// The images of earlier splits that case `b` is nearly the same as.
fn near(
    b: usize,
    print: &Print,
    prints: &[Option<Print>],
    plain: &[Bits],
    index: &[BTreeMap<u16, Vec<u32>>],
    splits: &[Split],
    dataset: &Dataset,
) -> Vec<Pair> {
    let mut found = Vec::new();
    for position in Position::ALL {
        let bits = print.bits(position);
        let mut candidates: Vec<u32> = index
            .iter()
            .enumerate()
            .filter_map(|(number, list)| list.get(&band(&bits, number)))
            .flatten()
            .copied()
            .filter(|&a| splits[a as usize] < splits[b])
            .filter(|&a| distance(&plain[a as usize], &bits) <= MOST_BITS)
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        for a in candidates {
            let a = a as usize;
            let Some(other) = &prints[a] else { continue };
            if dataset.pixel_hash(a) != dataset.pixel_hash(b)
                && other.correlation(print, position) >= LEAST_CORRELATION
            {
                found.push(Pair { a, b, position });
            }
        }
    }
    found
}

fn distance(a: &Bits, b: &Bits) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

#[cfg(test)]
mod tests;

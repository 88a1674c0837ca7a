//! Images that are nearly the same: rescaled, compressed again, mirrored or
//! turned by quarters.
//!
//! Each image is brought to 32 x 32 grey values, of which the 16 x 16 lowest
//! coefficients of the cosine transform are kept (Zauner 2010, "Implementation
//! and benchmarking of perceptual image hash functions"); the slowest are left
//! out, because chest radiographs are alike in them. Two images are nearly the
//! same where these coefficients correlate by at least [`LEAST_CORRELATION`]
//! and at most [`MOST_TURNED`] of those that stand out of the noise have
//! another sign. Mirroring and transposing only change signs and places of
//! coefficients, so all eight positions of an image are looked at.
//!
//! Not all pairs are compared: 128 random hyperplanes give each image as many
//! bits (Charikar 2002), and only images that agree in one of eight bands of
//! 16 bits are. Of copies with a correlation of 0.999 one in a million is
//! missed so, at 0.99 one in 150.
//!
//! O(n) prints and look-ups, and as many comparisons as there are agreements.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use rayon::prelude::*;

use super::dataset::Dataset;
use super::rng::Stream;

/// Least correlation of the coefficients. Of 170 chest radiographs of three
/// public sets no two different ones reached 0.956; copies at half and quarter
/// size or of JPEG quality 30 had 0.999 and more.
pub(super) const LEAST_CORRELATION: f64 = 0.975;
/// Largest share of outstanding coefficients whose sign may differ.
pub(super) const MOST_TURNED: f64 = 0.15;

/// Side of the small image.
const SIDE: usize = 32;
/// Coefficients per direction.
const WAVES: usize = 16;
/// Coefficients of fewer waves than this, both directions together, are common
/// to all images of a kind.
const SLOW: usize = 4;
/// Least standard deviation of the grey values: flat images all look alike.
const LEAST_CONTRAST: f64 = 2.0;
/// Rounding to whole grey values gives a coefficient a standard deviation of
/// 4.6; what stands out is five times that.
const NOISE: f32 = 23.0;
/// Fewest coefficients that must stand out for a judgement.
const LEAST_OUTSTANDING: usize = 8;
const BANDS: usize = 8;

/// The cosine coefficients of an image.
struct Print {
    /// `[v][u]`: rows, then columns.
    waves: Vec<f32>,
}

/// On which side of each hyperplane an image lies.
type Bits = u128;

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

    /// The bits of all eight positions.
    fn bits(&self) -> [Bits; 8] {
        let mut all = [0; 8];
        for transposed in [false, true] {
            let place = Position { mirrored: false, upside_down: false, transposed };
            let moved: Vec<f32> =
                ORDER.iter().map(|&(v, u)| place.wave(&self.waves, v, u)).collect();
            for (bit, plane) in PLANES.chunks_exact(ORDER.len()).enumerate() {
                // Sums by parity of rows and columns: what mirroring changes.
                let mut sums = [[0.0_f32; 2]; 2];
                for ((&(v, u), wave), plus) in ORDER.iter().zip(&moved).zip(plane) {
                    sums[v % 2][u % 2] += if *plus { *wave } else { -*wave };
                }
                for (index, position) in Position::ALL.iter().enumerate() {
                    if position.transposed == transposed {
                        let across = if position.mirrored { -1.0 } else { 1.0 };
                        let down = if position.upside_down { -1.0 } else { 1.0 };
                        let sum = sums[0][0]
                            + across * sums[0][1]
                            + down * (sums[1][0] + across * sums[1][1]);
                        all[index] |= u128::from(sum > 0.0) << bit;
                    }
                }
            }
        }
        all
    }

    /// Whether another image in some position is nearly this one.
    fn is_near(&self, other: &Self, position: Position) -> bool {
        let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
        let (mut outstanding, mut turned) = (0, 0);
        for &(v, u) in ORDER.iter() {
            let a = self.waves[v * WAVES + u];
            let b = position.wave(&other.waves, v, u);
            ab += f64::from(a * b);
            aa += f64::from(a * a);
            bb += f64::from(b * b);
            if a.abs() > NOISE && b.abs() > NOISE {
                outstanding += 1;
                turned += usize::from(a * b < 0.0);
            }
        }
        outstanding >= LEAST_OUTSTANDING
            && ab >= LEAST_CORRELATION * (aa * bb).sqrt()
            && turned as f64 <= MOST_TURNED * outstanding as f64
    }
}

/// Normals of the hyperplanes: a sign per coefficient, 128 of them.
static PLANES: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut stream = Stream::new("hyperplanes", &[]);
    (0..128 * ORDER.len()).map(|_| stream.chance(0.5)).collect()
});

/// Places of the coefficients that are looked at.
static ORDER: LazyLock<Vec<(usize, usize)>> = LazyLock::new(|| {
    let places = (0..WAVES * WAVES).map(|index| (index / WAVES, index % WAVES));
    places.filter(|(v, u)| v + u >= SLOW).collect()
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

/// A band of bits.
fn band(bits: Bits, band: usize) -> u16 {
    (bits >> (16 * band)) as u16
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
    let bits: Vec<[Bits; 8]> =
        prints.par_iter().map(|print| print.as_ref().map_or([0; 8], Print::bits)).collect();
    let mut index = vec![BTreeMap::<u16, Vec<usize>>::new(); BANDS];
    for (at, bits) in bits.iter().enumerate().filter(|(at, _)| prints[*at].is_some()) {
        for (number, list) in index.iter_mut().enumerate() {
            list.entry(band(bits[0], number)).or_default().push(at);
        }
    }
    let of_case = |b: usize| -> Vec<Pair> {
        let Some(print) = &prints[b] else { return Vec::new() };
        let mut found = Vec::new();
        for (position, bits) in Position::ALL.into_iter().zip(bits[b]) {
            for a in alike(&index, bits) {
                let earlier = dataset.cases[a].split < dataset.cases[b].split;
                let other = prints[a].as_ref().filter(|_| earlier);
                if other.is_some_and(|other| other.is_near(print, position))
                    && dataset.pixel_hash(a) != dataset.pixel_hash(b)
                {
                    found.push(Pair { a, b, position });
                }
            }
        }
        found
    };
    let mut found: Vec<Pair> = (0..dataset.len()).into_par_iter().flat_map_iter(of_case).collect();
    found.sort_by_key(|pair| (pair.a, pair.b));
    found.dedup_by_key(|pair| (pair.a, pair.b));
    found
}

/// Images that agree with some bits in a band, ascending.
fn alike(index: &[BTreeMap<u16, Vec<usize>>], bits: Bits) -> Vec<usize> {
    let lists = index.iter().enumerate();
    let mut found: Vec<usize> = lists
        .filter_map(|(number, list)| list.get(&band(bits, number)))
        .flatten()
        .copied()
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests;

//! All structures of an image in one plane.

use super::{Mask, runs};
use crate::spec::Target;

/// Which structures each pixel of an image belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planes {
    width: u32,
    height: u32,
    /// Row by row; bit `k` is structure `k`, the highest bit whether the pixel
    /// counts.
    bits: Vec<u8>,
}

impl Planes {
    /// The bit of pixels that count: those in the field of view.
    pub const COUNTS: u8 = 1 << Target::MOST_STRUCTURES;

    /// A plane with a byte per pixel, row by row.
    ///
    /// # Errors
    /// Where the bytes do not fill it.
    pub fn new(width: u32, height: u32, bits: Vec<u8>) -> Result<Self, String> {
        if bits.len() as u64 != u64::from(width) * u64::from(height) {
            return Err(format!("has {} bytes for {width} x {height} pixels", bits.len()));
        }
        Ok(Self { width, height, bits })
    }

    /// No structure anywhere; every pixel counts.
    pub(in crate::data) fn empty(width: u32, height: u32) -> Self {
        let pixels = width as usize * height as usize;
        Self { width, height, bits: vec![Self::COUNTS; pixels] }
    }

    /// Adds the pixels of a mask of the same size to a structure.
    pub(in crate::data) fn add(&mut self, structure: usize, mask: &Mask) {
        for (bits, inside) in self.bits.iter_mut().zip(&mask.inside) {
            *bits |= (*inside & 1) << structure;
        }
    }

    /// Leaves out what is outside of the field of view.
    pub(in crate::data) fn see_only(&mut self, field: &Mask) {
        for (bits, inside) in self.bits.iter_mut().zip(&field.inside) {
            if *inside == 0 {
                *bits = 0;
            }
        }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// A byte per pixel, row by row; bit `k` is structure `k`, the highest bit
    /// whether the pixel counts.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// Whether each of so many structures has a pixel that counts.
    pub fn present(&self, structures: usize) -> Vec<bool> {
        let all = self.bits.iter().fold(0, |all, bits| all | bits);
        (0..structures).map(|structure| all >> structure & 1 == 1).collect()
    }

    /// The pixels of one structure, row by row.
    pub fn structure(&self, structure: usize) -> Vec<bool> {
        self.bits.iter().map(|bits| bits >> structure & 1 == 1).collect()
    }

    /// Scaled to another size: each pixel takes the nearest one by its centre,
    /// so that no pixel is of a structure that was not there.
    #[must_use]
    pub fn scaled(&self, width: u32, height: u32) -> Self {
        let nearest = |to: u32, from: u32| -> Vec<usize> {
            (0..u64::from(to))
                .map(|at| ((2 * at + 1) * u64::from(from) / (2 * u64::from(to))) as usize)
                .collect()
        };
        let (columns, rows) = (nearest(width, self.width), nearest(height, self.height));
        let row = |y: &usize| &self.bits[y * self.width as usize..];
        let bits = rows.iter().flat_map(|y| columns.iter().map(|x| row(y)[*x])).collect();
        Self { width, height, bits }
    }

    /// In the upper left corner of a square in which nothing else counts.
    #[must_use]
    pub(in crate::data) fn placed(&self, side: u32) -> Self {
        let mut bits = vec![0; side as usize * side as usize];
        let rows = self.bits.chunks_exact(self.width.max(1) as usize);
        for (into, row) in bits.chunks_exact_mut(side.max(1) as usize).zip(rows) {
            into[..row.len()].copy_from_slice(row);
        }
        Self { width: side, height: side, bits }
    }

    /// As runs of equal pixels; far shorter than a byte per pixel.
    pub fn to_runs(&self) -> Vec<u8> {
        runs::encode(&self.bits)
    }

    /// From what [`to_runs`](Self::to_runs) gave.
    ///
    /// # Errors
    /// Where the runs do not fill the plane, or are cut.
    pub fn from_runs(width: u32, height: u32, bytes: &[u8]) -> Result<Self, String> {
        let pixels = usize::try_from(u64::from(width) * u64::from(height))
            .map_err(|_| format!("has {width} x {height} pixels, which no memory holds"))?;
        Self::new(width, height, runs::decode(bytes, pixels)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes() -> Planes {
        let mut planes = Planes::empty(3, 2);
        planes.add(0, &Mask { width: 3, height: 2, inside: vec![1, 1, 0, 0, 0, 0] });
        planes.add(2, &Mask { width: 3, height: 2, inside: vec![0, 1, 0, 0, 0, 1] });
        planes
    }

    #[test]
    fn structures_may_overlap() {
        let planes = planes();
        assert_eq!(planes.bits(), [0x81, 0x85, 0x80, 0x80, 0x80, 0x84]);
        assert_eq!(planes.present(3), [true, false, true]);
        assert_eq!(planes.structure(2), [false, true, false, false, false, true]);
    }

    #[test]
    fn what_is_not_seen_belongs_to_nothing() {
        let mut planes = planes();
        planes.see_only(&Mask { width: 3, height: 2, inside: vec![0, 0, 1, 1, 1, 1] });
        assert_eq!(planes.bits(), [0, 0, 0x80, 0x80, 0x80, 0x84]);
        assert_eq!(planes.present(3), [false, false, true]);
    }

    #[test]
    fn scaling_takes_the_nearest_pixel_by_its_centre() {
        let row = Planes::new(4, 1, vec![1, 2, 4, 8]).expect("planes");
        assert_eq!(row.scaled(2, 1).bits(), [2, 8]);
        assert_eq!(row.scaled(8, 2).bits(), [1, 1, 2, 2, 4, 4, 8, 8].repeat(2));
        assert_eq!(row.scaled(4, 1), row);
        assert_eq!(row.scaled(3, 1).bits(), [1, 4, 8]);
    }

    #[test]
    fn an_image_lies_in_the_corner_of_its_canvas() {
        let placed = planes().placed(4);
        assert_eq!(placed.bits()[..8], [0x81, 0x85, 0x80, 0, 0x80, 0x80, 0x84, 0]);
        assert!(placed.bits()[8..].iter().all(|bits| *bits == 0));
    }

    #[test]
    fn runs_come_back_as_they_were() {
        let planes = planes();
        assert_eq!(Planes::from_runs(3, 2, &planes.to_runs()), Ok(planes));
        let wide = Planes::empty(700, 500);
        assert!(wide.to_runs().len() < 8);
        assert_eq!(Planes::from_runs(700, 500, &wide.to_runs()), Ok(wide));
    }
}

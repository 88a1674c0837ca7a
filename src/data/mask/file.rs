//! Reads the mask files of an image.

use std::path::Path;

use super::{Mask, MaskPart, Masks, Odd, Planes, polygon, values};
use crate::data::decode::{self, Rules};
use crate::spec::SegmentationSpec;

/// Reads masks as a task states.
#[derive(Debug)]
pub(in crate::data) struct Reader {
    spec: SegmentationSpec,
    structures: usize,
}

impl Reader {
    pub(in crate::data) fn new(spec: SegmentationSpec, structures: usize) -> Self {
        Self { spec, structures }
    }

    /// The masks of an image of so many pixels, and what was odd of them.
    ///
    /// # Errors
    /// What is wrong with a file, with its path.
    pub(in crate::data) fn planes(
        &self,
        masks: &Masks,
        (width, height): (u32, u32),
    ) -> Result<(Planes, Odd), String> {
        let mut planes = Planes::empty(width, height);
        let mut odd = Odd::default();
        for (structure, parts) in masks.structures.iter().enumerate() {
            for part in parts {
                let path = match part {
                    MaskPart::File(path) => path,
                    MaskPart::Spans(spans) => {
                        let mask = spans.mask(width, height);
                        planes.add(structure, &mask.map_err(|e| format!("with a mask that {e}"))?);
                        continue;
                    }
                    MaskPart::Polygon(points) => {
                        let mask = polygon::mask(points, width, height);
                        planes.add(structure, &mask.map_err(|e| format!("with a mask that {e}"))?);
                        continue;
                    }
                };
                let found = self.of_file(path, (width, height)).map_err(|e| named(path, &e))?;
                for (index, (mask, has)) in found.into_iter().enumerate() {
                    planes.add(structure + index, &mask);
                    odd.between |= has.between;
                }
            }
        }
        if let Some(path) = &masks.field_of_view {
            let read = || {
                let (size, bytes) = grey(path, (width, height))?;
                values::above(size, &bytes, self.spec.threshold)
            };
            let (field, _) = read().map_err(|error| named(path, &error))?;
            if !field.inside.contains(&1) {
                return Err(named(path, "is black: no pixel would count"));
            }
            planes.see_only(&field);
        }
        Ok((planes, odd))
    }

    /// The masks that a file holds: one, or one per structure.
    fn of_file(&self, path: &Path, size: (u32, u32)) -> Result<Vec<(Mask, Odd)>, String> {
        if self.spec.mask_values.is_empty() {
            let (size, bytes) = grey(path, size)?;
            return Ok(vec![values::above(size, &bytes, self.spec.threshold)?]);
        }
        let (size, bytes) = indices(path, size)?;
        let masks = values::each(size, &bytes, &self.spec.mask_values)?;
        Ok(masks.into_iter().take(self.structures).map(|mask| (mask, Odd::default())).collect())
    }
}

fn named(path: &Path, reason: &str) -> String {
    format!("with the mask {}: it {reason}", path.display())
}

/// The values of a grey image of the wanted size.
fn grey(path: &Path, wanted: (u32, u32)) -> Result<((u32, u32), Vec<u8>), String> {
    let image = decode::read(path, &Rules::default())?;
    if image.channels != 1 {
        return Err(
            "has colours; expected a grey image, or `mask_values` for an indexed PNG".into()
        );
    }
    let largest = image.largest16;
    if largest.is_some_and(|largest| largest > 0 && largest < u16::MAX / 2) {
        return Err(format!(
            "has 16 bits and values up to {} only; store it with 8 bits",
            largest.unwrap_or_default()
        ));
    }
    same_size((image.width, image.height), wanted)?;
    Ok((wanted, image.pixels))
}

/// The values of a grey image, or the indices of one with a palette.
fn indices(path: &Path, wanted: (u32, u32)) -> Result<((u32, u32), Vec<u8>), String> {
    match decode::palette_indices(path)? {
        Some((size, bytes)) => {
            same_size(size, wanted)?;
            Ok((wanted, bytes))
        }
        None => grey(path, wanted),
    }
}

fn same_size(got: (u32, u32), wanted: (u32, u32)) -> Result<(), String> {
    if got == wanted {
        return Ok(());
    }
    Err(format!("has {} x {} pixels, but its image has {} x {}", got.0, got.1, wanted.0, wanted.1))
}

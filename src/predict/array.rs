//! A batch in a `.npy` file: floats `[N, C, H, W]`, or bytes `[N, H, W]` and
//! `[N, H, W, C]`. It is read as it is needed.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use npyz::{DType, NpyFile, NpyHeader, Order, TypeChar};
use tch::Tensor;

use super::error::{Operation, PredictError};
use super::images::{stack, unusable};
use super::input::{Raw, Shape};
use crate::data::Picture;
use crate::train::pixels;

const MAGIC: &[u8] = b"\x93NUMPY";

/// What is read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    /// 0..255.
    Bytes,
    F32,
    F64,
}

/// An array on disk.
pub(super) struct Array {
    path: PathBuf,
    data: Data,
    count: usize,
    /// As the file has it.
    channels: usize,
    height: usize,
    width: usize,
    read: usize,
}

enum Data {
    Bytes(npyz::NpyReader<u8, BufReader<File>>),
    F32(npyz::NpyReader<f32, BufReader<File>>),
    F64(npyz::NpyReader<f64, BufReader<File>>),
}

impl Array {
    /// Whether a file is one, by its first bytes.
    pub(super) fn is_one(path: &Path) -> Result<bool, PredictError> {
        let mut head = Vec::new();
        let file = File::open(path).map_err(PredictError::io("read", path))?;
        file.take(MAGIC.len() as u64)
            .read_to_end(&mut head)
            .map_err(PredictError::io("read", path))?;
        Ok(head == MAGIC)
    }

    pub(super) fn open(path: &Path) -> Result<Self, PredictError> {
        let fail = |reason: String| PredictError::input(path, reason);
        let file = File::open(path).map_err(PredictError::io("read", path))?;
        let length = file.metadata().map_err(PredictError::io("read", path))?.len();
        let mut reader = BufReader::new(file);
        let header = NpyHeader::from_reader(&mut reader)
            .map_err(|error| fail(format!("is not a .npy array: {error}")))?;
        let values = values_of(&header).map_err(fail)?;
        let [count, channels, height, width] = axes(header.shape(), values).map_err(fail)?;
        if header.order() == Order::Fortran {
            return Err(fail("is in Fortran order; save it with numpy.ascontiguousarray".into()));
        }
        let width_of = match values {
            Values::Bytes => 1,
            Values::F32 => 4,
            Values::F64 => 8,
        };
        let bytes = (header.shape().iter())
            .try_fold(width_of as u64, |n, d| n.checked_mul(*d))
            .filter(|bytes| *bytes <= length);
        if bytes.is_none() {
            return Err(fail(format!(
                "is truncated: shape {:?} needs more than its {length} bytes",
                header.shape()
            )));
        }
        let file = NpyFile::with_header(header, reader);
        let wrong = |error: npyz::DTypeError| fail(error.to_string());
        let data = match values {
            Values::Bytes => Data::Bytes(file.data().map_err(wrong)?),
            Values::F32 => Data::F32(file.data().map_err(wrong)?),
            Values::F64 => Data::F64(file.data().map_err(wrong)?),
        };
        Ok(Self { path: path.to_path_buf(), data, count, channels, height, width, read: 0 })
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Height and width.
    pub(super) fn sides(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    pub(super) fn is_bytes(&self) -> bool {
        matches!(self.data, Data::Bytes(_))
    }

    /// The next `count` cases; bytes are brought to a shape where one is given.
    pub(super) fn batch(
        &mut self,
        count: usize,
        shape: Option<Shape>,
    ) -> Result<Raw, PredictError> {
        let first = self.read;
        let each = self.channels * self.height * self.width;
        let io = PredictError::io("read", &self.path);
        let sides = [self.height, self.width].map(|side| side as i64);
        let (n, c) = (count as i64, self.channels as i64);
        self.read += count;
        match &mut self.data {
            Data::Bytes(data) => {
                let bytes = data.take(count * each).collect::<Result<Vec<u8>, _>>().map_err(io)?;
                match shape {
                    Some(shape) => self.shaped(&bytes, each, shape),
                    None => pixels::bytes(&bytes, [n, sides[0], sides[1], c])
                        .map(Raw::Bytes)
                        .op("make a batch"),
                }
            }
            Data::F32(data) => {
                let values =
                    data.take(count * each).collect::<Result<Vec<f32>, _>>().map_err(io)?;
                self.finite(first, each, values.iter().map(|v| v.is_finite()))?;
                let tensor = Tensor::f_from_slice(&values);
                tensor
                    .and_then(|t| t.f_view([n, c, sides[0], sides[1]]))
                    .map(Raw::Values)
                    .op("make a batch")
            }
            Data::F64(data) => {
                let values =
                    data.take(count * each).collect::<Result<Vec<f64>, _>>().map_err(io)?;
                self.finite(first, each, values.iter().map(|v| v.is_finite()))?;
                let tensor = Tensor::f_from_slice(&values);
                tensor
                    .and_then(|t| t.f_view([n, c, sides[0], sides[1]]))
                    .map(Raw::Values)
                    .op("make a batch")
            }
        }
    }

    fn shaped(&self, bytes: &[u8], each: usize, shape: Shape) -> Result<Raw, PredictError> {
        let size = (self.width as u32, self.height as u32, self.channels as u32);
        let scaled = bytes.chunks_exact(each).enumerate().map(|(index, pixels)| {
            Picture::scaled(size, pixels, shape.resize)
                .map_err(|reason| format!("image {index} {reason}"))
        });
        match scaled.collect::<Result<Vec<_>, _>>() {
            Ok(pictures) => stack(pictures.into_iter(), shape),
            Err(fault) => Err(unusable(&[&fault], self.count)),
        }
    }

    fn finite(
        &self,
        first: usize,
        each: usize,
        mut finite: impl Iterator<Item = bool>,
    ) -> Result<(), PredictError> {
        let Some(at) = finite.position(|finite| !finite) else { return Ok(()) };
        let (case, within) = (first + at / each, at % each);
        let map = self.height * self.width;
        let place = [within / map, within % map / self.width, within % self.width];
        Err(PredictError::input(
            &self.path,
            format!(
                "case {case} has a value that is not finite at channel {}, row {}, column {}; \
                 replace it before the prediction",
                place[0], place[1], place[2]
            ),
        ))
    }
}

fn values_of(header: &NpyHeader) -> Result<Values, String> {
    let dtype = header.dtype();
    if let DType::Plain(kind) = &dtype {
        match (kind.type_char(), kind.num_bytes()) {
            (TypeChar::Uint, Some(1)) => return Ok(Values::Bytes),
            (TypeChar::Float, Some(4)) => return Ok(Values::F32),
            (TypeChar::Float, Some(8)) => return Ok(Values::F64),
            _ => {}
        }
    }
    Err(format!(
        "holds values of type {}, expected f4 or f8 (input of the network) or u1 (images); \
         convert it with numpy's astype",
        dtype.descr()
    ))
}

/// Cases, channels, height and width.
fn axes(shape: &[u64], values: Values) -> Result<[usize; 4], String> {
    let expected = match values {
        Values::Bytes => "uint8 images [N, H, W], or [N, H, W, C] with 1 or 3 channels",
        _ => "floats [N, C, H, W] with 1 or 3 channels",
    };
    let fail = |hint: &str| Err(format!("has shape {shape:?}, expected {expected}{hint}"));
    let sizes: Vec<usize> = shape.iter().map(|d| usize::try_from(*d).unwrap_or(0)).collect();
    let order = match (values, sizes.len()) {
        (Values::Bytes, 3) => [Some(0), None, Some(1), Some(2)],
        (Values::Bytes, 4) => [0, 3, 1, 2].map(Some),
        (Values::F32 | Values::F64, 4) => [0, 1, 2, 3].map(Some),
        (Values::F32 | Values::F64, 3) if matches!(sizes[0], 1 | 3) => {
            return fail("; for one image add an axis in front: x[None]");
        }
        _ => return fail(""),
    };
    let found = order.map(|axis| axis.map_or(1, |axis: usize| sizes[axis]));
    if found.contains(&0) {
        return fail(": there is nothing in it");
    }
    if !matches!(found[1], 1 | 3) {
        let channels_elsewhere = match values {
            Values::Bytes => matches!(sizes[1], 1 | 3).then_some("; transpose it to (0, 2, 3, 1)"),
            _ => matches!(sizes[3], 1 | 3).then_some("; transpose it to (0, 3, 1, 2)"),
        };
        return fail(channels_elsewhere.unwrap_or_default());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_told_by_the_type() {
        assert_eq!(axes(&[5, 3, 32, 48], Values::F32), Ok([5, 3, 32, 48]));
        assert_eq!(axes(&[5, 32, 48], Values::Bytes), Ok([5, 1, 32, 48]));
        assert_eq!(axes(&[5, 32, 48, 3], Values::Bytes), Ok([5, 3, 32, 48]));
        for (shape, values, hint) in [
            (&[5, 32, 48, 3][..], Values::F64, "(0, 3, 1, 2)"),
            (&[5, 3, 32, 48], Values::Bytes, "(0, 2, 3, 1)"),
            (&[3, 32, 48], Values::F32, "x[None]"),
            (&[5, 4, 32, 48], Values::F32, "1 or 3 channels"),
            (&[0, 3, 32, 48], Values::F32, "nothing in it"),
            (&[7], Values::F32, "[N, C, H, W]"),
        ] {
            let error = axes(shape, values).expect_err("an error");
            assert!(error.contains(hint), "{error}");
        }
    }
}

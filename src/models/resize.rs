//! Tables of Swin and ViT for another image size than the file's.
//!
//! Both are grids of learned values, resampled bicubically: Swin's biases by
//! relative position without antialiasing and with half-pixel corners, as the
//! published benchmark's loader does; ViT's position embeddings with
//! antialiasing and the class token's kept, as timm's `resample_abs_pos_embed`.
//! Only square grids occur.

use tch::{Kind, TchError, Tensor};
use thiserror::Error;

/// A table that could not be resampled.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ResizeError {
    /// Not a table that depends on the image size, or of other heads or width.
    #[error("{name} of shape {got:?} cannot become {expected:?}")]
    Shape {
        /// Variable.
        name: String,
        /// Shape in the file.
        got: Vec<i64>,
        /// Shape in the network.
        expected: Vec<i64>,
    },
    /// libtorch failed.
    #[error("{name} was not resampled")]
    Torch {
        /// Variable.
        name: String,
        /// Its reason.
        source: TchError,
    },
}

/// Tables that depend on the image size.
#[derive(Clone, Copy)]
enum Table {
    /// `[(2w - 1)^2, heads]`.
    Biases { got: i64, expected: i64 },
    /// `[1, 1 + n^2, width]`.
    Positions { got: i64, expected: i64 },
}

impl Table {
    fn of(name: &str, got: &[i64], expected: &[i64]) -> Option<Self> {
        match (name.rsplit('.').next()?, got, expected) {
            ("relative_position_bias_table", [a, heads], [b, wanted]) if heads == wanted => {
                Some(Self::Biases { got: root(*a)?, expected: root(*b)? })
            }
            ("pos_embed", [1, a, width], [1, b, wanted]) if width == wanted => {
                Some(Self::Positions { got: root(a - 1)?, expected: root(b - 1)? })
            }
            _ => None,
        }
    }
}

/// Side of a square grid.
fn root(count: i64) -> Option<i64> {
    let side = count.checked_isqrt()?;
    (side > 0 && side * side == count).then_some(side)
}

/// Whether [`resize`] can make a variable of shape `expected` out of one of
/// shape `got`: both are square tables of the same heads or width.
pub fn can_resize(name: &str, got: &[i64], expected: &[i64]) -> bool {
    Table::of(name, got, expected).is_some()
}

/// The table of another image size: the tensor itself where the shape is the
/// same already. Values are resampled in f32, or in f64 where they are f64.
///
/// # Errors
/// Where [`can_resize`] says no.
pub fn resize(name: &str, tensor: &Tensor, expected: &[i64]) -> Result<Tensor, ResizeError> {
    let got = tensor.size();
    if got == expected {
        return Ok(tensor.shallow_clone());
    }
    let Some(table) = Table::of(name, &got, expected) else {
        return Err(ResizeError::Shape { name: name.into(), got, expected: expected.into() });
    };
    resample(table, tensor).map_err(|source| ResizeError::Torch { name: name.into(), source })
}

fn resample(table: Table, tensor: &Tensor) -> Result<Tensor, TchError> {
    let kind = if tensor.kind() == Kind::Double { Kind::Double } else { Kind::Float };
    let tensor = tensor.f_to_kind(kind)?;
    match table {
        Table::Biases { got, expected } => {
            let grid = tensor.f_transpose(0, 1)?.f_reshape([1, -1, got, got])?;
            let grid = grid.f_upsample_bicubic2d([expected, expected], false, None, None)?;
            grid.f_reshape([-1, expected * expected])?.f_transpose(0, 1)?.f_contiguous()
        }
        Table::Positions { got, expected } => {
            let class = tensor.f_narrow(1, 0, 1)?;
            let grid = tensor.f_narrow(1, 1, got * got)?.f_reshape([1, got, got, -1])?;
            let grid = grid.f_permute([0, 3, 1, 2])?.f_contiguous()?;
            let sides = [expected, expected];
            let grid = grid.f_internal_upsample_bicubic2d_aa(sides, false, None, None)?;
            let patches = grid.f_flatten(2, 3)?.f_transpose(1, 2)?;
            Tensor::f_cat(&[class, patches], 1)
        }
    }
}

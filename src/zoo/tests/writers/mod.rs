//! Small writers of each container, for checkpoints made in tests.

mod numpy;
mod pickle;
mod tensorflow;
mod torch;

pub(super) use numpy::byol;
pub(super) use pickle::Pickle;
pub(super) use tensorflow::{bundle, rows, table, write_bundle, zipped};
pub(super) use torch::{grouped, legacy, python2, zip};

/// A tensor to write: name, shape, values.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f32>,
}

impl Named {
    /// Values that tell tensors and positions apart.
    pub(super) fn new(name: impl Into<String>, shape: &[usize]) -> Self {
        let name = name.into();
        let seed = name.bytes().fold(0u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)));
        let count = shape.iter().product::<usize>() as u32;
        let value = |i: u32| (seed.wrapping_add(i.wrapping_mul(2_654_435_761)) >> 8) as f32 / 1e7;
        Self { name, shape: shape.to_vec(), values: (0..count).map(value).collect() }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }
}

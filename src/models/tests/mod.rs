//! Names, counts, outputs and behaviour of every network.

mod forward;
pub(crate) mod golden;
mod keys;
mod segmentation;
mod sizes;
mod strides;
mod training;

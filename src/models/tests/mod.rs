//! Names, counts, outputs and behaviour of every network.

mod forward;
mod golden;
mod keys;
mod segmentation;
mod sizes;
mod training;

//! What a target asks of training, prediction and evaluation: the outputs of
//! the network, its loss, the link from its outputs to what they mean, the rows
//! that a run leaves of its test cases and the metrics of the run.
//!
//! Another kind of target is one file here, which implements [`Objective`], and
//! one arm in [`objective`]; nothing else in training knows of targets.

mod asked;
mod classification;
mod link;
mod mask_loss;
mod picture;
mod rare;
mod segmentation;

pub(crate) use asked::{Objective, Step, objective};
pub(crate) use link::Link;

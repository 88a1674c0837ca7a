//! Statistics: one method per file; slices in, plain structs out.
//!
//! Nothing here reads files, knows frames or devices, or draws a random number
//! without an explicit seed. Every result has three states ([`Outcome`]), and
//! no function panics on any input.

pub mod accuracy;
pub mod adjust;
pub mod auc_bootstrap;
pub mod average_precision;
pub mod bootstrap;
mod bounds;
pub mod brier;
pub mod calibration;
pub mod confusion;
pub mod delong;
pub mod delong_matrix;
pub mod delong_test;
pub mod describe;
pub mod distributions;
pub mod effect_size;
pub mod fairness;
pub mod kappa;
pub mod log_loss;
pub mod matthews;
pub mod multi_class_auc;
mod outcome;
pub mod partial_auc;
mod placement;
pub mod ranks;
pub mod roc_auc;
pub mod roc_curve;
mod score_order;
pub mod t_test;

pub use bounds::Bounds;
pub use outcome::Outcome;

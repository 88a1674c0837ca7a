//! Statistics: one method per file; slices in, plain structs out.
//!
//! Nothing here reads files, knows frames or devices, or draws a random number
//! without an explicit seed. Every result has three states ([`Outcome`]), and
//! no function panics on any input.

pub mod accuracy;
pub mod adjust;
pub mod bootstrap;
mod bounds;
pub mod describe;
pub mod effect_size;
mod normal;
mod outcome;
pub mod roc_auc;
mod student_t;
pub mod t_test;

pub use bounds::Bounds;
pub use outcome::Outcome;

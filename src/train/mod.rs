//! One run: a network, a dataset and a recipe become records on disk.
//!
//! [`run::train`] is the whole of it; the files beside it are its parts.

pub mod allocator;
pub mod arithmetic;
mod augment;
mod batch;
mod cases;
pub mod device;
mod drawn;
mod error;
mod evaluate;
mod init;
pub(crate) mod layout;
pub mod machine;
pub mod memory;
pub(crate) mod objective;
mod optimizer;
pub(crate) mod pixels;
mod run;
mod sample;
mod schedule;
mod seed;
mod state;
pub mod stop;
mod tone;
mod views;
mod warp;
mod whole;
mod windows;

pub use error::TrainError;
pub use run::{Measured, News, Progress, TrainOptions, measure, train, train_attempt};
pub(crate) use run::{log, provenance};

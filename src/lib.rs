//! Transfolio runs transfer-learning studies and turns them into papers that
//! can be checked.
//!
//! A *study* is a matrix of *runs*: task x backbone x init (pretraining) x
//! label fraction x seed. Each run fine-tunes one network and leaves records
//! on disk; from the records come tidy tables, statistical comparisons, figures
//! and one self-contained HTML report.
//!
//! The crate has two halves, and a file format between them:
//!
//! ```text
//!  spec -> data -> models/zoo -> train -> study ==records==> frame -> scores -> compare -> figures -> report
//!  no libtorch     '----- needs libtorch -----'              '----------- never needs libtorch ------------'
//! ```
//!
//! Everything right of [`records`] is a pure function of files and builds with
//! `--no-default-features`; networks, training and studies need the feature
//! `torch`. [`scores`] is the waist: [`frame`] fills its types, [`compare`] reads
//! them. [`stats`] (slices in, plain structs out) and [`text`] are leaves.

// A test that skips says so.
#![cfg_attr(test, allow(clippy::disallowed_macros))]

pub mod check;
pub mod cli;
pub mod compare;
pub mod data;
pub mod figures;
pub mod frame;
pub mod notebook;
pub mod prelude;
pub mod published;
pub mod records;
pub mod report;
pub mod scores;
pub mod selfcheck;
pub mod spec;
pub mod stats;
pub mod table;
pub mod text;

#[cfg(feature = "torch")]
pub mod cluster;
#[cfg(feature = "torch")]
pub mod download;
#[cfg(feature = "torch")]
mod libtorch;
#[cfg(feature = "torch")]
pub mod models;
#[cfg(feature = "torch")]
pub mod predict;
#[cfg(feature = "torch")]
pub mod study;
#[cfg(feature = "torch")]
pub mod train;
#[cfg(feature = "torch")]
pub mod zoo;

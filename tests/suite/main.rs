//! Integration tests: the program as a user runs it.
//!
//! One binary with modules, because every test binary links polars and libtorch.
#![allow(missing_docs, clippy::print_stderr)]

mod browser;
mod csv;
#[cfg(feature = "torch")]
mod disk;
mod notebook;
mod program;
mod readme;
mod snapshots;
#[cfg(feature = "torch")]
mod study;

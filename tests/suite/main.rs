//! Integration tests: the program as a user runs it.
//!
//! One binary with modules, because every test binary links polars and libtorch.
#![allow(missing_docs, clippy::disallowed_macros, clippy::print_stderr)]

mod answers;
#[cfg(feature = "torch")]
mod arithmetic;
#[cfg(feature = "torch")]
mod bench;
mod browser;
#[cfg(feature = "torch")]
mod cards;
mod cases;
mod checklists;
mod claims;
mod csv;
#[cfg(feature = "torch")]
mod data_reading;
mod devtools;
mod diff;
mod directions;
#[cfg(feature = "torch")]
mod disk;
mod export;
mod figures;
mod forgeries;
mod joined;
mod jupyter;
#[cfg(feature = "torch")]
mod keeping;
mod label_counts;
mod notebook;
mod old_folders;
mod pages;
mod pipes;
#[cfg(feature = "torch")]
mod predict;
mod program;
mod prose;
mod published;
mod readme;
mod records;
#[cfg(feature = "torch")]
mod segmentation;
#[cfg(feature = "torch")]
mod sharing;
mod size;
#[cfg(all(unix, feature = "torch"))]
mod slots;
mod snapshots;
#[cfg(feature = "torch")]
mod study;
#[cfg(all(unix, feature = "torch"))]
mod submit;
mod tables;
#[cfg(feature = "torch")]
mod test_sets;
mod threads;
mod torture;
mod verify;
#[cfg(feature = "torch")]
mod waiting;
#[cfg(feature = "torch")]
mod weights;
#[cfg(feature = "torch")]
mod zoo;

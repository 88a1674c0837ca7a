//! Reads a page back: its numbers, files and drawings.

mod facts;
mod tokens;

pub(in crate::report) use facts::{PageFacts, PageFile, Shown};

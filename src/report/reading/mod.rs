//! Reads a page back: its numbers, files and drawings.

mod drawing;
mod facts;
mod tokens;

pub(in crate::report) use drawing::drawn_numbers;
pub(in crate::report) use facts::{PageFacts, PageFile, Shown};

//! Reads a page back: its numbers, files and drawings.

mod drawing;
mod facts;
mod opened;
mod tokens;

pub(in crate::report) use drawing::drawn_numbers;
pub(in crate::report) use facts::{Drawing, PageFacts, PageFile, Shown, Words};
pub(in crate::report) use opened::Opened;
pub(in crate::report) use tokens::skeleton;

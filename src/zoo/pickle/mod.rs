//! A pickle reader that builds a tree of plain values and calls nothing.
//!
//! `serde-pickle` is well kept, but refuses what torch and numpy write
//! (persistent ids, classes and calls it does not know) and keeps all bytes in
//! memory; `repugnant-pickle` is abandoned. Here classes stay names, calls stay
//! data, and long strings stay in the file.

mod machine;
mod reader;
mod value;

pub(super) use machine::parse;
pub(super) use reader::Reader;
pub(super) use value::{Arena, Id, Value};

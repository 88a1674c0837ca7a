//! One reader for every table that people bring: results, manifests, published
//! means, predictions.
//!
//! ```text
//!  bytes -> container -> encoding -> dialect -> delimited -> Sheet
//!              |-> workbook (xlsx, ods, xls) ----------------^
//!              |-> parquet ----------------------------------^
//!              '-> json (lines, arrays) ---------------------^
//! ```
//!
//! A [`Sheet`] is a header and cells of text, each with the line it stands in. What
//! the cells mean is the business of those who asked for it; what they have in
//! common is here: numbers as people write them ([`NumberStyle`]), words for a
//! missing value ([`missing`]), names ([`names`]).
//!
//! A leaf: it depends on nothing else in the crate.

mod container;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod json;
pub mod missing;
pub mod names;
mod number;
mod parquet;
mod sheet;
mod workbook;

pub use error::TableError;
pub use json::{Document, document, text};
pub use number::{Decimal, NumberFault, NumberStyle};
pub use sheet::{Row, Sheet, SheetBuilder, SheetOptions};

#[cfg(test)]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;

//! The published numbers of the benchmark, as facts with their kinds.
//!
//! The tables of `dataset/published` are part of the program. Every number says
//! whether it was printed or digitised from a figure ([`Kind`]), and what is
//! computed from it inherits that. [`gap`] holds own results against them;
//! [`recheck`] recomputes printed p-values, of these tables and of anybody's.

mod annotation;
mod architecture;
mod csv_text;
mod error;
pub mod gap;
mod names;
pub mod recheck;
mod row;
mod tables;
mod value;

pub(crate) use csv_text::guarded;

pub use annotation::{Annotation, annotations};
pub use architecture::{Architecture, architectures};
pub use error::PublishedError;
pub use names::{Field, Names};
pub use row::Row;
pub use tables::{Table, files};
pub use value::{Kind, Published};

//! Notebooks as files: `.ipynb` (nbformat 4.5) and `.rs` with percent cells,
//! into each other without loss, and out as a crate.

mod file;
mod ipynb;
mod model;
mod percent;

pub use file::{read, write};
pub use ipynb::{from_ipynb, to_ipynb};
pub(super) use ipynb::{joined, lines};
pub use model::{Cell, CellKind, Notebook};
pub use percent::{from_percent, to_percent};

//! Rust notebooks: the worker that cells talk to, the Jupyter kernel, and
//! notebooks as reports.
//!
//! Cells compile against the crate `transfolio-notebook` (folder `notebook/`)
//! and nothing else; `worker` answers them. `kernel` sets up the Jupyter
//! kernel, `format` reads and writes `.ipynb` and `.rs` notebooks, `render`
//! executes them without a browser.

pub mod client;
mod error;
mod export;
pub mod format;
pub mod kernel;
pub mod render;
mod statements;
pub mod worker;

pub use error::NotebookError;
pub use export::export;

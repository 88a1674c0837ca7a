//! A report as files for a paper: every table as CSV, LaTeX and Markdown, every
//! figure as SVG, PNG and CSV, and a `paper.tex` that compiles.

mod figures;
mod folder;
mod paper;
mod prose;
mod tables;

pub use folder::{Exported, export};

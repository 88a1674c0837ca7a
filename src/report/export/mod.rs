//! A report as files for a paper: every table as CSV, LaTeX and Markdown, every
//! figure as SVG, PNG and CSV, a `paper.tex` that compiles and a `paper.docx`.

mod figures;
mod folder;
mod paper;
mod prose;
mod tables;
mod word;

pub use folder::{Exported, export};

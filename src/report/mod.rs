//! The self-contained HTML report: from results to finished strings to a page.
//!
//! `load` gathers, `content` arranges sections, `methods` writes prose, `html`
//! fills the templates. Same records in, same bytes out: the page holds no
//! clock and no path of this machine that the records do not hold.

mod content;
mod document;
mod error;
mod html;
mod load;
mod methods;
mod provenance;

pub use error::ReportError;
pub use html::{render, render_published};
pub use load::{ReportInput, RunRow, analyse, load};

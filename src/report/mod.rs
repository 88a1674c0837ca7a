//! The self-contained HTML report: from results to finished strings to a page.
//!
//! `load` gathers, `content` arranges sections, `methods` writes prose, `html`
//! fills the templates. Same records in, same bytes out: the page holds no
//! clock and no path of this machine that the records do not hold.

mod bibliography;
mod binding;
mod bound;
mod citations;
mod content;
mod definitions;
mod document;
mod error;
mod escape;
mod export;
mod html;
mod layout;
mod load;
mod math;
mod methods;
mod numbering;
mod page;
mod provenance;
mod table_html;
mod templates;
mod text;
mod typeset;

pub use bibliography::BibliographyError;
pub use citations::References;
pub use error::ReportError;
pub use export::{Exported, export};
pub use html::render;
pub use load::{ReportInput, RunRow, analyse, load};
pub use templates::Templates;

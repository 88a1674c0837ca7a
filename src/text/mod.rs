//! Text helpers that every table, figure and page shares: numbers as papers
//! write them, escapes, ids. A leaf: depends on nothing here.

mod bound;
mod csv_cell;
mod html_text;
mod id;
mod latex_text;
mod listed;
mod numbers;
mod phrase;
mod table;
mod value;

pub use bound::{Bound, Full};
pub use csv_cell::csv_cell;
pub use html_text::html_text;
pub use id::{UniqueIds, id, sentence_slug, slug, split_id};
pub use latex_text::{latex_text, unsupported};
pub use listed::listed;
pub use numbers::{estimate, fixed, p_value, percent, percent_rounded, two_digits};
pub(crate) use phrase::phrase;
pub use phrase::{Part, Phrase, Quantity};
pub use table::{Column, Kind, Table};
pub use value::{Tone, Value};

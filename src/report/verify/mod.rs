//! Renders a page again and compares the whole of it.
//!
//! Equal bytes agree, and nothing else does. Only where they differ is a page
//! taken apart ([`compare`]), to say in words what differs; what words do not
//! cover is shown as it stands ([`lines`]).

mod compare;
mod hunks;
mod lines;
mod mend;
mod pieces;
mod run;
mod text;
mod types;

pub use run::{Against, verify};
pub(in crate::report) use text::clean;
pub use types::{Difference, Kind, OwnTemplate, Verification};

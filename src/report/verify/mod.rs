//! Computes a page again and names every difference.

mod compare;
mod run;
mod types;

pub use run::{Against, verify};
pub use types::{Difference, Kind, Verification};

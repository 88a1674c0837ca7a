//! Printed p-values recomputed from the printed means and spreads.
//!
//! A table that prints means, standard deviations, numbers of runs and p can be
//! checked without its data: [`recheck`] computes p by each test that a paper
//! may have used, and says which of them the printed p agrees with. Numbers are
//! printed or digitised with limited precision, so every recomputed p is a range
//! (see [`TestP`]), and agreement means that the ranges meet.

mod agreement;
mod csv_in;
mod of_published;
mod printed_p;
mod ranges;
mod table;
mod types;

pub use agreement::{Agreement, Tally, tally};
pub use csv_in::read_csv;
pub use of_published::{RUNS, published, published_stars};
pub use printed_p::PrintedP;
pub use ranges::{SdReading, Test, TestP, recheck};
pub use table::{Format, key, table, write};
pub use types::{Claim, Rechecked, Side, Spread};

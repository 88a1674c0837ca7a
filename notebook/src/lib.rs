//! Studies, tables and figures of Transfolio in the cells of a Rust notebook.
//!
//! A cell compiles against this crate alone; everything else happens in a
//! worker process of the program `transfolio`, so that a cell is built in well
//! under a second and nothing in a cell can lose a study:
//!
//! ```no_run
//! use transfolio_notebook::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let study = Study::open("runs/phantom-granularity")?;
//! let tests = study.compare("random")?;
//! println!("{}", tests.table("tests")?);
//! figures::label_fraction(&study)?.save("fractions.svg")?;
//! report!(study, output: "report.html")?;
//! # Ok(())
//! # }
//! ```
//!
//! One's own numbers need no study ([`stats`], [`Table`], [`charts`]):
//!
//! ```no_run
//! use transfolio_notebook::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let (base, tuned) = ([0.71, 0.68, 0.74, 0.69], [0.74, 0.72, 0.75, 0.74]);
//! println!("{}", paired_t(&tuned, &base)?);
//! let table = Table::named("Dice").with("base", base)?.with("tuned", tuned)?;
//! table.scatter("base", "tuned").draw()?.save("scatter.png")?;
//! table.filter("base", 0.7..)?.sort_by_desc("tuned")?.show();
//! # Ok(())
//! # }
//! ```
//!
//! All types are owned, `'static` and cheap to clone, because a notebook keeps
//! its variables between cells. Errors print the same with `{}` and `{:?}`:
//! a kernel shows them with either.

// Cells print: that is what they are for, and a kernel listens to its end.
#![allow(clippy::disallowed_macros)]

mod build;
#[doc(hidden)]
pub mod cell;
mod comparison;
mod connection;
mod display;
mod error;
mod figure;
mod file;
#[cfg(feature = "polars")]
mod frame;
mod html;
mod markdown;
mod names;
mod numbers;
mod options;
mod parameter;
mod part;
mod picture;
mod plan;
mod query;
mod report;
mod reshape;
mod run;
mod screen;
mod setting;
mod statistic;
mod study;
mod table;
mod value;

pub mod charts;
pub mod figures;
pub mod prelude;
pub mod stats;

pub use build::{CellValue, Groups, Series};
pub use cell::{Shown, check_point, input, password};
pub use comparison::Comparison;
pub use display::{Bundle, Probe, Rich, RichProbe, TextProbe, show_all};
pub use error::{Error, Kind, Result};
pub use figure::Figure;
pub use file::TableFile;
#[cfg(feature = "polars")]
pub use frame::from_frame;
pub use markdown::Markdown;
pub use names::Names;
pub use numbers::{Number, Numbers, Values};
pub use options::{Compare, RunOptions};
pub use parameter::{Parameter, parameter};
pub use part::{Claim, Init, Pretraining, Recipe, Task};
pub use picture::{Html, Image};
pub use plan::Plan;
/// Polars itself, in the version that [`from_frame`] takes.
#[cfg(feature = "polars")]
pub use polars;
pub use query::{Row, Wanted};
pub use report::{Report, ReportOptions, report};
pub use run::Run;
pub use setting::Setting;
pub use statistic::Statistic;
pub use study::Study;
pub use table::{Cell, Column, ColumnType, Table};
pub use value::{Value, bind};

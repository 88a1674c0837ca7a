//! What a cell needs: `use transfolio_notebook::prelude::*;`.

pub use crate::figures;
#[cfg(feature = "polars")]
pub use crate::from_frame;
#[cfg(feature = "polars")]
pub use crate::polars::{self, frame::DataFrame};
pub use crate::{
    Compare, Comparison, Error, Figure, Report, ReportOptions, Result, Rich, Run, RunOptions,
    Shown, Study, Table, Value, bind, check_point, input, password,
};
pub use crate::{report, show};

//! Polars tables from records or from a CSV, and the tables of one run.

mod case_masks;
mod case_metrics;
mod case_source;
mod case_tables;
mod cells;
mod error;
mod factors;
mod further_metrics;
mod history;
mod join;
mod layout;
mod listing;
mod made;
mod mask_metrics;
mod metrics;
mod predictions;
mod reading;
mod results;
mod runs;
mod study_in;
mod understood;

pub use case_masks::{read_case_masks, write_case_masks};
pub use case_metrics::{read_case_metrics, write_case_metrics};
pub use case_source::CasesOf;
pub use error::FrameError;
pub use history::{read_history, write_history};
pub use layout::{Mapping, Step};
pub use listing::{CASE, JOINT, Listed, Listing, OF, SEED};
pub use mask_metrics::{Ruler, case_metrics_of, mask_metrics_of};
pub use metrics::metrics_of;
pub use predictions::{read_prediction_rows, read_predictions, write_predictions};
pub use reading::{Filter, MissingCases, Reading, Rename};
pub use results::{Problem, Results};
pub use study_in::{RunIn, further_of, wanted};
pub use understood::{FileRead, Understood};

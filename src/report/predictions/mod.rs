//! What the test predictions of a study say about its levels: curves,
//! calibration, confusion; summarised run by run, so that only one run's
//! predictions are in memory.

mod load;
mod mean_curve;
mod summary;

pub(super) use load::{Facet, MOST_FACETS, OnSet, facets, load, of_cases};
pub use mean_curve::MeanCurve;
pub use summary::PredictedLevel;

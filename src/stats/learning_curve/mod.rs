//! Scores over fractions of the training labels.
//!
//! Everything here reads the mean curve over runs as piecewise linear in the
//! decadic logarithm of the fraction; intervals redraw the runs.

mod area;
mod columns;
mod crossover;
mod curve;
mod efficiency;
mod pair;
mod redraw;
mod trend;

pub use area::{area, area_interval};
pub use crossover::{Crossover, crossover};
pub use curve::{Curve, Point};
pub use efficiency::{Efficiency, LabelRatio, efficiency, label_ratio};
pub use pair::CurvePair;
pub use redraw::FractionBounds;
pub use trend::{slopes, trend, trend_interaction};

use serde::{Deserialize, Serialize};

/// How the runs are redrawn for an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resampling {
    /// Number of resamples.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
    /// Confidence level, in (0, 1).
    pub confidence: f64,
    /// Run `i` of both curves has one seed; they are redrawn together when the
    /// curves have as many runs.
    pub paired_runs: bool,
}

impl Default for Resampling {
    /// 10,000 resamples, seed 0, 95 %, independent runs.
    fn default() -> Self {
        Self { resamples: 10_000, seed: 0, confidence: 0.95, paired_runs: false }
    }
}

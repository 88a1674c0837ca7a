//! Bootstrap intervals.
//!
//! [`Bootstrap`] holds the resampled values of one statistic and turns them
//! into a percentile, basic or BCa interval; the other files say how cases are
//! redrawn: one sample, indices with strata, pairs, runs and test cases
//! together, and the studentised interval.

mod distribution;
mod draw;
mod hierarchical;
mod jackknife;
mod paired;
mod stratified;
mod studentized;

pub use super::bounds::Bounds;
pub use distribution::{Bootstrap, Method};
pub use draw::{Draws, Strata};
pub use hierarchical::{CaseDraw, Design, Hierarchical, Levels, hierarchical};
pub use jackknife::{EXACT_UP_TO, jackknife};
pub use paired::{paired_difference, paired_mean_difference};
pub use stratified::{from_groups, indexed};
pub use studentized::{Studentized, studentized, studentized_mean};

//! Claims: hypotheses with a formal part, each judged, and each judged again by
//! every other reasonable analysis.
//!
//! A claim compares two sides, each the runs with some levels of any factors,
//! wherever it says it holds. Every combination of the remaining factors is a
//! *block*. Differences are averaged over the blocks within each seed, so that
//! what blocks of one seed share stays in one number, and the seeds are the
//! replications: the claim is about these tasks. Whether it would hold on further
//! tasks is asked in the robustness panel, by a random-effects summary.

mod blocks;
mod check;
mod evidence;
mod judge;
mod method;
mod over_cases;
mod panel;
mod reach;
#[cfg(test)]
mod tests;
mod types;

pub use check::check_claims;
pub use judge::judge_claims;
pub use types::{Alternative, ClaimCounts, ClaimResult, ClaimVerdict, Panel};

//! Statistics: one method per file; slices in, plain structs out.
//!
//! Nothing here reads files, knows frames or devices, or draws a random number
//! without an explicit seed. Every result has three states ([`Outcome`]), and
//! no function panics on any input.

pub mod accuracy;
pub mod adjust;
pub mod bartlett;
pub mod block_ranks;
pub mod bootstrap;
pub mod cliques;
pub mod conover;
pub mod describe;
pub mod distributions;
pub mod dunn;
pub mod effect_size;
pub mod friedman;
pub mod hodges_lehmann;
pub mod kruskal_wallis;
pub mod levene;
pub mod mann_whitney;
pub mod nemenyi;
pub mod one_way_anova;
mod outcome;
pub mod p_values;
pub mod page_trend;
pub mod pairwise;
mod pairwise_selection;
pub mod quade;
mod rank_sum_counts;
pub mod ranks;
pub mod roc_auc;
pub mod shaffer;
pub mod shapiro_wilk;
pub mod sign_test;
mod signed_rank_counts;
pub mod t_test;
pub mod wilcoxon;

pub use outcome::Outcome;

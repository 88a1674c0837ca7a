//! Statistics: one method per file; slices in, plain structs out.
//!
//! Nothing here reads files, knows frames or devices, or draws a random number
//! without an explicit seed. Every result has three states ([`Outcome`]), and
//! no function panics on any input.

pub mod accuracy;
pub mod adjust;
pub mod bartlett;
pub mod bayes_correlated_t;
pub mod bayes_sign;
pub mod bayes_signed_rank;
pub mod block_ranks;
pub mod bootstrap;
mod bounds;
pub mod cliques;
pub mod conover;
pub mod coverage;
pub mod describe;
pub mod distributions;
pub mod dunn;
pub mod effect_interval;
pub mod effect_size;
pub mod friedman;
pub mod hodges_lehmann;
pub mod kruskal_wallis;
pub mod learning_curve;
pub mod levene;
pub mod mann_whitney;
pub mod mean_interval;
pub mod nadeau_bengio;
pub mod nemenyi;
pub mod one_way_anova;
mod outcome;
pub mod p_values;
pub mod page_trend;
pub mod pairwise;
mod pairwise_selection;
pub mod permutation;
pub mod power;
pub mod quade;
mod random;
pub mod random_effects;
pub mod rank_effect_interval;
mod rank_sum_counts;
pub mod ranking;
pub mod ranking_stability;
pub mod ranks;
pub mod rliable;
pub mod roc_auc;
mod root;
mod rope;
pub mod shaffer;
pub mod shapiro_wilk;
pub mod sign_test;
mod signed_rank_counts;
mod t_estimate;
pub mod t_summary;
pub mod t_test;
pub mod tost;
pub mod two_way_anova;
pub mod verdict;
pub mod wilcoxon;

pub use bounds::Bounds;
pub use outcome::Outcome;
pub use rope::RopeProbabilities;
pub use t_estimate::Input;

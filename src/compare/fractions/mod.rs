//! Label efficiency: one init over label fractions, and two inits against each
//! other. One file per question.

mod analysis;
mod censored;
mod crossing;
mod curves;
mod efficiency;
mod interaction;
mod pair;
mod ratio;
mod sentences;
mod series;
mod sides;
mod table;
#[cfg(test)]
mod tests;
mod trend;

pub use analysis::{FractionAnalysis, fractions};
pub use censored::{Censored, CensoredInterval};
pub use crossing::Crossing;
pub use curves::CurveRow;
pub use efficiency::DataEfficiency;
pub use interaction::{Decider, Interaction};
pub use pair::PairRow;
pub use ratio::EfficiencyRatio;
pub use sentences::{
    crossing_sentence, efficiency_sentence, interaction_sentence, ratio_sentence, trend_sentence,
};
pub use table::{curve_table, pair_table};

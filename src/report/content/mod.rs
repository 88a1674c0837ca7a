//! What a report says: sections, figures and tables from the comparisons.

mod arrange;
mod card;
mod card_scores;
mod claims;
mod class_table;
mod efficiency;
mod failures;
mod figures;
mod granularity;
mod ledger;
mod origins;
mod run_table;
mod standing;
mod summary;
mod summary_table;
mod test_table;
mod variance;

pub(super) use arrange::document;
pub(super) use card::{card, known as card_subject};

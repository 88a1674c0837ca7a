//! What a report says: sections, figures and tables from the comparisons.

mod arrange;
mod claims;
mod class_table;
mod efficiency;
mod failures;
mod figures;
mod granularity;
mod ledger;
mod published;
mod run_table;
mod summary;
mod summary_table;
mod test_table;
mod variance;

pub(super) use arrange::document;
pub(super) use published::{alone as published_alone, beside as published_beside};

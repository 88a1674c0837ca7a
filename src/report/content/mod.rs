//! What a report says: sections, figures and tables from the comparisons.

mod arrange;
mod claims;
mod class_table;
mod failures;
mod figures;
mod ledger;
mod run_table;
mod summary;
mod summary_table;
mod test_table;
mod variance;

pub(super) use arrange::document;

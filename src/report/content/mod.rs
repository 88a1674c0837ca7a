//! What a report says: sections, figures and tables from the comparisons.

mod arrange;
mod calibration;
mod claims;
mod class_table;
mod cost;
mod curves;
mod dose;
mod efficiency;
mod failures;
mod figures;
mod forest;
mod granularity;
mod ledger;
mod names;
mod panels;
mod ranking;
mod run_table;
mod seeds;
mod summary;
mod summary_table;
mod test_table;
mod training;
mod variance;

pub(super) use arrange::document;

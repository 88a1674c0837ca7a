//! What a report says: sections, figures and tables from the comparisons.

mod answer;
mod answers_table;
mod arrange;
mod calibration;
mod card;
mod card_scores;
mod case_ranking;
mod claims;
mod class_table;
mod class_tests;
mod cost;
mod curves;
#[cfg(test)]
mod direction_tests;
mod dose;
mod efficiency;
mod facet_figures;
mod failures;
mod figures;
mod forest;
mod granularity;
mod lead;
mod lead_figure;
mod ledger;
mod masks;
mod names;
mod notes;
mod origins;
mod panels;
mod published;
mod ranking;
mod run_table;
mod seeds;
mod standing;
mod summary_table;
mod test_sets;
mod test_table;
mod training;
mod variance;
mod verdict_map;

pub(super) use arrange::document;
pub(super) use card::{card, known as card_subject};
pub use facet_figures::{FacetFigure, FacetPanel, answer_parts, facet_panels};
pub(super) use lead::answer_sentences;
pub(super) use published::{alone as published_alone, beside as published_beside};

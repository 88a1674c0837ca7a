//! The five studies of the benchmark from their published numbers, the recheck
//! of their printed p-values, and own results beside them.

mod architectures;
mod arrange;
mod bars;
mod blocks;
mod dart;
mod dart_table;
mod domain_adaptive;
mod gap_figure;
mod gaps;
mod granularity;
mod label_efficiency;
mod rechecks;
mod self_supervised;
mod show;
mod sources;
mod strips;

pub(in crate::report) use arrange::{alone, beside};

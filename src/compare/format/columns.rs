//! Columns and cells that tables of comparisons share.

use crate::compare::types::Interval;
use crate::scores::{Block, Factor, Metric};
use crate::text::{Column, Kind, Value};

/// Columns of the factors that rows differ in.
pub(crate) fn factors<'a>(factors: impl IntoIterator<Item = &'a Factor>) -> Vec<Column> {
    factors.into_iter().map(|factor| Column::name(factor.title())).collect()
}

/// Columns of what compared runs share; none without a row.
pub(crate) fn block_columns(block: Option<&Block>) -> Vec<Column> {
    factors(block.iter().flat_map(|block| &block.factors).map(|(factor, _)| factor))
}

/// Cells of the same.
pub(crate) fn block_cells(block: &Block) -> Vec<Value> {
    block.levels().into_iter().map(Value::text).collect()
}

/// A column of values, by key and title.
pub(crate) fn number(key: &'static str, title: &str) -> Column {
    Column::new(Kind::Number, key, title)
}

/// A column of intervals, by key and title.
pub(crate) fn interval(key: &'static str, title: &str) -> Column {
    Column::new(Kind::Interval, key, title)
}

/// A column of p-values, by key and title.
pub(crate) fn p(key: &'static str, title: &str) -> Column {
    Column::new(Kind::P, key, title)
}

/// A column of counts, by key and title.
pub(crate) fn count(key: &'static str, title: &str) -> Column {
    Column::new(Kind::Count, key, title)
}

/// The adjusted p and the one of the test alone.
pub(crate) fn both_p() -> [Column; 2] {
    [p("adjusted_p", "Adjusted p"), p("p", "Raw p")]
}

/// The two levels of a pair, which tell rows apart.
pub(crate) fn pair() -> [Column; 2] {
    [Column::name("Level"), Column::name("Reference")]
}

/// A verdict, or another word that rests on numbers.
pub(crate) fn verdict() -> Column {
    Column::new(Kind::Words, "verdict", "Verdict")
}

/// Both ends of an interval, with its method or why there is none.
pub(crate) fn ends(metric: &Metric, interval: Option<&Interval>, how: impl Into<String>) -> Value {
    match interval {
        Some(i) => Value::number((i.low, i.high), metric.ends(i.low, i.high), how),
        None => Value::number(None::<f64>, "\u{2013}", how),
    }
}

/// A value of the metric with its method.
pub(crate) fn score(metric: &Metric, value: Option<f64>, how: impl Into<String>) -> Value {
    Value::number(value, metric.text(value), how)
}

/// A p-value with its test.
pub(crate) fn p_cell(p: Option<f64>, how: impl Into<String>) -> Value {
    Value::number(p, crate::text::p_value(p), how)
}

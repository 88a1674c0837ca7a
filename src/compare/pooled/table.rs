//! The contrasts as one table, like a forest plot: the tasks of a scope, then their
//! summary.

use super::analysis::PooledAnalysis;
use super::contrast::Contrast;
use super::summary::Pooled;
use crate::compare::estimate::Estimate;
use crate::compare::family::{Test, sizes};
use crate::compare::format::columns::{
    both_p, count, ends, interval, number, p, p_cell, pair, score, verdict,
};
use crate::compare::test_kind::TestKind;
use crate::compare::types::Interval;
use crate::scores::{Metric, Verdict};
use crate::text::{Column, Kind, Table, Value, percent_rounded};

const NONE: &str = "\u{2013}";

/// One row per pair of levels and scope: the answer for tasks like these, and the
/// one for the tasks studied.
pub fn answers_table(analysis: &PooledAnalysis) -> Table {
    let mut table = Table::new(pair());
    table.columns.extend([
        Column::name("Over"),
        Column::labels(),
        Column::words("Verdict"),
        number("difference", "Difference"),
        interval("interval", "Interval"),
        p("adjusted_p", "Adjusted p"),
        number("studied", "On these tasks"),
        interval("studied_interval", "Its interval"),
        p("studied_p", "Its adjusted p"),
        count("tasks", "Tasks"),
        count("same_sign", "Same sign"),
        number("tau", "tau"),
        Column::new(Kind::Share, "i_squared", "I^2"),
        interval("prediction", "On a further task"),
    ]);
    let metric = &analysis.options.metric;
    table.rows = analysis.pooled.iter().map(|pooled| answer_row(metric, pooled)).collect();
    table
}

fn answer_row(metric: &Metric, pooled: &Pooled) -> Vec<Value> {
    let title = |test: &Test| test.entry.test.map_or_else(String::new, TestKind::title);
    let (like, studied) = (title(&pooled.test), pooled.studied());
    let on = studied.map_or_else(String::new, |(_, test)| title(test));
    let difference = studied.map(|(difference, _)| difference);
    let value = pooled.difference.point();
    let (same, all) = pooled.favourable(value.map_or(1.0, f64::signum));
    let same_shown = if value.is_some() { same.to_string() } else { NONE.into() };
    let between = "share of variation between tasks";
    let further = "prediction, random effects over tasks";
    vec![
        Value::text(&pooled.level),
        Value::text(&pooled.reference),
        Value::text(pooled.scope.other_words()),
        Value { text: pooled.scope.fraction_words(), ..Value::share(pooled.scope.label_fraction) },
        Value::text(pooled.overall_verdict().map_or(NONE, Verdict::word)),
        score(metric, value, &like),
        ends(metric, pooled.difference.bounds(), &like),
        p_cell(pooled.test.entry.adjusted_p, like),
        score(metric, difference.and_then(Estimate::point), &on),
        ends(metric, difference.and_then(Estimate::bounds), &on),
        p_cell(studied.and_then(|(_, test)| test.entry.adjusted_p), on),
        Value::count(all),
        Value::number(same, same_shown, "tasks by the sign of their own difference"),
        score(metric, pooled.tau_squared.map(f64::sqrt), "spread between tasks"),
        Value::number(pooled.i_squared, share(pooled.i_squared), between),
        ends(metric, pooled.prediction.as_ref(), further),
    ]
}

/// One row per task and one per summary; `n` counts seeds, and tasks in
/// summaries.
pub fn table(analysis: &PooledAnalysis) -> Table {
    let mut table = Table::new(pair());
    table.columns.extend([
        Column::name("Model"),
        Column::labels(),
        Column::name("Task"),
        count("n", "n"),
        number("difference", "Difference"),
        interval("interval", "Interval"),
        number("standard_error", "Standard error"),
    ]);
    let [adjusted, raw] = both_p();
    table.columns.extend([
        adjusted,
        Column { key: "raw_p".into(), ..raw },
        verdict(),
        number("tau_2", "tau^2"),
        Column::new(Kind::Share, "i_2", "I^2"),
        interval("interval_on_a_further_task", "Interval on a further task"),
    ]);
    for pooled in &analysis.pooled {
        let metric = &analysis.options.metric;
        table.rows.extend(pooled.tasks.iter().map(|task| task_row(metric, task)));
        table.rows.push(pooled_row(metric, pooled));
    }
    table
}

fn task_row(metric: &Metric, contrast: &Contrast) -> Vec<Value> {
    let mut row = vec![
        Value::text(&contrast.level),
        Value::text(&contrast.reference),
        Value::text(contrast.scope.other_words()),
        Value {
            text: contrast.scope.fraction_words(),
            ..Value::share(contrast.scope.label_fraction)
        },
        Value::text(&contrast.task),
        Value::shown(sizes(contrast.n)),
    ];
    let found = (&contrast.difference, contrast.standard_error, &contrast.test);
    row.extend(tested(metric, found, contrast.verdict));
    row.extend([Value::none(), Value::none(), Value::none()]);
    row
}

fn pooled_row(metric: &Metric, pooled: &Pooled) -> Vec<Value> {
    let task = if pooled.difference.point().is_some() { "pooled" } else { "not pooled" };
    let mut row = vec![
        Value::text(&pooled.level),
        Value::text(&pooled.reference),
        Value::text(pooled.scope.other_words()),
        Value { text: pooled.scope.fraction_words(), ..Value::share(pooled.scope.label_fraction) },
        Value::text(task),
        Value::count(pooled.k),
    ];
    let found = (&pooled.difference, pooled.standard_error, &pooled.test);
    row.extend(tested(metric, found, pooled.verdict));
    let (tau_squared, i_squared) = (pooled.tau_squared, pooled.i_squared);
    row.extend([
        tau_squared.map_or_else(Value::none, |tau| Value::number(tau, small(tau), "")),
        i_squared.map_or_else(Value::none, |i| Value::number(i, percent_rounded(i), "")),
        known(ends(metric, pooled.prediction.as_ref(), "")),
    ]);
    row
}

/// From the difference to the verdict.
fn tested(
    metric: &Metric,
    (difference, error, test): (&Estimate, Option<f64>, &Test),
    verdict: Option<Verdict>,
) -> [Value; 6] {
    let how = test.entry.test.map_or_else(String::new, TestKind::title);
    let bounds: Option<&Interval> = difference.bounds();
    [
        known(score(metric, difference.point(), &how)),
        known(ends(metric, bounds, &how)),
        known(score(metric, error, &how)),
        known(p_cell(test.entry.adjusted_p, &how)),
        known(p_cell(test.entry.p, &how)),
        Value::text(verdict.map_or(NONE, Verdict::word)),
    ]
}

/// A number that is there; else nothing.
fn known(value: Value) -> Value {
    if value.is_empty() { Value::none() } else { value }
}

fn share(value: Option<f64>) -> String {
    value.map_or(NONE.into(), percent_rounded)
}

/// A variance of scores is small: significant digits instead of decimals.
fn small(value: f64) -> String {
    if value == 0.0 { "0".into() } else { format!("{value:.1e}") }
}

//! The contrasts as one table of finished strings, like a forest plot: the tasks
//! of a scope, then their summary.

use super::analysis::PooledAnalysis;
use super::contrast::Contrast;
use super::summary::Pooled;
use crate::compare::family::{Test, sizes};
use crate::compare::types::Interval;
use crate::scores::{Metric, Verdict};
use crate::text::{Table, p_value, percent_rounded};

const NONE: &str = "\u{2013}";

/// One row per pair of levels and scope: the answer for tasks like these, and the
/// one for the tasks studied.
pub fn answers_table(analysis: &PooledAnalysis) -> Table {
    let mut table = Table::new(&[
        "Level",
        "Reference",
        "Over",
        "#Labels",
        "Verdict",
        "#Difference",
        "#Interval",
        "#Adjusted p",
        "#On these tasks",
        "#Its interval",
        "#Its adjusted p",
        "#Tasks",
        "#Same sign",
        "#tau",
        "#I^2",
        "#On a further task",
    ]);
    let metric = &analysis.options.metric;
    for pooled in &analysis.pooled {
        let value = pooled.difference.point();
        let (same, all) = pooled.favourable(value.map_or(1.0, f64::signum));
        let p = |test: &Test| p_value(test.entry.adjusted_p);
        let studied = pooled.studied();
        table.rows.push(vec![
            pooled.level.clone(),
            pooled.reference.clone(),
            pooled.scope.other_words(),
            pooled.scope.fraction_words(),
            pooled.overall_verdict().map_or(NONE, Verdict::word).into(),
            metric.text(value),
            ends(metric, pooled.difference.bounds()),
            p(&pooled.test),
            metric.text(studied.and_then(|(difference, _)| difference.point())),
            ends(metric, studied.and_then(|(difference, _)| difference.bounds())),
            studied.map_or(NONE.into(), |(_, test)| p(test)),
            all.to_string(),
            if value.is_some() { same.to_string() } else { NONE.into() },
            metric.text(pooled.tau_squared.map(f64::sqrt)),
            pooled.i_squared.map_or(NONE.into(), percent_rounded),
            ends(metric, pooled.prediction.as_ref()),
        ]);
    }
    table
}

/// One row per task and one per summary; `n` counts seeds, and tasks in
/// summaries.
pub fn table(analysis: &PooledAnalysis) -> Table {
    let mut table = Table::new(&[
        "Level",
        "Reference",
        "Model",
        "#Labels",
        "Task",
        "#n",
        "#Difference",
        "#Interval",
        "#Standard error",
        "#Adjusted p",
        "#Raw p",
        "Verdict",
        "#tau^2",
        "#I^2",
        "#Interval on a further task",
    ]);
    for pooled in &analysis.pooled {
        let metric = &analysis.options.metric;
        table.rows.extend(pooled.tasks.iter().map(|task| task_row(metric, task)));
        table.rows.push(pooled_row(metric, pooled));
    }
    table
}

fn task_row(metric: &Metric, contrast: &Contrast) -> Vec<String> {
    let entry = &contrast.test.entry;
    vec![
        contrast.level.clone(),
        contrast.reference.clone(),
        contrast.scope.other_words(),
        contrast.scope.fraction_words(),
        contrast.task.clone(),
        sizes(contrast.n),
        metric.text(contrast.difference.point()),
        ends(metric, contrast.difference.bounds()),
        metric.text(contrast.standard_error),
        p_value(entry.adjusted_p),
        p_value(entry.p),
        contrast.verdict.map_or(NONE, Verdict::word).into(),
        NONE.into(),
        NONE.into(),
        NONE.into(),
    ]
}

fn pooled_row(metric: &Metric, pooled: &Pooled) -> Vec<String> {
    let entry = &pooled.test.entry;
    let task = if pooled.difference.point().is_some() { "pooled" } else { "not pooled" };
    vec![
        pooled.level.clone(),
        pooled.reference.clone(),
        pooled.scope.other_words(),
        pooled.scope.fraction_words(),
        task.into(),
        pooled.k.to_string(),
        metric.text(pooled.difference.point()),
        ends(metric, pooled.difference.bounds()),
        metric.text(pooled.standard_error),
        p_value(entry.adjusted_p),
        p_value(entry.p),
        pooled.verdict.map_or(NONE, Verdict::word).into(),
        pooled.tau_squared.map_or(NONE.into(), small),
        pooled.i_squared.map_or(NONE.into(), percent_rounded),
        ends(metric, pooled.prediction.as_ref()),
    ]
}

fn ends(metric: &Metric, interval: Option<&Interval>) -> String {
    interval.map_or(NONE.into(), |i| metric.ends(i.low, i.high))
}

/// A variance of scores is small: significant digits instead of decimals.
fn small(value: f64) -> String {
    if value == 0.0 { "0".into() } else { format!("{value:.1e}") }
}

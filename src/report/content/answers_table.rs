//! The answers as a table: every pair overall and by label fraction.

use super::efficiency::{Named, bind_rows, table};
use super::origins::pair;
use crate::compare::pooled::{Pooled, PooledAnalysis, answers_table};
use crate::compare::{Estimate, Test, TestKind};
use crate::report::bound::{Full, Origin};
use crate::report::document::Block;

/// The block with every number bound, and its columns in the two questions that
/// they answer.
pub(super) fn answers_block(analysis: &PooledAnalysis, caption: &str) -> Block {
    let mut block = table("tab-answers", caption, &answers_table(analysis));
    bind_rows(&mut block, analysis.pooled.iter().map(values));
    group(&mut block);
    block
}

fn values(pooled: &Pooled) -> Named {
    let fraction = pooled.scope.label_fraction.map_or("all".into(), |at| at.to_string());
    let others = pooled.scope.other_words();
    let pair = pair(&pooled.level, &pooled.reference);
    let names = ["answers", &others, &fraction, &pair];
    let names = names.into_iter().filter(|name| !name.is_empty());
    let origin = Origin::new(&names.collect::<Vec<_>>())
        .of("contrasts of single tasks, averaged over the other factors")
        .n(format!("{} {}", pooled.k, if pooled.k == 1 { "task" } else { "tasks" }));
    let title = |test: &Test| test.entry.test.map_or_else(String::new, TestKind::title);
    let p = |test: &Test| test.entry.adjusted_p.full();
    let ends = |estimate: &Estimate| estimate.bounds().map(|i| (i.low, i.high)).full();
    let (like, studied) = (title(&pooled.test), pooled.studied());
    let on = studied.map_or_else(String::new, |(_, test)| title(test));
    let (same, _) = pooled.favourable(pooled.difference.point().map_or(1.0, f64::signum));
    let counted = "tasks by the sign of their own difference";
    let values = vec![
        ("Difference", "difference", pooled.difference.point().full(), like.clone()),
        ("Interval", "interval", ends(&pooled.difference), like.clone()),
        ("Adjusted p", "adjusted_p", p(&pooled.test), like),
        ("On these tasks", "studied", studied.and_then(|(d, _)| d.point()).full(), on.clone()),
        (
            "Its interval",
            "studied_interval",
            studied.map_or_else(String::new, |(d, _)| ends(d)),
            on.clone(),
        ),
        ("Its adjusted p", "studied_p", studied.map_or_else(String::new, |(_, test)| p(test)), on),
        ("Same sign", "same_sign", same.full(), counted.into()),
        ("tau", "tau", pooled.tau_squared.map(f64::sqrt).full(), "spread between tasks".into()),
        ("I^2", "i_squared", pooled.i_squared.full(), "share of variation between tasks".into()),
        (
            "On a further task",
            "prediction",
            pooled.prediction.as_ref().map(|i| (i.low, i.high)).full(),
            "prediction, random effects over tasks".into(),
        ),
    ];
    (origin, values)
}

/// What is asked of the tasks stands above the columns that answer it, in words
/// that leave room for the numbers.
fn group(block: &mut Block) {
    let Block::Table(table) = block else { return };
    for head in &mut table.head {
        let (over, text) = match head.text.as_str() {
            "Difference" | "Interval" | "Adjusted p" => ("Tasks like these", head.text.clone()),
            "On these tasks" => ("These tasks", "Difference".into()),
            "Its interval" => ("These tasks", "Interval".into()),
            "Its adjusted p" => ("These tasks", "Adjusted p".into()),
            "On a further task" => ("", "Further task".into()),
            _ => continue,
        };
        (head.over, head.text) = (over.into(), text);
    }
}

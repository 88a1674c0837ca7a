//! The answers as a table: every pair overall and by label fraction.

use super::efficiency::MOST_ROWS;
use super::origins::pair;
use crate::compare::pooled::{Pooled, PooledAnalysis, answers_table};
use crate::report::bound::Origin;
use crate::report::document::{Block, TableBlock};
use crate::text::Table;

/// The block with every number bound, and its columns in the two questions that
/// they answer.
pub(super) fn answers_block(analysis: &PooledAnalysis, caption: &str) -> Block {
    let table = answers_table(analysis);
    let block = TableBlock::new("tab-answers", caption, table);
    let mut block = block.owned(MOST_ROWS, analysis.pooled.iter().map(origin));
    group(&mut block.grid);
    Block::Table(block)
}

fn origin(pooled: &Pooled) -> Origin {
    let fraction = pooled.scope.label_fraction.map_or("all".into(), |at| at.to_string());
    let others = pooled.scope.other_words();
    let pair = pair(&pooled.level, &pooled.reference);
    let names = ["answers", &others, &fraction, &pair];
    let names = names.into_iter().filter(|name| !name.is_empty());
    Origin::new(&names.collect::<Vec<_>>())
        .of("contrasts of single tasks, averaged over the other factors")
        .n(format!("{} {}", pooled.k, if pooled.k == 1 { "task" } else { "tasks" }))
}

/// What is asked of the tasks stands above the columns that answer it, in words
/// that leave room for the numbers.
fn group(table: &mut Table) {
    for column in &mut table.columns {
        let (over, title) = match &*column.key {
            "difference" => ("Tasks like these", "Difference"),
            "interval" => ("Tasks like these", "Interval"),
            "adjusted_p" => ("Tasks like these", "Adjusted p"),
            "studied" => ("These tasks", "Difference"),
            "studied_interval" => ("These tasks", "Interval"),
            "studied_p" => ("These tasks", "Adjusted p"),
            "prediction" => ("", "Further task"),
            _ => continue,
        };
        (column.over, column.title) = (over.into(), title.into());
    }
}

//! Comparisons on single classes, where they were asked for.

use super::origins::pair;
use crate::compare::cases::ClassRow;
use crate::compare::format::classes_table;
use crate::report::bound::{Origin, id, sentence_slug};
use crate::report::document::{Block, TableBlock};
use crate::scores::Metric;

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;

/// The table, where there is a row.
pub(super) fn class_tests(rows: &[ClassRow], metric: &Metric) -> Option<Block> {
    if rows.is_empty() {
        return None;
    }
    let origins = rows.iter().map(|row| {
        let (class, levels) = (sentence_slug(&row.class), pair(&row.level, &row.reference));
        let names = std::iter::once("classes".to_string()).chain(row.block.key());
        Origin::named(id(&names.chain([class, levels]).collect::<Vec<_>>()))
            .of("predictions of the runs on the test cases")
            .n(format!("{} seeds, {} cases", row.seeds, row.cases))
    });
    let caption = if rows.iter().all(|row| row.seeds < 2) {
        "Differences on single classes over test cases, one run on each side: DeLong's test, \
         p-values adjusted over all classes and pairs."
    } else {
        "Differences on single classes, over seeds with the cases fixed and over cases with the \
         runs fixed; p-values are adjusted over all classes and pairs."
    };
    let block = TableBlock::new("tab-class-tests", caption, classes_table(rows, metric));
    Some(Block::Table(block.owned(MOST_TESTS, origins)))
}

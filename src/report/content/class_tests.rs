//! Comparisons on single classes, where they were asked for.

use super::arrange::heads;
use super::claims::csv_of;
use super::origins::pair;
use crate::compare::cases::ClassRow;
use crate::compare::format::classes_table;
use crate::report::bound::{Origin, id, sentence_slug};
use crate::report::document::{Block, TableBlock, Value};
use crate::scores::Metric;

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;

/// The table, where there is a row.
pub(super) fn class_tests(rows: &[ClassRow], metric: &Metric) -> Option<Block> {
    if rows.is_empty() {
        return None;
    }
    let table = classes_table(rows, metric);
    let cells = table.rows.iter().zip(rows).take(MOST_TESTS).map(|(texts, row)| {
        let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
        let (class, levels) = (sentence_slug(&row.class), pair(&row.level, &row.reference));
        let names = std::iter::once("classes".to_string()).chain(row.block.key());
        let names: Vec<String> = names.chain([class, levels]).collect();
        let origin = Origin::named(id(&names))
            .of("predictions of the runs on the test cases")
            .n(format!("{} seeds, {} cases", row.seeds, row.cases));
        let difference = "mean over seeds of the difference of AUCs";
        let at = row.block.factors.len() + 4;
        cells[at].bind(origin.bind("difference", row.difference, &texts[at], difference));
        let bound = [
            ("se_seeds", row.se_seeds, "standard error over seeds, the cases fixed"),
            ("se_cases", row.se_cases, "standard error over cases, the runs fixed"),
            ("seeds_p", row.seeds_adjusted_p, "paired t test over seeds, adjusted over all rows"),
            ("cases_p", row.cases_adjusted_p, "DeLong's test over cases, adjusted over all rows"),
        ];
        for (cell, (quantity, value, how)) in cells[at + 1..].iter_mut().zip(bound) {
            let text = cell.text.clone();
            cell.bind(origin.bind(quantity, value, &text, how));
        }
        cells[at].title.clone_from(&row.note);
        cells
    });
    Some(Block::Table(TableBlock {
        label: "tab-class-tests".into(),
        number: 0,
        fold: String::new(),
        all: rows.len(),
        caption: if rows.iter().all(|row| row.seeds < 2) {
            "Differences on single classes over test cases, one run on each side: DeLong's test, \
             p-values adjusted over all classes and pairs."
        } else {
            "Differences on single classes, over seeds with the cases fixed and over cases with \
             the runs fixed; p-values are adjusted over all classes and pairs."
        }
        .into(),
        head: heads(&table),
        rows: cells.collect(),
        csv: csv_of(&table),
    }))
}

//! Comparisons on single classes, where they were asked for.

use super::arrange::heads;
use super::claims::csv_of;
use super::origins::pair;
use crate::compare::cases::ClassRow;
use crate::compare::format::classes_table;
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, TableBlock, Value};

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 1000;

/// The table, where there is a row.
pub(super) fn class_tests(rows: &[ClassRow]) -> Option<Block> {
    if rows.is_empty() {
        return None;
    }
    let table = classes_table(rows);
    let cells = table.rows.iter().zip(rows).take(MOST_TESTS).map(|(texts, row)| {
        let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
        let other = if row.model.is_empty() { &row.init } else { &row.model };
        let fraction = row.label_fraction.to_string();
        let levels = pair(&row.level, &row.reference);
        let origin = Origin::new(&[
            "classes",
            &row.task,
            other,
            &fraction,
            &sentence_slug(&row.class),
            &levels,
        ])
        .of("predictions of the runs on the test cases")
        .n(format!("{} seeds, {} cases", row.seeds, row.cases));
        let difference = "mean over seeds of the difference of AUCs";
        cells[5].bind(origin.bind("difference", row.difference, &texts[5], difference));
        let bound = [
            ("se_seeds", row.se_seeds, "standard error over seeds, the cases fixed"),
            ("se_cases", row.se_cases, "standard error over cases, the runs fixed"),
            ("seeds_p", row.seeds_adjusted_p, "paired t test over seeds, adjusted over all rows"),
            ("cases_p", row.cases_adjusted_p, "DeLong's test over cases, adjusted over all rows"),
        ];
        for (cell, (quantity, value, how)) in cells[6..].iter_mut().zip(bound) {
            let text = cell.text.clone();
            cell.bind(origin.bind(quantity, value, &text, how));
        }
        cells[5].title.clone_from(&row.note);
        cells
    });
    Some(Block::Table(TableBlock {
        label: "tab-class-tests".into(),
        number: 0,
        all: rows.len(),
        caption:
            "Differences on single classes, over seeds with the cases fixed and over cases with \
             the runs fixed; p-values are adjusted over all classes and pairs."
                .into(),
        head: heads(&table),
        rows: cells.collect(),
        csv: csv_of(&table),
    }))
}

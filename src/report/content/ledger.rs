//! All tests that were computed for the report.

use super::arrange::{heads, paragraph, section};
use super::claims::csv_of;
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::report::text::prose;

/// Beyond this many the table is thinned, and says so.
const MOST_TESTS: usize = 2000;

/// The ledger as a section, where there is a test.
pub(super) fn ledger(input: &ReportInput) -> Option<Section> {
    let entries = &input.analysis.ledger.entries;
    if entries.is_empty() {
        return None;
    }
    let table = input.analysis.ledger.table();
    let rows = table
        .rows
        .iter()
        .zip(entries)
        .take(MOST_TESTS)
        .map(|(row, entry)| {
            let mut cells: Vec<Value> = row.iter().map(Value::text).collect();
            let origin = Origin::new(&[
                "ledger",
                &sentence_slug(&entry.family),
                &sentence_slug(&entry.question),
            ])
            .n(format!("{} {}", entry.n, entry.unit.word()));
            let adjusted = format!("p, {} adjustment within the family", entry.adjustment);
            cells[6].bind(origin.bind("estimate", entry.estimate, &row[6], &row[3]));
            cells[7].bind(origin.bind("adjusted_p", entry.adjusted_p, &row[7], adjusted));
            cells[8].bind(origin.bind("p", entry.p, &row[8], &row[3]));
            cells[7].title.clone_from(&entry.note);
            cells
        })
        .collect();
    let undone = entries.iter().filter(|entry| entry.p.is_none()).count();
    let origin = Origin::new(&["ledger"]);
    let counted = |name: &str, n: usize, how: &str| origin.bind(name, n, n.to_string(), how);
    let all = counted("tests", entries.len(), "entries of the ledger");
    let mut text = if entries.len() == 1 {
        prose!["[[tab-ledger]] has the only test of this report"]
    } else {
        prose!["[[tab-ledger]] lists all ", all, " tests of this report"]
    };
    if undone == entries.len() {
        text.push(if undone == 1 { ", which could not be done" } else { "; none could be done" });
    } else if undone > 0 {
        text.push(", also the ");
        text.push(counted("undone", undone, "entries without p"));
        text.push(if undone == 1 { " that has no p" } else { " that have no p" });
    }
    text.push(". No other was computed.");
    let block = Block::Table(TableBlock {
        label: "tab-ledger".into(),
        number: 0,
        fold: String::new(),
        all: entries.len(),
        caption:
            "Ledger of tests. p-values are adjusted within a family; the unit is what n counts."
                .into(),
        head: heads(&table),
        rows,
        csv: csv_of(&table),
    });
    Some(section("ledger", "Ledger of tests", vec![paragraph(text), block]))
}

//! All tests that were computed for the report.

use super::arrange::{paragraph, section};
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, Section, TableBlock};
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
    let origins = entries.iter().map(|entry| {
        let (family, question) = (sentence_slug(&entry.family), sentence_slug(&entry.question));
        let n = format!("{} {}", entry.n, entry.unit.word());
        Origin::new(&["ledger", &family, &question]).n(n)
    });
    let caption =
        "Ledger of tests. p-values are adjusted within a family; the unit is what n counts.";
    let block = TableBlock::new("tab-ledger", caption, input.analysis.ledger.table());
    let block = Block::Table(block.owned(MOST_TESTS, origins));
    Some(section("ledger", "Ledger of tests", vec![paragraph(text), block]))
}

//! The two sources of variance: seeds and test cases.

use super::arrange::{paragraph, section};
use super::class_tests::class_tests;
use super::origins::pair;
use crate::compare::cases::CaseRow;
use crate::compare::format::cases_table;
use crate::report::bound::{Origin, id};
use crate::report::document::{Block, Section, TableBlock};
use crate::report::load::ReportInput;
use crate::scores::Metric;

/// The section, where predictions per case are at hand.
pub(super) fn variance(input: &ReportInput) -> Option<Section> {
    let rows = &input.analysis.cases;
    let metric = &input.comparisons[0].options.metric;
    if rows.is_empty() {
        let classes: Vec<Block> =
            class_tests(&input.analysis.classes, metric).into_iter().collect();
        return (!classes.is_empty()).then(|| section("variance", "Single classes", classes));
    }
    let text = "The tests over seeds ask what further runs would give on these test cases. \
                [[tab-cases]] asks besides what the same runs would give on other cases of the \
                kind (whole patients redrawn), and takes both together: an interval over both is \
                the one to read for a claim about new patients and new runs.";
    let mut blocks = vec![paragraph(text), table(rows, metric)];
    blocks.extend(class_tests(&input.analysis.classes, metric));
    Some(section("variance", "Seeds and test cases", blocks))
}

fn table(rows: &[CaseRow], metric: &Metric) -> Block {
    let origins = rows.iter().map(|row| {
        let names = std::iter::once("cases".to_string()).chain(row.block.key());
        let names = names.chain([pair(&row.level, &row.reference)]);
        Origin::named(id(&names.collect::<Vec<_>>()))
            .of("predictions of the runs on the test cases")
            .n(format!("{} seeds, {} cases", row.seeds, row.cases))
    });
    let caption = "Differences by source of variance: standard error over seeds with the cases \
                   fixed and over cases with the runs fixed, and intervals over cases and over both.";
    let block = TableBlock::new("tab-cases", caption, cases_table(rows, metric));
    Block::Table(block.owned(usize::MAX, origins))
}

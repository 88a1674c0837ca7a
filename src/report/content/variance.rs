//! The two sources of variance: seeds and test cases.

use super::arrange::{heads, paragraph, section};
use super::claims::csv_of;
use super::class_tests::class_tests;
use super::origins::pair;
use crate::compare::cases::CaseRow;
use crate::compare::format::cases_table;
use crate::compare::{Interval, TestKind};
use crate::report::bound::{Origin, id};
use crate::report::document::{Block, Section, TableBlock, Value};
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
    let table = cases_table(rows, metric);
    let cells = table
        .rows
        .iter()
        .zip(rows)
        .map(|(texts, row)| {
            let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
            let how = |interval: Option<&Interval>| {
                interval.map_or_else(|| row.notes.join("; "), |i| i.method.clone())
            };
            let pair = pair(&row.level, &row.reference);
            let names = std::iter::once("cases".to_string()).chain(row.block.key());
            let origin = Origin::named(id(&names.chain([pair]).collect::<Vec<_>>()))
                .of("predictions of the runs on the test cases")
                .n(format!("{} seeds, {} cases", row.seeds, row.cases));
            let ends = |i: Option<&Interval>| i.map(|i| (i.low, i.high));
            let (cases, both) = (row.over_cases.as_ref(), row.over_both.as_ref());
            let se = "standard error of the difference";
            let at = row.block.factors.len() + 3;
            cells[at].bind(origin.bind(
                "difference",
                row.difference,
                &texts[at],
                "mean difference",
            ));
            cells[at + 1].bind(origin.bind(
                "se_seeds",
                row.se_seeds,
                &texts[at + 1],
                format!("{se} over seeds"),
            ));
            cells[at + 2].bind(origin.bind(
                "se_cases",
                row.se_cases,
                &texts[at + 2],
                format!("{se} over cases"),
            ));
            cells[at + 3].bind(origin.bind("over_cases", ends(cases), &texts[at + 3], how(cases)));
            cells[at + 4].bind(origin.bind("interval", ends(both), &texts[at + 4], how(both)));
            let test = if row.adjusted_p.is_some() {
                let name = row.test.map_or_else(String::new, TestKind::name);
                format!("{name}, adjusted within its family")
            } else {
                row.notes.join("; ")
            };
            cells[at + 5].bind(origin.bind("delong_p", row.adjusted_p, &texts[at + 5], test));
            cells[at].title = row.notes.join("; ");
            cells[at + 7].title = format!("{} cases of {} patients", row.cases, row.patients);
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-cases".into(),
        number: 0,
        fold: String::new(),
        all: 0,
        caption: "Differences by source of variance: standard error over seeds with the cases \
                  fixed and over cases with the runs fixed, and intervals over cases and over both."
            .into(),
        head: heads(&table),
        rows: cells,
        csv: csv_of(&table),
    })
}

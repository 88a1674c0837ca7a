//! Runs without results, and what the data check found.

use super::arrange::{paragraph, section};
use crate::report::bound::Origin;
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::report::sentence::bound_sentence;
use crate::report::text::prose;
use crate::text::{Column, Table};

pub(super) fn failures(input: &ReportInput) -> Section {
    let mut blocks = Vec::new();
    if input.problems.is_empty() {
        let missing = input.missing();
        blocks.push(match (input.study.is_some(), missing) {
            (true, _) => paragraph("Every run of the study has results."),
            (false, 0) => paragraph("Every row that counts has a value."),
            (false, n) => {
                let how = "results without a value, over all metrics";
                let bound = Origin::new(&["failures"]).bind("missing", n, n.to_string(), how);
                let verb = if n == 1 { " result has" } else { " results have" };
                paragraph(prose![bound, verb, " no value; the notes of [[results]] say why."])
            }
        });
    } else {
        let count = input.problems.len();
        let bound = Origin::new(&["failures"]).bind(
            "runs",
            count,
            count.to_string(),
            "runs of the study without results",
        );
        blocks.push(paragraph(prose![
            bound,
            " runs have no results; their cells rest on fewer seeds. [[tab-failures]] says why."
        ]));
        let head_row = ["run".to_string(), "reason".into()];
        let csv = escape::csv(
            std::iter::once(head_row)
                .chain(input.problems.iter().map(|p| [p.run.clone(), p.reason.clone()])),
        );
        let mut table = Table::new([Column::name("Run"), Column::words("Why")]);
        let row = |run: &str, why: &str| vec![Value::text(run), Value::text(why)];
        table.rows = input.problems.iter().map(|p| row(&p.run, &p.reason)).collect();
        let block = TableBlock::new("tab-failures", "Runs without results.", table);
        blocks.push(Block::Table(block.with_csv(csv)));
    }
    if let Some(study) = &input.study {
        for (task, notes) in &study.data_notes {
            for note in notes {
                let text = format!("Data check of {task}: {note}");
                let origin = Origin::new(&["data-check", task]);
                blocks.push(paragraph(bound_sentence(&text, &origin, "data check", &[])));
            }
        }
    }
    if let Some(study) = &input.study {
        for (init, notes) in &study.weights_notes {
            for note in notes {
                let text = format!("Weights of {init}: {note}.");
                let origin = Origin::new(&["weights", init]);
                blocks.push(paragraph(bound_sentence(&text, &origin, "reading of weights", &[])));
            }
        }
    }
    section("failures", "Failures and data check", blocks)
}

//! Runs without results, and what the data check found.

use super::arrange::{paragraph, section};
use crate::report::bound::Origin;
use crate::report::document::{Block, Head, Section, TableBlock, Value};
use crate::report::escape;
use crate::report::load::ReportInput;
use crate::report::sentence::bound_sentence;
use crate::report::text::prose;

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
        let head = ["Run", "Why"]
            .map(|text| Head { text: text.into(), numeric: false, ..Head::default() })
            .to_vec();
        let rows = input
            .problems
            .iter()
            .map(|p| vec![Value::text(&p.run), Value::text(&p.reason)])
            .collect();
        blocks.push(Block::Table(TableBlock {
            label: "tab-failures".into(),
            number: 0,
            fold: String::new(),
            all: 0,
            caption: "Runs without results.".into(),
            head,
            rows,
            csv,
        }));
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

//! Runs without results, and what the data check found.

use super::arrange::{paragraph, section};
use crate::report::document::{Block, Head, Section, TableBlock, Value};
use crate::report::load::ReportInput;

pub(super) fn failures(input: &ReportInput) -> Section {
    let mut blocks = Vec::new();
    if input.problems.is_empty() {
        let what = if input.study.is_some() {
            "Every run of the study has results."
        } else {
            "The file has a value in every row that counts."
        };
        blocks.push(paragraph(what));
    } else {
        blocks.push(paragraph(format!(
            "{} runs have no results; their cells rest on fewer seeds. [[tab-failures]] says why.",
            input.problems.len()
        )));
        let mut csv = String::from("run,reason\n");
        for problem in &input.problems {
            csv += &format!(
                "\"{}\",\"{}\"\n",
                problem.run.replace('"', "\"\""),
                problem.reason.replace('"', "\"\"")
            );
        }
        let head = ["Run", "Why"].map(|text| Head { text: text.into(), numeric: false }).to_vec();
        let rows = input
            .problems
            .iter()
            .map(|p| vec![Value::text(&p.run), Value::text(&p.reason)])
            .collect();
        blocks.push(Block::Table(TableBlock {
            label: "tab-failures".into(),
            number: 0,
            caption: "Runs without results.".into(),
            head,
            rows,
            csv,
        }));
    }
    if let Some(study) = &input.study {
        for (task, notes) in &study.data_notes {
            for note in notes {
                blocks.push(paragraph(format!("Data check of {task}: {note}")));
            }
        }
    }
    section("failures", "Failures and data check", blocks)
}

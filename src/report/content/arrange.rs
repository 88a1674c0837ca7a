//! Arranges the sections of a report.

use super::claims::claims;
use super::class_table::classes_block;
use super::efficiency::efficiency;
use super::failures::failures;
use super::figures::figures;
use super::granularity::granularity;
use super::ledger::ledger;
use super::run_table::run_table;
use super::summary::summary;
use super::summary_table::summary_block;
use super::test_table::tests_block;
use super::variance::variance;
use crate::compare::format::Table;
use crate::report::document::{Block, Document, Head, Section};
use crate::report::load::ReportInput;
use crate::report::text::Text;
use crate::report::{definitions, methods, provenance};
use crate::spec::Study;

/// The document, not yet numbered.
pub(in crate::report) fn document(input: &ReportInput) -> Document {
    let study = input.study.as_ref().map(|record| &record.study);
    let title = study
        .and_then(|s| s.study.title.clone())
        .unwrap_or_else(|| format!("Results of {}", input.source));
    let main = &input.comparisons[0];
    let runs = if input.runs.is_empty() {
        format!("{} cells of {}", main.cells.len(), main.options.metric)
    } else {
        let done = input.runs.iter().filter(|run| run.state() == "done").count();
        format!("{done} of {} runs", input.runs.len())
    };
    let mut sections = vec![summary(input, study)];
    sections.extend(claims(input));
    sections.extend(results(input, study));
    sections.extend(efficiency(input));
    sections.extend(granularity(input));
    sections.extend(variance(input));
    sections.push(methods_section(input, study));
    sections.extend(other_metrics(input));
    sections.push(failures(input));
    sections.extend(ledger(input));
    sections.extend(run_table(&input.runs));
    sections.push(provenance::section(input));
    Document { title, subtitle: format!("{} · {runs}", input.source), sections }
}

/// A note as a paragraph of its own, with a full stop at its end; and with a
/// capital at its head, unless that is a name (`task / model / init: ...`).
pub(super) fn note(text: &str) -> Block {
    let text = text.trim_end_matches('.');
    let named = text.split(':').next().is_some_and(|head| head.contains(" / "));
    let capital = |text: &str| -> String {
        let mut rest = text.chars();
        let head = rest.next().map(char::to_uppercase).into_iter().flatten();
        head.chain(rest).collect()
    };
    let text = if named { text.to_string() } else { capital(text) };
    Block::Paragraph { text: Text::plain(format!("{text}.")) }
}

/// A paragraph block.
pub(super) fn paragraph(text: impl Into<Text>) -> Block {
    Block::Paragraph { text: text.into() }
}

pub(super) fn section(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.into(), heading: heading.into(), blocks }
}

pub(super) fn heads(table: &Table) -> Vec<Head> {
    let pair = table.head.iter().zip(&table.numeric);
    pair.map(|(text, numeric)| Head { text: text.clone(), numeric: *numeric }).collect()
}

fn results(input: &ReportInput, study: Option<&Study>) -> Vec<Section> {
    let main = &input.comparisons[0];
    let mut blocks = figures(main, study);
    blocks.push(summary_block(main, "tab-summary"));
    if !main.rows.is_empty() {
        blocks.push(tests_block(main, "tab-tests"));
    }
    blocks.extend(classes_block(input));
    for note in main.notes.iter().chain(&input.notes) {
        blocks.push(self::note(note));
    }
    vec![section("results", "Results", blocks)]
}

fn methods_section(input: &ReportInput, study: Option<&Study>) -> Section {
    let mut blocks: Vec<Block> = match study {
        Some(study) => methods::training(study).into_iter().map(paragraph).collect(),
        None => vec![paragraph(format!(
            "The values come from {} as they are; how they were made is not known to this report.",
            input.source
        ))],
    };
    blocks.push(paragraph(methods::statistics(&input.comparisons[0])));
    blocks.extend(definitions::section(input).map(Block::Section));
    section("methods", "Methods", blocks)
}

fn other_metrics(input: &ReportInput) -> Option<Section> {
    let mut blocks = Vec::new();
    for comparison in &input.comparisons[1..] {
        let metric: String = comparison
            .options
            .metric
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        blocks.push(summary_block(comparison, &format!("tab-summary-{metric}")));
        if !comparison.rows.is_empty() {
            blocks.push(tests_block(comparison, &format!("tab-tests-{metric}")));
        }
    }
    (!blocks.is_empty()).then(|| section("other-metrics", "Other metrics", blocks))
}

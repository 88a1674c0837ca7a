//! Arranges the sections of a report.

use super::answer::over_tasks;
use super::calibration::calibration;
use super::case_ranking::case_ranking;
use super::claims::claims;
use super::class_table::classes_block;
use super::cost::cost;
use super::curves::curves;
use super::dose::with_figures;
use super::efficiency::efficiency;
use super::failures::failures;
use super::figures::{cell_numbers, figures};
use super::forest::forest;
use super::granularity::granularity;
use super::lead::{gaps, lead};
use super::ledger::ledger;
use super::masks::masks;
use super::names::Names;
use super::notes::notes;
use super::origins::Origins;
use super::ranking::ranking;
use super::run_table::run_table;
use super::seeds::seeds;
use super::summary_table::summary_block;
use super::test_sets::test_sets;
use super::test_table::tests_block;
use super::training::training;
use super::variance::variance;
use std::collections::BTreeSet;

use crate::compare::answer;
use crate::report::bound::{Origin, sentence_slug};
use crate::report::document::{Block, Document, Section};
use crate::report::load::ReportInput;
use crate::report::sentence::bound_sentence;
use crate::report::text::{Text, prose};
use crate::report::{definitions, lineage, methods, provenance};
use crate::scores::{Factor, Factors};

/// The document, not yet numbered.
pub(in crate::report) fn document(input: &ReportInput) -> Document {
    let study = input.study.as_ref().map(|record| &record.study);
    let title = study
        .and_then(|s| s.study.title.clone())
        .unwrap_or_else(|| format!("Results of {}", input.source));
    let main = &input.comparisons[0];
    let origins = &Origins::of(input);
    let names = &Names::of(main, study);
    let found = answer::answer(main, input.analysis.pooled.as_ref());
    let standings = found.as_ref().map_or(&[][..], |found| &found.standings.levels);
    let mut sections = vec![lead(input, names, found.as_ref())];
    sections.extend(over_tasks(input));
    sections.extend(claims(input));
    sections.extend(results(input, names, standings, origins));
    sections.extend(test_sets(input, study));
    sections.extend(ranking(input, study));
    sections.extend(case_ranking(input));
    sections.extend(efficiency(input));
    sections.extend(granularity(input).map(|section| with_figures(section, input, study)));
    sections.extend(variance(input));
    sections.extend(curves(input, study));
    sections.extend(calibration(input, study));
    sections.extend(masks(input, study));
    sections.extend(training(input, study));
    sections.extend(cost(input, study));
    sections.push(methods_section(input));
    sections.extend(other_metrics(input, origins).map(folded));
    sections.push(failures(input));
    sections.extend(ledger(input).map(folded));
    sections.extend(run_table(input).map(folded));
    sections.push(provenance::section(input));
    let subtitle = format!("{} · {}", input.source, subtitle(input));
    let mut document = Document { title, subtitle, sections };
    document.tidy();
    document
}

/// `AUC (higher is better) · 4 tasks · 3 models · 5 seeds`: what there is.
fn subtitle(input: &ReportInput) -> String {
    let main = &input.comparisons[0];
    let mut parts = vec![main.options.metric.in_full()];
    if !input.runs.is_empty() {
        let done = input.runs.iter().filter(|run| run.state() == "done").count();
        parts.push(format!("{done} of {} runs", input.runs.len()));
    }
    let factors = Factor::of_all(main.cells.iter().map(|summary| &summary.cell));
    for factor in factors.into_iter().chain([Factor::new(Factor::LABEL_FRACTION)]) {
        let levels: BTreeSet<String> =
            main.cells.iter().map(|summary| factor.level(&summary.cell)).collect();
        if levels.len() > 1 {
            parts.push(format!("{} {}", levels.len(), Factors::one(factor).plural()));
        }
    }
    let n = || main.cells.iter().map(|summary| summary.n).filter(|n| *n > 0);
    let unit = main.unit();
    parts.extend(match (n().min(), n().max()) {
        (Some(1), Some(1)) => Some(format!("one {}", unit.singular())),
        (Some(least), Some(most)) if least == most => Some(format!("{most} {}", unit.word())),
        (Some(least), Some(most)) => Some(format!("{least} to {most} {}", unit.word())),
        _ => None,
    });
    parts.join(" · ")
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
    let text = format!("{text}.");
    // Numbers are what changes in a note, so they are no part of its name.
    let words: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let origin = Origin::new(&["notes", &sentence_slug(&words)]);
    Block::Note { text: bound_sentence(&text, &origin, "as the note says", &[]) }
}

/// A paragraph block.
pub(super) fn paragraph(text: impl Into<Text>) -> Block {
    Block::Paragraph { text: text.into() }
}

pub(super) fn section(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.into(), heading: heading.into(), blocks, folded: false }
}

/// A section to look things up in: closed at first.
pub(super) fn folded(section: Section) -> Section {
    Section { folded: true, ..section }
}

fn results(
    input: &ReportInput,
    names: &Names<'_>,
    standings: &[String],
    origins: &Origins<'_>,
) -> Vec<Section> {
    let main = &input.comparisons[0];
    let known = origins.drawn(main);
    let mut blocks = figures(names, standings, &cell_numbers("fig", main, known));
    blocks.push(summary_block(main, "tab-summary", origins));
    if !main.rows.is_empty() {
        blocks.push(tests_block(main, "tab-tests", origins));
    }
    blocks.extend(forest(names, main, origins).into_iter().chain(seeds(names)));
    blocks.extend(classes_block(input));
    let at_the_head = gaps(input);
    let said = main.further_notes().chain(&input.notes);
    let said = said.filter(|note| !at_the_head.contains(note)).cloned().collect();
    blocks.extend(notes("results", main, said));
    vec![section("results", "Results", blocks)]
}

fn methods_section(input: &ReportInput) -> Section {
    let mut blocks: Vec<Block> = match &input.study {
        Some(record) => methods::training(record)
            .iter()
            .enumerate()
            .map(|(at, text)| settings(&format!("training-{}", at + 1), text))
            .collect(),
        None => vec![paragraph(prose![
            "The values come from ",
            Text::plain(&input.source),
            " as they are; how they were made is not known to this report.",
        ])],
    };
    let lineage = input.study.as_ref().and_then(|study| lineage::paragraph(study, &input.runs));
    blocks.extend(lineage.map(|text| settings("lineage", &text)));
    blocks.push(settings("statistics", &methods::statistics(&input.comparisons[0])));
    blocks.extend(definitions::section(input).map(Block::Section));
    section("methods", "Methods", blocks)
}

/// Prose from settings: its numbers are those of the study file or the options.
fn settings(part: &str, text: &str) -> Block {
    let origin = Origin::new(&["methods", part]);
    paragraph(bound_sentence(text, &origin, "a setting of the study or its comparison", &[]))
}

fn other_metrics(input: &ReportInput, origins: &Origins<'_>) -> Option<Section> {
    let mut blocks = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for comparison in &input.comparisons[1..] {
        let mut metric: String = comparison
            .options
            .metric
            .key
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        // `a b` and `a-b` must not share a label.
        if seen.contains(&metric) {
            metric = format!("{metric}-{}", seen.len() + 1);
        }
        blocks.push(summary_block(comparison, &format!("tab-summary-{metric}"), origins));
        if !comparison.rows.is_empty() {
            blocks.push(tests_block(comparison, &format!("tab-tests-{metric}"), origins));
        }
        seen.push(metric);
    }
    (!blocks.is_empty()).then(|| section("other-metrics", "Other metrics", blocks))
}

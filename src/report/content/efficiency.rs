//! Label fractions as a question of their own.

use super::arrange::{heads, note, paragraph, section};
use super::claims::csv_of;
use crate::compare::format::Table;
use crate::compare::fractions::{
    FractionAnalysis, crossing_sentence, curve_table, efficiency_sentence, interaction_sentence,
    pair_table,
};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;

/// More pairs than this are in the table alone.
const MOST_SENTENCES: usize = 4;

/// The section, where there are several label fractions.
pub(super) fn efficiency(input: &ReportInput) -> Option<Section> {
    let analysis = input.analysis.fractions.as_ref()?;
    if analysis.curves.is_empty() {
        return None;
    }
    let mut blocks = sentences(analysis);
    blocks.push(table(
        "tab-curves",
        "Score over label fractions: means, area under the curve over log10 of the fraction \
         (divided by its range), slope, and Page's trend test.",
        &curve_table(analysis),
    ));
    if !analysis.pairs.is_empty() {
        blocks.push(table(
            "tab-efficiency",
            "Pairs over label fractions: whether the difference changes with the fraction \
             (interaction), where the curves cross, and what share of the labels reaches the \
             other's score.",
            &pair_table(analysis),
        ));
    }
    blocks.extend(analysis.footnotes().iter().map(|text| note(text)));
    Some(section("efficiency", "Label efficiency", blocks))
}

fn sentences(analysis: &FractionAnalysis) -> Vec<Block> {
    let pairs = &analysis.pairs;
    let told = pairs.iter().take(MOST_SENTENCES).map(|pair| {
        let parts = [
            efficiency_sentence(pair),
            interaction_sentence(pair, &analysis.options),
            crossing_sentence(pair),
        ];
        paragraph(format!("On {} with {}: {}.", pair.task, pair.model, parts.join("; ")))
    });
    let mut blocks: Vec<Block> = told.collect();
    if pairs.len() > MOST_SENTENCES {
        blocks.push(paragraph("[[tab-efficiency]] has the other pairs."));
    }
    blocks
}

/// A table of finished strings as a block.
pub(super) fn table(label: &str, caption: &str, table: &Table) -> Block {
    Block::Table(TableBlock {
        label: label.into(),
        number: 0,
        caption: caption.into(),
        head: heads(table),
        rows: table.rows.iter().map(|row| row.iter().map(Value::text).collect()).collect(),
        csv: csv_of(table),
    })
}

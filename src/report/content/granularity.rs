//! Granularities of pretraining labels as a question of their own.

use super::answer::in_words;
use super::arrange::section;
use super::notes::notes;
use crate::compare::pooled;
use crate::report::document::{Block, Section, TableBlock};
use crate::report::load::ReportInput;

/// The section, where there are several granularities.
pub(super) fn granularity(input: &ReportInput) -> Option<Section> {
    let analysis = input.analysis.granularity.as_ref()?;
    if analysis.pooled.is_empty() {
        return None;
    }
    let overall = analysis.pooled.iter().filter(|pooled| pooled.scope.overall);
    let mut blocks: Vec<Block> = overall.map(|pooled| in_words(pooled, analysis)).collect();
    let caption = "Granularities of the pretraining labels against each other: the contrast of \
                   each task, and its random-effects summary over tasks.";
    let block = TableBlock::new("tab-granularity", caption, pooled::table(analysis));
    blocks.push(Block::Table(block));
    blocks.extend(notes("granularity", &input.comparisons[0], analysis.footnotes()));
    Some(section("granularity", "Pretraining granularity", blocks))
}

//! The answer in plain sentences, before any table.

use crate::compare::answer::{Voice, answer};
use crate::compare::pooled::PooledAnalysis;
use crate::compare::types::Comparison;
use crate::scores::{Block, Factor};
use crate::text::percent;

/// Who wins, by how much, what would decide the rest; nothing where nothing was
/// compared. `pooled` is what [`over_tasks`](crate::compare::pooled::over_tasks)
/// finds.
pub fn answer_sentences(main: &Comparison, pooled: Option<&PooledAnalysis>) -> Vec<String> {
    let Some(found) = answer(main, pooled) else { return Vec::new() };
    let same = |name: &str| name.to_string();
    let several = |factor: Factor| {
        let first = main.cells.first().map(|summary| factor.level(&summary.cell));
        main.cells.iter().any(|summary| Some(factor.level(&summary.cell)) != first)
    };
    let fractions = several(Factor::new(Factor::LABEL_FRACTION));
    let place = |block: &Block| match block.label_fraction {
        Some(fraction) if fractions => format!("{} at {}", block.name(), percent(fraction)),
        _ => block.name(),
    };
    let voice = Voice { options: &main.options, level: &same, task: &same, place: &place };
    std::iter::once(found.headline(&voice))
        .chain(found.details(main, &voice))
        .chain(found.outlook(main, &voice))
        .map(|phrase| phrase.to_string())
        .collect()
}

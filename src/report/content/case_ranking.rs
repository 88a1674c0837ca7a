//! The levels ranked on the cases of each task.

use super::arrange::{note, paragraph, section};
use crate::compare::case_ranking::{CaseRanking, ranking_table};
use crate::report::bound::{Origin, id};
use crate::report::document::{Block, Section, TableBlock};
use crate::report::load::ReportInput;
use crate::scores::Metric;

/// The section, where cases are what is compared over.
pub(super) fn case_ranking(input: &ReportInput) -> Option<Section> {
    let rankings = &input.analysis.case_rankings;
    if rankings.is_empty() {
        return None;
    }
    let text = "[[tab-case-ranking]] ranks them on the test cases, by both schemes of \
                challenges: the mean over cases, ranked, and the mean of the ranks within each case, \
                ranked. Beside each rank stands the interval that it has when the cases are drawn \
                anew. Ranks say nothing of the size of differences; [[tab-tests]] does.";
    let main = &input.comparisons[0];
    let mut blocks =
        vec![paragraph(text), table(rankings, &main.options.metric, main.options.seed)];
    blocks.extend(rankings.iter().flat_map(CaseRanking::sentences).map(|text| note(&text)));
    Some(section("case-ranking", "Ranking over test cases", blocks))
}

fn table(rankings: &[CaseRanking], metric: &Metric, seed: u64) -> Block {
    let places = rankings
        .iter()
        .flat_map(|ranking| ranking.order().into_iter().map(move |at| (ranking, at)));
    let origins = places.map(|(ranking, at)| {
        let names = std::iter::once("case-ranking".to_string()).chain(ranking.block.key());
        let names = names.chain([ranking.levels[at].clone()]);
        Origin::named(id(&names.collect::<Vec<_>>()))
            .of("the test cases that all levels have")
            .n(ranking.drawn())
            .seed(seed)
    });
    let caption = format!(
        "Levels ranked by {} on the test cases, best mean first: aggregate-then-rank at the left, \
         rank-then-aggregate at the right, with percentile intervals of the ranks.",
        metric.axis()
    );
    let block = TableBlock::new("tab-case-ranking", caption, ranking_table(rankings, metric));
    Block::Table(block.owned(usize::MAX, origins))
}

//! The levels ranked on the cases of each task.

use super::arrange::{heads, note, paragraph, section};
use super::claims::csv_of;
use crate::compare::case_ranking::{CaseRanking, ranking_table};
use crate::report::bound::{Origin, id};
use crate::report::document::{Block, Section, TableBlock, Value};
use crate::report::load::ReportInput;
use crate::scores::Metric;
use crate::stats::mean_ranking::MeanRanking;

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
    let table = ranking_table(rankings, metric);
    let places = rankings
        .iter()
        .flat_map(|ranking| ranking.order().into_iter().map(move |at| (ranking, at)));
    let rows = table
        .rows
        .iter()
        .zip(places)
        .map(|(texts, (ranking, at))| {
            let mut cells: Vec<Value> = texts.iter().map(Value::text).collect();
            let names = std::iter::once("case-ranking".to_string()).chain(ranking.block.key());
            let names = names.chain([ranking.levels[at].clone()]);
            let origin = Origin::named(id(&names.collect::<Vec<_>>()))
                .of("the test cases that all levels have")
                .n(ranking.drawn())
                .seed(seed);
            let first = ranking.block.factors.len() + 1;
            let schemes = [
                ("mean", "mean over cases", ranking.aggregate_then_rank.as_ref()),
                ("mean_rank", "mean rank within cases", ranking.rank_then_aggregate.as_ref()),
            ];
            for (scheme, (name, how, found)) in schemes.into_iter().enumerate() {
                let from = first + 3 * scheme;
                bind(
                    &mut cells[from..from + 3],
                    &texts[from..from + 3],
                    &origin,
                    found,
                    at,
                    [name, how],
                );
            }
            cells
        })
        .collect();
    Block::Table(TableBlock {
        label: "tab-case-ranking".into(),
        number: 0,
        fold: String::new(),
        all: 0,
        caption: format!(
            "Levels ranked by {} on the test cases, best mean first: aggregate-then-rank at the left, \
             rank-then-aggregate at the right, with percentile intervals of the ranks.",
            metric.axis()
        ),
        head: heads(&table),
        rows,
        csv: csv_of(&table),
    })
}

/// Score, rank and its interval of one scheme.
fn bind(
    cells: &mut [Value],
    texts: &[String],
    origin: &Origin,
    found: Option<&MeanRanking>,
    at: usize,
    [name, how]: [&str; 2],
) {
    let Some(found) = found else { return };
    let [score, rank, ends] = cells else { return };
    let drawn = format!("rank by the {how}; {} resamples of the cases", found.resamples);
    score.bind(origin.bind(name, Some(found.scores[at]), &texts[0], how));
    rank.bind(origin.bind(&format!("rank_of_{name}"), found.ranks[at], &texts[1], &drawn));
    let [low, high] = found.intervals[at];
    let of = format!("percentile interval of the {drawn}");
    ends.bind(origin.bind(
        &format!("interval_of_rank_of_{name}"),
        Some((low, high)),
        &texts[2],
        of,
    ));
}

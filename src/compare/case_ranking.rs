//! Levels ranked on the cases of each task, by both schemes of challenges.
//!
//! *Aggregate, then rank*: the mean over cases of each level. *Rank, then
//! aggregate*: ranks within each case, then their mean. How far either ranking is
//! that of these cases is said by drawing cases (whole patients) anew
//! ([`crate::stats::mean_ranking`]). A score of a whole test set, as AUC, has no
//! value of a case and the first scheme alone, to first order in the cases or
//! from the resamples it is tested on.
//!
//! Ranked are the cases that all levels of a block have; a metric without a
//! direction is not ranked.

use serde::{Deserialize, Serialize};

use super::format::columns::{block_cells, block_columns, count, interval, number};
use super::pairs::distinct;
use super::types::CompareOptions;
use crate::scores::{Better, Block, Cell, Metric, Unit};
use crate::stats::Outcome;
use crate::stats::mean_ranking::{MeanRanking, UnitSums, mean_ranking, of_resamples, ranks_within};
use crate::text::{Column, Table, Value};

/// Fewer levels than this need no ranking.
const FEWEST_LEVELS: usize = 2;
/// Rankings of resamples.
const RESAMPLES: usize = 1000;

/// The levels of one block, ranked on its cases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseRanking {
    /// What the levels share.
    pub block: Block,
    /// Levels, in order of appearance.
    pub levels: Vec<String>,
    /// Cases that all levels have.
    pub cases: usize,
    /// Units that were drawn.
    pub units: usize,
    /// Means, ranked.
    pub aggregate_then_rank: Option<MeanRanking>,
    /// Mean ranks within cases, ranked.
    pub rank_then_aggregate: Option<MeanRanking>,
    /// Why something is missing.
    pub note: Option<String>,
}

/// Rankings of every block whose cells are over cases.
pub fn rank_over_cases(cells: &[Cell], options: &CompareOptions) -> Vec<CaseRanking> {
    if !options.metric.is_directed() {
        return Vec::new();
    }
    // A level without a value has no rank.
    let ranked_cell = |cell: &&Cell| cell.unit == Unit::Cases && !cell.values.is_empty();
    let of_cases: Vec<&Cell> = cells.iter().filter(ranked_cell).collect();
    let blocks = distinct(of_cases.iter().map(|cell| options.factors.block(cell)));
    blocks
        .into_iter()
        .filter_map(|block| {
            let of = |cell: &&&Cell| options.factors.block(cell) == block;
            let cells: Vec<&Cell> = of_cases.iter().filter(of).copied().collect();
            (cells.len() >= FEWEST_LEVELS).then(|| ranked(block, &cells, options))
        })
        .collect()
}

fn ranked(block: Block, cells: &[&Cell], options: &CompareOptions) -> CaseRanking {
    let levels = cells.iter().map(|cell| options.factors.level(cell)).collect();
    let smaller = options.metric.better == Better::Lower;
    let out = CaseRanking { block, levels, ..CaseRanking::default() };
    if cells.iter().all(|cell| cell.over_cases.is_some()) {
        scores(out, cells, smaller, options)
    } else {
        values(out, cells, smaller, options)
    }
}

fn keep(outcome: &Outcome<MeanRanking>, note: &mut Option<String>) -> Option<MeanRanking> {
    if let Some(found) = outcome.note() {
        note.get_or_insert_with(|| format!("not ranked: {found}"));
    }
    outcome.any().cloned()
}

/// Of values per case.
fn values(
    mut out: CaseRanking,
    cells: &[&Cell],
    smaller: bool,
    options: &CompareOptions,
) -> CaseRanking {
    let Some((first, rest)) = cells.split_first() else { return out };
    let shared: Vec<usize> = (0..first.seeds.len())
        .filter(|at| rest.iter().all(|cell| cell.value_of(first.seeds[*at]).is_some()))
        .collect();
    let row = |at: &usize| -> Vec<f64> {
        cells.iter().filter_map(|cell| cell.value_of(first.seeds[*at])).collect()
    };
    let rows: Vec<Vec<f64>> = shared.iter().map(row).collect();
    let unit_of: Vec<u32> = if first.clusters.is_empty() {
        (0..rows.len() as u32).collect()
    } else {
        dense(shared.iter().map(|at| first.clusters[*at]))
    };
    let sums = UnitSums::of(&rows, &unit_of);
    (out.cases, out.units) = (rows.len(), sums.len());
    let draw = |sums: &UnitSums, smaller: bool| {
        mean_ranking(sums, smaller, RESAMPLES, options.seed, options.confidence)
    };
    out.aggregate_then_rank = keep(&draw(&sums, smaller), &mut out.note);
    let ranks: Vec<Vec<f64>> = rows.iter().map(|row| ranks_within(row, smaller)).collect();
    out.rank_then_aggregate = keep(&draw(&UnitSums::of(&ranks, &unit_of), true), &mut out.note);
    out
}

/// Numbers without gaps, in order of first appearance.
fn dense(clusters: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut known = std::collections::BTreeMap::new();
    clusters
        .map(|cluster| {
            let next = known.len() as u32;
            *known.entry(cluster).or_insert(next)
        })
        .collect()
}

/// Of scores of the whole test set.
fn scores(
    mut out: CaseRanking,
    cells: &[&Cell],
    smaller: bool,
    options: &CompareOptions,
) -> CaseRanking {
    let scores: Vec<f64> = cells.iter().map(|cell| cell.summarized().mean).collect();
    let over: Vec<_> = cells.iter().filter_map(|cell| cell.over_cases.as_deref()).collect();
    let Some(first) = over.first() else { return out };
    (out.cases, out.units) = (first.cases, first.units);
    let found = if over.iter().all(|of| !of.parts.is_empty() && of.units == first.units) {
        let parts: Vec<&[f64]> = over.iter().map(|of| of.parts.as_slice()).collect();
        let sums = UnitSums::of_contributions(&scores, &parts);
        mean_ranking(&sums, smaller, RESAMPLES, options.seed, options.confidence)
    } else {
        let resamples = over.iter().map(|of| of.redrawn.len()).min().unwrap_or(0);
        let row = |b: usize| over.iter().map(|of| of.redrawn[b]).collect::<Vec<f64>>();
        let drawn: Vec<Vec<f64>> =
            (0..resamples).map(row).filter(|row| row.iter().all(|v| v.is_finite())).collect();
        of_resamples(scores, &drawn, smaller, options.confidence)
    };
    out.aggregate_then_rank = keep(&found, &mut out.note);
    out.note.get_or_insert_with(|| {
        format!("{} has no value of a case, so there is no rank within cases", options.metric)
    });
    out
}

impl CaseRanking {
    /// `300 cases`, `40 patients with 300 cases`.
    pub fn drawn(&self) -> String {
        if self.units < self.cases {
            format!("{} patients with {} cases", self.units, self.cases)
        } else {
            format!("{} cases", self.cases)
        }
    }

    /// How stable both rankings are, in a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let name = self.block.words();
        let schemes = [
            ("aggregate-then-rank", &self.aggregate_then_rank),
            ("rank-then-aggregate", &self.rank_then_aggregate),
        ];
        let mut out: Vec<String> = schemes
            .iter()
            .filter_map(|(scheme, found)| {
                let found = found.as_ref()?;
                Some(format!(
                    "{name}, {scheme}: {:.1} % of {} resamples of {} keep the whole order, {:.1} % \
                     the first place",
                    found.kept * 100.0,
                    found.resamples,
                    self.drawn(),
                    found.first_kept * 100.0
                ))
            })
            .collect();
        let both = self.aggregate_then_rank.as_ref().zip(self.rank_then_aggregate.as_ref());
        if both.is_some_and(|(a, b)| a.ranks != b.ranks) {
            out.push(format!("{name}: the two schemes do not give the same order"));
        }
        out.extend(self.note.iter().map(|note| format!("{name}: {note}")));
        out
    }
}

/// Both schemes side by side, a row per block and level, best mean first.
pub fn ranking_table(rankings: &[CaseRanking], metric: &Metric) -> Table {
    let mut table = Table::new(block_columns(rankings.first().map(|ranking| &ranking.block)));
    table.columns.extend([
        Column::name("Level"),
        number("mean", "Mean"),
        count("rank_of_mean", "Rank of mean"),
        interval("interval_of_rank_of_mean", "Its interval"),
        number("mean_rank", "Mean rank"),
        count("rank_of_mean_rank", "Rank of mean rank"),
        interval("interval_of_rank_of_mean_rank", "Its interval"),
    ]);
    for ranking in rankings {
        for at in ranking.order() {
            let mut row = block_cells(&ranking.block);
            row.push(Value::text(&ranking.levels[at]));
            let shown = |score| metric.text(Some(score));
            let mean = ranking.aggregate_then_rank.as_ref();
            row.extend(place(mean, at, "mean over cases", shown));
            let shown = |score| crate::text::fixed(Some(score), 2);
            let ranks = ranking.rank_then_aggregate.as_ref();
            row.extend(place(ranks, at, "mean rank within cases", shown));
            table.rows.push(row);
        }
    }
    table
}

/// Score, rank and its interval of one scheme.
fn place(
    found: Option<&MeanRanking>,
    at: usize,
    how: &str,
    shown: impl Fn(f64) -> String,
) -> [Value; 3] {
    let Some(found) = found else { return [Value::none(), Value::none(), Value::none()] };
    let drawn = format!("rank by the {how}; {} resamples of the cases", found.resamples);
    let (score, rank, [low, high]) = (found.scores[at], found.ranks[at], found.intervals[at]);
    let of = format!("percentile interval of the {drawn}");
    [
        Value::number(score, shown(score), how),
        Value::number(rank, rank.to_string(), drawn),
        Value::number((low, high), format!("[{low:.0}, {high:.0}]"), of),
    ]
}

impl CaseRanking {
    /// Places of the levels, best first.
    pub fn order(&self) -> Vec<usize> {
        let ranks = self.aggregate_then_rank.as_ref().map(|found| &found.ranks);
        let mut order: Vec<usize> = (0..self.levels.len()).collect();
        order.sort_by_key(|at| (ranks.map_or(0, |ranks| ranks[*at]), *at));
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::{Factor, Factors};

    fn cell(model: &str, values: &[f64], clusters: &[u32]) -> Cell {
        Cell {
            task: "t".into(),
            model: model.into(),
            init: "i".into(),
            label_fraction: 1.0,
            metric: "hd95".into(),
            unit: Unit::Cases,
            seeds: (0..values.len() as u64).collect(),
            values: values.to_vec(),
            clusters: clusters.to_vec(),
            ..Cell::default()
        }
    }

    fn options(metric: &str) -> CompareOptions {
        CompareOptions {
            metric: Metric::named(metric),
            factors: Factors::one(Factor::model()),
            ..CompareOptions::default()
        }
    }

    /// pitfall: the largest value ranked first, whatever the metric.
    #[test]
    fn the_smallest_distance_is_first_and_schemes_may_differ() {
        // One terrible case spoils the mean of a model that is best everywhere else.
        let cells = [
            cell("a", &[1.0, 1.0, 1.0, 90.0], &[]),
            cell("b", &[2.0, 2.0, 2.0, 2.0], &[]),
            cell("c", &[3.0, 3.0, 3.0, 3.0], &[]),
        ];
        let found = rank_over_cases(&cells, &options("hd95"));
        let ranking = &found[0];
        let ranks = |of: &Option<MeanRanking>| of.as_ref().expect("a ranking").ranks.clone();
        assert_eq!(ranks(&ranking.aggregate_then_rank), [3, 1, 2]);
        assert_eq!(ranks(&ranking.rank_then_aggregate), [1, 2, 3]);
        assert!(ranking.sentences().iter().any(|words| words.contains("same order")));
        let table = ranking_table(&found, &Metric::named("hd95"));
        assert_eq!((table.rows.len(), table.rows[0][2].text.as_str()), (3, "b"));
        assert!(rank_over_cases(&cells, &options("my score")).is_empty());
    }

    #[test]
    fn patients_are_the_units_and_cases_that_all_have_count() {
        let mut b = cell("b", &[0.1, 0.2, 0.3], &[5, 5, 7]);
        b.seeds = vec![0, 1, 3];
        let cells = [cell("a", &[0.2, 0.3, 0.4, 0.5], &[5, 5, 6, 7]), b];
        let ranking = rank_over_cases(&cells, &options("dice")).remove(0);
        assert_eq!((ranking.cases, ranking.units), (3, 2));
        assert_eq!(ranking.drawn(), "2 patients with 3 cases");
    }
}

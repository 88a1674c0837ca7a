//! Levels ranked over tasks at the largest label fraction.
//!
//! *Over tasks*: the mean score of each level on each task (over seeds, and over
//! the factor that is not compared), ranked within the task; Friedman's test and
//! Nemenyi's for all pairs, with tasks as the unit of replication.
//!
//! *Over runs*: the same ranks seed by seed, where a task has seeds that all
//! levels share. They show the spread and are not tested: runs of one task are no
//! independent blocks. The ranking is drawn anew from the seeds within each task
//! (from three seeds on), or else from the tasks (from five on).
//!
//! A level that fewer than half of the tasks have is left out, and then a task
//! that lacks one of the levels. Below three levels or two tasks there is no
//! ranking, and neither where nobody knows whether higher or lower scores are
//! better. Cost O(resamples blocks k).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ledger::LedgerEntry;
use super::pairs::distinct;
use super::test_kind::TestKind;
use super::types::CompareOptions;
use crate::scores::Unit;
use crate::scores::{Better, Cell, Factor, TestSets};
use crate::stats::bootstrap::Draws;
use crate::stats::cliques::by_difference;
use crate::stats::describe::mean;
use crate::stats::friedman::{Friedman, PMethod, friedman};
use crate::stats::nemenyi::{critical_difference, nemenyi};
use crate::stats::ranking::{Rules, Scheme};
use crate::stats::ranking_stability::{Stability, stability_on};
use crate::stats::{Outcome, pairwise};
use crate::text::percent;

/// Fewer levels than this need no ranking.
const FEWEST_LEVELS: usize = 3;
const FEWEST_TASKS: usize = 2;
/// Seeds from which on they are drawn anew within their task.
const FEWEST_SEEDS: usize = 3;
/// Tasks from which on they are drawn anew.
const FEWEST_DRAWN_TASKS: usize = 5;
/// Rankings of resamples.
pub const RANKING_RESAMPLES: usize = 1000;

/// A ranking of the compared levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRanking {
    /// Levels, in order of appearance.
    pub levels: Vec<String>,
    /// Tasks that have all of them.
    pub tasks: Vec<String>,
    /// The label fraction.
    pub label_fraction: f64,
    /// Whether rank 1 is of the smallest score.
    #[serde(default)]
    pub smaller_is_better: bool,
    /// Mean scores, a row per task and a column per level.
    pub means: Vec<Vec<f64>>,
    /// Blocks that the ranks are shown over: runs of one seed on one task, or
    /// tasks where seeds are not shared.
    pub blocks: Vec<RankBlock>,
    /// Mean rank of each level over tasks, 1 for the best.
    pub average_ranks: Vec<f64>,
    /// Friedman's test over tasks.
    pub friedman: Outcome<Friedman>,
    /// The difference of mean ranks that is significant.
    pub critical_difference: Outcome<f64>,
    /// Levels that were not shown to differ, as indices.
    pub groups: Vec<Vec<usize>>,
    /// Nemenyi's p of all pairs, NaN without one.
    pub p: Vec<Vec<f64>>,
    /// The ranking drawn anew.
    pub stability: Outcome<Stability>,
    /// What was drawn anew.
    pub drawn: String,
    /// What was left out.
    pub notes: Vec<String>,
    /// The tests, for the ledger.
    pub entries: Vec<LedgerEntry>,
}

/// Scores that are ranked among each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankBlock {
    /// Index of the task.
    pub task: usize,
    /// The seed; absent for the mean over seeds.
    pub seed: Option<u64>,
    /// Score of each level.
    pub scores: Vec<f64>,
}

/// Scores of one level on one task: by the other factors, each by seed.
type Scores<'a> = BTreeMap<String, &'a Cell>;

/// Ranks the levels that `options` compares; none below three levels or two
/// tasks.
pub fn rank_over_tasks(cells: &[Cell], options: &CompareOptions) -> Option<TaskRanking> {
    if !options.metric.is_directed() || options.factors.has(Factor::TASK) {
        return None;
    }
    let cells = &TestSets::of(cells, &options.factors).own(cells);
    let label_fraction = cells.iter().map(|c| c.label_fraction).fold(f64::NAN, f64::max);
    let every = options.factors.has(Factor::LABEL_FRACTION);
    let filled = |cell: &&Cell| (every || cell.label_fraction == label_fraction) && has_score(cell);
    let cells: Vec<&Cell> = cells.iter().filter(filled).collect();
    let level = |cell: &Cell| options.factors.level(cell);
    let mut notes = Vec::new();
    let all_tasks = distinct(cells.iter().map(|c| c.task.clone()));
    let mut table: BTreeMap<(&str, String), Scores<'_>> = BTreeMap::new();
    for cell in &cells {
        let other = options.factors.block(cell).others().join(" / ");
        table.entry((&cell.task, level(cell))).or_default().insert(other, cell);
    }
    let has = |task: &String, level: &String| table.contains_key(&(task.as_str(), level.clone()));
    let (levels, rare): (Vec<String>, Vec<String>) = distinct(cells.iter().map(|c| level(c)))
        .into_iter()
        .partition(|l| all_tasks.iter().filter(|t| has(t, l)).count() * 2 >= all_tasks.len());
    if !rare.is_empty() {
        notes.push(format!("{} on fewer than half of the tasks: not ranked", rare.join(", ")));
    }
    let mut tasks = Vec::new();
    let mut means = Vec::new();
    let mut blocks = Vec::new();
    for task in all_tasks {
        let of: Vec<&Scores<'_>> =
            levels.iter().filter_map(|l| table.get(&(task.as_str(), l.clone()))).collect();
        let others = common(&of);
        if of.len() < levels.len() || others.is_empty() {
            notes.push(format!("{task} lacks a level and is left out"));
            continue;
        }
        means.push(of.iter().map(|scores| task_mean(scores, &others)).collect());
        blocks.extend(run_blocks(&of, &others, tasks.len()));
        tasks.push(task);
    }
    if levels.len() < FEWEST_LEVELS || tasks.len() < FEWEST_TASKS {
        return None;
    }
    // Some tasks by seed and others by their mean would not weigh alike.
    if (0..tasks.len()).any(|task| !blocks.iter().any(|b: &RankBlock| b.task == task)) {
        blocks = by_task(&means);
    }
    Some(ranked(levels, tasks, label_fraction, means, blocks, notes, options))
}

fn has_score(cell: &Cell) -> bool {
    cell.summarized().n > 0 && cell.summarized().mean.is_finite()
}

/// Levels of the other factors that all have.
fn common(scores: &[&Scores<'_>]) -> Vec<String> {
    let Some((first, rest)) = scores.split_first() else { return Vec::new() };
    first.keys().filter(|other| rest.iter().all(|s| s.contains_key(*other))).cloned().collect()
}

fn task_mean(scores: &Scores<'_>, others: &[String]) -> f64 {
    let means: Vec<f64> =
        others.iter().filter_map(|o| scores.get(o)).map(|c| c.summarized().mean).collect();
    mean(&means)
}

/// A block per seed that every level has on every other factor.
fn run_blocks(of: &[&Scores<'_>], others: &[String], task: usize) -> Vec<RankBlock> {
    let cells: Vec<&Cell> =
        of.iter().flat_map(|s| others.iter().filter_map(|o| s.get(o).copied())).collect();
    let Some(first) = cells.first() else { return Vec::new() };
    let shared = first.seeds.iter().filter(|s| cells.iter().all(|c| c.value_of(**s).is_some()));
    shared
        .map(|seed| {
            let score = |scores: &&Scores<'_>| {
                let values = others.iter().filter_map(|o| scores.get(o)?.value_of(*seed));
                mean(&values.collect::<Vec<f64>>())
            };
            RankBlock { task, seed: Some(*seed), scores: of.iter().map(score).collect() }
        })
        .collect()
}

fn by_task(means: &[Vec<f64>]) -> Vec<RankBlock> {
    let block =
        |(task, scores): (usize, &Vec<f64>)| RankBlock { task, seed: None, scores: scores.clone() };
    means.iter().enumerate().map(block).collect()
}

fn ranked(
    levels: Vec<String>,
    tasks: Vec<String>,
    label_fraction: f64,
    means: Vec<Vec<f64>>,
    blocks: Vec<RankBlock>,
    mut notes: Vec<String>,
    options: &CompareOptions,
) -> TaskRanking {
    // Ranks count from the smallest value: the best must be it.
    let smaller_is_better = options.metric.better == Better::Lower;
    let sign = if smaller_is_better { 1.0 } else { -1.0 };
    let turned: Vec<Vec<f64>> =
        means.iter().map(|row| row.iter().map(|v| sign * v).collect()).collect();
    let friedman = friedman(&turned);
    let average_ranks = match friedman.any() {
        Some(found) => found.average_ranks.clone(),
        // All tied: every rank is the middle one.
        None => vec![(levels.len() + 1) as f64 / 2.0; levels.len()],
    };
    let (k, n) = (levels.len(), tasks.len());
    let critical = critical_difference(k, n, options.alpha);
    let groups = critical.any().map(|cd| by_difference(&average_ranks, *cd));
    let groups = groups.and_then(|g| g.any().cloned()).unwrap_or_default();
    let p = nemenyi(&average_ranks, n);
    let p = p.any().map_or(vec![vec![f64::NAN; k]; k], |pairs| pairs.p.clone());
    let (stability, drawn) = drawn_anew(&blocks, n, options);
    notes.extend(stability.note().map(|note| format!("the ranking was not drawn anew: {note}")));
    let mut ranking = TaskRanking {
        levels,
        tasks,
        label_fraction,
        smaller_is_better,
        means,
        blocks,
        average_ranks,
        friedman,
        critical_difference: critical,
        groups,
        p,
        stability,
        drawn,
        notes,
        entries: Vec::new(),
    };
    ranking.entries = entries(&ranking, options);
    ranking
}

fn drawn_anew(
    blocks: &[RankBlock],
    tasks: usize,
    options: &CompareOptions,
) -> (Outcome<Stability>, String) {
    let rows: Vec<Vec<f64>> = blocks.iter().map(|block| block.scores.clone()).collect();
    let of_task = |task| (0..blocks.len()).filter(|i| blocks[*i].task == task).collect::<Vec<_>>();
    let groups: Vec<Vec<usize>> = (0..tasks).map(of_task).collect();
    let seeds = groups.iter().map(Vec::len).min().unwrap_or(0);
    let draw = |b: usize| {
        let mut draws = Draws::of(options.seed, b);
        let mut drawn = Vec::with_capacity(rows.len());
        if seeds >= FEWEST_SEEDS {
            for group in &groups {
                draws.indices(group.len(), group.len(), |i| drawn.push(group[i]));
            }
        } else {
            draws.indices(groups.len(), groups.len(), |i| drawn.extend(&groups[i]));
        }
        drawn
    };
    if seeds < FEWEST_SEEDS && tasks < FEWEST_DRAWN_TASKS {
        let reason = format!(
            "it takes {FEWEST_SEEDS} seeds per task that all levels share, or {FEWEST_DRAWN_TASKS} \
             tasks; there are {seeds} and {tasks}"
        );
        return (Outcome::undefined(reason), String::new());
    }
    let resamples: Vec<Vec<usize>> = (0..RANKING_RESAMPLES).map(draw).collect();
    let smaller_is_better = options.metric.better == Better::Lower;
    let rules = Rules { smaller_is_better, missing: f64::NAN, alpha: options.alpha };
    let what = if seeds >= FEWEST_SEEDS { "the seeds within each task" } else { "the tasks" };
    let drawn = format!("{RANKING_RESAMPLES} resamples of {what}");
    (stability_on(&rows, &rules, Scheme::RankThenMean, &resamples), drawn)
}

/// Which form of Friedman's test gave the p.
fn friedman_kind(found: &Friedman) -> TestKind {
    match found.p_method() {
        PMethod::Exact => TestKind::FriedmanExact,
        PMethod::ImanDavenport => TestKind::FriedmanF,
        PMethod::ChiSquare => TestKind::FriedmanChiSquared,
    }
}

/// Friedman's test is a family of its own, the pairs are another.
fn entries(ranking: &TaskRanking, options: &CompareOptions) -> Vec<LedgerEntry> {
    let n = ranking.tasks.len();
    let every = options.factors.has(Factor::LABEL_FRACTION);
    let at = if every { String::new() } else { format!(" at {}", percent(ranking.label_fraction)) };
    let found = ranking.friedman.any();
    let omnibus = LedgerEntry {
        family: format!("{}: ranks over tasks, all levels at once", options.metric.key),
        question: format!("do {} levels differ over tasks{at}", ranking.levels.len()),
        test: found.map(friedman_kind),
        unit: Unit::Tasks,
        n: n.to_string(),
        estimate: found.map(|f| f.kendall_w),
        p: found.map(Friedman::p_used),
        adjusted_p: found.map(Friedman::p_used),
        adjustment: "no".into(),
        note: ranking.friedman.note().unwrap_or_default().into(),
    };
    let pairs = pairwise::pairs(ranking.levels.len()).map(|(i, j)| {
        let p = Some(ranking.p[i][j]).filter(|p| p.is_finite());
        LedgerEntry {
            family: format!("{}: ranks over tasks, pairs of levels", options.metric.key),
            question: format!("{} against {} over tasks{at}", ranking.levels[i], ranking.levels[j]),
            test: Some(TestKind::Nemenyi),
            unit: Unit::Tasks,
            n: n.to_string(),
            estimate: Some(ranking.average_ranks[i] - ranking.average_ranks[j]),
            p,
            adjusted_p: p,
            adjustment: "studentised range".into(),
            note: String::new(),
        }
    });
    std::iter::once(omnibus).chain(pairs).collect()
}

impl TaskRanking {
    /// `Friedman, exact: p 0.012 over 8 tasks; Nemenyi at alpha 0.05`.
    pub fn test_words(&self, alpha: f64) -> String {
        let n = self.tasks.len();
        let omnibus = match self.friedman.any() {
            Some(f) => {
                let p = crate::text::p_value(Some(f.p_used()));
                let p =
                    p.strip_prefix('<').map_or(format!("p {p}"), |limit| format!("p < {limit}"));
                format!("{}: {p} over {n} tasks", friedman_kind(f).name())
            }
            None => format!("all levels tied on all {n} tasks"),
        };
        format!("{omnibus}; Nemenyi at alpha {alpha}")
    }

    /// The number in [`Self::test_words`]: what it is, and the number.
    pub fn test_number(&self) -> Option<(&'static str, f64)> {
        self.friedman.any().map(|found| ("friedman_p", found.p_used()))
    }

    /// Per level the number of blocks in which it had rank 1, 2, ...; ties share
    /// the smallest rank.
    pub fn rank_counts(&self) -> Vec<Vec<u64>> {
        let k = self.levels.len();
        let before = |a: f64, b: f64| if self.smaller_is_better { a < b } else { a > b };
        let mut counts = vec![vec![0; k]; k];
        for block in &self.blocks {
            for (level, score) in block.scores.iter().enumerate() {
                let better = block.scores.iter().filter(|other| before(**other, *score)).count();
                counts[level][better] += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::Factors;

    fn cell(task: usize, init: &str, values: &[f64]) -> Cell {
        Cell {
            task: format!("t{task}"),
            model: "m".into(),
            init: init.into(),
            label_fraction: 1.0,
            metric: "auc".into(),
            seeds: (0..values.len() as u64).collect(),
            values: values.to_vec(),
            ..Cell::default()
        }
    }

    fn options() -> CompareOptions {
        CompareOptions { factors: Factors::one(Factor::init()), ..CompareOptions::default() }
    }

    fn cells(tasks: usize) -> Vec<Cell> {
        let mut cells = Vec::new();
        for task in 0..tasks {
            let at = |base: f64| [0.0, 0.01, 0.02].map(|s| base + s + task as f64 / 100.0);
            cells.push(cell(task, "a", &at(0.6)));
            cells.push(cell(task, "b", &at(0.7)));
            cells.push(cell(task, "c", &at(0.9)));
        }
        cells
    }

    #[test]
    fn a_clear_order_is_found_and_stands_in_the_ledger() {
        let found = rank_over_tasks(&cells(6), &options()).expect("a ranking");
        assert_eq!(found.average_ranks, [3.0, 2.0, 1.0]);
        assert_eq!((found.blocks.len(), found.entries.len()), (18, 4));
        assert_eq!(found.rank_counts()[2], [18, 0, 0]);
        let stability = found.stability.any().expect("drawn anew");
        assert_eq!(stability.ranking.ranks, [3, 2, 1]);
        assert!(found.drawn.contains("seeds within each task"));
        // The best and the worst differ; neighbours do not.
        assert!(found.p[0][2] < 0.05 && found.p[0][1] > 0.05);
        assert_eq!(found.groups, [vec![2, 1], vec![1, 0]]);
    }

    #[test]
    fn what_lacks_a_level_is_left_out_and_said() {
        let mut given = cells(3);
        given.retain(|c| !(c.task == "t1" && c.init == "b"));
        given.push(cell(0, "rare", &[0.5]));
        let found = rank_over_tasks(&given, &options()).expect("a ranking");
        assert_eq!((found.tasks.len(), found.levels.len()), (2, 3));
        assert!(found.notes.iter().any(|n| n.contains("t1 lacks")));
        assert!(found.notes.iter().any(|n| n.contains("rare on fewer")));
        assert_eq!(rank_over_tasks(&cells(1), &options()), None);
        assert_eq!(rank_over_tasks(&[], &options()), None);
    }

    #[test]
    fn ties_and_one_seed() {
        let mut given = cells(2);
        for cell in &mut given {
            (cell.seeds, cell.values) = (vec![0], vec![0.5]);
        }
        let found = rank_over_tasks(&given, &options()).expect("a ranking");
        assert_eq!(found.average_ranks, [2.0; 3]);
        assert!(found.stability.any().is_none() && found.friedman.any().is_none());
        assert_eq!(found.groups, [vec![0, 1, 2]]);
        assert!(found.test_words(0.05).contains("all levels tied"));
    }
}

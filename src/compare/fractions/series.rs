//! The cells of one level in one block, in order of their label fraction.

use std::collections::BTreeMap;

use crate::compare::types::CompareOptions;
use crate::scores::{Block, Cell};
use crate::stats::Outcome;
use crate::stats::learning_curve::Curve;
use crate::text::percent;

/// Cells of one level in one block.
pub(super) struct Series<'a> {
    /// Its factors without a fraction, for the choice of pairs.
    pub(super) head: Cell,
    /// Every factor that is not compared.
    pub(super) block: Block,
    /// The compared level.
    pub(super) level: String,
    /// By ascending fraction.
    cells: Vec<&'a Cell>,
    /// Why no curve can be made of it.
    problem: Option<String>,
}

/// Series in the order of their first cell, and what was left out.
pub(super) fn series<'a>(
    cells: &'a [Cell],
    options: &CompareOptions,
) -> (Vec<Series<'a>>, Vec<String>) {
    let mut all: Vec<Series> = Vec::new();
    let mut notes = Vec::new();
    let mut index = BTreeMap::new();
    for cell in cells {
        if !(cell.label_fraction > 0.0 && cell.label_fraction <= 1.0) {
            notes.push(format!(
                "{} at label fraction {}: left out, not in (0, 1]",
                cell.levels().join(" / "),
                cell.label_fraction
            ));
            continue;
        }
        let at = *index.entry(cell.levels()).or_insert_with(|| {
            let head = Cell {
                task: cell.task.clone(),
                model: cell.model.clone(),
                init: cell.init.clone(),
                others: cell.others.clone(),
                ..Cell::default()
            };
            let block = options.factors.block(cell).whole();
            let level = options.factors.level(cell);
            all.push(Series { head, block, level, cells: Vec::new(), problem: None });
            all.len() - 1
        });
        all[at].cells.push(cell);
    }
    for series in &mut all {
        series.cells.sort_by(|a, b| a.label_fraction.total_cmp(&b.label_fraction));
        series.problem = problem(&series.cells);
    }
    (all, notes)
}

fn problem(cells: &[&Cell]) -> Option<String> {
    if cells.iter().any(|cell| cell.summary.is_some()) {
        return Some(
            "mean, standard deviation and n alone are known, so no run can be followed over the \
             label fractions"
                .into(),
        );
    }
    let twice = cells.windows(2).find(|pair| pair[0].label_fraction == pair[1].label_fraction)?;
    Some(format!("there are two cells at {}", percent(twice[0].label_fraction)))
}

impl Series<'_> {
    /// Why no analysis of single runs is possible.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Fractions with a score, ascending.
    pub(super) fn fractions(&self) -> Vec<f64> {
        let scored = self.cells.iter().filter(|cell| !scores(cell).is_empty());
        scored.map(|cell| cell.label_fraction).collect()
    }

    /// Seeds with a score at every one of these fractions, ascending.
    pub(super) fn complete_seeds(&self, fractions: &[f64]) -> Vec<u64> {
        let mut cells = self.cells_at(fractions);
        let Some(first) = cells.next() else { return Vec::new() };
        let rest: Vec<&Cell> = cells.collect();
        let in_all = |seed: &u64| rest.iter().all(|cell| score(cell, *seed).is_some());
        scores(first).into_iter().map(|(seed, _)| seed).filter(in_all).collect()
    }

    /// Scores at these fractions with the index of the fraction, every seed.
    pub(super) fn scores_at(&self, fractions: &[f64]) -> Vec<(usize, u64, f64)> {
        let cells = self.cells_at(fractions).enumerate();
        cells
            .flat_map(|(at, cell)| scores(cell).into_iter().map(move |(s, v)| (at, s, v)))
            .collect()
    }

    /// The curve of these seeds over these fractions, times `sign`.
    pub(super) fn curve(&self, fractions: &[f64], seeds: &[u64], sign: f64) -> Outcome<Curve> {
        if let Some(problem) = &self.problem {
            return Outcome::undefined(problem.clone());
        }
        if fractions.is_empty() {
            return Outcome::undefined("there is no score");
        }
        if seeds.is_empty() {
            return Outcome::undefined("no seed has a score at every label fraction");
        }
        let run = |seed: &u64| {
            let scores = self.cells_at(fractions).filter_map(|cell| score(cell, *seed));
            scores.map(|score| sign * score).collect::<Vec<f64>>()
        };
        Curve::of(fractions, &seeds.iter().map(run).collect::<Vec<_>>())
    }

    /// Seeds that have some scores but are not used, in words.
    pub(super) fn left_out(&self, fractions: &[f64], used: &[u64]) -> Option<String> {
        let mut rest: Vec<u64> = self.scores_at(fractions).into_iter().map(|s| s.1).collect();
        rest.sort_unstable();
        rest.dedup();
        rest.retain(|seed| !used.contains(seed));
        let named: Vec<String> = rest.iter().map(ToString::to_string).collect();
        (!named.is_empty()).then(|| {
            format!(
                "seeds {} of {} do not have a score at every label fraction of the analysis, or no \
                 partner, and are left out",
                named.join(", "),
                self.level
            )
        })
    }

    fn cells_at<'b>(&'b self, fractions: &'b [f64]) -> impl Iterator<Item = &'b Cell> {
        let within = |cell: &&Cell| fractions.contains(&cell.label_fraction);
        self.cells.iter().copied().filter(within)
    }
}

/// A score that is not finite is a missing one.
fn score(cell: &Cell, seed: u64) -> Option<f64> {
    cell.value_of(seed).filter(|v| v.is_finite())
}

fn scores(cell: &Cell) -> Vec<(u64, f64)> {
    let mut scores: Vec<(u64, f64)> =
        cell.seeds.iter().filter_map(|seed| Some((*seed, score(cell, *seed)?))).collect();
    scores.dedup_by_key(|(seed, _)| *seed);
    scores
}

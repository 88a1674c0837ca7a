//! All pairs of one block: redrawn together, so that pairs stay pairs.

use rayon::prelude::*;

use super::classes::class_rows;
use super::pairing::{levels_of, paired};
use super::parts::{LevelParts, Reader};
use super::redraw::{Redrawn, affordable, affordable_first_order, first_order, scored};
use super::score::Score;
use super::types::{CaseRow, ClassRow};
use crate::compare::TestKind;
use crate::compare::types::{CompareOptions, ComparisonRow, Interval};
use crate::scores::{CaseSource, RunKey};
use crate::stats::bootstrap::{Bootstrap, Method};
use crate::stats::contributions::{Units, variance_of_difference};
use crate::stats::describe::{mean, sd};
use crate::stats::distributions::normal;

const BOTH: &str = "hierarchical bootstrap over seeds and cases";

/// What a block gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockRows {
    /// One for each test of the block.
    pub rows: Vec<CaseRow>,
    /// One for each test and class, where the options ask for classes.
    pub classes: Vec<ClassRow>,
}

/// Compares over cases what `rows` compare over seeds; `runs` are those of all
/// their levels.
pub fn compare_block(
    source: &impl CaseSource,
    runs: &[RunKey],
    rows: &[&ComparisonRow],
    options: &CompareOptions,
) -> BlockRows {
    match Block::new(source, runs, rows, options) {
        Ok(block) => BlockRows {
            rows: rows.par_iter().map(|row| block.row(row, options)).collect(),
            classes: class_rows(&block, rows),
        },
        Err(reason) => BlockRows {
            rows: rows.iter().map(|row| CaseRow::without(row, &reason)).collect(),
            classes: Vec::new(),
        },
    }
}

/// Runs that have the same seeds at every level, and their redrawn means.
pub(super) struct Block {
    names: Vec<String>,
    levels: Vec<LevelParts>,
    score: Score,
    /// Names of the classes.
    pub(super) classes: Vec<String>,
    pub(super) cases: usize,
    pub(super) patients: usize,
    redrawn: Redrawn,
    notes: Vec<String>,
}

impl Block {
    fn new(
        source: &impl CaseSource,
        runs: &[RunKey],
        rows: &[&ComparisonRow],
        options: &CompareOptions,
    ) -> Result<Self, String> {
        let names = levels_of(rows);
        let keys = paired(runs, &names)?;
        let first = keys.first().and_then(|keys| keys.first());
        let table = source.load(first.ok_or("there are no predictions")?, None)?.table;
        let score = Score::of(&options.metric.key, &table)
            .ok_or_else(|| format!("{} is not computed again from predictions", options.metric))?;
        let units = Units::of(&table.patients);
        let per_class = options.per_class && score == Score::Auc && table.classes.len() > 1;
        let reader = Reader { source, score, table, units, per_class };
        let levels = reader.levels(&keys)?;
        let (cases, seeds) = (reader.table.cases.len(), keys[0].len());
        let exact = affordable(names.len() * seeds, reader.table.labels.len().max(1), cases);
        let redrawn = if let Some(resamples) = exact {
            scored(&reader, &keys, resamples, options.seed)?
        } else {
            let units = reader.units.len();
            let resamples = affordable_first_order(names.len() * seeds, units);
            first_order(&levels, units, resamples, options.seed)
        };
        Ok(Self {
            notes: notes(seeds, exact.is_none()),
            names,
            levels,
            score,
            classes: reader.table.classes.clone(),
            cases,
            patients: reader.units.len(),
            redrawn,
        })
    }

    /// The level and the reference of a row.
    pub(super) fn sides(&self, row: &ComparisonRow) -> Option<[&LevelParts; 2]> {
        let at = |name: &String| self.names.iter().position(|level| level == name);
        Some([&self.levels[at(&row.level)?], &self.levels[at(&row.reference)?]])
    }

    fn row(&self, tested: &ComparisonRow, options: &CompareOptions) -> CaseRow {
        let mut row = CaseRow::of(tested);
        let Some([level, reference]) = self.sides(tested) else { return row };
        let pairs = level.runs.iter().zip(&reference.runs);
        let differences: Vec<f64> = pairs.map(|(a, b)| a.value - b.value).collect();
        let variance = variance_of_difference(&level.mean, &reference.mean);
        row.seeds = differences.len();
        row.cases = self.cases;
        row.patients = self.patients;
        row.difference = finite(mean(&differences));
        row.se_seeds = finite(sd(&differences) / (differences.len() as f64).sqrt());
        row.notes.extend(self.notes.iter().cloned());
        self.intervals(&mut row, variance.sqrt(), options);
        if self.score == Score::Auc {
            row.delong_p = row.difference.and_then(|estimate| z_test(estimate, variance));
            if row.delong_p.is_some() {
                row.test = Some(self.test());
            }
        }
        row
    }

    fn intervals(&self, row: &mut CaseRow, se: f64, options: &CompareOptions) {
        let at = |name: &String| self.names.iter().position(|level| level == name);
        let (Some(a), Some(b)) = (at(&row.level), at(&row.reference)) else { return };
        match &self.redrawn {
            Redrawn::Scored { cases, both } => {
                let [cases, both] = [cases, both].map(|redrawn| redrawn.difference(a, b));
                row.se_cases = finite(cases.standard_error());
                row.over_cases = interval(&cases, "percentile bootstrap over cases", options);
                row.over_both = interval(&both, BOTH, options);
            }
            Redrawn::FirstOrder { both } => {
                row.se_cases = finite(se);
                row.over_cases = row.difference.and_then(|d| normal_interval(d, se, options));
                let method = format!("{BOTH}, first order in the cases");
                row.over_both = interval(&both.difference(a, b), &method, options);
            }
        }
    }

    /// The test over cases.
    fn test(&self) -> TestKind {
        TestKind::DeLong { classes: self.classes.len(), patients: self.patients < self.cases }
    }
}

fn notes(seeds: usize, first_order: bool) -> Vec<String> {
    let few = (seeds < 10).then(|| {
        format!(
            "with {seeds} seeds the hierarchical bootstrap understates their variance by a \
             factor of {:.2}",
            (seeds as f64 - 1.0) / seeds as f64
        )
    });
    let expanded = first_order.then(|| {
        "runs and cases are too many to be scored again in each resample: scores are expanded to \
         first order in the cases"
            .to_string()
    });
    few.into_iter().chain(expanded).collect()
}

/// Two-sided p of a difference with this variance. Runs that rank alike have no
/// variance and no difference: no evidence.
pub(super) fn z_test(estimate: f64, variance: f64) -> Option<f64> {
    if variance.is_nan() || variance <= f64::EPSILON * f64::EPSILON {
        return None;
    }
    Some((2.0 * normal::sf(estimate.abs() / variance.sqrt())).min(1.0))
}

pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn normal_interval(estimate: f64, se: f64, options: &CompareOptions) -> Option<Interval> {
    let half = -normal::quantile((1.0 - options.confidence) / 2.0) * se;
    (half.is_finite() && half > 0.0).then(|| Interval {
        low: estimate - half,
        high: estimate + half,
        confidence: options.confidence,
        method: "normal, from the contributions of the cases".into(),
    })
}

fn interval(bootstrap: &Bootstrap, method: &str, options: &CompareOptions) -> Option<Interval> {
    let outcome = bootstrap.interval(Method::Percentile, options.confidence);
    outcome.value().map(|bounds| Interval {
        low: bounds.low,
        high: bounds.high,
        confidence: options.confidence,
        method: format!(
            "{method}, {} resamples, seed {}",
            bootstrap.resampled().len(),
            options.seed
        ),
    })
}

//! All pairs of one block: redrawn together, so that pairs stay pairs.

use std::collections::BTreeMap;

use super::score::Score;
use super::types::{CaseRow, CaseRun};
use crate::compare::types::{CompareOptions, ComparisonRow, Interval};
use crate::stats::bootstrap::{
    Bootstrap, CaseDraw, Design, Hierarchical, Levels, Method, Strata, hierarchical,
};
use crate::stats::delong_matrix::auc_matrix;
use crate::stats::describe::{mean, sd};
use crate::stats::distributions::normal;

/// Resamples, where the work allows it.
const RESAMPLES: usize = 1000;
/// Fewer would say nothing about a 95 % interval.
const FEWEST_RESAMPLES: usize = 200;
/// Scores that one block may read: about ten seconds on one core.
const MOST_WORK: f64 = 4e8;

/// One row for each test of a block; `runs` are those of all its levels.
pub fn compare_block(
    runs: &[CaseRun],
    rows: &[&ComparisonRow],
    options: &CompareOptions,
) -> Vec<CaseRow> {
    let block = Block::new(runs, rows, options);
    rows.iter()
        .map(|row| {
            let mut out = CaseRow::of(row);
            match &block {
                Ok(block) => block.fill(&mut out, options),
                Err(reason) => out.notes.push(reason.clone()),
            }
            out
        })
        .collect()
}

/// Runs that have the same seeds at every level, and their redrawn means.
struct Block<'a> {
    levels: Vec<String>,
    /// Per level, in order of the shared seeds.
    runs: Vec<Vec<&'a CaseRun>>,
    score: Score,
    cases: usize,
    patients: usize,
    redrawn: [Hierarchical; 2],
    notes: Vec<String>,
}

impl<'a> Block<'a> {
    fn new(
        runs: &'a [CaseRun],
        rows: &[&ComparisonRow],
        options: &CompareOptions,
    ) -> Result<Self, String> {
        let score = Score::of(&options.metric)
            .ok_or_else(|| format!("{} is not computed from predictions", options.metric))?;
        let first = runs.first().ok_or("there are no predictions")?;
        if runs.iter().any(|run| run.cases != first.cases || run.labels != first.labels) {
            return Err("the runs were not tested on the same cases".into());
        }
        let levels = levels_of(rows);
        let runs = paired(runs, &levels)?;
        let groups = groups(&first.patients);
        let seeds = runs[0].len();
        let resamples = resamples(levels.len() * seeds, first)?;
        let mut notes = Vec::new();
        if seeds < 10 {
            notes.push(format!(
                "with {seeds} seeds the hierarchical bootstrap understates their variance by a \
                 factor of {:.2}",
                (seeds as f64 - 1.0) / seeds as f64
            ));
        }
        let redraw = |levels_drawn: Levels| {
            let design = Design {
                runs: vec![seeds; levels.len()],
                paired_runs: true,
                cases: Strata::whole(groups.len()),
                case_draw: CaseDraw::Shared,
                levels: levels_drawn,
            };
            hierarchical(&design, resamples, options.seed, |level, run, drawn| {
                let cases: Vec<usize> =
                    drawn.iter().flat_map(|group| groups[*group].iter().copied()).collect();
                score.on(runs[level][run], &cases)
            })
        };
        let redrawn = [redraw(Levels::Cases), redraw(Levels::Both)];
        Ok(Self {
            cases: first.cases.len(),
            patients: groups.len(),
            levels,
            runs,
            score,
            redrawn,
            notes,
        })
    }

    fn fill(&self, row: &mut CaseRow, options: &CompareOptions) {
        let at = |name: &String| self.levels.iter().position(|level| level == name);
        let (Some(a), Some(b)) = (at(&row.level), at(&row.reference)) else { return };
        let all: Vec<usize> = (0..self.cases).collect();
        let differences: Vec<f64> = self.runs[a]
            .iter()
            .zip(&self.runs[b])
            .map(|(x, y)| self.score.on(x, &all) - self.score.on(y, &all))
            .collect();
        let [cases, both] = [0, 1].map(|i| self.redrawn[i].difference(a, b));
        let finite = |value: f64| value.is_finite().then_some(value);
        row.seeds = differences.len();
        row.cases = self.cases;
        row.patients = self.patients;
        row.difference = finite(mean(&differences));
        row.se_seeds = finite(sd(&differences) / (differences.len() as f64).sqrt());
        row.se_cases = finite(cases.standard_error());
        row.over_cases = interval(&cases, "percentile bootstrap over cases", options);
        row.over_both = interval(&both, "hierarchical bootstrap over seeds and cases", options);
        row.delong_p = self.delong(a, b);
        row.notes.extend(self.notes.iter().cloned());
    }

    /// DeLong's test of the mean difference over seeds, the runs fixed: its
    /// variance is the contrast's in the covariance of all runs' areas.
    fn delong(&self, a: usize, b: usize) -> Option<f64> {
        let single = self.runs[a][0].labels.len() == 1 && self.patients == self.cases;
        if self.score != Score::Auc || !single {
            return None;
        }
        let runs: Vec<&CaseRun> = self.runs[a].iter().chain(&self.runs[b]).copied().collect();
        let scores: Vec<&[f32]> = runs.iter().map(|run| run.scores[0].as_slice()).collect();
        let outcome = auc_matrix(&scores, &runs[0].labels[0]);
        let matrix = outcome.value()?;
        let n = self.runs[a].len() as f64;
        let weight = |i: usize| if (i as f64) < n { 1.0 / n } else { -1.0 / n };
        let k = runs.len();
        let estimate: f64 = (0..k).map(|i| weight(i) * matrix.auc[i]).sum();
        let variance: f64 = (0..k)
            .map(|i| (0..k).map(|j| weight(i) * weight(j) * matrix.covariance[i][j]).sum::<f64>())
            .sum();
        // Runs that rank alike have no variance and no difference: no evidence.
        if variance.is_nan() || variance <= f64::EPSILON * f64::EPSILON {
            return None;
        }
        Some((2.0 * normal::sf(estimate.abs() / variance.sqrt())).min(1.0))
    }
}

fn levels_of(rows: &[&ComparisonRow]) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    for name in rows.iter().flat_map(|row| [&row.reference, &row.level]) {
        if !levels.contains(name) {
            levels.push(name.clone());
        }
    }
    levels
}

/// Runs of the seeds that every level has.
fn paired<'a>(runs: &'a [CaseRun], levels: &[String]) -> Result<Vec<Vec<&'a CaseRun>>, String> {
    let of = |level: &String| -> BTreeMap<u64, &'a CaseRun> {
        runs.iter().filter(|run| run.level == *level).map(|run| (run.seed, run)).collect()
    };
    let by_level: Vec<BTreeMap<u64, &CaseRun>> = levels.iter().map(of).collect();
    let first = by_level.first().ok_or("there is nothing to compare")?;
    let shared: Vec<u64> = first
        .keys()
        .copied()
        .filter(|seed| by_level.iter().all(|level| level.contains_key(seed)))
        .collect();
    if shared.is_empty() {
        return Err("no seed has predictions at every level".into());
    }
    let pick = |level: &BTreeMap<u64, &'a CaseRun>| {
        shared.iter().filter_map(|seed| level.get(seed).copied()).collect()
    };
    Ok(by_level.iter().map(pick).collect())
}

/// Cases of each patient, in order of first appearance.
fn groups(patients: &[String]) -> Vec<Vec<usize>> {
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (case, patient) in patients.iter().enumerate() {
        let at = *index.entry(patient.as_str()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(case);
    }
    groups
}

fn resamples(runs: usize, run: &CaseRun) -> Result<usize, String> {
    let per_resample = (runs * run.labels.len() * run.cases.len()).max(1) as f64;
    let affordable = (MOST_WORK / per_resample) as usize;
    if affordable < FEWEST_RESAMPLES {
        return Err(format!(
            "{} cases of {} classes in {runs} runs are too many to redraw here",
            run.cases.len(),
            run.labels.len()
        ));
    }
    Ok(affordable.min(RESAMPLES))
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

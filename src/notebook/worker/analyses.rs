//! What was read and computed, kept until its files change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::options::Asked;
use crate::compare::pooled::over_tasks;
use crate::compare::{self, Analysis, Comparison};
use crate::frame::{Reading, Results};
use crate::notebook::NotebookError;
use crate::report::{self, FigurePart, Parts};
use crate::scores::{Cell, Unit};
use crate::spec::Claim;

/// Sources kept at a time.
const MOST: usize = 8;

/// What was read and computed, most recent last.
#[derive(Default)]
pub(super) struct Analyses {
    entries: Vec<Entry>,
}

struct Entry {
    source: PathBuf,
    reading: Reading,
    stamp: Stamp,
    results: Arc<Results>,
    comparisons: Vec<(Asked, Arc<Comparison>)>,
    analyses: Vec<(Asked, Arc<Analysis>)>,
    parts: Vec<(Asked, Arc<Parts>)>,
}

/// Changes when a file of the source does: number, bytes, time of the newest.
type Stamp = (usize, u64, Option<SystemTime>);

impl Analyses {
    fn entry(&mut self, source: &Path, reading: &Reading) -> Result<&mut Entry, NotebookError> {
        let stamp = stamp(source);
        let known = self.entries.iter().position(|e| e.source == source && e.reading == *reading);
        let mut entry = known.map(|at| self.entries.remove(at));
        entry = entry.filter(|entry| entry.stamp == stamp);
        let entry = match entry {
            Some(entry) => entry,
            None => Entry {
                source: source.to_path_buf(),
                reading: reading.clone(),
                stamp,
                results: Arc::new(Results::open(source, reading)?),
                comparisons: Vec::new(),
                analyses: Vec::new(),
                parts: Vec::new(),
            },
        };
        if self.entries.len() >= MOST {
            self.entries.remove(0);
        }
        Ok(self.entries.push_mut(entry))
    }

    pub(super) fn results(
        &mut self,
        source: &Path,
        reading: &Reading,
    ) -> Result<Arc<Results>, NotebookError> {
        Ok(Arc::clone(&self.entry(source, reading)?.results))
    }

    pub(super) fn claims(
        &mut self,
        source: &Path,
        reading: &Reading,
    ) -> Result<Vec<Claim>, NotebookError> {
        let results = self.results(source, reading)?;
        Ok(results.study.as_ref().map(|record| record.study.claims.clone()).unwrap_or_default())
    }

    /// The tests and means of one metric.
    pub(super) fn comparison(
        &mut self,
        source: &Path,
        reading: &Reading,
        asked: &Asked,
    ) -> Result<Arc<Comparison>, NotebookError> {
        let entry = self.entry(source, reading)?;
        if let Some((_, comparison)) = entry.comparisons.iter().find(|(a, _)| a == asked) {
            return Ok(Arc::clone(comparison));
        }
        let options = asked.resolve(&entry.results)?;
        let cells = entry.results.cells(&options.metric.key)?;
        let comparison = Arc::new(compare::compare(&cells, &options)?);
        entry.comparisons.push((asked.clone(), Arc::clone(&comparison)));
        Ok(comparison)
    }

    /// Who wins where, in sentences, and the figure beside them.
    pub(super) fn answer(
        &mut self,
        source: &Path,
        reading: &Reading,
        asked: &Asked,
    ) -> Result<(Vec<String>, Option<FigurePart>), NotebookError> {
        let comparison = self.comparison(source, reading, asked)?;
        let results = self.results(source, reading)?;
        let cells = results.cells(&comparison.options.metric.key)?;
        // Cases of one unit are averaged, as in the full analysis.
        let cells: Vec<_> = match comparison.unit() {
            Unit::Cases => cells.iter().map(Cell::by_units).collect(),
            _ => cells,
        };
        let pooled = over_tasks(&cells, &comparison.options);
        let study = results.study.as_ref().map(|record| &record.study);
        Ok(report::answer_parts(&comparison, pooled.as_ref(), study))
    }

    /// The comparison of every metric, the asked one first.
    pub(super) fn of_all_metrics(
        &mut self,
        source: &Path,
        reading: &Reading,
        asked: &Asked,
    ) -> Result<Vec<Arc<Comparison>>, NotebookError> {
        let first = self.comparison(source, reading, asked)?;
        let metrics = self.results(source, reading)?.metrics()?;
        let mut all = vec![Arc::clone(&first)];
        for key in metrics.into_iter().filter(|key| *key != first.options.metric.key) {
            all.push(self.comparison(source, reading, &asked.with_metric(key))?);
        }
        Ok(all)
    }

    /// Everything that the report shows.
    pub(super) fn parts(
        &mut self,
        source: &Path,
        reading: &Reading,
        asked: &Asked,
    ) -> Result<Arc<Parts>, NotebookError> {
        let claims = self.claims(source, reading)?;
        let entry = self.entry(source, reading)?;
        if let Some((_, parts)) = entry.parts.iter().find(|(a, _)| a == asked) {
            return Ok(Arc::clone(parts));
        }
        let results = &entry.results;
        let input = report::load(results, &asked.resolve(results)?, &claims)?;
        let parts = Arc::new(report::parts(&input)?);
        entry.parts.push((asked.clone(), Arc::clone(&parts)));
        Ok(parts)
    }

    /// With claims, their robustness, test cases and the ledger.
    pub(super) fn full(
        &mut self,
        source: &Path,
        reading: &Reading,
        asked: &Asked,
    ) -> Result<Arc<Analysis>, NotebookError> {
        let claims = self.claims(source, reading)?;
        let entry = self.entry(source, reading)?;
        if let Some((_, analysis)) = entry.analyses.iter().find(|(a, _)| a == asked) {
            return Ok(Arc::clone(analysis));
        }
        let results = &entry.results;
        let mut analysis = report::analyse(results, &asked.resolve(results)?, &claims)?;
        let notes = &mut analysis.comparison.notes;
        notes.extend(results.notes.iter().cloned());
        for problem in &results.problems {
            notes.push(format!("no results of {}: {}", problem.run, problem.reason));
        }
        let analysis = Arc::new(analysis);
        entry.analyses.push((asked.clone(), Arc::clone(&analysis)));
        Ok(analysis)
    }
}

fn stamp(source: &Path) -> Stamp {
    let mut stamp: Stamp = (0, 0, None);
    let mut add = |path: &Path| {
        if let Ok(metadata) = std::fs::metadata(path) {
            stamp.0 += 1;
            stamp.1 = stamp.1.wrapping_add(metadata.len());
            stamp.2 = stamp.2.max(metadata.modified().ok());
        }
    };
    add(source);
    add(&source.join("study.json"));
    for run in std::fs::read_dir(source.join("runs")).into_iter().flatten().flatten() {
        add(&run.path().join("record.json"));
    }
    stamp
}

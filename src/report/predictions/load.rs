//! Which runs are summed up: those at the largest label fraction of each block,
//! in the order of the matrix.

use super::summary::{OneRun, PredictedLevel};
use crate::frame::read_predictions;
use crate::records::{RunDir, RunState, StudyDir};
use crate::report::bundle::RunRow;
use crate::scores::{Block, CaseData, Cell, Factor, Factors, INTERNAL, PredictedRun, TEST_SET};
use crate::spec::{RunKind, Target};

/// More tasks and models than this are not drawn one by one, and the report
/// says so.
pub(in crate::report) const MOST_FACETS: usize = 6;

/// Runs that share every factor that is not compared, at the largest label
/// fraction, level by level.
pub(in crate::report) struct Facet<'a> {
    /// What they share, without the fraction.
    pub(in crate::report) block: Block,
    pub(in crate::report) label_fraction: f64,
    /// Levels with their finished runs, seeds ascending.
    pub(in crate::report) levels: Vec<(String, Vec<OnSet<'a>>)>,
}

/// A run and which of its test sets is meant.
#[derive(Clone, Copy)]
pub(in crate::report) struct OnSet<'a> {
    pub(in crate::report) run: &'a RunRow,
    /// None: the task's own test cases.
    pub(in crate::report) set: Option<&'a str>,
}

impl OnSet<'_> {
    /// Where the run left what it said of the cases of the set.
    pub(in crate::report) fn dir(&self, study: &StudyDir) -> RunDir {
        let own = study.run(&self.run.spec.id());
        self.set.map_or(own.clone(), |set| own.of_test_set(set))
    }

    /// Where it stands in the design; the set counts where runs have several.
    fn place(&self, several: bool) -> Cell {
        let set = self.set.unwrap_or(INTERNAL);
        let others = several.then(|| (TEST_SET.into(), set.into())).into_iter().collect();
        Cell { others, ..self.run.place() }
    }
}

/// All test sets of the finished target runs, each run's own first.
fn on_sets(runs: &[RunRow]) -> impl Iterator<Item = OnSet<'_>> {
    runs.iter().filter(|run| finished(run)).flat_map(|run| {
        let also = run.record.iter().flat_map(|record| &record.also_tested);
        let also = also.map(|tested| Some(tested.test_set.as_str()));
        std::iter::once(None).chain(also).map(move |set| OnSet { run, set })
    })
}

/// All facets of the finished target runs.
pub(in crate::report) fn facets<'a>(runs: &'a [RunRow], factors: &Factors) -> Vec<Facet<'a>> {
    let mut facets: Vec<Facet<'_>> = Vec::new();
    let several = runs.iter().any(|run| !run.spec.also_test.is_empty());
    for on in on_sets(runs) {
        let (place, run) = (on.place(several), on.run);
        let (level, block) = (factors.level(&place), factors.block(&place).whole());
        let at = facets.iter().position(|facet| facet.block == block).unwrap_or_else(|| {
            facets.push(Facet { block, label_fraction: 0.0, levels: Vec::new() });
            facets.len() - 1
        });
        let facet = &mut facets[at];
        let every = factors.has(Factor::LABEL_FRACTION);
        if run.spec.label_fraction > facet.label_fraction {
            facet.label_fraction = run.spec.label_fraction;
            if !every {
                facet.levels.clear();
            }
        }
        if !every && run.spec.label_fraction < facet.label_fraction {
            continue;
        }
        match facet.levels.iter_mut().find(|(name, _)| *name == level) {
            Some((_, list)) => list.push(on),
            None => facet.levels.push((level, vec![on])),
        }
    }
    for (_, list) in facets.iter_mut().flat_map(|facet| &mut facet.levels) {
        list.sort_by_key(|on| on.run.spec.seed);
    }
    facets
}

fn finished(run: &RunRow) -> bool {
    let done = run.record.as_ref().is_some_and(|record| record.state == RunState::Done);
    done && run.spec.kind == RunKind::Target
}

/// Sums up the predictions of the first [`MOST_FACETS`] facets; a file that
/// cannot be read is a note.
pub(in crate::report) fn load(
    runs: &[RunRow],
    dir: &StudyDir,
    factors: &Factors,
) -> (Vec<PredictedLevel>, Vec<String>) {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    let of_classes = |facet: &Facet<'_>| {
        let mut runs = facet.levels.iter().flat_map(|(_, runs)| runs);
        runs.all(|on| on.run.spec.task_spec.target != Target::Segmentation)
    };
    for facet in facets(runs, factors).iter().filter(|f| of_classes(f)).take(MOST_FACETS) {
        // Runs of a task share their cases.
        let mut known = None;
        for (level, list) in &facet.levels {
            let mut summaries = Vec::with_capacity(list.len());
            for on in list {
                match read_predictions(&on.dir(dir).predictions(), known.as_ref()) {
                    Ok(run) => {
                        summaries.push(OneRun::of(&run));
                        known = Some(run.table);
                    }
                    Err(error) => notes.push(format!("predictions are left out: {error}")),
                }
            }
            if !summaries.is_empty() {
                found.push(PredictedLevel {
                    block: facet.block.clone(),
                    level: level.clone(),
                    label_fraction: facet.label_fraction,
                    ..PredictedLevel::of(&summaries)
                });
            }
        }
    }
    (found, notes)
}

/// Sums up the predictions of tables of cases: of each task and of whatever else
/// is not compared, at the largest label fraction.
pub(in crate::report) fn of_cases(data: &CaseData, factors: &Factors) -> Vec<PredictedLevel> {
    let runs: Vec<&PredictedRun> = data.tasks.iter().flat_map(|task| &task.runs).collect();
    let mut blocks: Vec<(Block, f64)> = Vec::new();
    for run in &runs {
        let (block, fraction) = (factors.block(&run.place).whole(), run.place.label_fraction);
        match blocks.iter_mut().find(|(known, _)| *known == block) {
            Some((_, most)) => *most = most.max(fraction),
            None => blocks.push((block, fraction)),
        }
    }
    let mut found = Vec::new();
    for (block, label_fraction) in blocks.into_iter().take(MOST_FACETS) {
        let every = factors.has(Factor::LABEL_FRACTION);
        let of_block = |run: &&&PredictedRun| {
            factors.block(&run.place).whole() == block
                && (every || run.place.label_fraction == label_fraction)
        };
        let mut levels: Vec<(String, Vec<&PredictedRun>)> = Vec::new();
        for run in runs.iter().filter(of_block) {
            let level = factors.level(&run.place);
            match levels.iter_mut().find(|(known, _)| *known == level) {
                Some((_, list)) => list.push(run),
                None => levels.push((level, vec![run])),
            }
        }
        for (level, list) in levels {
            let one = |run: &&PredictedRun| match run.no_probabilities {
                None => OneRun::of(&run.run),
                Some(_) => OneRun::of(&run.run).without_calls(),
            };
            let summaries: Vec<OneRun> = list.iter().map(one).collect();
            found.push(PredictedLevel {
                block: block.clone(),
                level,
                label_fraction,
                ..PredictedLevel::of(&summaries)
            });
        }
    }
    found
}

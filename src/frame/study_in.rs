//! Results of a study folder.

use std::path::Path;

use rayon::prelude::*;

use super::case_source::TargetRun;
use super::error::FrameError;
use super::further_metrics::further_metrics;
use super::results::{Problem, Results};
use crate::records::{
    Depth, FurtherMetrics, Metric, Planned, Record, ResultRow, RunState, StudyDir, StudyRecord,
    find, validation_gaps,
};
use crate::scores::{INTERNAL, PRIMARY, TEST_SET, canonical};
use crate::spec::{Granularity, RunId, RunKind, RunSpec, Target};

/// A run as results are made of it.
pub type RunIn = (RunSpec, Option<Record>, Vec<FurtherMetrics>);

/// Reads all records; a run without results becomes a [`Problem`].
pub(super) fn read(dir: &StudyDir, asked: &[String]) -> Result<Results, FrameError> {
    let study = dir.read_study()?;
    let planned = Planned::of(&study);
    let wanted = wanted(&study, asked);
    let runs: Vec<RunIn> = study
        .runs
        .par_iter()
        .map(|id| {
            let (spec, record) = find(dir, id, &planned, Depth::Usual)?.believed();
            let further = further_of(dir, &spec, record.as_ref(), &wanted)?;
            Ok((spec, record, further))
        })
        .collect::<Result<_, FrameError>>()?;
    let mut results = of_records(study, &runs, dir.root())?;
    results.reading.further = asked.to_vec();
    Ok(results)
}

/// Metrics that a study names beside those in its records, or that are asked for.
pub fn wanted(study: &StudyRecord, asked: &[String]) -> Vec<String> {
    let asked = asked.iter().map(|name| canonical(name));
    study.study.further_metrics().into_iter().chain(asked).collect()
}

/// Those of a run.
pub fn further_of(
    dir: &StudyDir,
    spec: &RunSpec,
    record: Option<&Record>,
    wanted: &[String],
) -> Result<Vec<FurtherMetrics>, FrameError> {
    match record {
        Some(record) if record.state == RunState::Done && !wanted.is_empty() => {
            further_metrics(&dir.run(&spec.id()), record, wanted)
        }
        _ => Ok(Vec::new()),
    }
}

/// The same of records that were read already.
pub(super) fn of_records(
    study: StudyRecord,
    runs: &[RunIn],
    source: &Path,
) -> Result<Results, FrameError> {
    let mut rows = Vec::new();
    let mixed = study.study.metrics().iter().any(|name| name == PRIMARY);
    let several = runs.iter().any(|(spec, ..)| !spec.also_test.is_empty());
    let mut problems = Vec::new();
    let mut targets = Vec::new();
    for (id, (spec, record, further)) in study.runs.iter().zip(runs) {
        let problem = |reason: String| Problem { run: title(spec), reason };
        match record {
            None => problems.push(problem("not run yet".into())),
            Some(record) => match &record.state {
                RunState::Failed { reason, .. } => problems.push(problem(reason.clone())),
                RunState::Done if spec.kind == RunKind::Pretraining => {}
                RunState::Done => {
                    for (set, metrics) in tested(record) {
                        let first = primary(metrics).filter(|_| mixed);
                        let level =
                            several.then(|| (TEST_SET.into(), set.unwrap_or(INTERNAL).into()));
                        let more = further.iter().filter(|more| more.test_set.as_deref() == set);
                        let more = more.flat_map(|more| &more.metrics);
                        let all = first.iter().chain(metrics).chain(more);
                        rows.extend(all.map(|metric| row(id, spec, metric, level.clone())));
                        targets.push(TargetRun {
                            id: id.clone(),
                            task: spec.task.clone(),
                            model: spec.model.clone(),
                            init: spec.init.clone(),
                            label_fraction: spec.label_fraction,
                            seed: spec.seed,
                            masks: spec.task_spec.target == Target::Segmentation,
                            level,
                        });
                    }
                }
            },
        }
    }
    let others = if several { vec![TEST_SET.into()] } else { Vec::new() };
    let mut results = Results::of_rows(&rows, others, source)?;
    results
        .notes
        .extend(validation_gaps(runs.iter().map(|(spec, record, _)| (spec, record.as_ref()))));
    results.notes.extend(super::made::notes(runs));
    results.problems = problems;
    results.targets = targets;
    results.study = Some(study);
    Ok(results)
}

/// The metric that stands for a run beside runs of tasks that have others: the
/// first one of its record, the AUC of classes or the Dice of masks.
fn primary(metrics: &[Metric]) -> Option<Metric> {
    let first = metrics.iter().find(|metric| metric.class.is_none())?;
    Some(Metric { metric: PRIMARY.into(), ..first.clone() })
}

/// The metrics of a run on its task's own test cases, then on further sets.
fn tested(record: &Record) -> impl Iterator<Item = (Option<&str>, &[Metric])> {
    let also = record.also_tested.iter();
    let also = also.map(|set| (Some(set.test_set.as_str()), set.metrics.as_slice()));
    std::iter::once((None, record.metrics.as_slice())).chain(also)
}

fn row(id: &RunId, spec: &RunSpec, metric: &Metric, level: Option<(String, String)>) -> ResultRow {
    ResultRow {
        task: spec.task.clone(),
        model: spec.model.clone(),
        init: spec.init.clone(),
        granularity: spec.granularity.map(granularity_name),
        label_fraction: spec.label_fraction,
        seed: spec.seed,
        metric: metric.metric.clone(),
        class: metric.class.clone(),
        value: metric.value,
        undefined: metric.undefined.clone(),
        n: metric.n,
        run: id.0.clone(),
        others: level.into_iter().collect(),
    }
}

fn title(spec: &RunSpec) -> String {
    let kind = if spec.kind == RunKind::Pretraining { "pretraining " } else { "" };
    let labels = spec.labels();
    format!("{kind}{} / {} / {} / {labels} / seed {}", spec.task, spec.model, spec.init, spec.seed)
}

fn granularity_name(granularity: Granularity) -> String {
    match granularity {
        Granularity::None => "none",
        Granularity::Coarse => "coarse",
        Granularity::Fine => "fine",
        Granularity::SelfSupervised => "self-supervised",
        Granularity::DomainAdaptive => "domain-adaptive",
    }
    .into()
}

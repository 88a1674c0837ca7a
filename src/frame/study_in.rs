//! Results of a study folder.

use std::path::Path;

use rayon::prelude::*;

use super::case_source::TargetRun;
use super::error::FrameError;
use super::results::{Problem, Results};
use crate::records::{
    Depth, Metric, Planned, Record, RecordError, ResultRow, RunState, StudyDir, StudyRecord, find,
    validation_gaps,
};
use crate::scores::PRIMARY;
use crate::spec::{Granularity, RunId, RunKind, RunSpec, Target};

/// Reads all records; a run without results becomes a [`Problem`].
pub(super) fn read(dir: &StudyDir) -> Result<Results, FrameError> {
    let study = dir.read_study()?;
    let planned = Planned::of(&study);
    let runs: Vec<(RunSpec, Option<Record>)> = study
        .runs
        .par_iter()
        .map(|id| Ok(find(dir, id, &planned, Depth::Usual)?.believed()))
        .collect::<Result<_, RecordError>>()?;
    of_records(study, &runs, dir.root())
}

/// The same of records that were read already.
pub(super) fn of_records(
    study: StudyRecord,
    runs: &[(RunSpec, Option<Record>)],
    source: &Path,
) -> Result<Results, FrameError> {
    let mut rows = Vec::new();
    let mixed = study.study.metrics().contains(&PRIMARY);
    let mut problems = Vec::new();
    let mut targets = Vec::new();
    for (id, (spec, record)) in study.runs.iter().zip(runs) {
        let problem = |reason: String| Problem { run: title(spec), reason };
        match record {
            None => problems.push(problem("not run yet".into())),
            Some(record) => match &record.state {
                RunState::Failed { reason, .. } => problems.push(problem(reason.clone())),
                RunState::Done if spec.kind == RunKind::Pretraining => {}
                RunState::Done => {
                    let primary = primary(record).filter(|_| mixed);
                    rows.extend(primary.iter().map(|metric| row(id, spec, metric)));
                    rows.extend(record.metrics.iter().map(|metric| row(id, spec, metric)));
                    targets.push(TargetRun {
                        id: id.clone(),
                        task: spec.task.clone(),
                        model: spec.model.clone(),
                        init: spec.init.clone(),
                        label_fraction: spec.label_fraction,
                        seed: spec.seed,
                        masks: spec.task_spec.target == Target::Segmentation,
                    });
                }
            },
        }
    }
    let mut results = Results::of_rows(&rows, Vec::new(), source)?;
    results
        .notes
        .extend(validation_gaps(runs.iter().map(|(spec, record)| (spec, record.as_ref()))));
    results.notes.extend(super::made::notes(runs));
    results.problems = problems;
    results.targets = targets;
    results.study = Some(study);
    Ok(results)
}

/// The metric that stands for a run beside runs of tasks that have others: the
/// first one of its record, the AUC of classes or the Dice of masks.
fn primary(record: &Record) -> Option<Metric> {
    let first = record.metrics.iter().find(|metric| metric.class.is_none())?;
    Some(Metric { metric: PRIMARY.into(), ..first.clone() })
}

fn row(id: &RunId, spec: &RunSpec, metric: &Metric) -> ResultRow {
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
        others: Vec::new(),
    }
}

fn title(spec: &RunSpec) -> String {
    let kind = if spec.kind == RunKind::Pretraining { "pretraining " } else { "" };
    let percent = spec.label_fraction * 100.0;
    format!(
        "{kind}{} / {} / {} / {percent} % / seed {}",
        spec.task, spec.model, spec.init, spec.seed
    )
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

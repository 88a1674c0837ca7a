//! Results of a study folder.

use std::path::Path;

use super::error::FrameError;
use super::results::{Problem, Results};
use crate::records::{Record, ResultRow, RunState, StudyDir, StudyRecord};
use crate::spec::{Granularity, RunKind, RunSpec};

/// Reads all records; a run without results becomes a [`Problem`].
pub(super) fn read(dir: &StudyDir) -> Result<Results, FrameError> {
    let study = dir.read_study()?;
    let mut runs = Vec::with_capacity(study.runs.len());
    for id in &study.runs {
        let run = dir.run(id);
        runs.push((run.read_spec()?, run.read_record()?));
    }
    of_records(study, &runs, dir.root())
}

/// The same of records that were read already.
pub(super) fn of_records(
    study: StudyRecord,
    runs: &[(RunSpec, Option<Record>)],
    source: &Path,
) -> Result<Results, FrameError> {
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for (id, (spec, record)) in study.runs.iter().zip(runs) {
        let problem = |reason: String| Problem { run: title(spec), reason };
        match record {
            None => problems.push(problem("not run yet".into())),
            Some(record) => match &record.state {
                RunState::Failed { reason, .. } => problems.push(problem(reason.clone())),
                RunState::Done if spec.kind == RunKind::Pretraining => {}
                RunState::Done => rows.extend(record.metrics.iter().map(|metric| ResultRow {
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
                })),
            },
        }
    }
    let mut results = Results::of_rows(&rows, source)?;
    results.problems = problems;
    results.study = Some(study);
    Ok(results)
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

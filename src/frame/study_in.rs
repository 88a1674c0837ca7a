//! Results of a study folder.

use super::error::FrameError;
use super::results::{Problem, Results};
use crate::records::{ResultRow, RunState, StudyDir};
use crate::spec::{Granularity, RunKind, RunSpec};

/// Reads all records; a run without results becomes a [`Problem`].
pub(super) fn read(dir: &StudyDir) -> Result<Results, FrameError> {
    let study = dir.read_study()?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for id in &study.runs {
        let run_dir = dir.run(id);
        let spec = run_dir.read_spec()?;
        let problem = |reason: String| Problem { run: title(&spec), reason };
        match run_dir.read_record()? {
            None => problems.push(problem("not run yet".into())),
            Some(record) => match record.state {
                RunState::Failed { reason, .. } => problems.push(problem(reason)),
                RunState::Done if spec.kind == RunKind::Pretraining => {}
                RunState::Done => rows.extend(record.metrics.into_iter().map(|metric| ResultRow {
                    task: spec.task.clone(),
                    model: spec.model.clone(),
                    init: spec.init.clone(),
                    granularity: spec.granularity.map(granularity_name),
                    label_fraction: spec.label_fraction,
                    seed: spec.seed,
                    metric: metric.metric,
                    class: metric.class,
                    value: metric.value,
                    undefined: metric.undefined,
                    n: metric.n,
                    run: id.0.clone(),
                })),
            },
        }
    }
    let mut results = Results::of_rows(&rows, dir.root())?;
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

//! Which runs wait, are done or have failed.

use std::collections::{BTreeMap, BTreeSet};

use crate::records::{
    Depth, Fault, Planned, Record, RecordError, RunDir, RunState, find, set_aside_if,
};
use crate::spec::{InitSource, RunId, RunSpec};
use crate::study::error::StudyError;
use crate::study::forecast::Forecast;
use crate::study::plan::Plan;
use crate::study::progress::{Reporter, title};

use super::{Outcome, RunOptions};

/// Which runs wait, run, are done or failed; runs are indices into the plan.
pub(super) struct Queue {
    /// In the order in which they are begun.
    pub(super) waiting: Vec<usize>,
    /// Claimed by others.
    pub(super) elsewhere: BTreeSet<usize>,
    pub(super) done: BTreeSet<usize>,
    pub(super) failed: BTreeMap<usize, String>,
    pub(super) reasons: BTreeMap<usize, String>,
    pub(super) source: BTreeMap<usize, usize>,
    /// Failures of earlier starts, which this one tries again.
    retried: BTreeMap<usize, Record>,
    /// Pretrainings with results whose weights are needed again.
    pub(super) remade: BTreeSet<usize>,
    /// How often the worker of a run was ended by a signal.
    killed: BTreeMap<usize, u32>,
    pub(super) interrupted: bool,
    /// What runs take that have ended.
    pub(super) forecast: Forecast,
}

/// How often a run whose worker was ended by a signal is taken up again before
/// that counts as its failure: who kills a worker for its memory does so again.
pub(super) const TAKEN_UP: u32 = 3;

/// What a run needs, by what its folder says now.
#[derive(Debug, PartialEq)]
pub(super) enum Need {
    /// To be run.
    Run,
    /// Nothing: it has results.
    Nothing,
    /// Nothing: it failed, and not in what is tried again here.
    Failed(String),
}

impl Queue {
    /// Looks at all runs; changes nothing.
    pub(super) fn new(plan: &Plan, options: &RunOptions) -> Result<Self, StudyError> {
        let index: BTreeMap<RunId, usize> =
            plan.record.runs.iter().enumerate().map(|(i, id)| (id.clone(), i)).collect();
        let mut queue = Self {
            waiting: Vec::new(),
            elsewhere: BTreeSet::new(),
            done: BTreeSet::new(),
            failed: BTreeMap::new(),
            reasons: BTreeMap::new(),
            source: BTreeMap::new(),
            retried: BTreeMap::new(),
            remade: BTreeSet::new(),
            killed: BTreeMap::new(),
            interrupted: false,
            forecast: Forecast::on(&options.device),
        };
        let planned = Planned::of(&plan.record);
        for (i, run) in plan.runs.iter().enumerate() {
            if let InitSource::Pretrained { run: source } = &run.init_source
                && let Some(source) = index.get(source)
            {
                queue.source.insert(i, *source);
            }
            let record = if plan.dir.run(&plan.record.runs[i]).record().is_file() {
                let found = find(&plan.dir, &plan.record.runs[i], &planned, Depth::Usual)?;
                found.record.filter(|_| found.faults.is_empty())
            } else {
                None
            };
            if let Some(record) = &record {
                queue.forecast.learn(run, record);
            }
            match record.as_ref().map(|record| &record.state) {
                Some(RunState::Done) => {
                    // Whoever published it may have been killed at it.
                    plan.dir.run(&plan.record.runs[i]).place()?;
                    queue.done.insert(i);
                }
                Some(RunState::Failed { reason, permanent: true }) if !options.retry_failed => {
                    queue.failed.insert(i, reason.clone());
                }
                Some(RunState::Failed { .. }) => {
                    queue.retried.extend(record.map(|record| (i, record)));
                    queue.waiting.push(i);
                }
                None => queue.waiting.push(i),
            }
        }
        queue.make_missing_weights_again(plan)?;
        Ok(queue)
    }

    /// Puts the runs that take longest first, pretrainings before all others.
    pub(super) fn longest_first(&mut self, plan: &Plan) {
        let costs: BTreeMap<usize, f64> =
            self.waiting.iter().map(|i| (*i, self.forecast.seconds(&plan.runs[*i]))).collect();
        let sources: BTreeSet<usize> = self.source.values().copied().collect();
        let key = |i: &usize| (!sources.contains(i), -costs[i]);
        self.waiting.sort_by(|a, b| {
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
    }

    /// Puts a run back whose worker was ended by a signal; not for ever.
    pub(super) fn starts_again(&mut self, index: usize) -> bool {
        let times = self.killed.entry(index).or_default();
        *times += 1;
        if *times > TAKEN_UP {
            return false;
        }
        self.waiting.insert(0, index);
        true
    }

    /// A pretraining whose weights a waiting run needs and nobody has any more
    /// is made again.
    fn make_missing_weights_again(&mut self, plan: &Plan) -> Result<(), StudyError> {
        // A pretraining may go on from another one, so until nothing changes.
        loop {
            let lacking = self.waiting.iter().filter_map(|run| self.source.get(run)).copied();
            let lacking: BTreeSet<usize> = lacking.filter(|s| self.done.contains(s)).collect();
            let mut again = Vec::new();
            for source in lacking {
                if weights_fault(plan, source)?.is_some() {
                    again.push(source);
                }
            }
            if again.is_empty() {
                return Ok(());
            }
            for source in again {
                self.done.remove(&source);
                self.remade.insert(source);
                self.waiting.insert(0, source);
            }
        }
    }

    /// What a run needs that nobody else works on, by what its folder says now; what
    /// is damaged is set aside, and what is tried again taken away. For who holds its
    /// claim.
    pub(super) fn prepare(
        &mut self,
        plan: &Plan,
        index: usize,
        reporter: &mut dyn Reporter,
    ) -> Result<Need, StudyError> {
        let run = &plan.runs[index];
        let dir = plan.dir.run(&plan.record.runs[index]);
        // Once more where somebody who was thought dead publishes meanwhile.
        for _ in 0..3 {
            if !dir.record().is_file() {
                return Ok(Need::Run);
            }
            dir.place()?;
            let found = find(
                &plan.dir,
                &plan.record.runs[index],
                &Planned::of(&plan.record),
                Depth::Usual,
            )?;
            if let Some(fault) = found.faults.first() {
                discard(&dir, run, fault, reporter)?;
                continue;
            }
            let Some(record) = found.record else { return Ok(Need::Run) };
            match &record.state {
                RunState::Done if self.remade.contains(&index) => match weights_fault(plan, index)?
                {
                    Some(fault) => discard(&dir, run, &fault, reporter)?,
                    None => return Ok(Need::Nothing),
                },
                RunState::Done => return Ok(Need::Nothing),
                RunState::Failed { .. } if self.retried.get(&index) == Some(&record) => {
                    dir.withdraw_record(&record)?;
                }
                RunState::Failed { reason, .. } => return Ok(Need::Failed(reason.clone())),
            }
        }
        Ok(Need::Run)
    }

    /// The same for a look from afar: without a claim nothing is changed.
    pub(super) fn look(&self, plan: &Plan, index: usize) -> Need {
        let id = &plan.record.runs[index];
        let Ok(Some(record)) = plan.dir.run(id).read_record() else { return Need::Run };
        match record.state {
            RunState::Done if !self.remade.contains(&index) => {
                let found = find(&plan.dir, id, &Planned::of(&plan.record), Depth::Usual);
                // What is damaged is seen to by who claims it.
                let sound = found.is_ok_and(|found| found.faults.is_empty());
                if sound { Need::Nothing } else { Need::Run }
            }
            RunState::Failed { ref reason, .. } if self.retried.get(&index) != Some(&record) => {
                Need::Failed(reason.clone())
            }
            _ => Need::Run,
        }
    }

    /// The places in `waiting` of the runs whose weights are there.
    pub(super) fn ready(&self) -> Vec<usize> {
        let ready = |i: &usize| self.source.get(i).is_none_or(|s| self.done.contains(s));
        self.waiting.iter().copied().filter(ready).collect()
    }

    /// Takes a run out of those that wait.
    pub(super) fn begin(&mut self, index: usize) {
        self.waiting.retain(|waiting| *waiting != index);
        self.elsewhere.remove(&index);
    }

    /// Runs whose pretraining failed cannot start; they say so.
    pub(super) fn give_up_orphans(&mut self, plan: &Plan, reporter: &mut dyn Reporter) {
        let failed = &self.failed;
        let source = &self.source;
        let is_orphan = |i: &usize| source.get(i).is_some_and(|s| failed.contains_key(s));
        let orphans: Vec<usize> = self.waiting.iter().copied().filter(is_orphan).collect();
        self.waiting.retain(|i| !orphans.contains(i));
        for i in orphans {
            let source = &plan.record.runs[self.source[&i]];
            let reason = format!("its pretraining run {source} failed");
            let dir = plan.dir.run(&plan.record.runs[i]);
            if let Some(record) = self.retried.get(&i) {
                // What it failed of before is not what it fails of now.
                let _ = dir.withdraw_record(record);
            }
            record_failure(&dir, &plan.runs[i], &reason);
            reporter.ended(usize::MAX, &plan.runs[i], Err(&reason));
            self.failed.insert(i, reason);
        }
    }

    pub(super) fn outcome(self, plan: &Plan) -> Outcome {
        let failed =
            self.failed.into_iter().map(|(i, reason)| (plan.record.runs[i].clone(), reason));
        Outcome { done: self.done.len(), failed: failed.collect(), interrupted: self.interrupted }
    }
}

/// Puts a failure on record where nothing is; a full disk leaves the run without a
/// record, and it is run again next time.
pub(super) fn record_failure(dir: &RunDir, run: &RunSpec, reason: &str) {
    if matches!(dir.read_record(), Ok(None)) {
        let _ = dir.publish_failure(Record::failed(run.id(), reason, false));
    }
}

/// What is wrong with the weights that other runs start from.
fn weights_fault(plan: &Plan, index: usize) -> Result<Option<Fault>, RecordError> {
    let id = &plan.record.runs[index];
    let path = plan.dir.run(id).weights();
    if !path.is_file() {
        return Ok(Some(Fault { path, reason: "is missing, and runs start from it".into() }));
    }
    let found = find(&plan.dir, id, &Planned::of(&plan.record), Depth::Full)?;
    Ok(found.faults.into_iter().find(|fault| fault.path == path))
}

/// Sets a record aside with what it vouches for.
fn discard(
    dir: &RunDir,
    run: &RunSpec,
    fault: &Fault,
    reporter: &mut dyn Reporter,
) -> Result<(), RecordError> {
    let judged = std::fs::read(dir.record()).ok();
    let mut place = None;
    // The record last: without it nothing here counts as a result.
    let left = crate::records::left(dir, &run.also_test);
    for path in left.iter().filter(|path| path.exists()) {
        place = Some(crate::records::set_aside(path)?);
    }
    if let Some(judged) = judged {
        place = set_aside_if(&dir.record(), |text| *text == judged)?.or(place);
    }
    let place = place.as_deref().and_then(std::path::Path::parent).unwrap_or(dir.root());
    reporter.note(&format!(
        "the run {} is made again: {fault}; what was there lies in {}",
        title(run),
        place.display()
    ));
    Ok(())
}

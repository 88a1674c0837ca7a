//! Runs what has not run yet, some at a time, each in its own process.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::records::{
    Depth, Fault, Planned, Record, RecordError, RunDir, RunState, StudyDir, find, open_own,
    set_aside,
};
use crate::spec::{InitSource, RunId, RunSpec};
use crate::train::memory;

use super::error::StudyError;
use super::lock::Lock;
use super::plan::Plan;
use super::progress::{Reporter, WorkerMessage, title};

/// How a study is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The program that workers are started from.
    pub program: PathBuf,
    /// Folder of prepared data.
    pub cache_dir: PathBuf,
    /// Workers at a time.
    pub jobs: usize,
    /// Compute threads of each worker.
    pub threads: u32,
    /// Device of the workers.
    pub device: String,
    /// Run those again that failed for good.
    pub retry_failed: bool,
    /// Git state to record.
    pub git: Option<String>,
}

/// How a study ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Runs with results, before this start included.
    pub done: usize,
    /// Failed runs, with reasons.
    pub failed: Vec<(RunId, String)>,
    /// Stopped by the user before the end.
    pub interrupted: bool,
}

/// How many turns a compute thread spins at a barrier before it sleeps.
/// Networks of small operations lose a third of their speed when threads sleep
/// at once; with libgomp's own 300,000 turns, jobs that share cores take them
/// from each other. Somebody's own setting wins.
fn spin_count(jobs: usize, threads: u32) -> &'static str {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if jobs * threads as usize <= cores { "100000" } else { "10000" }
}

/// Runs at a time where nobody says: what cores and memory allow on a CPU, one on
/// a GPU. Results do not depend on it.
pub fn usual_jobs(plan: &Plan, device: &str, threads: u32) -> usize {
    if device.starts_with("cuda") {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let needed = plan.runs.iter().map(memory::estimate).max().unwrap_or(0).max(1);
    let fit = memory::available() / needed;
    let most = (cores / threads.max(1) as usize).min(plan.runs.len());
    most.min(usize::try_from(fit).unwrap_or(usize::MAX)).max(1)
}

/// Takes the lock of a study folder; hold it over planning and running.
pub fn lock(dir: &StudyDir) -> Result<impl Sized + use<>, StudyError> {
    Lock::take(&dir.lock())
}

/// Runs every run of the plan that has no results yet.
pub fn run(
    plan: &Plan,
    options: &RunOptions,
    stop: &AtomicBool,
    reporter: &mut dyn Reporter,
) -> Result<Outcome, StudyError> {
    let mut queue = Queue::new(plan, options, reporter)?;
    check_memory(plan, &queue, options)?;
    reporter.begin(plan.runs.len(), queue.done.len());
    let (sender, receiver) = channel();
    let mut slots: BTreeMap<usize, (usize, Child)> = BTreeMap::new();
    loop {
        queue.give_up_orphans(plan, reporter);
        while slots.len() < options.jobs && !stop.load(Ordering::Relaxed) {
            let Some(index) = queue.next() else { break };
            let slot = (0..options.jobs).find(|slot| !slots.contains_key(slot)).unwrap_or_default();
            let child = spawn(plan, index, slot, options, &sender)?;
            reporter.started(slot, &plan.runs[index]);
            slots.insert(slot, (index, child));
        }
        if slots.is_empty() {
            break;
        }
        if stop.load(Ordering::Relaxed) {
            for (index, child) in slots.values_mut() {
                let _ = child.kill();
                let _ = child.wait();
                // It may have ended a moment before.
                queue.done.extend(is_done(plan, *index).then_some(*index));
            }
            queue.interrupted = true;
            break;
        }
        handle_events(plan, &receiver, &mut slots, &mut queue, reporter)?;
    }
    Ok(queue.outcome(plan))
}

enum Event {
    Message(usize, WorkerMessage),
    Closed(usize),
}

fn handle_events(
    plan: &Plan,
    receiver: &Receiver<Event>,
    slots: &mut BTreeMap<usize, (usize, Child)>,
    queue: &mut Queue,
    reporter: &mut dyn Reporter,
) -> Result<(), StudyError> {
    let event = match receiver.recv_timeout(Duration::from_millis(100)) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(()),
    };
    match event {
        Event::Message(slot, WorkerMessage::Progress(progress)) => {
            if let Some((index, _)) = slots.get(&slot) {
                reporter.progress(slot, &plan.runs[*index], progress);
            }
        }
        Event::Message(slot, WorkerMessage::Note { text }) => {
            if let Some((index, _)) = slots.get(&slot) {
                reporter.note(&format!("{}: {text}", title(&plan.runs[*index])));
            }
        }
        Event::Message(slot, WorkerMessage::Failed { reason, recorded, .. }) => {
            if let Some((index, _)) = slots.get(&slot) {
                let note = if recorded { "" } else { " (and the failure could not be recorded)" };
                queue.reasons.insert(*index, format!("{reason}{note}"));
            }
        }
        Event::Closed(slot) => {
            let Some((index, mut child)) = slots.remove(&slot) else { return Ok(()) };
            let status = child.wait().map_err(StudyError::Spawn)?;
            let run = &plan.runs[index];
            if is_done(plan, index) {
                queue.done.insert(index);
                reporter.ended(slot, run, Ok(()));
            } else if !queue.reasons.contains_key(&index)
                && let Some(signal) = signal_of(status)
                && queue.starts_again(index)
            {
                reporter.note(&format!(
                    "the worker of {} was ended by signal {signal}; it goes on where it stopped",
                    title(run)
                ));
            } else {
                let reason = queue.reasons.remove(&index);
                let reason = reason.unwrap_or_else(|| died(&plan.dir.run(&run.id()), status));
                record_failure(&plan.dir.run(&run.id()), run, &reason);
                reporter.ended(slot, run, Err(&reason));
                queue.failed.insert(index, reason);
            }
        }
    }
    Ok(())
}

fn is_done(plan: &Plan, index: usize) -> bool {
    let record = plan.dir.run(&plan.runs[index].id()).read_record();
    matches!(record, Ok(Some(record)) if record.state == RunState::Done)
}

/// The signal that ended a process.
fn signal_of(status: std::process::ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    return None;
}

/// A worker that ended without a word: killed, or out of memory.
fn died(dir: &RunDir, status: std::process::ExitStatus) -> String {
    let log = std::fs::read_to_string(dir.log()).unwrap_or_default();
    let last = log.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.map_or(String::new(), |line| format!("; its last words: {line}"));
    format!(
        "the worker ended without a record ({status}{last}); if the system killed it for memory, \
         lower recipe.batch_size or --jobs"
    )
}

/// Puts a failure on record where the worker could not; a full disk leaves
/// the run without a record, and it is run again next time.
fn record_failure(dir: &RunDir, run: &RunSpec, reason: &str) {
    if matches!(dir.read_record(), Ok(None)) {
        let _ = dir.write_record(&Record::failed(run.id(), reason, false));
    }
}

/// Which runs wait, run, are done or failed; runs are indices into the plan.
struct Queue {
    waiting: Vec<usize>,
    done: BTreeSet<usize>,
    failed: BTreeMap<usize, String>,
    reasons: BTreeMap<usize, String>,
    source: BTreeMap<usize, usize>,
    /// How often the worker of a run was ended by a signal.
    killed: BTreeMap<usize, u32>,
    interrupted: bool,
}

/// How often a run whose worker was ended by a signal is taken up again before
/// that counts as its failure: who kills a worker for its memory does so again.
const TAKEN_UP: u32 = 3;

impl Queue {
    fn new(
        plan: &Plan,
        options: &RunOptions,
        reporter: &mut dyn Reporter,
    ) -> Result<Self, StudyError> {
        let index: BTreeMap<RunId, usize> =
            plan.runs.iter().enumerate().map(|(i, run)| (run.id(), i)).collect();
        let mut queue = Self {
            waiting: Vec::new(),
            done: BTreeSet::new(),
            failed: BTreeMap::new(),
            reasons: BTreeMap::new(),
            source: BTreeMap::new(),
            killed: BTreeMap::new(),
            interrupted: false,
        };
        for (i, run) in plan.runs.iter().enumerate() {
            if let InitSource::Pretrained { run: source } = &run.init_source
                && let Some(source) = index.get(source)
            {
                queue.source.insert(i, *source);
            }
            let dir = plan.dir.run(&run.id());
            match state_of(plan, run, reporter)? {
                Some(RunState::Done) => {
                    queue.done.insert(i);
                }
                Some(RunState::Failed { reason, permanent: true }) if !options.retry_failed => {
                    queue.failed.insert(i, reason);
                }
                Some(RunState::Failed { .. }) => {
                    std::fs::remove_file(dir.record())
                        .map_err(RecordError::io("remove", &dir.record()))?;
                    queue.waiting.push(i);
                }
                None => queue.waiting.push(i),
            }
        }
        queue.make_missing_weights_again(plan, reporter)?;
        Ok(queue)
    }

    /// Puts a run back whose worker was ended by a signal; not for ever.
    fn starts_again(&mut self, index: usize) -> bool {
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
    fn make_missing_weights_again(
        &mut self,
        plan: &Plan,
        reporter: &mut dyn Reporter,
    ) -> Result<(), StudyError> {
        // A pretraining may go on from another one, so until nothing changes.
        loop {
            let lacking = self.waiting.iter().filter_map(|run| self.source.get(run)).copied();
            let lacking: BTreeSet<usize> = lacking.filter(|s| self.done.contains(s)).collect();
            let mut again = Vec::new();
            for source in lacking {
                let run = &plan.runs[source];
                let dir = plan.dir.run(&run.id());
                if let Some(fault) = weights_fault(plan, run)? {
                    discard(&dir, run, &fault, reporter)?;
                    again.push(source);
                }
            }
            if again.is_empty() {
                return Ok(());
            }
            for source in again {
                self.done.remove(&source);
                self.waiting.insert(0, source);
            }
        }
    }

    /// The next run whose weights are there.
    fn next(&mut self) -> Option<usize> {
        let ready = |i: &usize| self.source.get(i).is_none_or(|s| self.done.contains(s));
        let position = self.waiting.iter().position(ready)?;
        Some(self.waiting.remove(position))
    }

    /// Runs whose pretraining failed cannot start; they say so.
    fn give_up_orphans(&mut self, plan: &Plan, reporter: &mut dyn Reporter) {
        let failed = &self.failed;
        let source = &self.source;
        let is_orphan = |i: &usize| source.get(i).is_some_and(|s| failed.contains_key(s));
        let orphans: Vec<usize> = self.waiting.iter().copied().filter(is_orphan).collect();
        self.waiting.retain(|i| !orphans.contains(i));
        for i in orphans {
            let source = plan.runs[self.source[&i]].id();
            let reason = format!("its pretraining run {source} failed");
            record_failure(&plan.dir.run(&plan.runs[i].id()), &plan.runs[i], &reason);
            reporter.ended(usize::MAX, &plan.runs[i], Err(&reason));
            self.failed.insert(i, reason);
        }
    }

    fn outcome(self, plan: &Plan) -> Outcome {
        let failed = self.failed.into_iter().map(|(i, reason)| (plan.runs[i].id(), reason));
        Outcome { done: self.done.len(), failed: failed.collect(), interrupted: self.interrupted }
    }
}

/// How a run ended, as far as its folder can be believed: what is damaged is set
/// aside, and the run is made again.
fn state_of(
    plan: &Plan,
    run: &RunSpec,
    reporter: &mut dyn Reporter,
) -> Result<Option<RunState>, StudyError> {
    let found = find(&plan.dir, &run.id(), &Planned::of(&plan.record), Depth::Usual)?;
    if let Some(fault) = found.faults.first() {
        discard(&plan.dir.run(&run.id()), run, fault, reporter)?;
        return Ok(None);
    }
    Ok(found.record.map(|record| record.state))
}

/// What is wrong with the weights that other runs start from.
fn weights_fault(plan: &Plan, run: &RunSpec) -> Result<Option<Fault>, RecordError> {
    let path = plan.dir.run(&run.id()).weights();
    if !path.is_file() {
        return Ok(Some(Fault { path, reason: "is missing, and runs start from it".into() }));
    }
    let found = find(&plan.dir, &run.id(), &Planned::of(&plan.record), Depth::Full)?;
    Ok(found.faults.into_iter().find(|fault| fault.path == path))
}

/// Sets a record aside with what it vouches for.
fn discard(
    dir: &RunDir,
    run: &RunSpec,
    fault: &Fault,
    reporter: &mut dyn Reporter,
) -> Result<(), RecordError> {
    let mut place = None;
    // The record last: without it nothing here counts as a result.
    let left = [
        dir.predictions(),
        dir.case_metrics(),
        dir.case_masks(),
        dir.history(),
        dir.weights(),
        dir.record(),
    ];
    for path in left.iter().filter(|path| path.exists()) {
        place = Some(set_aside(path)?);
    }
    let place = place.as_deref().and_then(std::path::Path::parent).unwrap_or(dir.root());
    reporter.note(&format!(
        "the run {} is made again: {fault}; what was there lies in {}",
        title(run),
        place.display()
    ));
    Ok(())
}

fn check_memory(plan: &Plan, queue: &Queue, options: &RunOptions) -> Result<(), StudyError> {
    const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
    if options.device.starts_with("cuda") {
        return Ok(());
    }
    let runs = queue.waiting.iter().map(|i| &plan.runs[*i]);
    let Some(largest) = runs.max_by_key(|run| memory::estimate(run)) else { return Ok(()) };
    let needed = memory::estimate(largest);
    let available = memory::available() as f64 / GIB;
    let needed = needed as f64 / GIB;
    if needed * options.jobs as f64 <= available {
        return Ok(());
    }
    Err(StudyError::Memory { run: title(largest), needed, jobs: options.jobs, available })
}

fn spawn(
    plan: &Plan,
    index: usize,
    slot: usize,
    options: &RunOptions,
    events: &Sender<Event>,
) -> Result<Child, StudyError> {
    let dir = plan.dir.run(&plan.runs[index].id());
    if !dir.spec().is_file() {
        // Somebody took the folder away since the study was planned.
        crate::records::write_json(&dir.spec(), &plan.runs[index])?;
    }
    let log = open_own(&dir.log(), std::fs::OpenOptions::new().create(true).append(true))
        .map_err(RecordError::io("open", &dir.log()))?;
    let mut command = Command::new(&options.program);
    command
        .arg("worker")
        .arg("--run-dir")
        .arg(dir.root())
        .arg("--cache")
        .arg(&options.cache_dir)
        .args(["--device", &options.device])
        .args(["--threads", &options.threads.to_string()]);
    if let Some(git) = &options.git {
        command.args(["--git", git]);
    }
    if plan.record.study.study.keep_weights {
        command.arg("--keep-weights");
    }
    if ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"].iter().all(|name| std::env::var_os(name).is_none()) {
        command.env("GOMP_SPINCOUNT", spin_count(options.jobs, options.threads));
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(StudyError::Spawn)?;
    let Some(stdout) = child.stdout.take() else { return Ok(child) };
    let events = events.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Ok(message) = serde_json::from_str(&line) {
                let _ = events.send(Event::Message(slot, message));
            }
        }
        let _ = events.send(Event::Closed(slot));
    });
    Ok(child)
}

#[cfg(test)]
mod tests;

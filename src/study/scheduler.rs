//! Runs what has not run yet, some at a time, each in its own process, beside
//! however many other runners of the same study.

mod queue;
mod workers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::records::claim::{beat_every, seen, stale_after};
use crate::records::{RunDir, RunState, ServerClock, sweep_before};
use crate::spec::RunId;
use crate::train::memory;

use super::attendance::{Attendance, Had};
use super::error::StudyError;
use super::plan::Plan;
use super::progress::{Reporter, WorkerMessage, title};
use super::slot::Slot;
use super::worker::EXIT_AGAIN;
use queue::{Need, Queue, record_failure};
pub(super) use workers::spin_count;
use workers::{Worker, died, signal_of, spawn};

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
    /// As a slot of a submission: the longest runs first, until time is short or
    /// others have what is left.
    pub slot: Option<Slot>,
    /// The only runs that are taken; all where absent.
    pub only: Option<BTreeSet<RunId>>,
    /// GPUs that workers are spread over, as `CUDA_VISIBLE_DEVICES` names them; where
    /// there are none, all workers have the device.
    pub gpus: Vec<String>,
}

/// How a study ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Runs with results, whoever made them.
    pub done: usize,
    /// Failed runs, with reasons.
    pub failed: Vec<(RunId, String)>,
    /// Stopped before the end, by the user or because the time was up.
    pub interrupted: bool,
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

/// Runs every run of the plan that has no results yet and that nobody else works on;
/// what others work on is waited for, and taken over where they fall silent.
pub fn run(
    plan: &Plan,
    options: &RunOptions,
    attendance: &Attendance,
    stop: &AtomicBool,
    reporter: &mut dyn Reporter,
) -> Result<Outcome, StudyError> {
    let mut queue = Queue::new(plan, options)?;
    if options.slot.is_some() {
        queue.longest_first(plan);
    }
    if let Some(only) = &options.only {
        queue.waiting.retain(|index| only.contains(&plan.record.runs[*index]));
    }
    check_memory(plan, &queue, options)?;
    reporter.begin(plan.runs.len(), queue.done.len());
    let (sender, receiver) = channel();
    let mut floor = Floor {
        plan,
        options,
        attendance,
        queue,
        workers: BTreeMap::new(),
        sender,
        clock: None,
        looked: None,
    };
    loop {
        if stop.load(Ordering::Relaxed) || options.slot.is_some_and(|slot| slot.is_short()) {
            floor.stop();
        } else {
            floor.queue.give_up_orphans(plan, reporter);
            floor.fill(reporter)?;
        }
        if floor.workers.is_empty() && floor.is_over() {
            break;
        }
        floor.hear(&receiver, reporter)?;
        floor.leave_what_is_lost(reporter);
        floor.look_elsewhere(reporter)?;
    }
    Ok(floor.queue.outcome(plan))
}

pub(super) enum Event {
    Message(usize, WorkerMessage),
    Closed(usize),
}

/// How often it is looked whether the runs of others have ended.
const LOOK: Duration = Duration::from_secs(2);

/// A study while it runs.
struct Floor<'a> {
    plan: &'a Plan,
    options: &'a RunOptions,
    attendance: &'a Attendance,
    queue: Queue,
    workers: BTreeMap<usize, Worker>,
    sender: Sender<Event>,
    clock: Option<ServerClock>,
    looked: Option<Instant>,
}

impl Floor<'_> {
    fn dir(&self, index: usize) -> RunDir {
        self.plan.dir.run(&self.plan.record.runs[index])
    }

    /// Starts workers as long as there is room and work.
    fn fill(&mut self, reporter: &mut dyn Reporter) -> Result<(), StudyError> {
        while self.workers.len() < self.options.jobs {
            let Some((index, attempt)) = self.claim_next(reporter)? else { break };
            let free = |slot: &usize| !self.workers.contains_key(slot);
            let slot = (0..self.options.jobs).find(free).unwrap_or_default();
            let worker = spawn(self.plan, index, slot, &attempt, self.options, &self.sender);
            let worker = worker.inspect_err(|_| self.attendance.release(index))?;
            let run = &self.plan.runs[index];
            self.attendance.show(|runner| runner.working.push(title(run)));
            reporter.started(slot, run);
            self.workers.insert(slot, worker);
        }
        Ok(())
    }

    /// The next run that this runner has, with the name of the attempt.
    fn claim_next(
        &mut self,
        reporter: &mut dyn Reporter,
    ) -> Result<Option<(usize, String)>, StudyError> {
        for index in self.queue.ready() {
            let dir = self.dir(index);
            // Most of what others have or had is seen at a glance.
            if self.is_held(&dir)? {
                self.queue.begin(index);
                self.queue.elsewhere.insert(index);
                continue;
            }
            if self.settle(index, self.queue.look(self.plan, index), reporter) {
                continue;
            }
            let (attempt, fallen) = match self.attendance.take(index, &dir)? {
                Had::Ours(attempt, fallen) => (attempt, fallen),
                Had::Busy => {
                    self.queue.begin(index);
                    self.queue.elsewhere.insert(index);
                    continue;
                }
            };
            let need = self.queue.prepare(self.plan, index, reporter);
            let need = need.inspect_err(|_| self.attendance.release(index))?;
            if self.settle(index, need, reporter) {
                self.attendance.release(index);
                continue;
            }
            if let Some(fallen) = fallen.filter(|_| dir.resume().is_file()) {
                reporter.note(&format!(
                    "{} goes on where {fallen} stopped, which is gone or silent",
                    title(&self.plan.runs[index])
                ));
            }
            if let Some(clock) = self.clock {
                sweep_before(dir.root(), clock.ago(stale_after()));
            }
            dir.forget_attempts();
            self.queue.begin(index);
            return Ok(Some((index, attempt)));
        }
        Ok(None)
    }

    /// Counts a run that needs nothing; whether it is one.
    fn settle(&mut self, index: usize, need: Need, reporter: &mut dyn Reporter) -> bool {
        let run = &self.plan.runs[index];
        match need {
            Need::Run => return false,
            Need::Nothing => {
                reporter.ended(usize::MAX, run, Ok(()));
                self.queue.done.insert(index);
            }
            Need::Failed(reason) => {
                reporter.ended(usize::MAX, run, Err(&reason));
                self.queue.failed.insert(index, reason);
            }
        }
        self.queue.begin(index);
        true
    }

    /// Whether somebody works on a run who is alive.
    fn is_held(&mut self, dir: &RunDir) -> Result<bool, StudyError> {
        let Some(claim) = seen(dir)? else { return Ok(false) };
        if self.clock.is_none_or(|clock| clock.is_old()) {
            // Where it cannot be read, claiming will say why.
            self.clock = ServerClock::of(dir.root()).ok();
        }
        Ok(self.clock.is_some_and(|clock| !claim.is_dead(&clock)))
    }

    /// Looks whether the runs of others have ended, now and then.
    fn look_elsewhere(&mut self, reporter: &mut dyn Reporter) -> Result<(), StudyError> {
        let due = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK.min(beat_every()));
        if !due || self.queue.elsewhere.is_empty() || self.queue.interrupted {
            return Ok(());
        }
        for index in self.queue.elsewhere.clone() {
            let dir = self.dir(index);
            if self.is_held(&dir)?
                || self.settle(index, self.queue.look(self.plan, index), reporter)
            {
                continue;
            }
            self.queue.elsewhere.remove(&index);
            self.queue.waiting.insert(0, index);
        }
        self.looked = Some(Instant::now());
        Ok(())
    }

    /// Whether nothing is left to do here once no worker works.
    fn is_over(&self) -> bool {
        let queue = &self.queue;
        let nothing = queue.waiting.is_empty() && queue.elsewhere.is_empty();
        // What others have a slot leaves to them, unless more hangs on it; and what
        // hangs on something that nobody is to run, to another submission.
        let hangs_on_others = |index: &usize| {
            queue.source.get(index).is_some_and(|source| queue.elsewhere.contains(source))
        };
        let left_to_others =
            self.options.slot.is_some() && !queue.waiting.iter().any(hangs_on_others);
        queue.interrupted || nothing || left_to_others
    }

    /// Asks all workers to save and end.
    fn stop(&mut self) {
        if !self.queue.interrupted {
            self.workers.values_mut().for_each(Worker::stop);
            self.queue.interrupted = true;
        }
    }

    /// Ends the workers of runs that others took over.
    fn leave_what_is_lost(&mut self, reporter: &mut dyn Reporter) {
        for index in self.attendance.lost() {
            for worker in self.workers.values_mut().filter(|worker| worker.index == index) {
                let run = &self.plan.runs[index];
                reporter.note(&format!(
                    "{} was taken over by somebody else, who saw no sign of life; it is left to \
                     them",
                    title(run)
                ));
                worker.lost = true;
                worker.end();
            }
        }
    }

    fn hear(
        &mut self,
        receiver: &Receiver<Event>,
        reporter: &mut dyn Reporter,
    ) -> Result<(), StudyError> {
        let event = match receiver.recv_timeout(Duration::from_millis(100)) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let (slot, message) = match event {
            Event::Message(slot, message) => (slot, message),
            Event::Closed(slot) => return self.closed(slot, reporter),
        };
        let Some(worker) = self.workers.get(&slot) else { return Ok(()) };
        let run = &self.plan.runs[worker.index];
        match message {
            WorkerMessage::Progress(progress) => reporter.progress(slot, run, progress),
            WorkerMessage::Note { text } => reporter.note(&format!("{}: {text}", title(run))),
            WorkerMessage::Failed { reason, recorded, .. } => {
                let note = if recorded { "" } else { " (and the failure could not be recorded)" };
                self.queue.reasons.insert(worker.index, format!("{reason}{note}"));
            }
        }
        Ok(())
    }

    /// A worker has ended.
    fn closed(&mut self, slot: usize, reporter: &mut dyn Reporter) -> Result<(), StudyError> {
        let Some(mut worker) = self.workers.remove(&slot) else { return Ok(()) };
        let status = worker.child.wait().map_err(StudyError::Spawn)?;
        let index = worker.index;
        let (plan, dir) = (self.plan, self.dir(index));
        let run = &plan.runs[index];
        let name = title(run);
        let is_done = is_done(&dir);
        self.attendance.show(|runner| {
            runner.working.retain(|working| *working != name);
            runner.done += u64::from(is_done && !worker.lost);
        });
        let stopped = status.code() == Some(EXIT_AGAIN) || signal_of(status).is_some();
        let told = self.queue.reasons.remove(&index);
        if is_done {
            self.queue.done.insert(index);
            reporter.ended(slot, run, Ok(()));
        } else if worker.lost {
            self.queue.elsewhere.insert(index);
            reporter.left(slot);
        } else if self.queue.interrupted && told.is_none() {
            self.queue.waiting.insert(0, index);
            reporter.left(slot);
        } else if told.is_none() && stopped && self.queue.starts_again(index) {
            let how = match signal_of(status) {
                Some(signal) => format!("was ended by signal {signal}"),
                None => "was asked to stop".into(),
            };
            reporter.left(slot);
            reporter.note(&format!("the worker of {name} {how}; it goes on where it stopped"));
        } else {
            let reason = told.unwrap_or_else(|| died(&dir, status));
            record_failure(&dir, run, &reason);
            reporter.ended(slot, run, Err(&reason));
            self.attendance.show(|runner| runner.failed += 1);
            self.queue.failed.insert(index, reason);
        }
        self.attendance.release(index);
        Ok(())
    }
}

fn is_done(dir: &RunDir) -> bool {
    matches!(dir.read_record(), Ok(Some(record)) if record.state == RunState::Done)
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
    let jobs = options.jobs;
    let way_out = match memory::largest_batch(largest, available * GIB / jobs as f64) {
        Some(batch) => format!("recipe.batch_size = {batch} would fit, or lower --jobs"),
        None => "lower recipe.image_size or --jobs, or take a smaller network".into(),
    };
    Err(StudyError::Memory { run: title(largest), needed, jobs, available, way_out })
}

#[cfg(test)]
mod tests;

//! Processes that train one run each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;

use super::{Event, RunOptions};
use crate::records::{RecordError, RunDir, open_own};
use crate::study::error::StudyError;
use crate::study::plan::Plan;

/// A process that trains one run.
pub(super) struct Worker {
    /// The run, in the plan.
    pub(super) index: usize,
    pub(super) child: Child,
    /// It ends when this is closed, and stops when something is written to it.
    input: Option<ChildStdin>,
    /// Somebody else has the run.
    pub(super) lost: bool,
}

impl Worker {
    /// Asks it to finish its step, save and end.
    pub(super) fn stop(&mut self) {
        if let Some(input) = &mut self.input {
            // One that has ended needs no asking.
            let _ = input.write_all(b"stop\n");
            let _ = input.flush();
        }
    }

    /// Ends it where it stands.
    pub(super) fn end(&mut self) {
        drop(self.input.take());
    }
}

/// How many turns a compute thread spins at a barrier before it sleeps.
/// Networks of small operations lose a third of their speed when threads sleep
/// at once; with libgomp's own 300,000 turns, jobs that share cores take them
/// from each other. Somebody's own setting wins.
pub(in crate::study) fn spin_count(jobs: usize, threads: u32) -> &'static str {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if jobs * threads as usize <= cores { "100000" } else { "10000" }
}

pub(super) fn spawn(
    plan: &Plan,
    index: usize,
    slot: usize,
    attempt: &str,
    options: &RunOptions,
    events: &Sender<Event>,
) -> Result<Worker, StudyError> {
    let dir = plan.dir.run(&plan.record.runs[index]);
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
        .args(["--attempt", attempt])
        .args(["--device", &options.device])
        .args(["--threads", &options.threads.to_string()]);
    if let Some(git) = &options.git {
        command.args(["--git", git]);
    }
    if !options.gpus.is_empty() {
        // Each sees one, under the number that all results have.
        command.env("CUDA_VISIBLE_DEVICES", &options.gpus[slot % options.gpus.len()]);
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
    let input = child.stdin.take();
    if let Some(stdout) = child.stdout.take() {
        let events = events.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Ok(message) = serde_json::from_str(&line) {
                    let _ = events.send(Event::Message(slot, message));
                }
            }
            let _ = events.send(Event::Closed(slot));
        });
    }
    Ok(Worker { index, child, input, lost: false })
}

/// The signal that ended a process.
pub(super) fn signal_of(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    return None;
}

/// A worker that ended without a word: killed, or out of memory.
pub(super) fn died(dir: &RunDir, status: ExitStatus) -> String {
    let log = std::fs::read_to_string(dir.log()).unwrap_or_default();
    let last = log.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.map_or(String::new(), |line| format!("; its last words: {line}"));
    format!(
        "the worker ended without a record ({status}{last}); if the system killed it for memory, \
         lower recipe.batch_size or --jobs"
    )
}

//! The worker: one run in a process of its own.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::records::{self, Record, RunDir};
use crate::train::{self, News, TrainError, TrainOptions};

use super::lock::Lock;
use super::progress::WorkerMessage;

/// Exit code of a worker whose run must not be retried.
pub const EXIT_PERMANENT: i32 = 42;
/// Exit code of a worker whose run may succeed another time.
const EXIT_FAILED: i32 = 1;

/// Runs one worker to its end and returns its exit code. Messages go to `out`,
/// one JSON line each.
///
/// The worker lives as long as its standard input: a runner that is killed
/// takes its workers along, however it dies.
pub fn work(options: &TrainOptions, out: &mut dyn Write) -> i32 {
    std::thread::spawn(end_with_runner);
    let dir = RunDir::at(&options.run_dir);
    let _lock = match Lock::wait(&dir.lock()) {
        Ok(lock) => lock,
        Err(error) => return failed(options, out, &error.to_string(), false),
    };
    records::sweep(dir.root());
    let mut last = None;
    let mut report = |news: News| {
        let progress = match news {
            News::Note(text) => return send(out, &WorkerMessage::Note { text }),
            News::Progress(progress) => progress,
        };
        // A line per percent is enough for a bar.
        let mark = (progress.epoch, progress.step * 100 / progress.steps.max(1));
        if last != Some(mark) {
            last = Some(mark);
            send(out, &WorkerMessage::Progress(progress));
        }
    };
    let result = catch_unwind(AssertUnwindSafe(|| train::train(options, &mut report)));
    match result {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => failed(options, out, &chain(&error), error.is_permanent()),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown reason");
            let first = text.lines().next().unwrap_or_default();
            failed(options, out, &format!("the worker stopped unexpectedly: {first}"), false)
        }
    }
}

fn end_with_runner() {
    let mut byte = [0];
    while matches!(std::io::stdin().read(&mut byte), Ok(n) if n > 0) {}
    // Nobody waits for this run any more; what it saved last is on disk. Ended
    // without exit handlers: those of libtorch would take away what the thread
    // that trains still works with, which then fails or crashes.
    signal_hook::low_level::exit(EXIT_FAILED);
}

fn chain(error: &TrainError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}

/// Records the failure, tells the runner, gives the exit code.
fn failed(options: &TrainOptions, out: &mut dyn Write, reason: &str, permanent: bool) -> i32 {
    let dir = RunDir::at(&options.run_dir);
    train::log(&dir, &format!("failed: {reason}"));
    let recorded = dir.read_spec().is_ok_and(|spec| {
        let record = Record {
            provenance: train::provenance(options),
            ..Record::failed(spec.id(), reason, permanent)
        };
        dir.write_record(&record).is_ok()
    });
    send(out, &WorkerMessage::Failed { reason: reason.to_string(), permanent, recorded });
    if permanent { EXIT_PERMANENT } else { EXIT_FAILED }
}

fn send(out: &mut dyn Write, message: &WorkerMessage) {
    // A runner that no longer listens is no reason to lose the run.
    if let Ok(json) = serde_json::to_string(message) {
        let _ = writeln!(out, "{json}");
        let _ = out.flush();
    }
}

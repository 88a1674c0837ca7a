//! The worker: one run in a process of its own.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::records::{Record, RunDir};
use crate::train::{self, News, TrainError, TrainOptions, memory};

use super::progress::WorkerMessage;

/// Exit code of a worker whose run must not be retried.
pub const EXIT_PERMANENT: i32 = 42;
/// Exit code of a worker that was asked to stop, and of a slot that stopped before
/// the study was over: try again (`EX_TEMPFAIL`).
pub const EXIT_AGAIN: i32 = 75;
/// Exit code of a worker whose run may succeed another time.
const EXIT_FAILED: i32 = 1;

/// Runs one worker to its end and returns its exit code. Messages go to `out`,
/// one JSON line each.
///
/// The worker lives as long as its standard input: a runner that is killed
/// takes its workers along, however it dies. When something is written there, or
/// `stop` is set, it finishes its step, saves and ends with [`EXIT_AGAIN`].
pub fn work(
    options: &TrainOptions,
    attempt: &str,
    stop: Arc<AtomicBool>,
    out: &mut dyn Write,
) -> i32 {
    let asked = Arc::clone(&stop);
    std::thread::spawn(move || end_with_runner(&asked));
    train::stop::when(stop);
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
    let result =
        catch_unwind(AssertUnwindSafe(|| train::train_attempt(options, attempt, &mut report)));
    match result {
        Ok(Ok(())) => 0,
        Ok(Err(TrainError::Stopped)) => EXIT_AGAIN,
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

fn end_with_runner(stop: &AtomicBool) {
    let mut byte = [0];
    while matches!(std::io::stdin().read(&mut byte), Ok(n) if n > 0) {
        stop.store(true, Ordering::Relaxed);
    }
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
    let spec = dir.read_spec();
    let way_out = spec.as_ref().ok().and_then(|spec| memory::way_out(reason, spec));
    let reason = way_out.map_or_else(|| reason.into(), |way_out| format!("{reason} ({way_out})"));
    train::log(&dir, &format!("failed: {reason}"));
    let recorded = spec.is_ok_and(|spec| {
        let record = Record {
            provenance: train::provenance(options),
            ..Record::failed(spec.id(), &reason, permanent)
        };
        // Not over a record that is there: whoever made it was first.
        dir.publish_failure(record).is_ok()
    });
    send(out, &WorkerMessage::Failed { reason, permanent, recorded });
    if permanent { EXIT_PERMANENT } else { EXIT_FAILED }
}

fn send(out: &mut dyn Write, message: &WorkerMessage) {
    // A runner that no longer listens is no reason to lose the run.
    if let Ok(json) = serde_json::to_string(message) {
        let _ = writeln!(out, "{json}");
        let _ = out.flush();
    }
}

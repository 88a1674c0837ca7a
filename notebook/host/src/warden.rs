//! The process between evcxr and the one that runs the cells.
//!
//! It passes both directions on line by line, and thereby knows when a cell
//! runs, and sees what evcxr keeps to itself: that a cell panicked or returned
//! early. It bounds the memory of the cells, turns an interrupt into the end
//! of a cell that does not listen, says in words how the process ended, and
//! ends it when evcxr is gone.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::CELLS;

/// Media type by which the host learns how a cell failed.
pub const FAILURE: &str = "application/vnd.transfolio.failure";
/// What evcxr's parts say to each other.
const EXECUTE: &str = "LOAD_AND_RUN ";
const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";
const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
const RETURNED: &str = "EVCXR_ERROR_OCCURRED";
const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";
/// Bytes that the cells may use.
const MEMORY: &str = "TRANSFOLIO_CELL_MEMORY";
/// File that exists while a cell waits for its worker, which takes interrupts.
const BUSY: &str = "TRANSFOLIO_BUSY";
/// Time that a message on standard error is given to arrive.
const MESSAGE: Duration = Duration::from_millis(50);
/// How often memory and parent are looked at.
const WATCH: Duration = Duration::from_millis(40);

type Shared = Arc<Mutex<Child>>;

pub fn run() -> ExitCode {
    let mut child = match start() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("error: cannot start the process that runs the cells: {error}");
            return ExitCode::FAILURE;
        }
    };
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let id = child.id();
    let child: Shared = Arc::new(Mutex::new(child));
    let executing = Arc::new(AtomicBool::new(false));
    if let Some(stdin) = stdin {
        let executing = Arc::clone(&executing);
        std::thread::spawn(move || pass_in(stdin, &executing));
    }
    let interrupted = Arc::new(AtomicBool::new(false));
    listen(&child, &executing, &interrupted);
    watch(&child, id);
    if let Some(stdout) = stdout {
        pass_out(BufReader::new(stdout), &executing);
    }
    let status = wait(&child);
    // Its standard output is closed: it has ended, or is about to.
    report(status, executing.load(Ordering::SeqCst));
    match status.map(|status| (status.code(), status.signal())) {
        Some((Some(code), _)) => ExitCode::from(code.clamp(0, 255) as u8),
        Some((None, Some(signal))) => ExitCode::from((128 + signal).clamp(0, 255) as u8),
        _ => ExitCode::FAILURE,
    }
}

fn start() -> std::io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(CELLS, "1")
        // evcxr asks for backtraces, whose 40 lines hide the message.
        .env("RUST_BACKTRACE", std::env::var_os("TRANSFOLIO_BACKTRACE").unwrap_or("0".into()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
}

fn wait(child: &Shared) -> Option<ExitStatus> {
    loop {
        match child.lock().unwrap_or_else(PoisonError::into_inner).try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => {}
            Err(_) => return None,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn kill(child: &Shared) {
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}

/// From evcxr to the cells; a closed input is passed on by closing.
fn pass_in(mut to: impl Write, executing: &AtomicBool) {
    let mut from = BufReader::new(std::io::stdin().lock());
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        if line.starts_with(EXECUTE.as_bytes()) {
            executing.store(true, Ordering::SeqCst);
        }
        if to.write_all(&line).and_then(|()| to.flush()).is_err() {
            return;
        }
        line.clear();
    }
}

/// From the cells to evcxr, with a word where a cell failed.
fn pass_out(mut from: BufReader<impl Read>, executing: &AtomicBool) {
    let mut to = std::io::stdout();
    let mut line = Vec::new();
    let mut within_content = false;
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        match text {
            COMPLETE => executing.store(false, Ordering::SeqCst),
            END => within_content = false,
            PANICKED | RETURNED if !within_content => {
                // The message of a panic goes another way, and should be there
                // first.
                std::thread::sleep(MESSAGE);
                let notice = if text == PANICKED { notice("panic") } else { notice("error") };
                if to.write_all(notice.as_bytes()).is_err() {
                    return;
                }
            }
            PANICKED => within_content = false,
            _ if text.starts_with(BEGIN) => within_content = true,
            _ => {}
        }
        if to.write_all(&line).and_then(|()| to.flush()).is_err() {
            return;
        }
        line.clear();
    }
}

/// What the kernel, or the headless host, is told.
fn notice(kind: &str) -> String {
    format!("{BEGIN}{FAILURE}\n{kind}\n{END}\n")
}

/// An interrupt ends a cell, unless it waits for the worker, which then stops
/// what it does; between cells it does nothing.
fn listen(child: &Shared, executing: &Arc<AtomicBool>, interrupted: &Arc<AtomicBool>) {
    let Ok(mut signals) = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT]) else {
        eprintln!("warning: cannot listen to interrupts; restart the kernel to stop a cell");
        return;
    };
    let (child, executing, interrupted) =
        (Arc::clone(child), Arc::clone(executing), Arc::clone(interrupted));
    let busy = std::env::var_os(BUSY).map(PathBuf::from);
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if !executing.load(Ordering::SeqCst) || busy.as_ref().is_some_and(|b| b.exists()) {
                continue;
            }
            interrupted.store(true, Ordering::SeqCst);
            eprintln!("interrupted: the cell was ended, and the variables with it");
            kill(&child);
        }
    });
}

/// Ends the cells when they use too much memory or when evcxr is gone.
fn watch(child: &Shared, id: u32) {
    let child = Arc::clone(child);
    let parent = parent_id();
    std::thread::spawn(move || {
        let limit = memory_limit();
        loop {
            std::thread::sleep(WATCH);
            if parent_id() != parent {
                kill(&child);
                return;
            }
            if let Some((used, limit)) = resident(id).zip(limit)
                && used > limit
            {
                let gib = |bytes: u64| bytes as f64 / 1024f64.powi(3);
                eprintln!(
                    "out of memory: the cell used {:.1} GiB, more than the limit of {:.1} GiB, and was \
                     ended; set {MEMORY} to a number of bytes to allow more",
                    gib(used),
                    gib(limit)
                );
                kill(&child);
                return;
            }
        }
    });
}

/// What was asked for, else four fifths of what is free now.
fn memory_limit() -> Option<u64> {
    if let Some(bytes) = std::env::var(MEMORY).ok().and_then(|text| text.parse().ok()) {
        return Some(bytes);
    }
    let free = kilobytes("/proc/meminfo", "MemAvailable:")?;
    // In a container the limit of its group counts, where it has one.
    let read = |name: &str| {
        let text = std::fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let group =
        read("memory.max").map(|max| max.saturating_sub(read("memory.current").unwrap_or(0)));
    Some(group.map_or(free, |group| group.min(free)) / 5 * 4)
}

fn resident(id: u32) -> Option<u64> {
    kilobytes(&format!("/proc/{id}/status"), "VmRSS:")
}

fn kilobytes(file: &str, field: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// How the process ended, when it ended while a cell ran.
fn report(status: Option<ExitStatus>, executing: bool) {
    let Some(status) = status.filter(|_| executing) else { return };
    match (status.code(), status.signal()) {
        (Some(code), _) => eprintln!(
            "the cell ended its process with exit status {code}: all variables are lost; run the \
             cells again from the first"
        ),
        // 9 is what this process itself sends, and then it has said why.
        (_, Some(9)) => eprintln!("all variables are lost; run the cells again from the first"),
        (_, Some(signal)) => eprintln!(
            "the process that ran the cell died of signal {signal}: all variables are lost; run the \
             cells again from the first"
        ),
        _ => {}
    }
}

//! Ctrl-C and the signals that ask a program to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGUSR1};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::Exit;

const ASKED_TO_END: &[(i32, Exit)] = &[
    (SIGINT, Exit::Interrupted),
    (SIGTERM, Exit::Terminated),
    #[cfg(unix)]
    (SIGHUP, Exit::HungUp),
    // What schedulers are asked to send before they end a job; nobody types it.
    #[cfg(unix)]
    (SIGUSR1, Exit::Again),
];

/// Whether somebody asked this program to end, and how.
#[derive(Clone, Default)]
pub(super) struct Signals {
    stop: Arc<AtomicBool>,
    /// Whether the next signal ends the process where it stands.
    at_once: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Signals {
    /// Listens to Ctrl-C, SIGTERM, SIGHUP and SIGUSR1. Until [`wait`](Self::wait) the
    /// first one ends the process, with its exit code and no more.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let signals = Self::default();
        signals.at_once.store(true, Ordering::Relaxed);
        let shared = Arc::clone;
        for &(signal, exit) in ASKED_TO_END {
            let code = exit as i32;
            let Self { stop, at_once, signal: which } = &signals;
            signal_hook::flag::register_conditional_shutdown(signal, code, shared(at_once))
                .and_then(|_| {
                    let number = signal as usize;
                    signal_hook::flag::register_usize(signal, Arc::clone(which), number)
                })
                .and_then(|_| signal_hook::flag::register(signal, shared(stop)))
                .context("cannot listen to Ctrl-C")?;
        }
        Ok(signals)
    }

    /// From here on the first signal sets [`stop`](Self::stop), and only a
    /// second one ends the process where it stands.
    pub(super) fn wait(&self) {
        self.at_once.store(false, Ordering::Relaxed);
        after_the_first(&self.stop, &self.at_once);
    }

    /// Set once the program is to end.
    pub(super) fn stop(&self) -> &AtomicBool {
        &self.stop
    }

    /// Whether a signal came.
    pub(super) fn was_asked(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The exit code of a program that was asked to end so.
    pub(super) fn exit(&self) -> Exit {
        let signal = self.signal.load(Ordering::Relaxed);
        let found = ASKED_TO_END.iter().find(|(number, _)| *number as usize == signal);
        found.map_or(Exit::Interrupted, |(_, exit)| *exit)
    }
}

/// Lets the next signal end the process, a moment after the first one came: a
/// scheduler signals every process of a job, and a script hands on what it gets, so
/// that one wish to stop arrives twice.
fn after_the_first(stop: &Arc<AtomicBool>, at_once: &Arc<AtomicBool>) {
    const LOOK: Duration = Duration::from_millis(100);
    const MOMENT: Duration = Duration::from_secs(1);
    let (stop, at_once) = (Arc::clone(stop), Arc::clone(at_once));
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
        }
        std::thread::sleep(MOMENT);
        at_once.store(true, Ordering::Relaxed);
    });
}

/// A flag for a worker that is set by what asks a program to end: a terminal sends
/// Ctrl-C to it too, and schedulers signal every process of a job. A second signal
/// ends it where it stands.
pub(super) fn of_a_worker() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let at_once = Arc::new(AtomicBool::new(false));
    after_the_first(&stop, &at_once);
    for &(signal, _) in ASKED_TO_END {
        #[cfg(unix)]
        if signal == SIGHUP {
            continue;
        }
        // Without these a worker ends a moment earlier; its runner sees to the rest.
        let code = Exit::Again as i32;
        let _ =
            signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&at_once))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)));
    }
    stop
}

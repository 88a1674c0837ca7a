//! The process between evcxr and the one that runs the cells.
//!
//! evcxr's control lines come and go on standard input and output; what cells
//! print and show goes to the host over a socket of its own, in frames, so
//! that neither is ever taken for the other. The warden bounds the memory of
//! the cells, turns an interrupt into the end of a cell that does not listen,
//! says in words how a cell failed, and goes on with a copy of the process
//! where a cell has ended it.

pub mod control;
mod lead;
mod memory;
mod operations;
mod pipes;
mod signals;
mod state;

use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::parent_id;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::wire::{Frame, Kind};
use crate::{CELLS, places};
use state::State;

/// How often memory and parent are looked at.
const WATCH: Duration = Duration::from_millis(40);

/// The state, and what wakes the reader of pipes.
pub struct Warden {
    state: Mutex<State>,
    wake: std::io::PipeWriter,
}

pub fn run() -> ExitCode {
    match guard() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: cannot start the process that runs the cells: {error}");
            ExitCode::FAILURE
        }
    }
}

fn guard() -> std::io::Result<ExitCode> {
    let places = places()?;
    let host = UnixStream::connect(places.join("streams"))?;
    // A copy whose original has ended becomes a child of this process.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let (control, pid) = start()?;
    let operations = operations::listen(&places)?;
    let (wake_end, wake) = std::io::pipe()?;
    let state = State::new(host.try_clone()?, control.try_clone()?, pid);
    let warden = Arc::new(Warden { state: Mutex::new(state), wake });
    // Cells have numbers from the first frame on.
    let mut from_host = BufReader::new(host);
    warden.of_host(&mut from_host)?;
    let busy = places.join("busy");
    signals::listen(&warden, busy);
    memory::watch(&warden);
    spawn(&warden, move |warden| while warden.of_host(&mut from_host).is_ok() {});
    spawn(&warden, move |warden| pipes::read(warden, wake_end));
    spawn(&warden, move |warden| operations::serve(warden, &operations));
    spawn(&warden, |warden| {
        warden.of_evcxr();
        // evcxr is gone, or wants another process.
        warden.state().kill();
        std::process::exit(0);
    });
    Ok(warden.of_cells(control))
}

fn spawn(warden: &Arc<Warden>, what: impl FnOnce(&Arc<Warden>) + Send + 'static) {
    let warden = Arc::clone(warden);
    std::thread::spawn(move || what(&warden));
}

/// Starts the process of the cells; its standard input is a socket.
fn start() -> std::io::Result<(UnixStream, u32)> {
    let (own, cells) = UnixStream::pair()?;
    let child = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(CELLS, "1")
        // evcxr asks for backtraces, whose 40 lines hide the message.
        .env("RUST_BACKTRACE", std::env::var_os("TRANSFOLIO_BACKTRACE").unwrap_or("0".into()))
        .stdin(Stdio::from(OwnedFd::from(cells)))
        .stdout(Stdio::null())
        .spawn()?;
    Ok((own, child.id()))
}

impl Warden {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One frame of the host.
    fn of_host(&self, from: &mut impl std::io::Read) -> std::io::Result<()> {
        let frame = Frame::read(from)?.ok_or_else(|| std::io::Error::other("the host is gone"))?;
        let mut state = self.state();
        match frame.kind {
            Kind::Begin => state.cell = frame.cell,
            Kind::Question => {
                state.answer(String::from_utf8_lossy(&frame.bytes).into_owned());
                return Ok(());
            }
            _ => {}
        }
        state.drain();
        state.flush_text();
        state.tell(&Frame::new(frame.kind, frame.cell, frame.bytes))
    }

    /// The lines of evcxr, until it closes them.
    fn of_evcxr(&self) {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let mut parts = line.strip_prefix("LOAD_AND_RUN ").unwrap_or_default().rsplitn(2, ' ');
            let (function, library) = (parts.next(), parts.next());
            let (Some(function), Some(library)) = (function, library) else { continue };
            if self.state().run(library, function).is_err() {
                // The process ended between two cells.
                std::process::exit(1);
            }
        }
    }

    /// What the process of the cells says, and the copy after it.
    fn of_cells(&self, mut control: UnixStream) -> ExitCode {
        loop {
            match control::receive(&control) {
                Ok(Some(told)) => match told.kind {
                    control::BEGUN => {
                        let about = serde_json::from_slice(&told.bytes).unwrap_or(Value::Null);
                        self.state().begun(&about, told.descriptors);
                        let _ = std::io::Write::write_all(&mut &self.wake, b"p");
                    }
                    control::FAILED => {
                        let reason = String::from_utf8_lossy(&told.bytes).into_owned();
                        self.state().not_run(reason);
                    }
                    _ => self.state().ended(),
                },
                Ok(None) | Err(_) => match self.state().died() {
                    Ok(next) => control = next,
                    Err(code) => return code,
                },
            }
        }
    }
}

/// A process whose parent is gone is of no use to anybody.
fn orphaned(parent: u32) -> bool {
    parent_id() != parent
}

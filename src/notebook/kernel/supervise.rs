//! One kernel at work: its session, its worker, its host.

use std::ffi::OsString;
use std::os::unix::process::parent_id;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::host::Host;
use super::places::Places;
use super::session::Session;
use super::toolchain::Toolchain;
use crate::notebook::NotebookError;

/// How often the processes are looked at.
const WATCH: Duration = Duration::from_millis(100);
/// What a shell says of a process that was asked to end.
const TERMINATED: i32 = 128 + SIGTERM;

/// Runs a kernel on a connection file until it ends; gives its exit code.
pub fn supervise(places: &Places, connection: &Path) -> Result<i32, NotebookError> {
    let parent = parent_id();
    let asked_to_end = listen()?;
    let host = Host::find(places).ok_or_else(|| {
        NotebookError::setup("no host is installed", "run `transfolio kernel install`")
    })?;
    let mut command = Command::new(host.path());
    command.arg("--control_file").arg(connection);
    let mut ready = match prepare(places) {
        Ok((session, worker, environment)) => {
            command.envs(environment);
            Some((session, worker))
        }
        // A client hears nothing of a kernel that ends before it has begun: the host
        // answers every cell with the reason.
        Err(error) => {
            let mut reason = error.to_string();
            if let Some(way_out) = error.way_out() {
                reason += &format!("\n  way out: {way_out}");
            }
            command.env("TRANSFOLIO_REFUSED", reason);
            None
        }
    };
    let mut kernel = command.spawn().map_err(NotebookError::io("start", host.path()))?;
    let code = loop {
        if asked_to_end.load(Ordering::Relaxed) {
            break TERMINATED;
        }
        // Jupyter is gone without a word: nobody will ask this kernel again.
        if parent_id() != parent {
            break 0;
        }
        let ended = kernel.try_wait().map_err(NotebookError::io("wait for", host.path()))?;
        if let Some(status) = ended {
            break status.code().unwrap_or(1);
        }
        // Handles that cells keep are lost with a worker; a new one can be
        // opened at once.
        if let Some((session, worker)) = &mut ready
            && matches!(worker.try_wait(), Ok(Some(_)))
        {
            *worker = session.start_worker()?;
        }
        std::thread::sleep(WATCH);
    };
    end(&mut kernel);
    if let Some((_, worker)) = &mut ready {
        end(worker);
    }
    Ok(code)
}

type Prepared = (Session, Child, Vec<(&'static str, OsString)>);

/// What a kernel needs before its host starts.
fn prepare(places: &Places) -> Result<Prepared, NotebookError> {
    let toolchain = Toolchain::find()?;
    let session = Session::acquire(places)?;
    let environment = session.environment(&toolchain)?;
    let worker = session.start_worker()?;
    Ok((session, worker, environment))
}

/// An interrupt is for the other processes of the group, this one only waits
/// for them; the signals that ask it to end set the flag.
fn listen() -> Result<Arc<AtomicBool>, NotebookError> {
    let flag = Arc::new(AtomicBool::new(false));
    let register = |signal, flag| {
        signal_hook::flag::register(signal, flag)
            .map_err(NotebookError::io("listen to the signals of", Path::new("this process")))
    };
    register(SIGINT, Arc::default())?;
    register(SIGTERM, Arc::clone(&flag))?;
    register(SIGHUP, Arc::clone(&flag))?;
    Ok(flag)
}

/// Ends a process and waits, so that its socket's folder can go.
fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

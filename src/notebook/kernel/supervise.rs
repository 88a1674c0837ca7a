//! One kernel at work: its session, its worker, its host.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::{CommandExt, ExitStatusExt, parent_id};
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
    let Asked { to_end, to_stop } = listen()?;
    let host = Host::find(places).ok_or_else(|| {
        NotebookError::setup("no host is installed", "run `transfolio kernel install`")
    })?;
    let mut command = Command::new(host.path());
    command.arg("--control_file").arg(connection);
    let mut ready = match prepare(places) {
        Ok((session, worker, environment)) => {
            command.envs(environment);
            group(&mut command, &host, &worker);
            Some((session, worker))
        }
        // A client hears nothing of a kernel that ends before it has begun: the host
        // answers every cell with the reason.
        Err(error) => {
            let mut reason = error.to_string();
            if let Some(way_out) = error.way_out() {
                reason += &format!(
                    "\n  way out: {way_out} (TRANSFOLIO_CACHE names the folder of the kernel; run \
                     `transfolio kernel install` with it set)"
                );
            }
            command.env("TRANSFOLIO_REFUSED", reason);
            None
        }
    };
    let mut kernel = command.spawn().map_err(NotebookError::io("start", host.path()))?;
    let code = loop {
        if to_end.load(Ordering::Relaxed) {
            break TERMINATED;
        }
        if to_stop.swap(false, Ordering::Relaxed) && host.is_own() {
            interrupt(&kernel, ready.is_some());
        }
        // Jupyter is gone without a word: nobody will ask this kernel again.
        if parent_id() != parent {
            break 0;
        }
        let ended = kernel.try_wait().map_err(NotebookError::io("wait for", host.path()))?;
        if let Some(status) = ended {
            if let Some(signal) = status.signal() {
                complain(&format!(
                    "error: the process that speaks for the kernel was ended by signal {signal} \
                     (9 is a kill from outside: out of memory, perhaps); all variables are lost\n  \
                     way out: restart the kernel and run its cells again"
                ));
            }
            break status.code().unwrap_or(1);
        }
        // Handles that cells keep are lost with a worker; a new one can be
        // opened at once.
        if let Some((session, worker)) = &mut ready
            && matches!(worker.try_wait(), Ok(Some(_)))
        {
            *worker = session.start_worker(group_of(&kernel))?;
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
    let worker = session.start_worker(Some(0))?;
    Ok((session, worker, environment))
}

/// Host and worker are a group of their own. An interrupt comes from Jupyter to the
/// group of this process, from VS Code to this process alone; either way it is handed
/// on to that group once.
fn group(command: &mut Command, host: &Host, worker: &Child) {
    if host.is_own() {
        command.env("TRANSFOLIO_GROUP", "1").process_group(worker.id().cast_signed());
    }
}

/// The group that a process is in, as /proc tells it.
fn group_of(process: &Child) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).ok()?;
    // The name of the program may hold blanks and brackets: what follows the last one.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(2)?.parse().ok()
}

/// Hands an interrupt on to the host, or to its group where it has one.
fn interrupt(kernel: &Child, grouped: bool) {
    let whom = match group_of(kernel).filter(|_| grouped) {
        Some(group) => format!("-{group}"),
        None => kernel.id().to_string(),
    };
    let sent = Command::new("sh").args(["-c", "kill -s INT -- \"$1\"", "sh", &whom]).status();
    if !sent.is_ok_and(|status| status.success()) {
        complain("warning: the interrupt did not reach the cells");
    }
}

/// Clients show, or log, what a kernel writes to standard error.
fn complain(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// What signals ask for.
struct Asked {
    to_end: Arc<AtomicBool>,
    to_stop: Arc<AtomicBool>,
}

fn listen() -> Result<Asked, NotebookError> {
    let (to_end, to_stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let register = |signal, flag| {
        signal_hook::flag::register(signal, flag)
            .map_err(NotebookError::io("listen to the signals of", Path::new("this process")))
    };
    register(SIGINT, Arc::clone(&to_stop))?;
    register(SIGTERM, Arc::clone(&to_end))?;
    register(SIGHUP, Arc::clone(&to_end))?;
    Ok(Asked { to_end, to_stop })
}

/// Ends a process and waits, so that its socket's folder can go.
fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

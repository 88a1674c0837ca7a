//! One kernel at work: its session, its worker, its host.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use super::host::Host;
use super::places::Places;
use super::session::Session;
use super::toolchain::Toolchain;
use crate::notebook::NotebookError;

/// How often the processes are looked at.
const WATCH: Duration = Duration::from_millis(100);

/// Runs a kernel on a connection file until it ends; gives its exit code.
pub fn supervise(places: &Places, connection: &Path) -> Result<i32, NotebookError> {
    let toolchain = Toolchain::find()?;
    let host = Host::find(places).ok_or_else(|| {
        NotebookError::setup("no host is installed", "run `transfolio kernel install`")
    })?;
    let session = Session::acquire(places)?;
    let mut worker = session.start_worker()?;
    let mut kernel = Command::new(host.path())
        .arg("--control_file")
        .arg(connection)
        .envs(session.environment(&toolchain)?)
        .spawn()
        .map_err(NotebookError::io("start", host.path()))?;
    let code = loop {
        let ended = kernel.try_wait().map_err(NotebookError::io("wait for", host.path()))?;
        if let Some(status) = ended {
            break status.code().unwrap_or(1);
        }
        // Handles that cells keep are lost with a worker; a new one can be
        // opened at once.
        if matches!(worker.try_wait(), Ok(Some(_))) {
            worker = session.start_worker()?;
        }
        std::thread::sleep(WATCH);
    };
    end(&mut worker);
    Ok(code)
}

/// Ends the worker and waits, so that its socket's folder can go.
fn end(worker: &mut Child) {
    let _ = worker.kill();
    let _ = worker.wait();
}

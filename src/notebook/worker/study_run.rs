//! Runs a study for a cell: `transfolio run` as a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::notebook::NotebookError;
use crate::records::{Depth, Planned, RunState, StudyDir, find};
use crate::spec;

/// Exit code of `transfolio run` after which the records tell the rest.
const RUNS_FAILED: i32 = 5;
/// Exit codes of one that was asked to end.
const INTERRUPTED: [i32; 3] = [129, 130, 143];

/// The processes that run studies, by process id.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<BTreeMap<u32, Arc<Mutex<std::process::Child>>>>>);

impl Running {
    /// Ends them all; each loses the epoch at hand at most.
    pub(super) fn stop(&self) {
        for child in self.0.lock().unwrap_or_else(PoisonError::into_inner).values() {
            let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
        }
    }
}

/// The folder a study file runs into, as `transfolio run` in the notebook's
/// folder would choose it.
pub(super) fn output_of(file: &Path, notebook: &Path) -> Result<PathBuf, NotebookError> {
    let study = spec::load(file, &indexmap::IndexMap::new())?.study.study;
    let name = study.name;
    Ok(notebook.join(study.output.unwrap_or_else(|| Path::new("runs").join(name))))
}

/// Runs a study file and tells of each run that ends.
pub(super) fn run(
    file: &Path,
    request: &Value,
    running: &Running,
    progress: &mut dyn FnMut(&str),
) -> Result<Value, NotebookError> {
    if file.extension().and_then(|ext| ext.to_str()) != Some("toml") {
        return Err(NotebookError::setup(
            format!("{} cannot be run: it holds results, not a study file", file.display()),
            "open the study's .toml file to run it",
        ));
    }
    if !cfg!(feature = "torch") {
        return Err(NotebookError::setup(
            "this transfolio was built without libtorch and runs no studies",
            "build it with the feature torch (`cargo xtask setup`, then `cargo build`)",
        ));
    }
    let options = &request["options"];
    let notebook = PathBuf::from(request["folder"].as_str().unwrap_or_default());
    let folder = match options["output"].as_str() {
        Some(folder) => notebook.join(folder),
        None => output_of(file, &notebook)?,
    };
    let program = std::env::current_exe()
        .map_err(NotebookError::io("find", Path::new("this program's own file")))?;
    let mut command = Command::new(program);
    // What it prints names the folder, and a page should hold no path of a machine.
    let shown = folder.strip_prefix(&notebook).unwrap_or(&folder);
    command.arg("run").arg(file).arg("--output").arg(shown);
    for name in ["jobs", "threads", "device"] {
        match &options[name] {
            Value::String(text) => command.args([format!("--{name}"), text.clone()]),
            Value::Number(number) => command.args([format!("--{name}"), number.to_string()]),
            _ => &mut command,
        };
    }
    if options["retry_failed"] == true {
        command.arg("--retry-failed");
    }
    for (name, value) in request["set"].as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        command.arg("--set").arg(format!("{name}={value}"));
    }
    if let Some(folder) = request["folder"].as_str() {
        command.current_dir(folder);
    }
    follow(command, running, progress)?;
    counts(&folder)
}

/// Passes the lines on and waits for the end.
fn follow(
    mut command: Command,
    running: &Running,
    progress: &mut dyn FnMut(&str),
) -> Result<(), NotebookError> {
    let start = NotebookError::io("start", Path::new("transfolio run"));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Drained aside, so that a child that complains a lot does not block.
    let complaints = std::thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_string(&mut text);
        }
        text
    });
    let id = child.id();
    let child = Arc::new(Mutex::new(child));
    let list = &running.0;
    list.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&child));
    for line in stdout.into_iter().flat_map(|out| BufReader::new(out).lines()).map_while(Result::ok)
    {
        progress(&line);
    }
    let status = child.lock().unwrap_or_else(PoisonError::into_inner).wait();
    list.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    let status = status.map_err(NotebookError::io("wait for", Path::new("transfolio run")))?;
    let said = complaints.join().unwrap_or_default();
    match status.code() {
        Some(0 | RUNS_FAILED) => Ok(()),
        Some(code) if INTERRUPTED.contains(&code) => Err(NotebookError::Interrupted),
        _ => {
            let said = said.trim().trim_start_matches("error: ");
            Err(NotebookError::Request(if said.is_empty() {
                format!("the study ended with {status}")
            } else {
                said.to_string()
            }))
        }
    }
}

fn counts(folder: &Path) -> Result<Value, NotebookError> {
    let dir = StudyDir::new(folder);
    let study = dir.read_study()?;
    let (mut done, mut failed) = (0, 0);
    let planned = Planned::of(&study);
    for id in &study.runs {
        let (_, record) = find(&dir, id, &planned, Depth::Usual)?.believed();
        match record.map(|record| record.state) {
            Some(RunState::Done) => done += 1,
            Some(RunState::Failed { .. }) => failed += 1,
            None => {}
        }
    }
    Ok(json!({
        "done": done,
        "failed": failed,
        "total": study.runs.len(),
        "folder": folder.to_string_lossy(),
    }))
}

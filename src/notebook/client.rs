//! The headless host, as a process that is asked to run cells.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::NotebookError;
use super::kernel::{Session, Toolchain};

/// A host that starts takes seconds; a machine under load takes longer.
const START: Duration = Duration::from_mins(3);

/// A host with its session and worker.
pub struct Client {
    host: Child,
    input: ChildStdin,
    lines: Receiver<Value>,
    worker: Child,
    /// Seconds until it was ready.
    pub ready: f64,
    _session: Session,
}

/// How a cell ended.
#[derive(Clone, Debug, PartialEq)]
pub struct CellEnd {
    /// How.
    pub status: Status,
    /// Rich output, by media type.
    pub data: Map<String, Value>,
    /// Messages: of the compiler, or how the process died.
    pub errors: Vec<String>,
    /// Lines that were printed, in order: `stdout` or `stderr`, and text.
    pub streams: Vec<(String, String)>,
    /// Wall time.
    pub seconds: f64,
}

/// How a cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It ran to its end.
    Ok,
    /// It did not compile.
    Compile,
    /// It panicked.
    Panic,
    /// A `?` returned early.
    Error,
    /// Its process ended.
    Died,
    /// It took longer than it was given.
    TimedOut,
}

impl Client {
    /// Starts a host in a session; `folder` is where the cells run.
    pub fn start(
        host: &Path,
        session: Session,
        toolchain: &Toolchain,
        folder: &Path,
        more: &[(String, String)],
    ) -> Result<Self, NotebookError> {
        let begun = Instant::now();
        let worker = session.start_worker()?;
        let mut child = Command::new(host)
            .arg("serve")
            .current_dir(folder)
            .envs(session.environment(toolchain)?)
            .envs(more.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(NotebookError::io("start", host))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(NotebookError::Request("the host has no input or output".into()));
        };
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or(Value::Null);
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let mut client = Self { host: child, input, lines, worker, ready: 0.0, _session: session };
        client.wait_until_ready(host)?;
        client.ready = begun.elapsed().as_secs_f64();
        Ok(client)
    }

    fn wait_until_ready(&mut self, host: &Path) -> Result<(), NotebookError> {
        let mut said = String::new();
        let begun = Instant::now();
        loop {
            let left = START.saturating_sub(begun.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) if !line["ready"].is_null() => return Ok(()),
                Ok(line) => {
                    for text in line["failed"].as_array().into_iter().flatten() {
                        said += text["text"].as_str().unwrap_or_default();
                    }
                    said += line["text"].as_str().unwrap_or_default();
                }
                Err(RecvTimeoutError::Timeout) => {
                    return Err(NotebookError::setup(
                        format!("{} is not ready after {} s", host.display(), START.as_secs()),
                        "`transfolio kernel doctor` says what is wrong",
                    ));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(NotebookError::setup(
                        format!("{} did not start: {said}", host.display()),
                        "`transfolio kernel doctor` says what is wrong; `transfolio kernel install` builds it anew",
                    ));
                }
            }
        }
    }

    /// Runs a cell; `progress` gets each line as it is printed. After a
    /// time-out the host is gone.
    pub fn run(
        &mut self,
        code: &str,
        timeout: Duration,
        progress: &mut dyn FnMut(&str, &str),
    ) -> CellEnd {
        let begun = Instant::now();
        let mut streams = Vec::new();
        let end = |status, errors, streams| CellEnd {
            status,
            data: Map::new(),
            errors,
            streams,
            seconds: begun.elapsed().as_secs_f64(),
        };
        let request = format!("{}\n", json!({ "run": code }));
        let sent = self.input.write_all(request.as_bytes()).and_then(|()| self.input.flush());
        if let Err(error) = sent {
            return end(Status::Died, vec![format!("the host is gone: {error}")], streams);
        }
        loop {
            let left = timeout.saturating_sub(begun.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(name) = line["stream"].as_str() {
                        let text = line["text"].as_str().unwrap_or_default();
                        progress(name, text);
                        streams.push((name.to_owned(), text.to_owned()));
                    } else if let Some(done) = line.get("done") {
                        return finished(done, streams);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.stop();
                    let text = format!(
                        "the cell did not end within {} s and was stopped with its process; give it more \
                         with --timeout",
                        timeout.as_secs_f64()
                    );
                    return end(Status::TimedOut, vec![text], streams);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let text = match self.host.wait() {
                        Ok(status) => format!("the host ended ({status})"),
                        Err(error) => format!("the host is gone: {error}"),
                    };
                    return end(Status::Died, vec![text], streams);
                }
            }
        }
    }

    fn stop(&mut self) {
        for child in [&mut self.host, &mut self.worker] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop();
    }
}

fn finished(done: &Value, streams: Vec<(String, String)>) -> CellEnd {
    let errors = done["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    CellEnd {
        status: match done["status"].as_str() {
            Some("ok") => Status::Ok,
            Some("compile") => Status::Compile,
            Some("panic") => Status::Panic,
            Some("died") => Status::Died,
            _ => Status::Error,
        },
        data: done["data"].as_object().cloned().unwrap_or_default(),
        errors: errors
            .iter()
            .map(|error| error["text"].as_str().unwrap_or_default().to_owned())
            .collect(),
        streams,
        seconds: done["seconds"].as_f64().unwrap_or_default(),
    }
}

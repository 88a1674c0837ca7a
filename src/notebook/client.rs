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
    /// Cells that were run.
    count: u64,
    _session: Session,
}

/// How a cell ended.
#[derive(Clone, Debug, PartialEq)]
pub struct CellEnd {
    /// How.
    pub status: Status,
    /// What the cell printed and showed, in order.
    pub outputs: Vec<Output>,
    /// Messages: of the compiler, of the panic or the error, or how the process
    /// ended.
    pub errors: Vec<String>,
    /// Whether the variables of earlier cells are still there.
    pub kept: bool,
    /// Wall time.
    pub seconds: f64,
}

/// Something that a cell printed or showed.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Text of `stdout` or `stderr`, with its line ends.
    Text {
        /// Which of the two.
        name: String,
        /// What was printed.
        text: String,
    },
    /// Rich content by media type.
    Shown {
        /// The content.
        data: Map<String, Value>,
        /// Whether it is the value of the cell.
        result: bool,
    },
}

impl CellEnd {
    /// All that was printed, of both streams.
    pub fn printed(&self) -> String {
        let text = self.outputs.iter().filter_map(|output| match output {
            Output::Text { text, .. } => Some(text.as_str()),
            Output::Shown { .. } => None,
        });
        text.collect()
    }
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
    /// The user stopped it.
    Interrupted,
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
        let worker = session.start_worker(None)?;
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
        let mut client =
            Self { host: child, input, lines, worker, ready: 0.0, count: 0, _session: session };
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

    /// Runs a cell; `progress` gets what is printed. After a time-out the host
    /// is gone.
    pub fn run(
        &mut self,
        code: &str,
        timeout: Duration,
        progress: &mut dyn FnMut(&str),
    ) -> CellEnd {
        let begun = Instant::now();
        let mut outputs: Vec<Output> = Vec::new();
        let end = |status, error: String, outputs| CellEnd {
            status,
            outputs,
            errors: vec![error],
            kept: false,
            seconds: begun.elapsed().as_secs_f64(),
        };
        self.count += 1;
        let request = format!("{}\n", json!({ "run": code }));
        let sent = self.input.write_all(request.as_bytes()).and_then(|()| self.input.flush());
        if let Err(error) = sent {
            return end(Status::Died, format!("the host is gone: {error}"), outputs);
        }
        loop {
            let left = timeout.saturating_sub(begun.elapsed());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(done) = line.get("done") {
                        return finished(done, outputs);
                    }
                    let of = line["cell"].as_u64().unwrap_or(0);
                    let Some(output) = output(&line) else { continue };
                    if let Output::Text { text, .. } = &output {
                        progress(text);
                    }
                    if of == self.count {
                        put(&mut outputs, output);
                    } else if matches!(output, Output::Text { .. }) {
                        // Clients leave it out too: the cell is over.
                        progress("(printed by a thread or program of an earlier cell)");
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.stop();
                    let text = format!(
                        "the cell did not end within {} s and was stopped with its process; give it more \
                         with --timeout",
                        timeout.as_secs_f64()
                    );
                    return end(Status::TimedOut, text, outputs);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let text = match self.host.wait() {
                        Ok(status) => format!("the host ended ({status})"),
                        Err(error) => format!("the host is gone: {error}"),
                    };
                    return end(Status::Died, text, outputs);
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

fn output(line: &Value) -> Option<Output> {
    if let Some(name) = line["stream"].as_str() {
        let text = line["text"].as_str().unwrap_or_default().to_owned();
        return Some(Output::Text { name: name.to_owned(), text });
    }
    let data = line["shown"].as_object()?.clone();
    Some(Output::Shown { data, result: line["result"] == true })
}

/// Text of one stream in a row is one text.
fn put(outputs: &mut Vec<Output>, output: Output) {
    if let Output::Text { name, text } = &output
        && let Some(Output::Text { name: last, text: before }) = outputs.last_mut()
        && last == name
    {
        before.push_str(text);
        return;
    }
    outputs.push(output);
}

fn finished(done: &Value, mut outputs: Vec<Output>) -> CellEnd {
    // What commands of the cell (`:vars`, say) gave.
    if let Some(data) = done["data"].as_object().filter(|data| !data.is_empty()) {
        outputs.push(Output::Shown { data: data.clone(), result: true });
    }
    let errors = done["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    CellEnd {
        status: match done["status"].as_str() {
            Some("ok") => Status::Ok,
            Some("compile") => Status::Compile,
            Some("panic") => Status::Panic,
            Some("died") => Status::Died,
            Some("interrupted") => Status::Interrupted,
            _ => Status::Error,
        },
        outputs,
        errors: errors
            .iter()
            .map(|error| error["text"].as_str().unwrap_or_default().to_owned())
            .collect(),
        kept: done["kept"] != false,
        seconds: done["seconds"].as_f64().unwrap_or_default(),
    }
}

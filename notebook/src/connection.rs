//! One worker process of `transfolio`, spoken to in JSON lines.
//!
//! A request is `{"id": 1, "op": "table", ...}`; answers carry the same id and
//! one of `progress` (a line for the user), `ok` or `error`. In a kernel the
//! worker is there before the first cell and listens on a socket
//! (`TRANSFOLIO_WORKER`): it outlives the process that runs the cells. In a
//! plain program it is a child process that ends with it.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::error::{Error, Kind, Result};

/// Version of the protocol; the worker refuses another one.
const PROTOCOL: u64 = 1;
/// The socket of the kernel's worker.
const SOCKET: &str = "TRANSFOLIO_WORKER";
/// The program, where it is not on the PATH.
const PROGRAM: &str = "TRANSFOLIO_PROGRAM";
/// File that exists while a cell waits for the worker: an interrupt then stops
/// the worker's task and not the process with the variables.
const BUSY: &str = "TRANSFOLIO_BUSY";
/// A worker that was started beside the kernel needs a moment to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A shared connection: handles hold clones of it.
#[derive(Clone)]
pub(crate) struct Connection {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    reader: Box<dyn BufRead + Send>,
    writer: Box<dyn Write + Send>,
    last: u64,
    child: Option<Child>,
    /// The process that opened it, where it is the kernel's worker.
    owner: Option<u32>,
}

impl Connection {
    /// The kernel's worker, or a new one.
    pub(crate) fn open() -> Result<Self> {
        let inner = match std::env::var_os(SOCKET).filter(|path| !path.is_empty()) {
            Some(path) => Inner::attach(Path::new(&path))?,
            None => Inner::spawn()?,
        };
        let connection = Self { inner: Arc::new(Mutex::new(inner)) };
        let hello = connection.call("hello", json!({ "protocol": PROTOCOL }))?;
        if hello["protocol"] != PROTOCOL {
            return Err(Error::new(
                Kind::Worker,
                format!(
                    "the transfolio program speaks protocol {}, this crate {PROTOCOL}",
                    hello["protocol"]
                ),
            )
            .hint("run `transfolio kernel install` again"));
        }
        Ok(connection)
    }

    /// Asks and waits; progress goes to standard output line by line.
    pub(crate) fn call(&self, op: &str, arguments: Value) -> Result<Value> {
        let _busy = Busy::begin();
        // A cell that panicked while it waited leaves the connection out of
        // step, which the ids below show; the lock itself holds no state.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        // The process was ended in the middle of a cell and this is its copy:
        // an answer may have been cut in two.
        if inner.owner.is_some_and(|owner| owner != std::process::id())
            && let Some(path) = std::env::var_os(SOCKET)
        {
            *inner = Inner::attach(Path::new(&path))?;
        }
        let answer = inner.call(op, arguments);
        if matches!(&answer, Err(error) if error.kind() == Kind::Interrupted) {
            crate::cell::interrupt_is_answered();
        }
        answer
    }
}

impl Inner {
    fn attach(path: &Path) -> Result<Self> {
        let begun = Instant::now();
        let stream = loop {
            match UnixStream::connect(path) {
                Ok(stream) => break stream,
                Err(_) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(error) => {
                    return Err(Error::new(
                        Kind::Worker,
                        format!("no worker listens on {}: {error}", path.display()),
                    )
                    .hint("restart the kernel; `transfolio kernel doctor` says what is missing"));
                }
            }
        };
        let reader = stream.try_clone().map_err(|error| lost(&error.to_string()))?;
        let mut inner = Self::of(reader, stream, None);
        inner.owner = Some(std::process::id());
        Ok(inner)
    }

    fn spawn() -> Result<Self> {
        let program = std::env::var_os(PROGRAM)
            .filter(|path| !path.is_empty())
            .map_or_else(|| PathBuf::from("transfolio"), PathBuf::from);
        let mut child = Command::new(&program)
            .arg("notebook-worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                Error::new(
                    Kind::Worker,
                    format!("cannot start `{} notebook-worker`: {error}", program.display()),
                )
                .hint(format!("install transfolio on the PATH, or set {PROGRAM} to its file"))
            })?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(lost("it has no standard input or output"));
        };
        Ok(Self::of(stdout, stdin, Some(child)))
    }

    fn of(
        reader: impl std::io::Read + Send + 'static,
        writer: impl Write + Send + 'static,
        child: Option<Child>,
    ) -> Self {
        Self {
            reader: Box::new(BufReader::new(reader)),
            writer: Box::new(writer),
            last: 0,
            child,
            owner: None,
        }
    }

    fn call(&mut self, op: &str, arguments: Value) -> Result<Value> {
        self.last += 1;
        let mut request = match arguments {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        request.insert("id".into(), self.last.into());
        request.insert("op".into(), op.into());
        // The process may have been started elsewhere: paths are the cell's.
        if let Ok(folder) = std::env::current_dir() {
            request.insert("folder".into(), folder.to_string_lossy().into());
        }
        let mut line = Value::Object(request).to_string();
        line.push('\n');
        self.writer
            .write_all(line.as_bytes())
            .and_then(|()| self.writer.flush())
            .map_err(|error| lost(&error.to_string()))?;
        loop {
            let mut answer = self.read()?;
            // Answers to a request that a dead cell no longer waits for.
            if answer["id"] != self.last {
                continue;
            }
            if let Some(text) = answer["progress"].as_str() {
                crate::cell::out(format_args!("{text}\n"), false);
            } else if let Some(error) = answer.get("error") {
                return Err(of_worker(error));
            } else {
                return Ok(answer["ok"].take());
            }
        }
    }

    fn read(&mut self) -> Result<Value> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) => Err(lost("it closed the connection")),
            Ok(_) => serde_json::from_str(&line)
                .map_err(|error| lost(&format!("it answered {:?} ({error})", line.trim()))),
            Err(error) => Err(lost(&error.to_string())),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The child ends when its standard input closes.
        self.writer = Box::new(std::io::sink());
        if let Some(child) = &mut self.child {
            let _ = child.wait();
        }
    }
}

fn of_worker(error: &Value) -> Error {
    let text = |name: &str| error[name].as_str().map(str::to_owned);
    let kind = match error["kind"].as_str() {
        Some("interrupted") => Kind::Interrupted,
        Some("file") => Kind::File,
        _ => Kind::Request,
    };
    let new = Error::new(kind, text("message").unwrap_or_else(|| error.to_string()));
    match text("hint") {
        Some(hint) => new.hint(hint),
        None => new,
    }
}

fn lost(reason: &str) -> Error {
    Error::new(Kind::Worker, format!("the worker process of transfolio is gone: {reason}"))
        .hint("open the study again; what ran is in its folder, nothing is lost")
}

/// The mark that a cell waits for the worker.
struct Busy(Option<PathBuf>);

impl Busy {
    fn begin() -> Self {
        let path = std::env::var_os(BUSY).filter(|path| !path.is_empty()).map(PathBuf::from);
        Self(path.filter(|path| File::create(path).is_ok()))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}

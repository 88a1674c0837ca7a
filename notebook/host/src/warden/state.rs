//! What the warden knows of the cell that runs.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};
use serde_json::{Value, json};

use super::lead::{CHANGED, Lead};
use super::pipes::Pipe;
use crate::wire::{Frame, Kind};

/// What evcxr reads of the process that it takes for the cells'.
const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";
const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
const RETURNED: &str = "EVCXR_ERROR_OCCURRED";
/// Time after which a panic that has not ended its cell was caught.
const CAUGHT: Duration = Duration::from_millis(300);
/// Time that a process which has closed its socket has to end.
const ENDING: Duration = Duration::from_secs(2);

/// Why the warden ended the process of the cells.
pub enum Ended {
    Interrupted,
    Memory(String),
}

/// The message of a panic or an error before it is known whether it ends the
/// cell, and what was printed since.
struct Held {
    kind: &'static str,
    text: String,
    place: Value,
    since: Instant,
    after: Vec<Frame>,
}

pub struct State {
    host: UnixStream,
    control: UnixStream,
    /// Number of the cell that runs, or of the last one.
    pub cell: u32,
    pub executing: bool,
    pub pipes: Vec<Arc<Pipe>>,
    pub pid: u32,
    /// Woken by a byte, ended by closing.
    copy: Option<(UnixStream, u32)>,
    held: Option<Held>,
    failure: Option<Value>,
    /// What the cell has printed before anything else.
    lead: Option<Lead>,
    pub why: Option<Ended>,
    /// Interrupts while this cell ran.
    pub interrupts: u32,
    question: Option<Sender<String>>,
}

impl State {
    pub fn new(host: UnixStream, control: UnixStream, pid: u32) -> Self {
        Self {
            host,
            control,
            cell: 0,
            executing: false,
            pipes: Vec::new(),
            pid,
            copy: None,
            held: None,
            failure: None,
            lead: None,
            why: None,
            interrupts: 0,
            question: None,
        }
    }

    /// A frame to the host.
    pub fn tell(&mut self, frame: &Frame) -> std::io::Result<()> {
        frame.write(&mut self.host)
    }

    /// A frame of a cell, in the order in which it came.
    pub fn emit(&mut self, frame: Frame) {
        if let Some(mut lead) = self.lead.take_if(|_| frame.cell == self.cell) {
            match lead.take(frame) {
                Some(frames) => frames.into_iter().for_each(|frame| self.emit(frame)),
                None => self.lead = Some(lead),
            }
            return;
        }
        match &mut self.held {
            Some(held) if frame.cell == self.cell => held.after.push(frame),
            // A host that is gone closes standard input next.
            _ => drop(self.tell(&frame)),
        }
    }

    /// Passes on everything that was printed so far.
    pub fn drain(&mut self) {
        let current = self.cell;
        let mut pipes = self.pipes.clone();
        pipes.sort_by_key(|pipe| pipe.cell == current);
        for pipe in pipes {
            for frame in pipe.available() {
                self.emit(frame);
            }
        }
    }

    /// Has the process run a function of a library.
    pub fn run(&mut self, library: &str, function: &str) -> std::io::Result<()> {
        (self.executing, self.failure, self.why, self.interrupts) = (true, None, None, 0);
        self.lead = Some(Lead::default());
        let line = format!("{}\t{function}\t{library}\n", self.cell);
        self.control.write_all(line.as_bytes())
    }

    /// The cell begins, with these pipes and, it may be, a copy.
    pub fn begun(&mut self, about: &Value, descriptors: Vec<OwnedFd>) {
        let id = |name: &str| about[name].as_u64().and_then(|id| u32::try_from(id).ok());
        self.pid = id("pid").unwrap_or(self.pid);
        let mut descriptors = descriptors.into_iter();
        for kind in [Kind::Out, Kind::Err] {
            self.pipes.extend(
                descriptors.next().map(|end| Arc::new(Pipe { end, cell: self.cell, kind })),
            );
        }
        self.copy = descriptors.next().map(UnixStream::from).zip(id("copy"));
    }

    /// Whether variables outlive the end of the process.
    pub fn has_copy(&self) -> bool {
        self.copy.is_some()
    }

    /// The cell does something else than evcxr does before it: what it printed
    /// is its own.
    pub fn end_lead(&mut self) {
        let frames = self.lead.take().map(Lead::end).and_then(Result::err);
        frames.unwrap_or_default().into_iter().for_each(|frame| self.emit(frame));
    }

    /// A message that may be that of the cell's failure.
    pub fn hold(&mut self, kind: &'static str, text: String, place: Value) {
        self.end_lead();
        self.flush_text();
        self.held = Some(Held { kind, text, place, since: Instant::now(), after: Vec::new() });
    }

    /// The message did not end the cell: it was printed, as all else.
    pub fn flush_text(&mut self) {
        let Some(held) = self.held.take() else { return };
        if held.kind != "interrupted" {
            let caught = if held.kind == "panic" { "a panic that was caught: " } else { "" };
            let text = format!("{caught}{}", held.text);
            let note = json!({ "text": text, "place": held.place });
            let _ = self.tell(&Frame::new(Kind::Note, self.cell, note.to_string()));
        }
        for frame in held.after {
            let _ = self.tell(&frame);
        }
    }

    /// [`Self::flush_text`] where enough time has passed.
    pub fn flush_old_text(&mut self) {
        if self.held.as_ref().is_some_and(|held| held.since.elapsed() > CAUGHT) {
            self.flush_text();
        }
    }

    pub fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// The cell was left by a panic or an error: what was held is its failure.
    pub fn left(&mut self, kind: &'static str) {
        self.drain();
        let fits =
            |held: &Held| held.kind == kind || (kind == "panic" && held.kind == "interrupted");
        if !self.held.as_ref().is_some_and(fits) {
            self.flush_text();
            self.failure = Some(json!({ "kind": kind, "text": "" }));
            return;
        }
        let Some(held) = self.held.take() else { return };
        self.failure = Some(json!({ "kind": held.kind, "text": held.text, "place": held.place }));
        for frame in held.after {
            let _ = self.tell(&frame);
        }
    }

    /// The cell is at its end.
    pub fn ended(&mut self) {
        self.drain();
        let changed = match self.lead.take().map(Lead::end) {
            Some(Ok(names)) => names,
            Some(Err(frames)) => {
                frames.into_iter().for_each(|frame| self.emit(frame));
                Vec::new()
            }
            None => Vec::new(),
        };
        self.flush_text();
        let mark = match self.failure.as_ref().map(|failure| failure["kind"] == "error") {
            None => "",
            Some(true) => RETURNED,
            Some(false) => PANICKED,
        };
        if let Some(failure) = self.failure.take() {
            let _ = self.tell(&Frame::new(Kind::Failure, self.cell, failure.to_string()));
        }
        (self.executing, self.copy, self.question) = (false, None, None);
        let mut lines = String::new();
        for name in changed {
            let text = format!(
                "note: `{name}` is gone: its type is a new one (defined again, or a crate was added)\n"
            );
            let _ = self.tell(&Frame::new(Kind::Err, self.cell, text));
            lines += &format!("{CHANGED}{name}\n");
        }
        if !mark.is_empty() {
            lines += &format!("{mark}\n");
        }
        lines += &format!("{COMPLETE}\n");
        let mut to = std::io::stdout();
        let _ = to.write_all(lines.as_bytes()).and_then(|()| to.flush());
    }

    /// The cell could not be run at all.
    pub fn not_run(&mut self, reason: String) {
        self.failure = Some(json!({ "kind": "died", "text": reason, "kept": true }));
        self.ended();
    }

    /// The process has ended: the copy goes on, or the warden ends too.
    pub fn died(&mut self) -> Result<UnixStream, ExitCode> {
        let status = self.status();
        let code = status.and_then(|status| status.exit_status()).unwrap_or(1);
        let code = ExitCode::from(u8::try_from(code).unwrap_or(1));
        if !self.executing {
            return Err(code);
        }
        let next = self.copy.take().and_then(|(copy, pid)| {
            (&copy).write_all(b"t").ok()?;
            self.pid = pid;
            self.control = copy.try_clone().ok()?;
            Some(copy)
        });
        self.drain();
        self.end_lead();
        self.flush_text();
        let kept = next.is_some();
        let kind =
            if matches!(self.why, Some(Ended::Interrupted)) { "interrupted" } else { "died" };
        let text = format!("{}; {}", self.how_ended(status), what_is_left(kept));
        self.failure = Some(json!({ "kind": kind, "text": text, "kept": kept }));
        if let Some(next) = next {
            self.ended();
            return Ok(next);
        }
        let failure = self.failure.take().unwrap_or_default();
        let _ = self.tell(&Frame::new(Kind::Failure, self.cell, failure.to_string()));
        Err(code)
    }

    fn how_ended(&mut self, status: Option<WaitStatus>) -> String {
        match self.why.take() {
            Some(Ended::Interrupted) => return "interrupted: the cell was ended".into(),
            Some(Ended::Memory(text)) => return text,
            None => {}
        }
        match status.map(|status| (status.exit_status(), status.terminating_signal())) {
            Some((Some(code), _)) => {
                format!("the cell ended its process with exit status {code}")
            }
            Some((_, Some(signal))) => {
                format!("the process that ran the cell died of {}", name_of(signal))
            }
            _ => "the process that ran the cell ended".into(),
        }
    }

    /// How the process ended; it is ended where it does not by itself.
    fn status(&self) -> Option<WaitStatus> {
        let pid = Pid::from_raw(i32::try_from(self.pid).ok()?)?;
        let begun = Instant::now();
        loop {
            match rustix::process::waitpid(Some(pid), WaitOptions::NOHANG) {
                Ok(Some((_, status))) => return Some(status),
                Ok(None) if begun.elapsed() > ENDING => self.kill(),
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return None,
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends a signal to the process of the cells.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let _ = pid.map(|pid| rustix::process::kill_process(pid, signal));
    }

    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Asks the user, by way of evcxr; the answer comes to the receiver.
    pub fn ask(&mut self, question: &Value, answer: Sender<String>) {
        self.question = Some(answer);
        let _ = self.tell(&Frame::new(Kind::Question, self.cell, question.to_string()));
    }

    pub fn answer(&mut self, text: String) {
        // A cell that was ended meanwhile waits no longer.
        let _ = self.question.take().map(|question| question.send(text));
    }
}

fn what_is_left(kept: bool) -> &'static str {
    if kept {
        "variables are as they were before it"
    } else {
        "all variables are lost; run the cells again from the first"
    }
}

fn name_of(signal: i32) -> String {
    let name = match signal {
        4 => "an illegal instruction",
        6 => "an abort",
        7 => "a bus error",
        8 => "an arithmetic fault",
        9 => "a kill from outside (out of memory, perhaps)",
        11 => "a memory fault (a stack that ran over, perhaps)",
        other => return format!("signal {other}"),
    };
    format!("signal {signal}, {name}")
}

//! What cells print and show, as the wardens send it.
//!
//! A warden is there for each process that evcxr starts for the cells; they
//! come to one socket. Text is decoded here: a character that was cut in two is
//! put together, bytes that are no UTF-8 become U+FFFD.

use std::collections::HashMap;
use std::io::BufReader;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::foreign::{Part, Reader};
use crate::lines::Lines;
use crate::wire::{Frame, Kind};

/// Time that a warden has to answer; it answers in a moment, or is gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Something of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Text of `stdout` or `stderr`.
    Text { cell: u32, name: &'static str, text: String },
    /// Rich content by media type; the value of the cell, or on the way to it.
    Shown { cell: u32, result: bool, data: Value },
    /// A question to the user: the words, and whether the answer is secret.
    Question { prompt: String, secret: bool },
}

type Sink = Arc<dyn Fn(Event) + Send + Sync>;

/// The wardens' end in the host.
#[derive(Clone)]
pub struct Streams {
    shared: Arc<Mutex<Shared>>,
    lines: Lines,
    sink: Sink,
}

#[derive(Default)]
struct Shared {
    /// Where the latest warden is talked to.
    warden: Option<UnixStream>,
    /// Its answers.
    answers: Option<Receiver<Kind>>,
    cell: u32,
    failures: HashMap<u32, Value>,
    /// Bytes of characters that are not whole yet.
    begun: HashMap<(u32, &'static str), Vec<u8>>,
    /// Standard output, in which other crates may show something.
    readers: HashMap<u32, Reader>,
}

impl Streams {
    /// Listens; `sink` gets what happens, in order.
    pub fn listen(
        path: &Path,
        lines: Lines,
        sink: impl Fn(Event) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        let streams = Self { shared: Arc::default(), lines, sink: Arc::new(sink) };
        let listening = streams.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (streams, (sender, answers)) = (listening.clone(), channel());
                if streams.welcome(&stream, answers).is_ok() {
                    std::thread::spawn(move || streams.hear(stream, &sender));
                }
            }
        });
        Ok(streams)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A warden waits for the number of the cell before anything else.
    fn welcome(&self, stream: &UnixStream, answers: Receiver<Kind>) -> std::io::Result<()> {
        let mut shared = self.shared();
        let mut writer = stream.try_clone()?;
        Frame::new(Kind::Begin, shared.cell, []).write(&mut writer)?;
        // The answer to this one is not waited for.
        (shared.warden, shared.answers) = (Some(writer), Some(answers));
        Ok(())
    }

    fn hear(&self, stream: UnixStream, answers: &Sender<Kind>) {
        let mut from = BufReader::new(stream);
        let mut welcomed = false;
        while let Ok(Some(frame)) = Frame::read(&mut from) {
            match frame.kind {
                Kind::Begin if !welcomed => welcomed = true,
                Kind::Begin | Kind::Sync => {
                    self.finish_text(frame.cell);
                    let _ = answers.send(frame.kind);
                }
                // Before the first cell evcxr tries itself out.
                Kind::Out | Kind::Err | Kind::Display | Kind::Note if frame.cell == 0 => {}
                Kind::Out => self.text(frame.cell, "stdout", &frame.bytes),
                Kind::Err => self.text(frame.cell, "stderr", &frame.bytes),
                Kind::Display => {
                    self.finish_text(frame.cell);
                    let mut shown: Value = json(&frame.bytes);
                    (self.sink)(Event::Shown {
                        cell: frame.cell,
                        result: shown["result"] == true,
                        data: shown["data"].take(),
                    });
                }
                Kind::Failure => {
                    self.shared().failures.insert(frame.cell, json(&frame.bytes));
                }
                Kind::Note => {
                    let text = self.lines.told(&json(&frame.bytes), frame.cell) + "\n";
                    self.put(frame.cell, "stderr", text.as_bytes());
                }
                Kind::Question => {
                    let asked = json(&frame.bytes);
                    let prompt = asked["prompt"].as_str().unwrap_or_default().to_owned();
                    (self.sink)(Event::Question { prompt, secret: asked["password"] == true });
                }
            }
        }
        // Whoever waits for this warden is told by the sender's end.
    }

    fn text(&self, cell: u32, name: &'static str, bytes: &[u8]) {
        let mut shared = self.shared();
        let mut all = shared.begun.remove(&(cell, name)).unwrap_or_default();
        all.extend_from_slice(bytes);
        let rest = all.split_off(all.len() - unfinished(&all));
        if !rest.is_empty() {
            shared.begun.insert((cell, name), rest);
        }
        drop(shared);
        self.put(cell, name, &all);
    }

    /// Whatever is left of characters will not become whole.
    fn finish_text(&self, cell: u32) {
        for name in ["stdout", "stderr"] {
            let rest = self.shared().begun.remove(&(cell, name)).unwrap_or_default();
            self.put(cell, name, &rest);
        }
        let rest = self.shared().readers.remove(&cell).map(|mut reader| reader.rest());
        if let Some(text) = rest.filter(|text| !text.is_empty()) {
            (self.sink)(Event::Text { cell, name: "stdout", text });
        }
    }

    fn put(&self, cell: u32, name: &'static str, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(bytes).into_owned();
        if name != "stdout" {
            (self.sink)(Event::Text { cell, name, text });
            return;
        }
        let parts = self.shared().readers.entry(cell).or_default().read(&text);
        for part in parts {
            (self.sink)(match part {
                Part::Text(text) => Event::Text { cell, name, text },
                // What was shown richly leaves no text behind it.
                Part::Shown { mime, content } if mime == "text/plain" && content.is_empty() => {
                    continue;
                }
                Part::Shown { mime, content } => {
                    Event::Shown { cell, result: true, data: serde_json::json!({ mime: content }) }
                }
            });
        }
    }

    /// From now on what is printed is this cell's.
    pub fn begin(&self, cell: u32) {
        self.shared().cell = cell;
        self.ask(Kind::Begin);
    }

    /// Returns when all that was printed so far has come.
    pub fn sync(&self) {
        self.ask(Kind::Sync);
    }

    fn ask(&self, kind: Kind) {
        let mut shared = self.shared();
        let frame = Frame::new(kind, shared.cell, []);
        let Some(warden) = &mut shared.warden else { return };
        let sent = frame.write(warden);
        let answers = shared.answers.take();
        drop(shared);
        let Some(answers) = answers.filter(|_| sent.is_ok()) else { return };
        // An end instead of an answer: the warden is gone, and all it sent is here.
        let answered = loop {
            match answers.recv_timeout(PATIENCE) {
                Ok(answer) if answer == kind => break true,
                Ok(_) => {}
                Err(_) => break false,
            }
        };
        let mut shared = self.shared();
        if answered && shared.answers.is_none() {
            shared.answers = Some(answers);
        }
    }

    /// A word of the kernel itself, beside what the cell prints.
    pub fn say(&self, cell: u32, text: &str) {
        (self.sink)(Event::Text { cell, name: "stderr", text: format!("{text}\n") });
    }

    /// How a cell failed, as its warden says.
    pub fn failure(&self, cell: u32) -> Option<Value> {
        self.shared().failures.remove(&cell)
    }

    /// The answer to a question.
    pub fn answer(&self, text: &str) {
        let mut shared = self.shared();
        let frame = Frame::new(Kind::Question, shared.cell, text);
        if let Some(warden) = &mut shared.warden {
            let _ = frame.write(warden);
        }
    }
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}

/// Bytes at the end that begin a character and do not end it.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for length in (1..=tail.len()).rev() {
        let part = &tail[tail.len() - length..];
        if let Err(error) = std::str::from_utf8(part)
            && error.valid_up_to() == 0
            && error.error_len().is_none()
        {
            return length;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_character_that_is_cut_waits_for_more() {
        for (bytes, waits) in [
            (&b"caf\xc3"[..], 1),
            (b"\xf0\x9f\x98", 3),
            (b"a\xe2\x82", 2),
            (b"caf\xe9\n", 0),
            (b"\xff", 0),
            (b"\xc3\xa9", 0),
            (b"", 0),
            (b"\x80\x80\x80", 0),
        ] {
            assert_eq!(unfinished(bytes), waits, "{bytes:?}");
        }
    }

    fn heard(pieces: &[&[u8]]) -> Vec<Event> {
        let dir = std::env::temp_dir().join(format!("tf-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&dir).expect("a folder");
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        let streams = Streams::listen(&dir.join("s"), Lines::default(), move |event| {
            sink.lock().expect("a lock").push(event);
        })
        .expect("listens");
        streams.shared().cell = 7;
        let mut warden = UnixStream::connect(dir.join("s")).expect("connected");
        let first = Frame::read(&mut warden).expect("read").expect("a frame");
        assert_eq!((first.kind, first.cell), (Kind::Begin, 7));
        first.write(&mut warden).expect("written");
        for piece in pieces {
            Frame::new(Kind::Out, 7, *piece).write(&mut warden).expect("written");
        }
        let answering = std::thread::spawn(move || {
            let asked = Frame::read(&mut warden).expect("read").expect("a frame");
            asked.write(&mut warden).expect("written");
        });
        streams.sync();
        answering.join().expect("answered");
        streams.sync();
        let _ = std::fs::remove_dir_all(&dir);
        let all = events.lock().expect("a lock");
        all.clone()
    }

    #[test]
    fn text_is_whole_after_a_sync_and_a_warden_that_is_gone_is_not_waited_for() {
        let text = |text: &str| Event::Text { cell: 7, name: "stdout", text: text.into() };
        assert_eq!(
            heard(&[b"caf\xc3", b"\xa9 ", b"caf\xe9\n"]),
            [text("caf"), text("é "), text("caf\u{fffd}\n")]
        );
        assert_eq!(heard(&[b"a\xe2\x82"]), [text("a"), text("\u{fffd}")]);
    }
}

//! What the crate for cells asks of the warden, one question per connection.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use super::Warden;
use crate::wire::{Frame, Kind};

pub fn listen(places: &Path) -> std::io::Result<UnixListener> {
    let path = places.join("cells");
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    UnixListener::bind(path)
}

pub fn serve(warden: &Arc<Warden>, listener: &UnixListener) {
    for stream in listener.incoming().flatten() {
        // A thread each: a question to the user takes its time.
        let warden = Arc::clone(warden);
        std::thread::spawn(move || attend(&warden, &stream));
    }
}

fn attend(warden: &Warden, stream: &UnixStream) {
    let mut line = String::new();
    if BufReader::new(stream).read_line(&mut line).is_err() {
        return;
    }
    let asked: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
    let answer = warden.operation(&asked);
    // A cell that was ended does not wait for it.
    let _ = writeln!(&mut &*stream, "{answer}");
}

impl Warden {
    fn operation(&self, asked: &Value) -> Value {
        let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
        let mut state = self.state();
        let number = asked["cell"].as_u64().and_then(|cell| u32::try_from(cell).ok()).unwrap_or(0);
        let cell = if number == 0 { state.cell } else { number };
        state.drain();
        state.end_lead();
        match asked["op"].as_str() {
            Some("display") => {
                let shown = json!({ "result": asked["result"], "data": asked["data"] });
                state.emit(Frame::new(Kind::Display, cell, shown.to_string()));
            }
            Some("print") => {
                let kind = if asked["stream"] == "stderr" { Kind::Err } else { Kind::Out };
                state.emit(Frame::new(kind, cell, text("text")));
            }
            Some("panicked") if asked["main"] == true && cell == state.cell => {
                state.hold("panic", text("text"), asked["place"].clone());
            }
            // A thread: the cell goes on without it.
            Some("panicked") => {
                let text = format!("a thread panicked: {}", text("text"));
                let note = json!({ "text": text, "place": asked["place"] });
                state.emit(Frame::new(Kind::Note, cell, note.to_string()));
            }
            Some("interrupted") => state.hold("interrupted", text("text"), Value::Null),
            Some("error") => state.hold("error", text("text"), Value::Null),
            Some("left") => state.left(if asked["how"] == "error" { "error" } else { "panic" }),
            Some("input") => {
                let (sender, answer) = channel();
                state.ask(
                    &json!({ "prompt": asked["prompt"], "password": asked["password"] }),
                    sender,
                );
                drop(state);
                return json!({ "text": answer.recv().unwrap_or_default() });
            }
            _ => {}
        }
        Value::Null
    }
}

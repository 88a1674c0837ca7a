//! The headless host: JSON lines in, JSON lines out.
//!
//! In: `{"run": "code"}`. Out, while a cell runs: `{"cell": 1, "stream":
//! "stdout", "text": …}` with text as it was printed, line ends and all, and
//! `{"cell": 1, "shown": {type: content}, "result": bool}`; at its end `{"done":
//! {"status": …, "data": {type: content}, "errors": […], "kept": bool,
//! "seconds": …}}`; the words of `status` are those of [`crate::cell::Done`].

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use crate::cell::Cells;
use crate::lines::Lines;
use crate::streams::{Event, Streams};
use crate::{errors, places};

type Out = Arc<Mutex<std::io::Stdout>>;

pub fn serve() -> ExitCode {
    let out: Out = Arc::new(Mutex::new(std::io::stdout()));
    let begun = Instant::now();
    let mut cells = match start(&out) {
        Ok(cells) => cells,
        Err(messages) => {
            send(&out, &json!({ "failed": messages }));
            return ExitCode::FAILURE;
        }
    };
    send(&out, &json!({ "ready": begun.elapsed().as_secs_f64() }));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let request: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let Some(code) = request["run"].as_str() else {
            send(&out, &json!({ "failed": [{ "text": "the request has no code" }] }));
            continue;
        };
        let done = cells.run(code);
        send(&out, &json!({ "done": done.json() }));
    }
    ExitCode::SUCCESS
}

fn start(out: &Out) -> Result<Cells, Vec<Value>> {
    let told = |error: std::io::Error| vec![json!({ "text": error.to_string() })];
    let out = Arc::clone(out);
    let answering: Arc<Mutex<Option<Streams>>> = Arc::default();
    let asked = Arc::clone(&answering);
    let path = places().map_err(told)?.join("streams");
    let lines = Lines::default();
    let streams = Streams::listen(&path, lines.clone(), move |event| match event {
        Event::Text { cell, name, text } => {
            send(&out, &json!({ "cell": cell, "stream": name, "text": text }));
        }
        Event::Shown { cell, result, data } => {
            send(&out, &json!({ "cell": cell, "shown": data, "result": result }));
        }
        Event::Question { .. } => {
            // Nobody is there to be asked.
            if let Some(streams) = &*asked.lock().unwrap_or_else(PoisonError::into_inner) {
                streams.answer("");
            }
        }
    })
    .map_err(told)?;
    *answering.lock().unwrap_or_else(PoisonError::into_inner) = Some(streams.clone());
    Cells::start(streams, lines).map_err(|error| errors::of(&error).1)
}

fn send(out: &Out, value: &Value) {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever listened is gone: the closed input ends this process next.
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}

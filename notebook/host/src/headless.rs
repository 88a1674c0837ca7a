//! The headless host: JSON lines in, JSON lines out.
//!
//! In: `{"run": "code"}`. Out, while a cell runs: `{"stream": "stdout",
//! "text": "a line"}`; at its end `{"done": {"status": …, "data": {mime:
//! content}, "errors": […], "seconds": …}}`; the words of `status` are those
//! of [`cell::Done`].

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use evcxr::EvalCallbacks;
use serde_json::{Value, json};

use crate::{cell, errors};

type Out = Arc<Mutex<std::io::Stdout>>;

pub fn serve() -> ExitCode {
    let out: Out = Arc::new(Mutex::new(std::io::stdout()));
    let begun = Instant::now();
    let (mut context, outputs) = match cell::context() {
        Ok(started) => started,
        Err(error) => {
            let (_, messages) = errors::of(&error);
            send(&out, &json!({ "failed": messages }));
            return ExitCode::FAILURE;
        }
    };
    // One thread for each: evcxr waits until both are read.
    for (name, lines) in [("stdout", outputs.stdout), ("stderr", outputs.stderr)] {
        let out = Arc::clone(&out);
        std::thread::spawn(move || {
            for line in lines {
                send(&out, &json!({ "stream": name, "text": line }));
            }
        });
    }
    send(&out, &json!({ "ready": begun.elapsed().as_secs_f64() }));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let request: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let Some(code) = request["run"].as_str() else {
            send(&out, &json!({ "failed": [{ "text": "the request has no code" }] }));
            continue;
        };
        let done = cell::run(&mut context, code, &mut EvalCallbacks::default());
        send(&out, &json!({ "done": done.json() }));
    }
    ExitCode::SUCCESS
}

fn send(out: &Out, value: &Value) {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever listened is gone: the closed input ends this process next.
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}

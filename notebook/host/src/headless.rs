//! The headless host: JSON lines in, JSON lines out.
//!
//! In: `{"run": "code"}`. Out, while a cell runs: `{"stream": "stdout",
//! "text": "a line"}`; at its end `{"done": {"status": …, "data": {mime:
//! content}, "errors": […], "seconds": …}}`. `status` is `ok`, `compile`
//! (did not compile), `panic`, `error` (a `?` returned early), or `died`.

use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use evcxr::{CommandContext, EvalOutputs};
use serde_json::{Map, Value, json};

use crate::errors;
use crate::warden::FAILURE;

/// Lines of the cell's process may still be under way when evcxr returns.
const SETTLE: Duration = Duration::from_millis(10);
/// A panic's message goes another way than the notice of it.
const SETTLE_FAILED: Duration = Duration::from_millis(120);

type Out = Arc<Mutex<std::io::Stdout>>;

pub fn serve() -> ExitCode {
    let out: Out = Arc::new(Mutex::new(std::io::stdout()));
    let begun = Instant::now();
    let started = CommandContext::new().and_then(|(mut context, outputs)| {
        context.execute(":load_config --quiet")?;
        Ok((context, outputs))
    });
    let (mut context, outputs) = match started {
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
        let done = run(&mut context, code);
        send(&out, &json!({ "done": done }));
    }
    ExitCode::SUCCESS
}

fn run(context: &mut CommandContext, code: &str) -> Value {
    let begun = Instant::now();
    let result = context.execute(code);
    let seconds = begun.elapsed().as_secs_f64();
    let mut done = match result {
        Ok(outputs) => finished(outputs),
        Err(error) => {
            let (status, messages) = errors::of(&error);
            json!({ "status": status, "data": {}, "errors": messages })
        }
    };
    std::thread::sleep(if done["status"] == "ok" { SETTLE } else { SETTLE_FAILED });
    done["seconds"] = json!(seconds);
    done
}

fn finished(outputs: EvalOutputs) -> Value {
    let mut contents: Vec<(String, String)> = outputs.content_by_mime_type.into_iter().collect();
    contents.sort();
    let mut status = "ok".to_owned();
    let mut data = Map::new();
    for (mime, content) in contents {
        if mime == FAILURE {
            status = content;
        } else {
            data.insert(mime, content.into());
        }
    }
    json!({ "status": status, "data": data, "errors": [] })
}

fn send(out: &Out, value: &Value) {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever listened is gone: the closed input ends this process next.
    let _ = writeln!(out, "{value}");
    let _ = out.flush();
}

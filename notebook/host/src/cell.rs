//! One cell, run by evcxr, and how it ended.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use evcxr::{CommandContext, Error, EvalCallbacks, EvalContextOutputs, EvalOutputs};
use serde_json::{Value, json};

use crate::errors;
use crate::warden::FAILURE;

/// Lines of the cell's process may still be under way when evcxr returns.
const SETTLE: Duration = Duration::from_millis(10);
/// A panic's message goes another way than the notice of it.
const SETTLE_FAILED: Duration = Duration::from_millis(120);

/// How a cell ended.
pub struct Done {
    /// `ok`, `compile` (did not compile), `panic`, `error` (a `?` returned
    /// early), or `died`.
    pub status: String,
    /// What it showed, by media type.
    pub data: BTreeMap<String, String>,
    /// Messages: of the compiler, or how the process died.
    pub errors: Vec<Value>,
    /// Wall time.
    pub seconds: f64,
}

impl Done {
    pub fn ok(&self) -> bool {
        self.status == "ok"
    }

    pub fn json(&self) -> Value {
        json!({
            "status": self.status, "data": self.data, "errors": self.errors, "seconds": self.seconds,
        })
    }
}

/// A context with the kernel's dependencies and prelude, and its streams.
pub fn context() -> Result<(CommandContext, EvalContextOutputs), Error> {
    let (mut context, outputs) = CommandContext::new()?;
    context.execute(":load_config --quiet")?;
    Ok((context, outputs))
}

/// Runs a cell; returns when what it printed has had time to arrive.
pub fn run(context: &mut CommandContext, code: &str, callbacks: &mut EvalCallbacks<'_>) -> Done {
    let begun = Instant::now();
    let result = context.execute_with_callbacks(code, callbacks);
    let seconds = begun.elapsed().as_secs_f64();
    let mut done = match result {
        Ok(outputs) => finished(outputs),
        Err(error) => {
            let (status, errors) = errors::of(&error);
            Done { status: status.into(), data: BTreeMap::new(), errors, seconds }
        }
    };
    std::thread::sleep(if done.ok() { SETTLE } else { SETTLE_FAILED });
    done.seconds = seconds;
    done
}

fn finished(outputs: EvalOutputs) -> Done {
    let mut data: BTreeMap<String, String> = outputs.content_by_mime_type.into_iter().collect();
    // evcxr takes a cell that panicked for a success; the warden has told.
    let status = data.remove(FAILURE).unwrap_or_else(|| "ok".into());
    Done { status, data, errors: Vec::new(), seconds: 0.0 }
}

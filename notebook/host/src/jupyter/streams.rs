//! What cells print, on its way to the clients.

use std::sync::{Arc, Mutex, PoisonError};

use evcxr::EvalContextOutputs;
use serde_json::json;

use super::message::Message;
use super::outbox::Outbox;

/// A message holds at most about this much of what was printed.
const MOST: usize = 64 * 1024;

/// The cell that runs, and what it wrote to standard error.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Current>>);

#[derive(Default)]
struct Current {
    request: Option<Message>,
    complaints: Vec<String>,
}

impl Streams {
    /// Begins to pass on what is printed.
    pub fn pass_on(&self, outputs: EvalContextOutputs, outbox: &Outbox) {
        // One thread for each: evcxr waits until both are read.
        for (name, lines) in [("stdout", outputs.stdout), ("stderr", outputs.stderr)] {
            let (streams, outbox) = (self.clone(), outbox.clone());
            std::thread::spawn(move || {
                while let Ok(first) = lines.recv() {
                    let mut text = first + "\n";
                    while text.len() < MOST
                        && let Ok(line) = lines.try_recv()
                    {
                        text += &line;
                        text.push('\n');
                    }
                    streams.printed(name, text, &outbox);
                }
            });
        }
    }

    fn printed(&self, name: &str, text: String, outbox: &Outbox) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if name == "stderr" {
            current.complaints.extend(text.lines().map(str::to_owned));
        }
        if let Some(request) = &current.request {
            outbox.put(request.child("stream", json!({ "name": name, "text": text })));
        }
    }

    /// From now on what is printed is this cell's; `None` where nobody listens.
    pub fn begin(&self, request: Option<Message>) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Current { request, complaints: Vec::new() };
    }

    /// What the cell wrote to standard error.
    pub fn complaints(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).complaints.clone()
    }
}

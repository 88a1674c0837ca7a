//! Answers what comes on the shell channel, one request after the other.

use std::sync::mpsc::Receiver;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::runtime::Handle;
use zeromq::{RouterSendHalf, SocketSend};

use super::complete::{Complete, complete};
use super::failure;
use super::message::{Message, PROTOCOL};
use super::outbox::Outbox;
use super::requests::Requests;
use crate::cell::Cells;

pub struct Evaluator {
    /// The cells, or why there are none: every cell is answered with it.
    pub cells: Result<Cells, String>,
    pub requests: Requests,
    pub outbox: Outbox,
    pub shell: RouterSendHalf,
    pub handle: Handle,
    pub key: String,
    pub count: u64,
}

/// A request, and when it came.
pub struct Received {
    pub request: Message,
    pub at: Instant,
}

impl Evaluator {
    /// Answers until the channel is closed.
    pub fn serve(&mut self, requests: &Receiver<Received>) {
        // What was asked for before a failure was told rests on the cell that
        // failed.
        let mut failed = None;
        while let Ok(Received { request, at }) = requests.recv() {
            let waited = failed.is_some_and(|told| at < told);
            if let Some(told) = self.answer(&request, waited) {
                failed = Some(told);
            }
        }
    }

    /// When a failure was told after which what waits must not run. It is the moment
    /// before the answer: who has the answer and asks again means it.
    fn answer(&mut self, request: &Message, abort: bool) -> Option<Instant> {
        let state = |state| request.child("status", json!({ "execution_state": state }));
        self.outbox.put(state("busy"));
        let mut failed = false;
        let content = match request.kind() {
            "kernel_info_request" => Some(kernel_info()),
            "execute_request" if abort => Some(json!({ "status": "aborted" })),
            "execute_request" => {
                let content = self.execute(request);
                let stops = request.content["stop_on_error"].as_bool().unwrap_or(true);
                failed = stops && content["status"] == "error";
                Some(content)
            }
            "complete_request" => Some(self.complete(request)),
            "inspect_request" => Some(self.inspect(request)),
            "is_complete_request" => Some(match complete(request.text("code")) {
                Complete::Yes => json!({ "status": "complete" }),
                Complete::No(blanks) => {
                    json!({ "status": "incomplete", "indent": " ".repeat(blanks) })
                }
                Complete::Never => json!({ "status": "invalid" }),
            }),
            // It was heard when it came: the cell that ran then has ended.
            "interrupt_request" => Some(json!({ "status": "ok" })),
            "comm_info_request" => Some(json!({ "status": "ok", "comms": {} })),
            "history_request" => Some(json!({ "status": "ok", "history": [] })),
            "comm_open" => {
                // There is nobody here for a comm to talk to.
                let id = json!({ "comm_id": request.content["comm_id"], "data": {} });
                self.outbox.put(request.child("comm_close", id));
                None
            }
            _ => None,
        };
        let told = Instant::now();
        if let Some(content) = content {
            self.reply(&request.reply(content));
        }
        self.outbox.put(state("idle"));
        failed.then_some(told)
    }

    fn reply(&mut self, message: &Message) {
        let sent = message.frames(&self.key).and_then(|frames| {
            self.handle.block_on(self.shell.send(frames)).map_err(|error| error.to_string())
        });
        // A client that left takes its questions along.
        if let Err(error) = sent {
            eprintln!("an answer was lost: {error}");
        }
    }

    fn execute(&mut self, request: &Message) -> Value {
        let code = request.text("code");
        let silent = request.content["silent"].as_bool().unwrap_or(false);
        let stored = request.content["store_history"].as_bool().unwrap_or(true);
        if !silent && stored {
            self.count += 1;
        }
        if !silent {
            let input = json!({ "code": code, "execution_count": self.count });
            self.outbox.put(request.child("execute_input", input));
        }
        let count = self.count;
        let cells = match &mut self.cells {
            Ok(cells) => cells,
            Err(reason) => {
                let mut error = failure::refusal(reason);
                if !silent {
                    self.outbox.put(request.child("error", error.clone()));
                }
                self.outbox.flush();
                error["status"] = "error".into();
                error["execution_count"] = count.into();
                return error;
            }
        };
        if !silent {
            self.requests.begin(cells.next(), request, count);
        }
        let done = cells.run(code);
        let cell = cells.next() - 1;
        if !silent && !done.data.is_empty() {
            let data = Value::Object(done.data.clone());
            self.requests.shown(cell, true, &data, &self.outbox);
        }
        if done.ok() {
            if !silent {
                self.requests.captioned(cell, code, &self.outbox);
            }
            self.outbox.flush();
            return json!({
                "status": "ok", "execution_count": count, "payload": [],
                "user_expressions": expressions(&request.content["user_expressions"]),
            });
        }
        let mut error = failure::error(&done);
        if !silent {
            self.outbox.put(request.child("error", error.clone()));
        }
        // A client waits no longer than seconds for what was printed once it
        // has the reply.
        self.outbox.flush();
        error["status"] = "error".into();
        error["execution_count"] = count.into();
        error
    }

    fn complete(&mut self, request: &Message) -> Value {
        let code = request.text("code");
        let at = byte_of(code, &request.content["cursor_pos"]);
        let cells = match &mut self.cells {
            Ok(cells) => cells,
            Err(reason) => return refused(reason),
        };
        let found = match cells.context.completions(code, at) {
            Ok(found) => found,
            Err(error) => return refused(&error.to_string()),
        };
        let chars = |byte: usize| code.get(..byte).map_or(0, |before| before.chars().count());
        let (start, end) = (chars(found.start_offset), chars(found.end_offset));
        let types: Vec<Value> = found
            .completions
            .iter()
            .map(|c| json!({ "text": c.label, "type": c.kind, "start": start, "end": end }))
            .collect();
        let matches: Vec<&str> = found.completions.iter().map(|c| c.code.as_str()).collect();
        json!({
            "status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
            "metadata": { "_jupyter_types_experimental": types },
        })
    }

    fn inspect(&mut self, request: &Message) -> Value {
        let code = request.text("code");
        let at = asked_about(code, byte_of(code, &request.content["cursor_pos"]));
        let found = self.cells.as_mut().ok().map(|cells| cells.context.hover_at(code, at));
        match found {
            Some(Ok((plain, html))) if plain != "No documentation found" => json!({
                "status": "ok", "found": true, "metadata": {},
                "data": { "text/plain": plain, "text/html": html },
            }),
            _ => json!({ "status": "ok", "found": false, "data": {}, "metadata": {} }),
        }
    }
}

/// Expressions beside a cell are not computed: they could move what cells keep. Each
/// is answered, because clients look for their answers.
fn expressions(asked: &Value) -> Value {
    let refused = refused("this kernel computes no user_expressions: write them into the cell");
    let names = asked.as_object().into_iter().flat_map(|asked| asked.keys());
    names.map(|name| (name.clone(), refused.clone())).collect::<serde_json::Map<_, _>>().into()
}

/// The protocol counts characters, evcxr bytes.
fn byte_of(code: &str, place: &Value) -> usize {
    let at = place.as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
    code.char_indices().nth(at).map_or(code.len(), |(byte, _)| byte)
}

/// The end of the name that a place is in, or of the function whose arguments it is
/// among: evcxr looks at what ends there.
fn asked_about(code: &str, at: usize) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let end = |from: usize| from + code[from..].find(|c| !word(c)).unwrap_or(code.len() - from);
    if code[..at].ends_with(word) || code[at..].starts_with(word) {
        return end(at);
    }
    let mut depth = 0_usize;
    for (place, letter) in code[..at].char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' if depth == 0 => return if code[..place].ends_with(word) { place } else { at },
            '(' => depth -= 1,
            ';' | '{' | '}' => break,
            _ => {}
        }
    }
    at
}

fn refused(reason: &str) -> Value {
    json!({ "status": "error", "ename": "Error", "evalue": reason, "traceback": [reason] })
}

/// Who this kernel is.
pub fn kernel_info() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "status": "ok",
        "protocol_version": PROTOCOL,
        "implementation": env!("CARGO_PKG_NAME"),
        "implementation_version": version,
        "language_info": {
            "name": "Rust",
            "version": env!("CARGO_PKG_RUST_VERSION"),
            "mimetype": "text/rust",
            "file_extension": ".rs",
            "pygments_lexer": "rust",
            "codemirror_mode": "rust",
        },
        "banner": format!("Transfolio: Rust cells {version}"),
        "help_links": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_about_the_name_or_the_call_around_a_place() {
        let code = "let q = paired_t(&é, f(2), 3)?; x";
        for (at, wanted) in [(10, 16), (8, 16), (16, 16), (17, 16), (27, 16), (4, 5), (5, 5)] {
            assert_eq!(asked_about(code, at), wanted, "{at}");
        }
        let inner = code.find('2').expect("there");
        assert_eq!(asked_about(code, inner + 1), inner + 1);
        assert_eq!(asked_about(code, code.len()), code.len());
        assert_eq!(asked_about("", 0), 0);
        assert_eq!(asked_about("(1, ", 4), 4);
    }

    #[test]
    fn places_are_counted_in_characters() {
        let code = "let é = a\u{310}b;";
        assert_eq!(byte_of(code, &json!(4)), 4);
        assert_eq!(byte_of(code, &json!(5)), 6);
        assert_eq!(byte_of(code, &json!(99)), code.len());
        assert_eq!(byte_of(code, &Value::Null), code.len());
    }
}

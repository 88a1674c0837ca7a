//! Answers what comes on the shell channel, one request after the other.

use std::cell::RefCell;
use std::sync::mpsc::Receiver;

use evcxr::{CommandContext, EvalCallbacks};
use serde_json::{Map, Value, json};
use tokio::runtime::Handle;
use zeromq::{RouterSendHalf, RouterSocket, SocketRecv, SocketSend};

use super::failure;
use super::message::{Message, PROTOCOL};
use super::outbox::Outbox;
use super::streams::Streams;
use crate::cell;

pub struct Evaluator {
    pub context: CommandContext,
    pub streams: Streams,
    pub outbox: Outbox,
    pub shell: RouterSendHalf,
    pub input: RouterSocket,
    pub handle: Handle,
    pub key: String,
    pub count: u64,
}

impl Evaluator {
    /// Answers until the channel is closed.
    pub fn serve(&mut self, requests: &Receiver<Message>) {
        while let Ok(request) = requests.recv() {
            let failed = self.answer(&request, false);
            if !failed {
                continue;
            }
            // What was asked for before the failure was known rests on the cell
            // that failed.
            while let Ok(waiting) = requests.try_recv() {
                self.answer(&waiting, true);
            }
        }
    }

    /// Whether the request was a cell that failed, and later ones must not run.
    fn answer(&mut self, request: &Message, abort: bool) -> bool {
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
            "is_complete_request" => Some(json!({ "status": "complete" })),
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
        if let Some(content) = content {
            self.reply(&request.reply(content));
        }
        self.outbox.put(state("idle"));
        failed
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
        if !silent {
            self.count += 1;
            let input = json!({ "code": code, "execution_count": self.count });
            self.outbox.put(request.child("execute_input", input));
        }
        let count = self.count;
        self.streams.begin((!silent).then(|| request.clone()));
        let questions = RefCell::new(Questions {
            socket: &mut self.input,
            handle: &self.handle,
            key: &self.key,
            request,
        });
        let mut callbacks = EvalCallbacks {
            input_reader: &|question| {
                questions.borrow_mut().ask(&question.prompt, question.is_password)
            },
        };
        let done = cell::run(&mut self.context, code, &mut callbacks);
        let shown: Map<String, Value> =
            done.data.iter().map(|(mime, text)| (mime.clone(), content(mime, text))).collect();
        if !silent && !shown.is_empty() {
            let result = json!({ "execution_count": count, "data": shown, "metadata": {} });
            self.outbox.put(request.child("execute_result", result));
        }
        if done.ok() {
            return json!({
                "status": "ok", "execution_count": count, "payload": [], "user_expressions": {},
            });
        }
        let mut error = failure::error(&done, &self.streams.complaints());
        if !silent {
            self.outbox.put(request.child("error", error.clone()));
        }
        error["status"] = "error".into();
        error["execution_count"] = count.into();
        error
    }

    fn complete(&mut self, request: &Message) -> Value {
        let code = request.text("code");
        let at = byte_of(code, &request.content["cursor_pos"]);
        let found = match self.context.completions(code, at) {
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
        let at = byte_of(code, &request.content["cursor_pos"]);
        match self.context.hover_at(code, at) {
            Ok((plain, html)) if plain != "No documentation found" => json!({
                "status": "ok", "found": true, "metadata": {},
                "data": { "text/plain": plain, "text/html": html },
            }),
            _ => json!({ "status": "ok", "found": false, "data": {}, "metadata": {} }),
        }
    }
}

/// Questions of a cell to its user.
struct Questions<'a> {
    socket: &'a mut RouterSocket,
    handle: &'a Handle,
    key: &'a str,
    request: &'a Message,
}

impl Questions<'_> {
    /// What the user types; nothing where no user is there.
    fn ask(&mut self, prompt: &str, password: bool) -> String {
        if self.request.content["allow_stdin"] != true {
            return String::new();
        }
        let content = json!({ "prompt": prompt, "password": password });
        let question = self.request.addressed("input_request", content);
        let Ok(frames) = question.frames(self.key) else { return String::new() };
        let answer = self.handle.block_on(async {
            self.socket.send(frames).await.ok()?;
            self.socket.recv().await.ok()
        });
        answer
            .and_then(|frames| Message::of_frames(frames, self.key).ok())
            .map_or_else(String::new, |message| message.text("value").to_owned())
    }
}

/// JSON media types hold JSON, the others text.
fn content(mime: &str, text: &str) -> Value {
    let json = mime.ends_with("json").then(|| serde_json::from_str(text).ok()).flatten();
    json.unwrap_or_else(|| text.into())
}

/// The protocol counts characters, evcxr bytes.
fn byte_of(code: &str, place: &Value) -> usize {
    let at = place.as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
    code.char_indices().nth(at).map_or(code.len(), |(byte, _)| byte)
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
            "version": "",
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
    fn places_are_counted_in_characters() {
        let code = "let é = a\u{310}b;";
        assert_eq!(byte_of(code, &json!(4)), 4);
        assert_eq!(byte_of(code, &json!(5)), 6);
        assert_eq!(byte_of(code, &json!(99)), code.len());
        assert_eq!(byte_of(code, &Value::Null), code.len());
    }

    #[test]
    fn json_stays_json_and_what_only_looks_like_it_text() {
        assert_eq!(content("application/x+json", "{\"a\": 1}"), json!({ "a": 1 }));
        assert_eq!(content("application/json", "{"), json!("{"));
        assert_eq!(content("text/plain", "1"), json!("1"));
    }
}

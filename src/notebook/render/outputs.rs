//! What a cell gave, as nbformat has it.

use serde_json::{Map, Value, json};

use crate::notebook::client::{CellEnd, Status};
use crate::notebook::format::{joined, lines};

/// Media types of bound values: `…value.NAME+json`.
pub(super) const VALUE: &str = "application/vnd.transfolio.value.";

/// The outputs of a cell: streams in order, the result, the error.
pub(super) fn outputs(end: &CellEnd, count: u64) -> Vec<Value> {
    let mut outputs: Vec<Value> = Vec::new();
    let mut text = String::new();
    for (at, (name, line)) in end.streams.iter().enumerate() {
        text += &without_thread(line);
        text.push('\n');
        if end.streams.get(at + 1).is_none_or(|(next, _)| next != name) {
            outputs.push(json!({
                "output_type": "stream", "name": name, "text": lines(&std::mem::take(&mut text)),
            }));
        }
    }
    if !end.data.is_empty() {
        let data: Map<String, Value> =
            end.data.iter().map(|(mime, value)| (mime.clone(), content(mime, value))).collect();
        outputs.push(json!({
            "output_type": "execute_result",
            "data": data,
            "metadata": {},
            "execution_count": count,
        }));
    }
    if end.status != Status::Ok {
        let name = error_name(end.status);
        let text = match end.status {
            Status::Compile | Status::TimedOut => end.errors.join("\n\n"),
            _ => Some(complaint(end))
                .filter(|text| !text.is_empty())
                .unwrap_or(end.errors.join("\n")),
        };
        outputs.push(json!({
            "output_type": "error",
            "ename": name,
            "evalue": text.lines().next().unwrap_or(name),
            "traceback": text.lines().collect::<Vec<_>>(),
        }));
    }
    outputs
}

fn error_name(status: Status) -> &'static str {
    match status {
        Status::Ok => "",
        Status::Compile => "CompileError",
        Status::Panic => "Panic",
        Status::Error => "Error",
        Status::Died => "ProcessEnded",
        Status::TimedOut => "Timeout",
    }
}

/// The end of what the cell, or its warden, wrote to standard error: there
/// stands what went wrong, in words.
fn complaint(end: &CellEnd) -> String {
    let said: Vec<String> = end
        .streams
        .iter()
        .filter(|(name, _)| name == "stderr")
        .map(|(_, text)| without_thread(text))
        .filter(|text| !text.starts_with("note: run with `RUST_BACKTRACE"))
        .collect();
    let last = said.len().saturating_sub(COMPLAINT);
    said[last..].join("\n").trim().to_owned()
}

/// Lines of a complaint that are worth repeating as the error.
const COMPLAINT: usize = 6;

/// The line that begins a panic without the number of its thread, which is
/// another one each time.
fn without_thread(line: &str) -> String {
    match (line.strip_prefix("thread '"), line.split_once(") panicked at ")) {
        (Some(_), Some((_, place))) => format!("panicked at {place}"),
        _ => line.to_owned(),
    }
}

/// JSON media types hold JSON, the others text as a list of lines.
fn content(mime: &str, value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    if mime.ends_with("json") {
        return serde_json::from_str(text).unwrap_or_else(|_| value.clone());
    }
    if mime.starts_with("image/") && mime != "image/svg+xml" {
        return value.clone();
    }
    lines(text)
}

/// The content of a media type of an output.
pub(super) fn data(output: &Value, mime: &str) -> Option<String> {
    joined(output["data"].get(mime)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_stay_in_order_and_errors_have_a_text() {
        let line = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let end = CellEnd {
            status: Status::Panic,
            data: Map::from_iter([("text/html".to_owned(), json!("<b>\nx</b>"))]),
            errors: Vec::new(),
            streams: vec![
                line("stdout", "a"),
                line("stdout", "b"),
                line("stderr", "thread '<unnamed>' (77) panicked at a.rs:1:1:"),
                line("stderr", "boom"),
            ],
            seconds: 0.0,
        };
        let all = outputs(&end, 3);
        assert_eq!(all.len(), 4);
        assert_eq!(all[0]["text"], json!(["a\n", "b\n"]));
        assert_eq!(data(&all[2], "text/html").as_deref(), Some("<b>\nx</b>"));
        assert_eq!(
            (&all[3]["ename"], &all[3]["evalue"]),
            (&json!("Panic"), &json!("panicked at a.rs:1:1:"))
        );
        assert_eq!(all[3]["traceback"][1], "boom");
    }
}

//! What a cell gave, as nbformat has it.

use serde_json::{Map, Value, json};

use crate::notebook::client::{CellEnd, Output, Status};
use crate::notebook::format::{joined, lines};

/// Media types of bound values: `…value.NAME+json`.
pub(super) const VALUE: &str = "application/vnd.transfolio.value.";

/// The outputs of a cell: what it printed and showed in order, then the error.
pub(super) fn outputs(end: &CellEnd, count: u64) -> Vec<Value> {
    let mut outputs: Vec<Value> = Vec::new();
    for output in &end.outputs {
        outputs.push(match output {
            Output::Text { name, text } => json!({
                "output_type": "stream", "name": name, "text": lines(text),
            }),
            Output::Shown { data, result } => {
                let data: Map<String, Value> =
                    data.iter().map(|(mime, value)| (mime.clone(), content(mime, value))).collect();
                if *result {
                    json!({
                        "output_type": "execute_result", "data": data, "metadata": {},
                        "execution_count": count,
                    })
                } else {
                    json!({ "output_type": "display_data", "data": data, "metadata": {} })
                }
            }
        });
    }
    if end.status != Status::Ok {
        let name = error_name(end.status);
        let text = end.errors.join("\n\n");
        let first = text.lines().find(|line| !line.is_empty()).unwrap_or(name);
        outputs.push(json!({
            "output_type": "error",
            "ename": name,
            "evalue": first,
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
        Status::Interrupted => "Interrupted",
        Status::Died => "ProcessEnded",
        Status::TimedOut => "Timeout",
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
    fn outputs_stay_in_order_and_errors_have_a_text() {
        let text = |name: &str, text: &str| Output::Text { name: name.into(), text: text.into() };
        let html = Map::from_iter([("text/html".to_owned(), json!("<b>\nx</b>"))]);
        let end = CellEnd {
            status: Status::Panic,
            outputs: vec![
                text("stdout", "a\nb"),
                Output::Shown { data: html, result: false },
                text("stderr", "c\n"),
            ],
            errors: vec!["\nboom\n  at line 2: panic!()".into()],
            kept: true,
            seconds: 0.0,
        };
        let all = outputs(&end, 3);
        assert_eq!(all.len(), 4);
        assert_eq!(all[0]["text"], json!(["a\n", "b"]));
        assert_eq!(all[1]["output_type"], "display_data");
        assert_eq!(data(&all[1], "text/html").as_deref(), Some("<b>\nx</b>"));
        assert_eq!((&all[3]["ename"], &all[3]["evalue"]), (&json!("Panic"), &json!("boom")));
        assert_eq!(all[3]["traceback"][2], "  at line 2: panic!()");
    }
}

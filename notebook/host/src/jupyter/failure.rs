//! How a failure is told: as Jupyter tells errors, in the words of the page.

use serde_json::{Value, json};

use crate::cell::Done;

/// Lines of a complaint that are worth repeating as the error.
const COMPLAINT: usize = 6;

/// Name, message and lines of a failure; `complaints` is what the cell, or its
/// warden, wrote to standard error.
pub fn error(done: &Done, complaints: &[String]) -> Value {
    let name = match done.status.as_str() {
        "compile" => "CompileError",
        "panic" => "Panic",
        "died" => "ProcessEnded",
        _ => "Error",
    };
    let messages: Vec<&str> = done.errors.iter().filter_map(|e| e["text"].as_str()).collect();
    let said = said(complaints);
    let mut text = match done.status.as_str() {
        "compile" => messages.join("\n\n"),
        _ if said.is_empty() => messages.join("\n"),
        _ => said,
    };
    if matches!(done.status.as_str(), "panic" | "error") {
        text += "\nWhat this cell defined is gone; variables of earlier cells are kept.";
    }
    let lines: Vec<&str> = text.lines().collect();
    // The line that begins a panic holds its place; the next one says why.
    let first = match lines.as_slice() {
        [place, why, ..] if place.starts_with("panicked at ") => why,
        [first, ..] => first,
        [] => name,
    };
    json!({ "ename": name, "evalue": first, "traceback": lines })
}

/// The end of the complaints: there stands what went wrong.
fn said(complaints: &[String]) -> String {
    let said: Vec<String> = complaints
        .iter()
        .filter(|line| !line.starts_with("note: run with `RUST_BACKTRACE"))
        .map(|line| without_thread(line))
        .collect();
    said[said.len().saturating_sub(COMPLAINT)..].join("\n").trim().to_owned()
}

/// The line that begins a panic without the number of its thread, which is
/// another one each time.
fn without_thread(line: &str) -> String {
    match (line.strip_prefix("thread '"), line.split_once(") panicked at ")) {
        (Some(_), Some((_, place))) => format!("panicked at {place}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(status: &str, errors: Vec<Value>) -> Done {
        Done { status: status.into(), data: Default::default(), errors, seconds: 0.0 }
    }

    #[test]
    fn a_panic_is_told_by_its_message() {
        let said = [
            "thread 'main' (7) panicked at src/lib.rs:3:5:",
            "boom",
            "note: run with `RUST_BACKTRACE=1`",
        ];
        let error = error(&done("panic", Vec::new()), &said.map(str::to_owned));
        assert_eq!((&error["ename"], &error["evalue"]), (&json!("Panic"), &json!("boom")));
        assert_eq!(error["traceback"][0], "panicked at src/lib.rs:3:5:");
        assert!(error["traceback"].to_string().contains("are kept"));
    }

    #[test]
    fn a_compiler_is_quoted_and_a_death_explained() {
        let text = json!({ "text": "error[E0425]: cannot find value `x`\n  at line 1" });
        let told = error(&done("compile", vec![text.clone()]), &[]);
        assert_eq!(told["evalue"], "error[E0425]: cannot find value `x`");
        let told = error(&done("died", vec![text]), &["all variables are lost".to_owned()]);
        assert_eq!(
            (&told["ename"], &told["evalue"]),
            (&json!("ProcessEnded"), &json!("all variables are lost"))
        );
    }
}

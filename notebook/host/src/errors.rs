//! Errors of evcxr as JSON, with the place in the cell.

use std::fmt::Write as _;

use evcxr::{CompilationError, Error};
use serde_json::{Value, json};

/// The kind of an error, and one entry per message.
pub fn of(error: &Error) -> (&'static str, Vec<Value>) {
    match error {
        Error::CompilationErrors(errors) => ("compile", errors.iter().map(compilation).collect()),
        Error::SubprocessTerminated(message) => ("died", vec![json!({ "text": message })]),
        other => ("error", vec![json!({ "text": other.to_string() })]),
    }
}

fn compilation(error: &CompilationError) -> Value {
    let mut text = String::from("error");
    if let Some(code) = error.code() {
        let _ = write!(text, "[{code}]");
    }
    let _ = write!(text, ": {}", error.message());
    let mut place = Value::Null;
    let mut shown = std::collections::BTreeSet::new();
    for spanned in error.spanned_messages() {
        let Some(span) = &spanned.span else {
            if !spanned.label.is_empty() {
                let _ = write!(text, "\n  {}", spanned.label);
            }
            continue;
        };
        if place.is_null() {
            place = json!([span.start_line, span.start_column]);
            let _ = write!(text, "\n  at line {}, column {}", span.start_line, span.start_column);
        }
        // evcxr may have filled the lines in more than once.
        let height = span.end_line.saturating_sub(span.start_line) + 1;
        for (index, line) in spanned.lines.iter().take(height).enumerate() {
            // A line that was shown is not shown again for a further mark.
            if shown.insert(span.start_line + index) {
                let _ = write!(text, "\n{:>4} | {line}", span.start_line + index);
            }
        }
        if height == 1 {
            let before = " ".repeat(span.start_column.saturating_sub(1));
            let marks = "^".repeat(span.end_column.saturating_sub(span.start_column).max(1));
            let _ = write!(text, "\n     | {before}{marks} {}", spanned.label);
        } else if !spanned.label.is_empty() {
            let _ = write!(text, "\n     | {}", spanned.label);
        }
    }
    for help in error.help() {
        let _ = write!(text, "\nhelp: {help}");
    }
    if let Some(hint) = error.evcxr_extra_hint() {
        let _ = write!(text, "\nhint: {hint}");
    }
    json!({ "text": text, "code": error.code(), "place": place })
}

//! Errors of evcxr as JSON, with the place in the cell.

use std::fmt::Write as _;

use evcxr::{CompilationError, Error};
use serde_json::{Value, json};

/// The kind of an error, and one entry per message.
pub fn of(error: &Error) -> (&'static str, Vec<Value>) {
    match error {
        Error::CompilationErrors(errors) => ("compile", errors.iter().map(compilation).collect()),
        Error::SubprocessTerminated(message) => ("died", vec![json!({ "text": message })]),
        other => {
            let text = other.to_string();
            ("error", vec![json!({ "text": of_variable(&text).unwrap_or(text) })])
        }
    }
}

/// Whether the compiler's own message is missing: of one that begins in code around the
/// last expression, evcxr keeps the note about the user's function alone.
pub fn is_cut(error: &Error) -> bool {
    let Error::CompilationErrors(errors) = error else { return false };
    errors.iter().any(|error| !matches!(error.level(), "" | "error"))
}

/// Without what evcxr puts in where the compiler says nothing: the message again.
fn label(label: &str) -> &str {
    if label.starts_with("error: ") { "" } else { label }
}

/// A help with its replacement behind it.
fn one_line(help: &str) -> String {
    match help.split_once("\n\n") {
        Some((said, "")) => said.to_owned(),
        Some((said, code)) if code.contains('\n') => format!("{said}:\n{code}"),
        Some((said, code)) if said.contains(&format!("`{code}`")) => said.to_owned(),
        Some((said, code)) => format!("{said}: `{code}`"),
        None => help.to_owned(),
    }
}

/// What evcxr says of variables that later cells cannot have, in the words of a
/// notebook.
fn of_variable(message: &str) -> Option<String> {
    let rest = message.strip_prefix("The variable `")?;
    let (name, rest) = rest.split_once('`')?;
    let ways = "put the lines that need it into braces, `{ .. }`: then it ends with them";
    if rest.starts_with(" is a closure") {
        return Some(format!(
            "`{name}` is a closure, and its type has no name that a later cell could use.\n  \
             way out: write a function, `fn {name}(x: f64) -> f64 {{ .. }}`; or box it, \
             `let {name}: Box<dyn FnMut(f64) -> f64> = Box::new(|x| ..);`, with its own types; or {ways}"
        ));
    }
    let (kind, _) = rest.strip_prefix(" has type `")?.split_once("` which cannot")?;
    Some(format!(
        "`{name}` has the type `{kind}`, which has no name that a later cell could use.\n  \
         way out: collect it into a `Vec`, or box it, `let {name}: Box<dyn ..> = Box::new(..);`; or {ways}"
    ))
}

fn compilation(error: &CompilationError) -> Value {
    let mut text = String::from("error");
    if let Some(code) = error.code() {
        let _ = write!(text, "[{code}]");
    }
    let _ = write!(text, ": {}", error.message());
    let mut place = Value::Null;
    let mut shown = std::collections::BTreeSet::new();
    let mut marked = std::collections::BTreeSet::new();
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
            let said = label(&spanned.label);
            if !said.is_empty() || marked.insert(span.start_line) {
                let _ = write!(text, "\n     | {}", format!("{before}{marks} {said}").trim_end());
            }
        } else if !spanned.label.is_empty() {
            let _ = write!(text, "\n     | {}", spanned.label);
        }
    }
    for help in error.help() {
        let _ = write!(text, "\nhelp: {}", one_line(&help));
    }
    if let Some(hint) = error.evcxr_extra_hint() {
        let _ = write!(text, "\nhint: {hint}");
    }
    json!({ "text": text, "code": error.code(), "place": place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helps_have_their_replacement_behind_them() {
        assert_eq!(one_line("add `;` here\n\n;"), "add `;` here");
        assert_eq!(one_line("consider borrowing here\n\n&"), "consider borrowing here: `&`");
        assert_eq!(one_line("use this\n\na\nb"), "use this:\na\nb");
        assert_eq!(one_line("nothing to write"), "nothing to write");
        assert_eq!((label("error: again"), label("expected `u32`")), ("", "expected `u32`"));
    }

    #[test]
    fn variables_that_no_later_cell_can_have_are_told_in_words_of_a_notebook() {
        let closure = "The variable `f` is a closure, which cannot be persisted.\nYou can ..";
        let told = of_variable(closure).expect("known");
        assert!(told.starts_with("`f` is a closure") && told.contains("fn f(x: f64)"), "{told}");
        let other =
            "The variable `i` has type `impl Iterator<Item = u8>` which cannot be persisted.\nx";
        let told = of_variable(other).expect("known");
        assert!(told.contains("`impl Iterator<Item = u8>`") && told.contains("Vec"), "{told}");
        assert_eq!(of_variable("The variable of something else"), None);
    }
}

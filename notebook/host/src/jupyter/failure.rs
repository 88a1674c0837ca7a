//! How a failure is told: as Jupyter tells errors, in the words of the page.

use serde_json::{Value, json};

use crate::cell::Done;

/// Name, message and lines of a failure.
pub fn error(done: &Done) -> Value {
    let name = match done.status.as_str() {
        "compile" => "CompileError",
        "panic" => "Panic",
        "died" => "ProcessEnded",
        "interrupted" => "Interrupted",
        _ => "Error",
    };
    let messages: Vec<&str> = done.errors.iter().filter_map(|e| e["text"].as_str()).collect();
    let mut text = messages.join("\n\n");
    if matches!(done.status.as_str(), "panic" | "error") {
        text += "\nWhat this cell defined is gone; variables of earlier cells are kept.";
    }
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().find(|line| !line.is_empty()).copied().unwrap_or(name);
    json!({ "ename": name, "evalue": first, "traceback": lines })
}

/// A kernel that could not start, in the words of whoever could not start it.
pub fn refusal(reason: &str) -> Value {
    let lines: Vec<&str> = reason.lines().collect();
    let first = lines.first().copied().unwrap_or("the kernel cannot start");
    let told = ["the kernel runs no cells:", ""];
    let traceback: Vec<&str> = told
        .into_iter()
        .chain(lines.iter().copied())
        .chain(["", "Restart the kernel afterwards."])
        .collect();
    json!({ "ename": "KernelNotReady", "evalue": first, "traceback": traceback })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(status: &str, text: &str) -> Done {
        let errors = vec![json!({ "text": text })];
        Done { status: status.into(), data: Default::default(), errors, kept: true, seconds: 0.0 }
    }

    #[test]
    fn a_panic_is_told_by_its_message() {
        let error = error(&done("panic", "boom\n  at line 2: panic!(\"boom\")"));
        assert_eq!((&error["ename"], &error["evalue"]), (&json!("Panic"), &json!("boom")));
        assert_eq!(error["traceback"][1], "  at line 2: panic!(\"boom\")");
        assert!(error["traceback"].to_string().contains("are kept"));
    }

    #[test]
    fn a_kernel_that_cannot_start_says_why_and_what_to_do() {
        let told = refusal("cannot create /x: no space left\n  way out: free some");
        assert_eq!(told["evalue"], "cannot create /x: no space left");
        assert_eq!(told["traceback"][3], "  way out: free some");
        assert!(told["traceback"].to_string().contains("Restart the kernel"));
    }

    #[test]
    fn a_compiler_is_quoted_and_a_death_explained() {
        let told = error(&done("compile", "error[E0425]: cannot find value `x`\n  at line 1"));
        assert_eq!(told["evalue"], "error[E0425]: cannot find value `x`");
        let told = error(&done("died", "the cell ended its process"));
        assert_eq!(
            (&told["ename"], &told["evalue"]),
            (&json!("ProcessEnded"), &json!("the cell ended its process"))
        );
    }
}

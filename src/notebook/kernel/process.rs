//! Programs that are run to their end.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::notebook::NotebookError;

/// Standard output of a program that succeeds; else an error with what it said.
pub(super) fn output(command: &mut Command) -> Result<String, NotebookError> {
    let name = PathBuf::from(command.get_program());
    let output =
        command.stdin(Stdio::null()).output().map_err(NotebookError::io("start", &name))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    Err(NotebookError::Request(format!(
        "`{} {}` failed ({}): {}",
        name.display(),
        arguments.join(" "),
        output.status,
        last_lines(&said, 20)
    )))
}

/// The end of a long complaint, where the reason stands.
pub(super) fn last_lines(text: &str, most: usize) -> String {
    // Where in its own code a program gave up helps nobody here.
    let text = text.split("Stack backtrace:").next().unwrap_or_default();
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_told_by_its_end_without_a_backtrace() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("disk full\n\nStack backtrace:\n 0: main", 20), "disk full");
        assert_eq!(last_lines("", 3), "");
    }
}

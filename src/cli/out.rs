//! What commands say: every word to standard output and standard error goes
//! through here, because either can fail at any time.
//!
//! A reader who has seen enough (`| head -1`) ends no command and changes no exit
//! code: what is left unsaid was not wanted. A disk that is full is an error like
//! any other. `println!` would panic at both; clippy.toml forbids it.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write, stderr, stdout};

use anyhow::Context;

/// Writes a text to standard output, as it is.
///
/// # Errors
/// Standard output cannot be written and was not closed by its reader.
pub(super) fn text(text: impl Display) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    let text = text.to_string();
    let terminal = out.is_terminal();
    write_to(&mut out, &text, terminal).context("cannot write to standard output")
}

/// Writes a line to standard output.
///
/// # Errors
/// Those of [`text`].
pub(super) fn line(line: impl Display) -> anyhow::Result<()> {
    text(format_args!("{line}\n"))
}

/// Writes a line of progress to standard output. Work goes on where nobody can
/// be told of it; what matters is said again at its end, by [`line()`].
pub(super) fn progress(text: impl Display) {
    let _ = line(text);
}

/// Writes a line to standard error, where there is one.
pub(super) fn complain(text: impl Display) {
    let mut out = stderr().lock();
    // There is nowhere left to say that this failed.
    let _ = write_to(&mut out, &format!("{text}\n"), true);
}

fn write_to(out: &mut impl Write, text: &str, terminal: bool) -> io::Result<()> {
    let text = if terminal { harmless(text) } else { text.into() };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// The text with every character that a terminal would obey written out: names
/// come from files, and a file must not move the cursor, retitle the window or
/// turn the direction of a line.
pub(super) fn harmless(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || turns(c);
    if !text.contains(obeyed) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if obeyed(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is_one() {
        assert!(write_to(&mut Failing(ErrorKind::BrokenPipe), "a", false).is_ok());
        assert!(write_to(&mut Failing(ErrorKind::StorageFull), "a", false).is_err());
    }

    #[test]
    fn a_terminal_is_told_no_escape() {
        let mut out = Vec::new();
        write_to(&mut out, "a\u{1b}[2Jb\u{7}\u{9b}\tµ\n", true).expect("written");
        assert_eq!(String::from_utf8_lossy(&out), "a\\u{1b}[2Jb\\u{7}\\u{9b}\tµ\n");
        assert_eq!(harmless("a\u{202e}gnp.b"), "a\\u{202e}gnp.b");
        out.clear();
        write_to(&mut out, "\u{1b}", false).expect("written");
        assert_eq!(out, b"\x1b", "a file gets what was meant");
    }
}

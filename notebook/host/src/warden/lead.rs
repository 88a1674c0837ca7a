//! The beginning of a cell's output, where evcxr may say that variables are of
//! a type that was defined anew.
//!
//! evcxr's code says so before any code of the user runs, on the streams of the
//! cell, and returns. What is printed is held back for as long as it could be
//! that, whole, on both streams.

use crate::wire::{Frame, Kind};

/// What evcxr writes to standard output, and reads.
pub const CHANGED: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";
/// What it writes to standard error, around the name.
const BEFORE: &str = "The type of the variable ";
const AFTER: &str = " was redefined, so was lost.";

/// What was printed so far.
#[derive(Default)]
pub struct Lead {
    frames: Vec<Frame>,
    out: String,
    err: String,
}

impl Lead {
    /// Takes a frame; gives all back when it cannot be evcxr's any more.
    pub fn take(&mut self, frame: Frame) -> Option<Vec<Frame>> {
        let text = String::from_utf8_lossy(&frame.bytes).into_owned();
        let possible = match frame.kind {
            Kind::Out => {
                self.out += &text;
                lines_begin(&self.out, CHANGED)
            }
            Kind::Err => {
                self.err += &text;
                lines_begin(&self.err, BEFORE)
            }
            _ => false,
        };
        self.frames.push(frame);
        (!possible).then(|| std::mem::take(&mut self.frames))
    }

    /// The names, if both streams name the same variables and nothing else;
    /// else what was held.
    pub fn end(self) -> Result<Vec<String>, Vec<Frame>> {
        let names = |text: &str, before: &str, after: &str| -> Option<Vec<String>> {
            let name =
                |line: &str| Some(line.strip_prefix(before)?.strip_suffix(after)?.to_owned());
            text.lines().map(name).collect()
        };
        match (names(&self.out, CHANGED, ""), names(&self.err, BEFORE, AFTER)) {
            (Some(out), Some(err)) if out == err && !out.is_empty() => Ok(out),
            _ => Err(self.frames),
        }
    }
}

/// Whether every line begins so, or may.
fn lines_begin(text: &str, with: &str) -> bool {
    text.lines().all(|line| line.starts_with(with) || with.starts_with(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(frames: &[(Kind, &str)]) -> (Vec<Frame>, Result<Vec<String>, Vec<Frame>>) {
        let mut lead = Lead::default();
        let mut passed = Vec::new();
        for (kind, text) in frames {
            passed.extend(lead.take(Frame::new(*kind, 1, *text)).unwrap_or_default());
        }
        (passed, lead.end())
    }

    #[test]
    fn names_of_both_streams_are_taken_and_text_that_looks_like_them_is_not() {
        let both = [
            (Kind::Err, "The type of the variable a was redef"),
            (Kind::Out, "EVCXR_VARIABLE_CHANGED_TYPE:a\nEVCXR_VARIABLE_CHANGED_TYPE:b\n"),
            (
                Kind::Err,
                "ined, so was lost.\nThe type of the variable b was redefined, so was lost.\n",
            ),
        ];
        assert_eq!(lead(&both), (Vec::new(), Ok(vec!["a".into(), "b".into()])));
        let out = [(Kind::Out, "EVCXR_VARIABLE_CHANGED_TYPE:a\n")];
        assert_eq!(lead(&out).1.expect_err("text").len(), 1);
        let more = [out[0], (Kind::Out, "more\n")];
        assert_eq!(lead(&more).0.len(), 2);
        assert_eq!(lead(&[(Kind::Out, "plain")]).0.len(), 1);
        assert_eq!(lead(&[]), (Vec::new(), Err(Vec::new())));
    }
}

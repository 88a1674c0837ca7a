//! Words that stand where a value is missing.

/// Why a value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// The cell is empty, or says that there is nothing.
    Absent,
    /// The run failed, in so many words.
    Failed,
    /// The run has not ended.
    Unfinished,
}

/// Nothing, as programs and people write it.
const ABSENT: [&str; 26] = [
    "",
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "#n/a",
    "#na",
    "<na>",
    "nan",
    "-nan",
    "null",
    "nil",
    "none",
    "-",
    "--",
    "–",
    "—",
    "?",
    ".",
    "...",
    "…",
    "missing",
    "not available",
    "#div/0!",
    "#value!",
    "nat",
];
/// Runs that left no value because they failed.
const FAILED: [&str; 24] = [
    "failed",
    "fail",
    "failure",
    "error",
    "errored",
    "crashed",
    "crash",
    "oom",
    "out of memory",
    "cuda oom",
    "killed",
    "aborted",
    "cancelled",
    "canceled",
    "timeout",
    "timed out",
    "diverged",
    "did not converge",
    "dnf",
    "preempted",
    "terminated",
    "node_fail",
    "#ref!",
    "#num!",
];
/// Runs that may still leave one.
const UNFINISHED: [&str; 8] =
    ["running", "pending", "queued", "scheduled", "todo", "tbd", "unfinished", "in progress"];

/// Why a cell holds no value, where it does not; nothing where it holds something.
pub fn missing(cell: &str) -> Option<Missing> {
    let cell = cell.trim();
    // The longest word; numbers and names are mostly told by it or by their letters.
    if cell.len() > 16 || cell.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let word = cell.to_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());
    if is(&ABSENT) {
        Some(Missing::Absent)
    } else if is(&FAILED) {
        Some(Missing::Failed)
    } else if is(&UNFINISHED) {
        Some(Missing::Unfinished)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_are_known_in_any_case() {
        for word in ["", " ", "N/A", "#N/A", "<NA>", "NaN", "NULL", "None", "—", "-", "n.a."] {
            assert_eq!(missing(word), Some(Missing::Absent), "{word:?}");
        }
        for word in ["failed", "OOM", "Crashed", "out of memory", "TIMEOUT"] {
            assert_eq!(missing(word), Some(Missing::Failed), "{word:?}");
        }
        assert_eq!(missing("Running"), Some(Missing::Unfinished));
        for word in ["0", "0.5", "-1", "high", "imagenet", "inf", "1e-3", ".5", "0,7"] {
            assert_eq!(missing(word), None, "{word:?}");
        }
    }
}

//! Spans of time as people and schedulers write them.

use std::fmt;
use std::str::FromStr;

use super::error::ClusterError;

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub u64);

impl FromStr for Span {
    type Err = ClusterError;

    /// `4h`, `90m`, `30s`, `2d`, `1h30m`; as Slurm has it `04:00:00`, `1-12:00:00` and
    /// `1-12`; a number alone is of minutes, as there.
    fn from_str(text: &str) -> Result<Self, ClusterError> {
        let text = text.trim();
        let seconds = if text.contains(':') || text.contains('-') {
            clock(text)
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse::<u64>().ok().and_then(|minutes| minutes.checked_mul(60))
        } else {
            units(text)
        };
        // A thousand years, or no time at all, is a slip.
        let fine = seconds.filter(|seconds| (1..31_536_000_000).contains(seconds));
        fine.map(Self).ok_or_else(|| ClusterError::NoTime { value: text.into() })
    }
}

/// `D-HH`, `D-HH:MM`, `D-HH:MM:SS`, `HH:MM:SS`, `MM:SS`.
fn clock(text: &str) -> Option<u64> {
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (days.parse::<u64>().ok()?, rest),
        None => (0, text),
    };
    let parts: Vec<u64> = rest.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let dated = text.contains('-');
    let (hours, minutes, seconds) = match parts[..] {
        [hours] if dated => (hours, 0, 0),
        [hours, minutes] if dated => (hours, minutes, 0),
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_add(seconds)
}

/// Numbers with units, one after the other.
fn units(text: &str) -> Option<u64> {
    let mut seconds = 0_f64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let tail = rest[digits..].trim_start();
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let unit = match &tail[..end] {
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            _ => return None,
        };
        seconds += number * unit;
        rest = tail[end..].trim_start();
    }
    Some(seconds.round() as u64)
}

impl fmt::Display for Span {
    /// As Slurm reads it: `D-HH:MM:SS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds) = (self.0 / 60, self.0 % 60);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        write!(f, "{}-{:02}:{minutes:02}:{seconds:02}", hours / 24, hours % 24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_and_slurm_write_them() {
        for (text, seconds) in [
            ("4h", 14_400),
            ("90m", 5400),
            ("30s", 30),
            ("1h30m", 5400),
            ("1.5h", 5400),
            ("2d", 172_800),
            ("04:00:00", 14_400),
            ("10:30", 630),
            ("1-12", 129_600),
            ("1-12:30", 131_400),
            ("1-12:30:15", 131_415),
            ("60", 3600),
            (" 40 h ", 144_000),
        ] {
            assert_eq!(text.parse::<Span>().expect(text), Span(seconds), "{text}");
        }
        for text in ["", "h", "4x", "4h x", "-1", "1:2:3:4", "0", "0s", "9e9h", "4 hours", "１h"] {
            let error = text.parse::<Span>().expect_err(text).to_string();
            assert!(error.contains("expected such as 4h"), "{error}");
        }
        assert_eq!(Span(131_415).to_string(), "1-12:30:15");
    }
}

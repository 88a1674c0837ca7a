//! From a key path or a byte span to file, line and column.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// One fault of a study file, with its place and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The study file.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What was got and what was expected.
    pub message: String,
    /// The way out, where there is a short one.
    pub hint: Option<String>,
    excerpt: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gutter = self.line.to_string().len();
        writeln!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)?;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{} | {}", self.line, self.excerpt)?;
        write!(f, "{:gutter$} | {:>width$}", "", "^", width = self.column)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n{:gutter$} = hint: {hint}", "")?;
        }
        Ok(())
    }
}

/// The text of a study file and where it came from.
pub(super) struct Text<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl Text<'_> {
    /// A problem at a byte span; at the start of the file where there is none.
    pub(super) fn at_span(
        &self,
        span: Option<Range<usize>>,
        message: String,
        hint: Option<String>,
    ) -> Problem {
        let start = span.map_or(0, |span| span.start).min(self.text.len());
        let before = self.text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let excerpt = self.text[line_start..].lines().next().unwrap_or("").to_string();
        Problem {
            file: self.file.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
            hint,
            excerpt,
        }
    }

    /// A problem at the value that `keys` lead to, or at the deepest table on
    /// the way that the file has (a default is written nowhere).
    pub(super) fn at_keys(&self, keys: &[&str], message: String, hint: Option<String>) -> Problem {
        let span = DeTable::parse(self.text).ok().and_then(|root| span_of(root.get_ref(), keys));
        self.at_span(span, message, hint)
    }
}

fn span_of(table: &DeTable<'_>, keys: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = keys.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first)?;
    match value.get_ref() {
        DeValue::Table(inner) => Some(span_of(inner, rest).unwrap_or_else(|| key.span())),
        DeValue::Array(items) => {
            let item = rest.first().and_then(|index| items.get(index.parse::<usize>().ok()?));
            Some(item.map_or_else(|| value.span(), toml::Spanned::span))
        }
        _ => Some(value.span()),
    }
}

//! Entries of BibTeX files.

use std::collections::BTreeMap;

use biblatex::{Bibliography, ChunksExt, Entry, ParseErrorKind};

use super::error::BibliographyError;

const BUILT_IN: &str = include_str!("../../../dataset/references.bib");

/// Entries by key.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Library {
    entries: BTreeMap<String, Entry>,
}

impl Library {
    /// The papers behind this program's methods.
    pub(in crate::report) fn built_in() -> Result<Self, BibliographyError> {
        Self::read(BUILT_IN, "references.bib")
    }

    /// The entries of a BibTeX or BibLaTeX file; `file` is for messages. Every
    /// entry must have what a reference cannot do without.
    pub(in crate::report) fn read(text: &str, file: &str) -> Result<Self, BibliographyError> {
        let fail = |error: biblatex::ParseError| {
            let line = line_of(text, error.span.start);
            match error.kind {
                ParseErrorKind::DuplicateKey(key) => BibliographyError::Entry {
                    file: file.into(),
                    line: line_of_key(text, &key, true),
                    key,
                    reason: "is there twice".into(),
                },
                kind => {
                    BibliographyError::Parse { file: file.into(), line, reason: kind.to_string() }
                }
            }
        };
        let parsed = Bibliography::parse(text).map_err(fail)?;
        let mut entries = BTreeMap::new();
        for entry in parsed {
            if let Some(reason) = unfit(&entry) {
                return Err(BibliographyError::Entry {
                    file: file.into(),
                    line: line_of_key(text, &entry.key, false),
                    key: entry.key,
                    reason,
                });
            }
            entries.insert(entry.key.clone(), entry);
        }
        Ok(Self { entries })
    }

    /// Adds entries; those of the same key are replaced.
    pub(in crate::report) fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// A key that is spelt nearly like another.
    pub(super) fn near(&self, key: &str) -> Option<&str> {
        let same = |a: &str, b: &str| {
            let stem = |s: &str| s.to_lowercase().replace(['-', '_', ':', '.'], "");
            let (a, b) = (stem(a), stem(b));
            let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
            shared >= 4 && shared + 3 >= a.chars().count().max(b.chars().count())
        };
        self.entries.keys().map(String::as_str).find(|other| same(key, other))
    }

    /// Entries as BibTeX, in the order of the keys.
    pub(in crate::report) fn bibtex(&self, keys: &[&str]) -> String {
        let mut out = String::new();
        for key in keys {
            if let Some(entry) = self.entries.get(*key) {
                out += &entry.to_bibtex_string().unwrap_or_else(|_| entry.to_biblatex_string());
                out += "\n\n";
            }
        }
        out
    }
}

/// Why an entry makes no reference.
fn unfit(entry: &Entry) -> Option<String> {
    let title = entry.title().map(ChunksExt::format_verbatim).unwrap_or_default();
    if title.trim().is_empty() {
        return Some("has no title".into());
    }
    None
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// The line an entry begins on; of two, the first or the last.
fn line_of_key(text: &str, key: &str, last: bool) -> usize {
    let begins = |(offset, _): &(usize, &str)| {
        let before = text[..*offset].trim_end();
        let after = text[*offset + key.len()..].trim_start();
        before.ends_with(['{', '(']) && after.starts_with([',', '}'])
    };
    let mut places = text.match_indices(key).filter(begins);
    let place = if last { places.last() } else { places.next() };
    place.map_or(1, |(offset, _)| line_of(text, offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Library::read(text, "my.bib").expect_err("an error").to_string()
    }

    #[test]
    fn the_built_in_library_is_whole() {
        let library = Library::built_in().expect("read");
        assert!(library.entries.len() >= 30);
        for (key, entry) in &library.entries {
            let link = entry.doi().is_ok() || entry.url().is_ok();
            assert!(link || key == "nemenyi1963", "{key} has no link");
            let year = entry.date().is_ok();
            assert!(year && entry.author().is_ok(), "{key} has no year or author");
            let digits: String = key.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(digits.len(), 4, "{key}");
        }
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let twice = "@misc{a, title={A}}\n@misc{b, title={B}}\n@misc{a,\n title={C}}\n";
        let said = message(twice);
        assert!(
            said.contains("my.bib:3") && said.contains("\"a\"") && said.contains("twice"),
            "{said}"
        );
        let said = message("@misc{a, title={A}}\n\n@article{b,\n year={1999}}\n");
        assert!(said.contains("my.bib:3") && said.contains("no title"), "{said}");
        let said = message("@misc{a, title={A}}\n@article{b, title={never closed}\n");
        assert!(said.starts_with("my.bib:"), "{said}");
    }

    #[test]
    fn bibtex_is_read_back() {
        let library = Library::built_in().expect("read");
        let text = library.bibtex(&["holm1979", "demsar2006"]);
        let again = Library::read(&text, "again").expect("read");
        assert_eq!(again.entries.len(), 2);
    }
}

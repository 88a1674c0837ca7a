//! Names as ids of numbers.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

/// Names as an id: letters, digits, `-`, `_` and `.` stay, all else becomes
/// `-`; names are joined by dots.
pub fn id<T: AsRef<str>>(names: &[T]) -> String {
    let parts: Vec<String> = names.iter().map(|name| slug(name.as_ref())).collect();
    parts.join(".")
}

/// One name as part of an id.
pub fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let trimmed = out.trim_matches('-');
    if trimmed.is_empty() { "-".into() } else { trimmed.into() }
}

/// Ids of things that are told apart by a key: where two have the same id, the
/// later one gets a suffix (`~2`), in the order in which they are added.
#[derive(Clone, Debug, Default)]
pub struct UniqueIds {
    by_key: BTreeMap<Vec<String>, String>,
    taken: BTreeSet<String>,
}

impl UniqueIds {
    /// The id of a key, which is `wanted` where that is free.
    pub fn add(&mut self, key: Vec<String>, wanted: &str) -> &str {
        let taken = &mut self.taken;
        self.by_key.entry(key).or_insert_with(|| {
            let numbered = (2..).map(|times: usize| format!("{wanted}~{times}"));
            let mut free = std::iter::once(wanted.to_string()).chain(numbered);
            let id = free.find(|id| !taken.contains(id)).unwrap_or_default();
            taken.insert(id.clone());
            id
        })
    }

    /// The id of a key that was added.
    pub fn get(&self, key: &[String]) -> Option<&str> {
        self.by_key.get(key).map(String::as_str)
    }
}

/// Longest part of an id that is made of a sentence, in characters.
const LONGEST: usize = 60;

/// A sentence as part of an id: its first words, and where some are cut a
/// checksum of all, so that sentences which begin alike stay apart.
pub fn sentence_slug(text: &str) -> String {
    let slug = slug(text);
    if slug.chars().count() <= LONGEST {
        return slug;
    }
    let sum = Sha256::digest(text.as_bytes());
    let sum: String = sum.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let words: String = slug.chars().take(LONGEST - sum.len() - 1).collect();
    format!("{}-{sum}", words.trim_end_matches('-'))
}

/// Row and column of an id.
pub fn split_id(id: &str) -> (&str, &str) {
    id.rsplit_once('.').unwrap_or((id, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_harmless() {
        assert_eq!(slug("<img src=x onerror=alert(1)>"), "img-src-x-onerror-alert-1");
        assert_eq!(slug("]]>"), "-");
        assert_eq!(id(&["Swin-T", "10 %", "mean"]), "Swin-T.10.mean");
        assert_eq!(split_id("a.0.1.mean"), ("a.0.1", "mean"));
    }

    #[test]
    fn names_that_look_alike_have_ids_of_their_own() {
        let mut ids = UniqueIds::default();
        for (name, id) in [("SSL", "SSL"), ("SSL+", "SSL~2"), ("SSL", "SSL"), ("(SSL)", "SSL~3")] {
            assert_eq!(ids.add(vec![name.into()], &slug(name)), id);
        }
        assert_eq!((ids.get(&["SSL+".into()]), ids.get(&[])), (Some("SSL~2"), None));
    }

    #[test]
    fn long_sentences_stay_apart() {
        let [a, b] = ["a", "b"].map(|end| sentence_slug(&format!("{}{end}", "word ".repeat(20))));
        assert!(a != b && a.chars().count() <= LONGEST && a.starts_with("word-word-"), "{a} {b}");
        assert_eq!(sentence_slug("two words"), "two-words");
    }
}

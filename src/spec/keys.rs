//! How the names in a checkpoint become those of a network, where the program
//! cannot tell by itself.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// `keys` of an init: rules about the names in its checkpoint, applied in the
/// order strip, rename, ignore. What the program understands by itself
/// (wrappers, the naming of the usual libraries) need not be said.
///
/// ```toml
/// [inits.own]
/// weights = "w.pth"
/// keys = { strip = "net_a.", rename = { "stem." = "conv1." }, ignore = ["aux."] }
/// ```
///
/// A pattern is the beginning of a name; `*x` is its end and `*x*` a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// Only names that begin so are taken, without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strip: Option<String>,
    /// What takes the place of a pattern, in the order of the file.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub rename: IndexMap<String, String>,
    /// Patterns of names that are not the network's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
}

impl Keys {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.strip.is_none() && self.rename.is_empty() && self.ignore.is_empty()
    }

    /// What is wrong with it, as the end of a sentence that begins with the
    /// name of the key.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        if self.is_empty() {
            return Some(("keys", "says nothing".into()));
        }
        if self.strip.as_deref() == Some("") {
            return Some(("keys.strip", "is empty".into()));
        }
        let pattern = |p: &&String| p.trim_matches('*').is_empty();
        if let Some(pattern) = self.rename.keys().find(pattern) {
            return Some((
                "keys.rename",
                format!("has the pattern {pattern:?}, which says nothing"),
            ));
        }
        let fault = self.ignore.iter().find(pattern)?;
        Some(("keys.ignore", format!("has the pattern {fault:?}, which says nothing")))
    }
}

/// As a study file has it: `keys = { ... }`.
impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(strip) = &self.strip {
            parts.push(format!("strip = {}", toml_text(strip)));
        }
        if !self.rename.is_empty() {
            let rules =
                self.rename.iter().map(|(a, b)| format!("{} = {}", toml_text(a), toml_text(b)));
            parts.push(format!("rename = {{ {} }}", rules.collect::<Vec<_>>().join(", ")));
        }
        if !self.ignore.is_empty() {
            let patterns: Vec<String> = self.ignore.iter().map(|p| toml_text(p)).collect();
            parts.push(format!("ignore = [{}]", patterns.join(", ")));
        }
        write!(f, "keys = {{ {} }}", parts.join(", "))
    }
}

/// A text as TOML writes it: in quotes, what cannot stand there escaped.
pub fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Init {
        keys: Keys,
    }

    /// What is proposed must be what is read.
    #[test]
    fn what_is_written_is_read_back() {
        let keys = Keys {
            strip: Some("a \"b\"\\c\n.".into()),
            rename: [("stem.".into(), "conv1.".into()), ("*.g".into(), ".w".into())].into(),
            ignore: vec!["aux.".into(), "*\u{7f}".into()],
        };
        let read: Init = toml::from_str(&keys.to_string()).expect("TOML");
        assert_eq!(read.keys, keys);
        assert_eq!(read.keys.rename.keys().collect::<Vec<_>>(), ["stem.", "*.g"]);
        assert_eq!(keys.fault(), None);
    }

    #[test]
    fn rules_that_say_nothing_are_faults() {
        assert!(Keys::default().fault().is_some());
        assert!(Keys { strip: Some(String::new()), ..Keys::default() }.fault().is_some());
        for pattern in ["", "*", "**"] {
            let ignore = vec![pattern.into()];
            assert!(Keys { ignore, ..Keys::default() }.fault().is_some(), "{pattern}");
            let rename = [(pattern.into(), "x".into())].into();
            assert!(Keys { rename, ..Keys::default() }.fault().is_some(), "{pattern}");
        }
    }
}

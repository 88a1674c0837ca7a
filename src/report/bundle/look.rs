//! The templates of a page, as its bundle carries them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The templates of a page: the name of one that is built in, and the files that
/// a user put in the place of built-in ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// `paper`, `ranking`, `card`, or a page among the files.
    pub page: String,
    /// Files that are not built in, by name (`parts/footer.html`): members of the
    /// archive, where a reader finds them as they are.
    #[serde(skip)]
    pub files: BTreeMap<String, String>,
}

impl Default for Look {
    fn default() -> Self {
        Self { page: "paper".into(), files: BTreeMap::new() }
    }
}

impl Look {
    /// A page carries so many bytes of own templates at most.
    pub(in crate::report) const LARGEST: usize = 4 << 20;

    /// Whether a template may have a name: a plain one, at the top or in `parts`.
    pub(in crate::report) fn may_hold(name: &str) -> bool {
        let plain = name.strip_prefix("parts/").unwrap_or(name);
        let kind = Path::new(plain).extension().and_then(|end| end.to_str()).unwrap_or_default();
        let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
        ["html", "css", "js"].contains(&kind) && !plain.contains(odd) && !plain.starts_with('.')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_templates_lead_nowhere_else() {
        for name in ["paper.html", "parts/head.html", "report.css", "my page.html"] {
            assert!(Look::may_hold(name), "{name}");
        }
        for name in ["../a.html", "parts/../a.html", "/a.html", "a.txt", ".html", "a\n.html", ""] {
            assert!(!Look::may_hold(name), "{name:?}");
        }
    }
}

//! Variables that a cell has taken away, and what to say where a later one asks for
//! them: Rust moves a value where it is handed on, and the next cell cannot see that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Names of variables that are gone, each with what took it.
#[derive(Default)]
pub struct Gone(BTreeMap<String, String>);

impl Gone {
    /// Notes what a cell that ran has changed.
    pub fn note(&mut self, before: &BTreeSet<String>, after: &BTreeSet<String>, code: &str) {
        for name in before.difference(after) {
            let line = code.lines().map(str::trim).find(|line| moves(line, name));
            let how = match line {
                Some(line) => {
                    let short: String = line.chars().take(100).collect();
                    format!(
                        "an earlier cell has moved it: `{short}`. There `{name}.clone()` or \
                             `&{name}` would have left it; run the cell again that makes it"
                    )
                }
                None => {
                    "an earlier cell added a crate or defined its type again, and it was lost; \
                         run the cell again that makes it"
                        .to_owned()
                }
            };
            self.0.insert(name.clone(), how);
        }
        self.0.retain(|name, _| !after.contains(name));
    }

    /// The errors, those about a name that is gone with the reason.
    pub fn explain(&self, errors: &mut [Value]) {
        for error in errors {
            let Some(text) = error["text"].as_str() else { continue };
            let Some((_, rest)) = text.split_once("cannot find value `") else { continue };
            let Some((name, how)) =
                rest.split_once('`').and_then(|(name, _)| Some((name, self.0.get(name)?)))
            else {
                continue;
            };
            // A name that is alike leads astray.
            let kept: Vec<&str> =
                text.lines().filter(|line| !line.contains("with a similar name exists")).collect();
            error["text"] = format!("{}\nhint: `{name}` is gone: {how}", kept.join("\n")).into();
        }
    }
}

/// Whether a line has the name as a word, not only lent or compared.
fn moves(line: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        !before.ends_with(word) && !before.ends_with('&') && !after.starts_with(word)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn told(gone: &Gone, name: &str) -> String {
        let text = format!(
            "error[E0425]: cannot find value `{name}` in this scope\nhelp: a local variable with a \
             similar name exists: `a`"
        );
        let mut errors = [json!({ "text": text })];
        gone.explain(&mut errors);
        errors[0]["text"].as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_variable_that_was_moved_is_remembered_until_it_is_made_again() {
        let mut gone = Gone::default();
        let code = "let n = &s;\nlet t = s;\n";
        gone.note(&set(&["s", "a"]), &set(&["a", "t", "n"]), code);
        let said = told(&gone, "s");
        assert!(said.contains("moved it: `let t = s;`") && !said.contains("similar"), "{said}");
        assert!(told(&gone, "x").contains("similar"));
        gone.note(&set(&["a", "t"]), &set(&["a", "t", "s"]), "let s = 1;");
        assert!(told(&gone, "s").contains("similar"));
        gone.note(&set(&["runs"]), &set(&[]), ":dep csv = \"1\"");
        assert!(told(&gone, "runs").contains("added a crate"));
    }

    #[test]
    fn names_are_words() {
        assert!(moves("drop(s)", "s") && moves("let t = s;", "s"));
        assert!(!moves("let as_is = &s;", "s") && !moves("spin(&s)", "s"));
    }
}

//! Typed parameters: `-p epochs=3` changes `let epochs: u32 = 5;` in the cell
//! that is tagged `parameters`.
//!
//! The cell says which parameters there are and of which type; a value that is
//! not of the type, or a name that is not there, is an error before anything
//! runs.

use std::collections::BTreeMap;
use std::path::Path;

use crate::notebook::NotebookError;
use crate::notebook::format::{CellKind, Notebook};

/// Values by name, as they were written.
pub type Parameters = BTreeMap<String, String>;

const TAG: &str = "parameters";

/// `NAME=VALUE`.
pub fn parse_parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.to_owned()))
        }
        _ => Err(format!("{text:?} is not NAME=VALUE")),
    }
}

/// A TOML file of `name = value`.
pub fn load_parameters(path: &Path) -> Result<Parameters, NotebookError> {
    let text = std::fs::read_to_string(path).map_err(NotebookError::io("read", path))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        NotebookError::Request(format!("{}: {}", path.display(), error.message()))
    })?;
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name, text)),
            toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => {
                Ok((name, value.to_string()))
            }
            other => Err(NotebookError::Request(format!(
                "{}: parameter {name:?} is a {}, expected text, a number, true or false",
                path.display(),
                other.type_str()
            ))),
        })
        .collect()
}

/// Writes the values into the notebook's parameter cell; gives all parameters
/// with the values in effect, in the order of the cell.
pub(super) fn apply(
    notebook: &mut Notebook,
    given: &Parameters,
) -> Result<Vec<(String, String)>, NotebookError> {
    let cell =
        notebook.cells.iter_mut().find(|cell| cell.kind == CellKind::Code && cell.has_tag(TAG));
    let Some(cell) = cell else {
        if given.is_empty() {
            return Ok(Vec::new());
        }
        return Err(NotebookError::Request(format!(
            "parameters were given ({}), and no cell has the tag \"{TAG}\"; tag the cell that \
             holds their defaults",
            given.keys().cloned().collect::<Vec<_>>().join(", ")
        )));
    };
    let mut left: Vec<&str> = given.keys().map(String::as_str).collect();
    let mut in_effect = Vec::new();
    let mut lines = Vec::new();
    for line in cell.source.split('\n') {
        let Some(declared) = Declaration::of(line) else {
            lines.push(line.to_owned());
            continue;
        };
        let value = if let Some(text) = given.get(declared.name) {
            left.retain(|name| *name != declared.name);
            let value = declared.literal(text)?;
            lines.push(format!(
                "let {}: {} = {value};{}",
                declared.name, declared.kind, declared.rest
            ));
            value
        } else {
            lines.push(line.to_owned());
            declared.value.to_owned()
        };
        in_effect.push((declared.name.to_owned(), value));
    }
    if let Some(unknown) = left.first() {
        let known: Vec<&str> = in_effect.iter().map(|(name, _)| name.as_str()).collect();
        return Err(NotebookError::Request(format!(
            "there is no parameter {unknown:?}; the parameter cell has {}. A parameter is a line \
             such as `let epochs: u32 = 5;`",
            if known.is_empty() { "none".into() } else { known.join(", ") }
        )));
    }
    cell.source = lines.join("\n");
    Ok(in_effect)
}

/// `let NAME: TYPE = VALUE;` in one line.
struct Declaration<'a> {
    name: &'a str,
    kind: &'a str,
    value: &'a str,
    rest: &'a str,
}

impl<'a> Declaration<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let rest = line.trim_start().strip_prefix("let ")?;
        let (name, rest) = rest.split_once(':')?;
        let (kind, rest) = rest.split_once('=')?;
        // The last `;` that only a comment follows.
        let at = rest.rfind(';').filter(|at| {
            let after = rest[at + 1..].trim();
            after.is_empty() || after.starts_with("//")
        })?;
        Some(Self {
            name: name.trim(),
            kind: kind.trim(),
            value: rest[..at].trim(),
            rest: &rest[at + 1..],
        })
    }

    /// The text as Rust of the declared type.
    fn literal(&self, text: &str) -> Result<String, NotebookError> {
        let wrong = |expected: &str| {
            NotebookError::Request(format!(
                "parameter {} is {text:?}, expected {expected} (it is declared as {})",
                self.name, self.kind
            ))
        };
        let text = text.trim();
        match self.kind {
            "&str" | "&'static str" => Ok(format!("{text:?}")),
            "String" => Ok(format!("String::from({text:?})")),
            "bool" => match text {
                "true" | "false" => Ok(text.to_owned()),
                _ => Err(wrong("true or false")),
            },
            "f32" | "f64" => {
                let value: f64 = text.parse().map_err(|_| wrong("a number"))?;
                if !value.is_finite() {
                    return Err(wrong("a finite number"));
                }
                Ok(format!("{value:?}"))
            }
            kind => {
                let range = integer_range(kind).ok_or_else(|| {
                    wrong("a declaration as &str, String, bool, f64 or an integer type")
                })?;
                let value: i128 =
                    text.replace('_', "").parse().map_err(|_| wrong("a whole number"))?;
                if !range.contains(&value) {
                    return Err(wrong("a number in its range"));
                }
                Ok(value.to_string())
            }
        }
    }
}

fn integer_range(kind: &str) -> Option<std::ops::RangeInclusive<i128>> {
    Some(match kind {
        "u8" => 0..=i128::from(u8::MAX),
        "u16" => 0..=i128::from(u16::MAX),
        "u32" => 0..=i128::from(u32::MAX),
        "u64" | "usize" => 0..=i128::from(u64::MAX),
        "i8" => i128::from(i8::MIN)..=i128::from(i8::MAX),
        "i16" => i128::from(i16::MIN)..=i128::from(i16::MAX),
        "i32" => i128::from(i32::MIN)..=i128::from(i32::MAX),
        "i64" | "isize" => i128::from(i64::MIN)..=i128::from(i64::MAX),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::format::from_percent;

    const TEXT: &str = "// %% tags=parameters\nlet epochs: u32 = 5; // how long\nlet name: &str = \"a\";\nlet rate: f64 = 0.1;\n\n// %%\nepochs\n";

    fn given(pairs: &[(&str, &str)]) -> Parameters {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn values_take_the_declared_type_and_defaults_stay() {
        let mut notebook = from_percent(TEXT).expect("a notebook");
        let parameters = given(&[("epochs", "7"), ("name", "say \"hi\"; // x")]);
        let all = apply(&mut notebook, &parameters).expect("applied");
        assert_eq!(
            notebook.cells[0].source,
            "let epochs: u32 = 7; // how long\nlet name: &str = \"say \\\"hi\\\"; // x\";\nlet rate: f64 = 0.1;"
        );
        let values: Vec<&str> = all.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["7", "\"say \\\"hi\\\"; // x\"", "0.1"]);
    }

    #[test]
    fn a_wrong_value_or_name_is_refused_before_anything_runs() {
        for (name, value, part) in [
            ("epochs", "-1", "range"),
            ("epochs", "many", "whole number"),
            ("rate", "inf", "finite"),
            ("speed", "1", "epochs, name, rate"),
        ] {
            let mut notebook = from_percent(TEXT).expect("a notebook");
            let error = apply(&mut notebook, &given(&[(name, value)])).expect_err("refused");
            assert!(error.to_string().contains(part), "{error}");
        }
        let mut bare = from_percent("// %%\n1\n").expect("a notebook");
        assert!(apply(&mut bare, &given(&[("x", "1")])).is_err());
        assert_eq!(apply(&mut bare, &Parameters::new()).expect("nothing to do"), []);
    }
}

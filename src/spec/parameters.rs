//! `[parameters]` of a study file: `${name}` in any text of it, `--set` from outside.
//!
//! Both are written into the text of the file before it is read, so that nothing
//! behind knows of parameters, and every message still has its line.

use std::ops::Range;

use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::locate::Text;
use super::parse::SpecError;

const TABLE: &str = "parameters";

/// A place of a text and what is to stand there.
type Edit = (Range<usize>, String);

/// The text of a study file with its parameters filled in.
///
/// A text that is nothing but `"${name}"` becomes the parameter with its type:
/// `epochs = "${epochs}"` is a number where the parameter is one. Among other
/// characters it is what the parameter looks like.
///
/// # Errors
/// Where `set` names what is no parameter or gives it another type, and where
/// the file asks for what is none.
pub(super) fn filled(
    source: &Text<'_>,
    set: &IndexMap<String, String>,
) -> Result<String, SpecError> {
    // Most files have none.
    if set.is_empty() && !source.text.contains("${") {
        return Ok(source.text.to_owned());
    }
    // What is no TOML is said where the file is read.
    let (Ok(root), Ok(mut file)) =
        (DeTable::parse(source.text), toml::from_str::<Table>(source.text))
    else {
        return Ok(source.text.to_owned());
    };
    let mut parameters = match file.remove(TABLE) {
        Some(Value::Table(table)) => table,
        _ => Table::new(),
    };
    replace(&mut parameters, set)?;
    let mut edits = Vec::new();
    let mut problems = Vec::new();
    for (key, value) in root.get_ref() {
        if key.get_ref() == TABLE {
            edits.extend(settings(value.get_ref(), &parameters, set));
            continue;
        }
        for span in texts_in(value) {
            let written = source.text.get(span.clone()).unwrap_or_default();
            match substituted(written, &parameters) {
                Ok(new) => edits.push((span, new)),
                Err((message, hint)) => problems.push(source.at_span(Some(span), message, hint)),
            }
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    if problems.is_empty() { Ok(edited(source.text, edits)) } else { Err(problems.into()) }
}

/// Gives parameters the values from outside, each of the type it had.
fn replace(parameters: &mut Table, set: &IndexMap<String, String>) -> Result<(), SpecError> {
    for (name, text) in set {
        let Some(own) = parameters.get_mut(name) else {
            let known: Vec<_> = parameters.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            return Err(SpecError::UnknownParameter { name: name.clone(), known });
        };
        *own = like(own, text).ok_or_else(|| SpecError::ParameterType {
            name: name.clone(),
            got: text.clone(),
            own: own.to_string(),
            kind: kind(own),
        })?;
    }
    Ok(())
}

/// A text from a command line as a value of the same type; a whole number will
/// do where any number does.
fn like(own: &Value, text: &str) -> Option<Value> {
    if own.is_str() {
        return Some(Value::String(text.to_owned()));
    }
    let mut alone = toml::from_str::<Table>(&format!("value = {}", text.trim())).ok()?;
    let new = alone.remove("value").filter(|_| alone.is_empty())?;
    let number = own.is_float() && new.is_integer();
    (number || new.same_type(own)).then_some(new)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Datetime(_) => "a date",
        Value::Table(_) => "a table",
    }
}

/// The edits of the table itself.
fn settings(table: &DeValue<'_>, parameters: &Table, set: &IndexMap<String, String>) -> Vec<Edit> {
    let DeValue::Table(table) = table else { return Vec::new() };
    let of = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let name: &str = std::borrow::Cow::as_ref(name.get_ref());
        let new = set.contains_key(name).then(|| parameters.get(name)).flatten()?;
        Some((value.span(), literal(new)))
    };
    table.iter().filter_map(of).collect()
}

/// Where texts with a `${` stand.
fn texts_in(value: &Spanned<DeValue<'_>>) -> Vec<Range<usize>> {
    match value.get_ref() {
        DeValue::String(text) if text.contains("${") => vec![value.span()],
        DeValue::Array(items) => items.iter().flat_map(texts_in).collect(),
        DeValue::Table(table) => table.values().flat_map(texts_in).collect(),
        _ => Vec::new(),
    }
}

/// What cannot be filled in, and the way out.
type Fault = (String, Option<String>);

/// A text as it is written, quotes included, with its parameters. Lines stay
/// lines, so that what follows keeps its place.
fn substituted(written: &str, parameters: &Table) -> Result<String, Fault> {
    let quote = written.chars().next().unwrap_or('"');
    let bare = written.trim_matches(quote);
    if let Some(name) = bare.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'))
        && !name.contains('}')
    {
        return value_of(name, parameters).map(literal);
    }
    let mut out = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            let message = format!("`${{{}` has no closing `}}`", after.trim_end_matches(quote));
            return Err((message, None));
        };
        out.push_str(&within(name, value_of(name, parameters)?, quote)?);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn value_of<'a>(name: &str, parameters: &'a Table) -> Result<&'a Value, Fault> {
    parameters.get(name).ok_or_else(|| {
        (
            format!("${{{name}}} is not a parameter of this study"),
            Some(format!("add `{name} = \"...\"` under [parameters]")),
        )
    })
}

/// A parameter among other characters of a text in these quotes.
fn within(name: &str, value: &Value, quote: char) -> Result<String, Fault> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Table(_) | Value::Datetime(_) => {
            let message =
                format!("the parameter {name} is {}: it cannot stand within a text", kind(value));
            return Err((message, Some(format!("write \"${{{name}}}\" alone"))));
        }
        plain => plain.to_string(),
    };
    let raw = quote == '\'';
    match (raw, text.contains(['\'', '\n', '\r'])) {
        (true, false) => Ok(text),
        (true, true) => {
            let message = format!("the parameter {name} has a quote or a line end in it");
            Err((message, Some("write the text in \"double quotes\"".into())))
        }
        (false, _) => {
            let quoted = basic(&text);
            Ok(quoted[1..quoted.len() - 1].to_owned())
        }
    }
}

/// A value as TOML has it, on one line.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => basic(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A text in double quotes on one line: what JSON escapes, TOML escapes alike.
fn basic(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(span, _)| span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, new) in edits {
        out.push_str(&text[at..span.start]);
        out.push_str(&new);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests;

//! Tasks of a study file that name a card: `[tasks.tb] card = "shenzhen"`,
//! `root = "..."`. They are filled in before the file is read, so that the rest
//! of the program knows tasks alone; keys that stand beside the card win.

use std::path::Path;

use toml::{Table, Value};

use super::also_test;
use super::card::{Card, card, overlay};
use super::locate::{Problem, Text};
use super::parse::clean;

/// The text's tables with all cards filled in; none where no task names one.
///
/// # Errors
/// Where there is no such card, or a task with one has no `root`.
pub(super) fn filled(source: &Text<'_>, base: &Path) -> Result<Option<Table>, Vec<Problem>> {
    // What is no TOML is said where the file is read.
    let Ok(mut file) = toml::from_str::<Table>(source.text) else { return Ok(None) };
    let nested = also_test::nested(&mut file).map_err(|(keys, message)| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        vec![source.at_keys(&keys, format!("{} {message}", keys.join(".")), None)]
    })?;
    let Some(Value::Table(tasks)) = file.get_mut("tasks") else { return Ok(None) };
    let (mut any, mut problems) = (nested, Vec::new());
    for (name, task) in tasks.iter_mut() {
        let Value::Table(own) = task else { continue };
        if !own.contains_key("card") && !own.contains_key("root") {
            continue;
        }
        any = true;
        match of_task(source, (name, own), base) {
            Ok(whole) => *own = whole,
            Err(problem) => problems.push(problem),
        }
    }
    match (any, problems.is_empty()) {
        (_, false) => Err(problems),
        (true, true) => Ok(Some(file)),
        (false, true) => Ok(None),
    }
}

fn of_task(source: &Text<'_>, (name, own): (&str, &Table), base: &Path) -> Result<Table, Problem> {
    let at = |key: &str, message: String, hint: Option<String>| {
        source.at_keys(&["tasks", name, key], message, hint)
    };
    let text = |key: &str| match own.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(other) => {
            Err(at(key, format!("tasks.{name}.{key} is {other}, expected a text"), None))
        }
    };
    let Some(id) = text("card")? else {
        let hint = Some("add card = \"NAME\"; `transfolio data list` shows all".into());
        return Err(at("root", format!("tasks.{name}.root is the folder of a card's data"), hint));
    };
    let found: &Card =
        card(id).map_err(|hint| at("card", format!("there is no card {id:?}"), Some(hint)))?;
    let Some(root) = text("root")? else {
        let hint = Some(format!("add root = \"FOLDER\", which has {}", found.expects()));
        return Err(at("card", format!("tasks.{name} has a card and no `root`"), hint));
    };
    let mut task = found.task_in(&clean(&base.join(root)));
    let mut own = own.clone();
    own.remove("card");
    own.remove("root");
    overlay(&mut task, &own);
    Ok(task)
}

/// Where the file has the key that a message is about: it was read without
/// places.
pub(super) fn place(text: &str, message: &str) -> Option<std::ops::Range<usize>> {
    let key = message.split('`').nth(1)?;
    let is_key = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_key(line) {
            let start = at + line.len() - line.trim_start().len();
            return Some(start..start + key.len());
        }
        at += line.len();
    }
    None
}

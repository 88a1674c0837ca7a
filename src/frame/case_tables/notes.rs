//! What is said of tables of cases as they are read.

use super::columns::{Form, Role};
use super::sheet::Sheet;

/// Columns that are not used, and what stands for those that are missing.
pub(super) fn of_columns(sheets: &[Sheet], forms: &[Form], factors: &[String]) -> Vec<String> {
    let mut unused: Vec<&str> = Vec::new();
    for (sheet, form) in sheets.iter().zip(forms) {
        for (at, name) in sheet.header.iter().enumerate() {
            let wide = matches!(form, Form::WidePredictions | Form::WideValues);
            let used = sheet.roles[at] != Role::Other
                || factors.contains(name)
                || (wide && sheet.is_numeric(at));
            if !used && !unused.contains(&name.as_str()) {
                unused.push(name);
            }
        }
    }
    let mut notes = Vec::new();
    if !unused.is_empty() {
        notes.push(format!(
            "columns that are not used: {}; if one is a factor, say --factor COLUMN",
            unused.join(", ")
        ));
    }
    let has = |role: Role| sheets.iter().any(|sheet| sheet.role(role).is_some());
    if !has(Role::Patient) {
        notes.push(
            "there is no column \"patient\": each case counts as independent of the others; if \
             patients have several cases, intervals and p-values are too small without it"
                .into(),
        );
    }
    notes
}

/// Models that are the same value for value: names in groups.
pub(super) fn equal_groups<'a, T: PartialEq + 'a>(
    items: impl IntoIterator<Item = (String, &'a T)>,
) -> Vec<Vec<String>> {
    let mut groups: Vec<(&T, Vec<String>)> = Vec::new();
    for (name, values) in items {
        match groups.iter_mut().find(|(known, _)| *known == values) {
            Some((_, names)) => names.push(name),
            None => groups.push((values, vec![name])),
        }
    }
    groups.into_iter().map(|(_, names)| names).filter(|names| names.len() > 1).collect()
}

/// `a, b and c`.
pub(super) fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

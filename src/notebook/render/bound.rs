//! Values that cells gave a name, for the text.

use std::collections::BTreeMap;

use super::outputs::VALUE;
use crate::notebook::format::Cell;

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) text: String,
    pub(super) about: String,
}

/// Values by name; a name that is bound twice has its last value.
pub(super) fn values(cells: &[Cell]) -> BTreeMap<String, Bound> {
    let mut values = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let data = cell.outputs.iter().filter_map(|output| output["data"].as_object());
        for (mime, value) in data.flatten() {
            if !mime.starts_with(VALUE) {
                continue;
            }
            let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            let mut about = text("about");
            if let Some(number) = value["number"].as_f64() {
                about =
                    format!("{number} ({})", if about.is_empty() { "computed" } else { &about });
            }
            let about = format!("{about}; cell {}", at + 1);
            values.insert(text("name"), Bound { text: text("text"), about });
        }
    }
    values
}

/// Text with values for `{{ name }}` and numbers for `[[label]]`, as a file keeps it
/// for viewers that know neither; what is not there stays as it is.
pub(super) fn filled(
    text: &str,
    values: &BTreeMap<String, Bound>,
    labels: &BTreeMap<String, String>,
) -> String {
    let mut out = text.to_owned();
    for (name, value) in values {
        for mark in [format!("{{{{ {name} }}}}"), format!("{{{{{name}}}}}")] {
            out = out.replace(&mark, &value.text);
        }
    }
    for (label, name) in labels {
        out = out.replace(&format!("[[{label}]]"), name);
    }
    out
}

//! The Shenzhen chest X-rays: `CHNCXR_0402_1.png,1`. Without lists, the last
//! part of each file name is its label.

use super::rows::{Row, Rows};
use super::{Input, images, lines};
use crate::data::error::DataError;

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let wanted = input.labels(&["tuberculosis".to_owned()])?;
    let names: Vec<String> = wanted.into_iter().map(|(name, _)| name).collect();
    let lists = input.lists();
    if lists.is_empty() {
        return of_names(input, names);
    }
    let mut rows = Rows::new(names, None, true);
    for (split, path) in lists {
        rows.list(path);
        for (line, text) in lines::read(path)? {
            let fields: Vec<&str> = text.split(',').map(str::trim).collect();
            let (name, labels) = lines::zeros_and_ones(path, line, &fields, 1)?;
            if let Some(other) = in_name(name).filter(|label| *label != labels[0]) {
                let reason = format!(
                    "says {} of `{name}`, whose name says {other}; one of the two is wrong",
                    labels[0]
                );
                return Err(lines::fail(path, line, 2, reason));
            }
            rows.push(&Row {
                line,
                image: name,
                labels: &labels,
                split: Some(split),
                ..Row::default()
            });
        }
    }
    Ok(rows)
}

fn of_names(input: &Input<'_>, names: Vec<String>) -> Result<Rows, DataError> {
    let mut rows = Rows::new(names, None, false);
    rows.list(input.images);
    for path in images::below(input.images)? {
        let label = in_name(&path).ok_or_else(|| DataError::Folder {
            path: input.images.join(&path),
            reason: "has no label in its name, expected one such as CHNCXR_0402_1.png, or lists"
                .into(),
        })?;
        rows.push(&Row { image: &path, labels: &[label.to_owned()], ..Row::default() });
    }
    rows.notes.push("labels are those at the end of the file names".into());
    Ok(rows)
}

/// The label in a name such as `CHNCXR_0402_1.png`.
fn in_name(name: &str) -> Option<&str> {
    let stem = images::stem(name);
    let (_, label) = stem.strip_prefix("CHNCXR_")?.rsplit_once('_')?;
    matches!(label, "0" | "1").then_some(label)
}

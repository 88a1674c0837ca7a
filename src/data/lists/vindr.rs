//! Lists of VinDr-CXR: a name without ending, then 0 or 1 for each of six
//! global labels, separated by blanks.

use super::rows::{Row, Rows};
use super::{Input, lines};
use crate::data::error::DataError;

/// The labels, in the order of the lists.
const LABELS: [&str; 6] =
    ["PE", "Lung tumor", "Pneumonia", "Tuberculosis", "Other diseases", "No finding"];

pub(super) fn read(input: &Input<'_>) -> Result<Rows, DataError> {
    let wanted = input.labels(&LABELS.map(str::to_owned))?;
    let names = wanted.iter().map(|(name, _)| name.clone()).collect();
    let mut rows = Rows::new(names, None, true);
    for (split, path) in input.some_lists()? {
        rows.list(path);
        for (line, text) in lines::read(path)? {
            let fields: Vec<&str> = text.split_whitespace().collect();
            let (name, numbers) = lines::zeros_and_ones(path, line, &fields, LABELS.len())?;
            let labels: Vec<String> =
                wanted.iter().map(|(_, place)| numbers[*place].clone()).collect();
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

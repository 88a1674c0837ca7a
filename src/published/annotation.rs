//! What is printed at a bracket between two marks of a figure.

use serde::Serialize;

use super::csv_text::CsvText;
use super::error::PublishedError;
use super::tables::ANNOTATIONS;

/// A printed p, star or gap between two means of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// Study, as [`super::Table::study`] names it.
    pub study: String,
    /// Task.
    pub task: String,
    /// Model and init at one end (the reference).
    pub from: (String, String),
    /// Model and init at the other end.
    pub to: (String, String),
    /// The text as printed: `p=1.9e-1`, `>***`, `+3.7`.
    pub text: String,
    /// What should be known about it.
    pub note: String,
}

/// All annotations, in the order of the studies.
pub fn annotations() -> Result<Vec<Annotation>, PublishedError> {
    let table = CsvText::read(ANNOTATIONS.0, ANNOTATIONS.1.as_bytes())?;
    table.needs(&["study", "task", "from_model", "from_init", "to_model", "to_init", "text"])?;
    let text = |line: &super::csv_text::Line<'_>, column: &str| line.text(column).to_string();
    Ok(table
        .lines()
        .map(|line| Annotation {
            study: text(&line, "study"),
            task: text(&line, "task"),
            from: (text(&line, "from_model"), text(&line, "from_init")),
            to: (text(&line, "to_model"), text(&line, "to_init")),
            text: text(&line, "text"),
            note: text(&line, "note"),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::Table;

    /// Both ends of every bracket are bars of its study.
    #[test]
    fn every_bracket_has_its_ends() {
        let all = annotations().expect("annotations");
        assert_eq!(all.len(), 54);
        for annotation in all {
            let rows: Vec<_> = Table::ALL
                .into_iter()
                .filter(|t| t.study() == annotation.study)
                .flat_map(|t| t.rows().expect("rows"))
                .collect();
            for (model, init) in [&annotation.from, &annotation.to] {
                let found = rows
                    .iter()
                    .any(|r| r.task == annotation.task && r.model == *model && r.init == *init);
                assert!(found, "{annotation:?}: {model} / {init}");
            }
        }
    }
}

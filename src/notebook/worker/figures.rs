//! The figures of a comparison, by name.

use serde_json::{Value, json};

use crate::compare::{CellSummary, Comparison, ComparisonRow, Factor};
use crate::figures::{Figure, grouped_bars, label_fraction};
use crate::notebook::NotebookError;
use crate::spec::Study;

/// What one panel is drawn of.
struct Facet<'a> {
    cells: Vec<&'a CellSummary>,
    tests: Vec<&'a ComparisonRow>,
    levels: &'a [String],
    titles: &'a [String],
    metric: &'a str,
}

type Draw = fn(&Facet<'_>) -> Option<Figure>;

/// Figures with one panel per task and model.
const FIGURES: [(&str, Draw); 2] = [
    ("label_fraction", |f| label_fraction(&f.cells, f.levels, f.titles, f.metric)),
    ("grouped_bars", |f| {
        let base = if f.metric == "AUC" { 0.5 } else { 0.0 };
        grouped_bars(&f.cells, &f.tests, f.levels, f.titles, f.metric, base)
    }),
];

/// A figure by its name.
pub(super) fn figure(
    name: &str,
    comparison: &Comparison,
    study: Option<&Study>,
) -> Result<Value, NotebookError> {
    let Some((_, draw)) = FIGURES.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = FIGURES.iter().map(|(name, _)| *name).collect();
        return Err(NotebookError::Request(format!(
            "there is no figure {name:?}; expected {}",
            known.join(" or ")
        )));
    };
    let metric = &comparison.options.metric;
    let metric = if metric == "auc" { "AUC" } else { metric };
    let comparison = by_init(comparison);
    let by_model = comparison.options.factor == Some(Factor::Model);
    let (levels, titles) = levels(&comparison.cells, study, by_model);
    let mut panels = Vec::new();
    for (task, model) in facets(&comparison.cells) {
        let facet = Facet {
            cells: comparison
                .cells
                .iter()
                .filter(|c| c.cell.task == task && c.cell.model == model)
                .collect(),
            tests: comparison
                .rows
                .iter()
                .filter(|row| row.task == task && row.model == model)
                .collect(),
            levels: &levels,
            titles: &titles,
            metric,
        };
        if let Some(figure) = draw(&facet) {
            panels.push(json!({
                "title": format!("{task} \u{b7} {model}"),
                "svg": figure.standalone(),
                "alt": figure.alt,
            }));
        }
    }
    if panels.is_empty() {
        return Err(NotebookError::Request(format!("there is no value of {metric} to draw")));
    }
    Ok(json!({ "name": name, "panels": panels }))
}

/// The levels that are compared stand in `init`.
fn by_init(comparison: &Comparison) -> Comparison {
    let mut comparison = comparison.clone();
    if comparison.options.factor == Some(Factor::Model) {
        for summary in &mut comparison.cells {
            std::mem::swap(&mut summary.cell.init, &mut summary.cell.model);
        }
        for row in &mut comparison.rows {
            std::mem::swap(&mut row.init, &mut row.model);
        }
    }
    comparison
}

/// Levels and their titles, in order of appearance.
fn levels(
    cells: &[CellSummary],
    study: Option<&Study>,
    by_model: bool,
) -> (Vec<String>, Vec<String>) {
    let mut levels: Vec<String> = Vec::new();
    for cell in cells {
        if !levels.contains(&cell.cell.init) {
            levels.push(cell.cell.init.clone());
        }
    }
    let title = |name: &String| {
        let title = study.and_then(|study| {
            if by_model {
                study.models.get(name).and_then(|model| model.title.clone())
            } else {
                study.inits.get(name).and_then(|init| init.title.clone())
            }
        });
        title.unwrap_or_else(|| name.clone())
    };
    let titles = levels.iter().map(title).collect();
    (levels, titles)
}

fn facets(cells: &[CellSummary]) -> Vec<(String, String)> {
    let mut facets: Vec<(String, String)> = Vec::new();
    for cell in cells {
        let key = (cell.cell.task.clone(), cell.cell.model.clone());
        if !facets.contains(&key) {
            facets.push(key);
        }
    }
    facets
}

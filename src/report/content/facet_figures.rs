//! The two figures of a comparison with one panel per task and model: the same
//! in the report and under the cells of a notebook.

use super::figures::by_init;
use super::names::Names;
use crate::compare::{CellSummary, Comparison, ComparisonRow};
use crate::figures::{Figure, grouped_bars, label_fraction};
use crate::spec::Study;

/// What is drawn in each panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FacetFigure {
    /// Metric against the share of training labels.
    LabelFraction,
    /// Means as bars, with brackets of tests.
    GroupedBars,
}

impl FacetFigure {
    /// Both, by the names that users give.
    pub const ALL: [(&'static str, Self); 2] =
        [("label_fraction", Self::LabelFraction), ("grouped_bars", Self::GroupedBars)];
}

/// A panel: task and model in words, and its drawing.
#[derive(Clone, Debug)]
pub struct FacetPanel {
    /// `Chest findings · ResNet-18`.
    pub title: String,
    /// The drawing.
    pub figure: Figure,
}

/// The panels of a figure, in order of appearance; a panel without a value is
/// left out.
pub fn facet_panels(
    kind: FacetFigure,
    main: &Comparison,
    study: Option<&Study>,
) -> Vec<FacetPanel> {
    let turned = by_init(main);
    let names = Names::of(main, study);
    let (levels, titles) = names.levels();
    let metric = names.metric();
    let base = chance(&main.options.metric);
    let mut panels = Vec::new();
    for (task, other) in names.facets() {
        let cells: Vec<&CellSummary> =
            turned.cells.iter().filter(|c| c.cell.task == task && c.cell.model == other).collect();
        let tests: Vec<&ComparisonRow> =
            turned.rows.iter().filter(|row| row.task == task && row.model == other).collect();
        let drawn = match kind {
            FacetFigure::LabelFraction => label_fraction(&cells, levels, titles, &metric),
            FacetFigure::GroupedBars => grouped_bars(&cells, &tests, levels, titles, &metric, base),
        };
        if let Some(figure) = drawn {
            panels.push(FacetPanel { title: names.panel(&task, &other), figure });
        }
    }
    panels
}

/// Where bars start: at what guessing gives.
pub(super) fn chance(metric: &str) -> f64 {
    if metric == "auc" { 0.5 } else { 0.0 }
}

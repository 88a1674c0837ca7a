//! The two figures of a comparison with one panel per block: the same
//! in the report and under the cells of a notebook.

use super::lead_figure::lead_figure;
use super::names::Names;
use crate::compare::answer::answer;
use crate::compare::pooled::PooledAnalysis;
use crate::compare::{Comparison, ComparisonRow};
use crate::figures::{Figure, grouped_bars, label_fraction};
use crate::report::document::Block;
use crate::report::parts::{FigurePart, figure};
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

/// A panel: what its cells share in words, and its drawing.
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
    let names = Names::of(main, study);
    let metric = names.metric();
    let mut panels = Vec::new();
    for facet in names.facets() {
        let levels = names.by_level(&names.cells(&facet));
        let tests: Vec<&ComparisonRow> =
            main.rows.iter().filter(|row| row.block.whole() == facet).collect();
        let drawn = match kind {
            FacetFigure::LabelFraction => label_fraction(&levels, metric),
            FacetFigure::GroupedBars => grouped_bars(&levels, &tests, metric),
        };
        if let Some(figure) = drawn {
            panels.push(FacetPanel { title: names.panel(&facet), figure });
        }
    }
    panels
}

/// The figure beside the answer of a comparison; none where nothing was compared.
pub fn answer_figure(
    main: &Comparison,
    pooled: Option<&PooledAnalysis>,
    study: Option<&Study>,
) -> Option<FigurePart> {
    let found = answer(main, pooled)?;
    match lead_figure(&found, &Names::of(main, study), pooled)? {
        Block::Figure(block) => Some(figure(&block, "Answer")),
        _ => None,
    }
}

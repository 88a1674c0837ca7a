//! The two figures of a comparison with one panel per block: the same
//! in the report and under the cells of a notebook.

use super::lead_figure::lead_figure;
use super::names::Names;
use crate::compare::answer::{Voice, answer};
use crate::compare::pooled::PooledAnalysis;
use crate::compare::{Comparison, ComparisonRow};
use crate::figures::{Figure, grouped_bars, label_fraction};
use crate::report::document as report;
use crate::report::parts::{FigurePart, figure};
use crate::scores::Block;
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

/// What a report says at its head of one comparison: who wins where in sentences,
/// and the figure beside them; nothing where nothing was compared.
pub fn answer_parts(
    main: &Comparison,
    pooled: Option<&PooledAnalysis>,
    study: Option<&Study>,
) -> (Vec<String>, Option<FigurePart>) {
    let Some(found) = answer(main, pooled) else { return (Vec::new(), None) };
    let names = Names::of(main, study);
    let level = |name: &str| names.level(name).1;
    let task = |name: &str| names.task(name);
    let place = |block: &Block| names.place_at(block);
    let voice = Voice { options: &main.options, level: &level, task: &task, place: &place };
    let sentences = std::iter::once(found.headline(&voice))
        .chain(found.details(main, &voice))
        .chain(found.outlook(main, &voice))
        .map(|phrase| phrase.to_string())
        .collect();
    let figure = match lead_figure(&found, &names, pooled) {
        Some(report::Block::Figure(block)) => Some(figure(&block, "Answer")),
        _ => None,
    };
    (sentences, figure)
}

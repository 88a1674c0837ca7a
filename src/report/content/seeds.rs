//! Every seed at the largest label fraction.

use super::arrange::paragraph;
use super::names::Names;
use super::panels::{MOST_PANELS, Panels};
use crate::figures::{SeedDistributionInput, SeedGroup, SeedShape, seed_distribution};
use crate::report::document::Block;
use crate::scores::Unit;

/// More panels than this are drawn in one grid, seeds and all.
const MOST_SMALL: usize = 6;

/// Rainclouds of the main metric, where there are single values.
pub(super) fn seeds(names: &Names<'_>) -> Vec<Block> {
    let unit = names.main.unit();
    let (one, many) = (unit.singular(), unit.word());
    // A score of a whole test set has no values of cases that could be drawn.
    if unit == Unit::Cases && names.main.cells.iter().all(|cell| cell.cell.values.len() < 2) {
        return Vec::new();
    }
    // The grid of curves shows the seeds of many panels; cases it cannot show.
    let in_grid = names.has_fractions() || names.facets().len() > MOST_SMALL;
    if unit == Unit::Seeds && in_grid {
        return Vec::new();
    }
    let mut panels = Panels::new("fig-seeds").telling(|numbers| {
        numbers
            .how("seed", format!("score of one {one}"))
            .how("median", format!("median over {many}"))
            .how("quartiles", format!("first and third quartile over {many}"))
            .of(format!("{many}{}", names.at_largest()))
    });
    let facets = names.facets();
    for facet in facets.iter().take(MOST_PANELS) {
        let group = |summary: &&crate::compare::CellSummary| {
            let (series, name) = names.level(&names.level_of(&summary.cell));
            let values = summary.cell.seeds.iter().copied();
            SeedGroup {
                name,
                series,
                values: values.zip(summary.cell.values.iter().copied()).collect(),
            }
        };
        let input = SeedDistributionInput {
            shape: SeedShape::Raincloud,
            metric: names.metric().axis(),
            decimals: names.metric().decimals,
            unit,
            reference: None,
            groups: names.full(facet).iter().map(group).collect(),
        };
        panels.add(&names.panel(facet), seed_distribution(&input), input.csv());
    }
    let at = names.at_largest();
    panels.skip(facets.len().saturating_sub(MOST_PANELS));
    let caption = format!(
        "{} of every {one}{at}. Boxes are quartiles with whiskers to the last value within 1.5 of \
         their distance; a density is drawn from ten {many} on.",
        names.metric().in_full()
    );
    let text = paragraph(format!("[[fig-seeds]] has every {one}{at}."));
    panels.block(&caption).into_iter().flat_map(|block| [text.clone(), block]).collect()
}

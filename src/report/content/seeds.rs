//! Every seed at the largest label fraction.

use super::arrange::paragraph;
use super::names::Names;
use super::panels::{MOST_PANELS, Panels};
use crate::figures::{SeedDistributionInput, SeedGroup, SeedShape, seed_distribution};
use crate::report::document::Block;

/// Rainclouds of the main metric, where there are single values.
pub(super) fn seeds(names: &Names<'_>) -> Vec<Block> {
    let mut panels = Panels::new("fig-seeds").telling(|numbers| {
        numbers
            .how("seed", "score of one seed")
            .how("median", "median over seeds")
            .how("quartiles", "first and third quartile over seeds")
            .of(format!("runs{}", names.at_largest()))
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
            reference: None,
            groups: names.full(facet).iter().map(group).collect(),
        };
        panels.add(&names.panel(facet), seed_distribution(&input), input.csv());
    }
    let at = names.at_largest();
    panels.skip(facets.len().saturating_sub(MOST_PANELS));
    let caption = format!(
        "{} of every seed{at}. Boxes are quartiles with whiskers to the last value within 1.5 of \
         their distance; a density is drawn from five seeds on.",
        names.metric().in_full()
    );
    let text = paragraph(format!("[[fig-seeds]] has every seed{at}."));
    panels.block(&caption).into_iter().flat_map(|block| [text.clone(), block]).collect()
}

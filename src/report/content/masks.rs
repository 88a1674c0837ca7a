//! Masks of the test cases: what they look like, and how well each case is
//! segmented.

use super::arrange::{paragraph, section};
use super::names::Names;
use super::panels::Panels;
use crate::figures::{
    MaskOverlaysInput, OverlayRow, SizeDiceInput, SizeDiceLevel, mask_overlays, size_dice,
};
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::masks::{MaskFacet, MaskLevel, ShownCase};
use crate::spec::Study;

/// The section, where there are masks.
pub(super) fn masks(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let facets = &input.bundle.carried.masks;
    let names = Names::of(&input.comparisons[0], study);
    let cases = cases(facets, &names)?;
    let mut blocks = vec![
        paragraph(
            "[[fig-size-dice]] has every test case: where small structures do worse, a mean over \
             cases says as much of their sizes as of the network.",
        ),
        cases,
    ];
    blocks.extend(overlays(facets, &names));
    Some(section("masks", "Masks of test cases", blocks))
}

fn cases(facets: &[MaskFacet], names: &Names<'_>) -> Option<Block> {
    let mut panels = Panels::new("fig-size-dice").telling(|numbers| {
        numbers
            .how(
                "share_dice",
                "share of the image in percent, and Dice, mean over structures and seeds",
            )
            .how("quartiles", "quartiles of Dice over cases")
            .how("median", "median of Dice over cases")
            .of("masks and metrics of the test cases at the largest share of labels")
    });
    for facet in facets {
        let level = |level: &MaskLevel| SizeDiceLevel {
            name: names.level(&level.level).1,
            cases: (level.cases.iter())
                .map(|case| (case.case.clone(), 100.0 * case.share, case.dice))
                .collect(),
        };
        let figure = SizeDiceInput { levels: facet.levels.iter().map(level).collect() };
        let n = facet.levels.first().map_or(0, |level| level.cases.len());
        let title = names.panel(&facet.block);
        panels.add_telling(&title, size_dice(&figure), figure.csv(), |numbers| {
            numbers.n(format!("{n} cases"))
        });
    }
    let seeds = facets.iter().flat_map(|facet| &facet.levels).all(|level| level.seeds < 2);
    let mean = if seeds { "mean over structures" } else { "mean over structures and seeds" };
    panels.block(&format!(
        "Dice of each test case ({mean}) against the share of its pixels that belong to a \
         structure, at the largest share of labels. At the right median and quartiles over cases."
    ))
}

fn overlays(facets: &[MaskFacet], names: &Names<'_>) -> Option<Block> {
    let mut panels = Panels::new("fig-overlays").telling(|numbers| {
        numbers
            .how("dice", "Dice of the case, mean over structures, in the run that is shown")
            .of("masks of the test cases at the largest share of labels")
            .n("1 run, 1 case")
    });
    for facet in facets {
        let row = |case: &ShownCase| OverlayRow {
            rank: case.rank.clone(),
            case: case.case.clone(),
            size: case.size,
            picture: case.picture.clone(),
            layers: (case.overlays.iter())
                .map(|overlay| overlay.as_ref().map(|o| (o.dice, o.layer.clone())))
                .collect(),
        };
        let figure = MaskOverlaysInput {
            levels: facet.levels.iter().map(|level| names.level(&level.level).1).collect(),
            rows: facet.shown.iter().map(row).collect(),
        };
        panels.add(&names.panel(&facet.block), mask_overlays(&figure), figure.csv());
    }
    panels.block(
        "Worst, median and best test case by the mean Dice over all runs shown, of those that some \
         run has kept the image of, with what the run of the first seed says. Green: a structure \
         that is there; orange: one that is missed; blue: a false alarm.",
    )
}

//! Calibration and confusion of the test predictions.

use super::arrange::{paragraph, section};
use super::curves::{by_panel, panels_of, seeds_of, title};
use super::names::Names;
use super::panels::Panels;
use crate::figures::{
    ConfusionMatrixInput, FEW_CASES, ReliabilityInput, ReliabilityPoint, ReliabilitySeries,
    confusion_matrix, reliability_diagram,
};
use crate::report::document::{Block, Section};
use crate::report::load::ReportInput;
use crate::report::predictions::PredictedLevel;
use crate::spec::Study;

/// The section, where there are predictions.
pub(super) fn calibration(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let names = Names::of(&input.comparisons[0], study);
    let reliability = reliability(input, &names)?;
    let mut blocks = vec![
        paragraph(
            "[[fig-calibration]] shows whether calls with a stated probability are right that often. \
             The expected calibration error (ECE) depends on the bins and is biased upward in small \
             samples.",
        ),
        reliability,
    ];
    blocks.extend(confusion(input, &names));
    Some(section("calibration", "Calibration and confusion", blocks))
}

fn reliability(input: &ReportInput, names: &Names<'_>) -> Option<Block> {
    let mut panels = Panels::new("fig-calibration").telling(|numbers| {
        numbers
            .how("expected_error", "expected calibration error over ten bins, mean over seeds")
            .how("share_right", "share of right calls in the bin, all seeds together")
            .how("cases", "calls in the bin, all seeds together")
            .how("most_cases", "calls in the fullest bin, all seeds together")
            .of("test predictions at the largest share of labels")
    });
    for levels in by_panel(input) {
        let top = levels.iter().any(|l| l.exclusive && l.classes.len() > 1);
        let figure = ReliabilityInput {
            confidence: if top { "highest probability" } else { "probability of a label" }.into(),
            series: levels.iter().map(|level| series(level, names)).collect(),
        };
        let seeds = seeds_of(figure.series.iter().map(|line| line.seeds));
        let drawn = reliability_diagram(&figure);
        let title = title(levels, names);
        panels.add_telling(&title, drawn, figure.csv(), |numbers| numbers.n(seeds));
    }
    panels.skip(panels_of(input).saturating_sub(by_panel(input).count()));
    let single = input.bundle.carried.predictions.iter().all(|level| level.seeds < 2);
    let calls = if single {
        "the bars count calls"
    } else {
        "the calls of all seeds are together, the bars count them"
    };
    panels.block(&format!(
        "Reliability diagrams at the largest share of labels, over ten bins of equal width; \
         {calls}. Marks of fewer than {FEW_CASES} calls \
         are faint. The broken line is perfect calibration."
    ))
}

fn series(level: &PredictedLevel, names: &Names<'_>) -> ReliabilitySeries {
    let point = |bin: &crate::stats::calibration::ReliabilityBin| ReliabilityPoint {
        low: bin.low,
        high: bin.high,
        cases: bin.cases,
        confidence: if bin.cases > 0 { bin.confidence } else { f64::NAN },
        accuracy: if bin.cases > 0 { bin.accuracy } else { f64::NAN },
    };
    ReliabilitySeries {
        name: names.level(&level.level).1,
        expected_error: level.expected_error,
        seeds: level.seeds,
        bins: level.bins.iter().map(point).collect(),
    }
}

fn confusion(input: &ReportInput, names: &Names<'_>) -> Option<Block> {
    let mut panels = Panels::new("fig-confusion").telling(|numbers| {
        numbers
            .how("calls", "cases of the true class with this call, all seeds together")
            .how("cases", "cases of the true class, all seeds together")
            .of("test predictions at the largest share of labels")
    });
    for level in &input.bundle.carried.predictions {
        let Some((classes, counts)) = &level.confusion else { continue };
        let figure = ConfusionMatrixInput {
            classes: classes.clone(),
            counts: counts.clone(),
            seeds: level.seeds,
        };
        let place = names.panel(&level.block);
        let title = format!("{place} · {}", names.level(&level.level).1);
        let seeds = seeds_of([level.seeds]);
        let drawn = confusion_matrix(&figure);
        panels.add_telling(&title, drawn, figure.csv(), |numbers| numbers.n(seeds));
    }
    panels.block(
        "Confusion matrices: the share of each true class that was called each class, and the number \
         of calls of all seeds together. A single label is called from a probability of 0.5 on.",
    )
}

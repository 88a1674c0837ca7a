//! ROC and precision-recall curves of the test predictions.

use super::arrange::{note, paragraph, section};
use super::names::Names;
use super::panels::Panels;
use crate::figures::{
    MOST_CURVE_POINTS, OperatingCurve, OperatingCurveKind, OperatingCurvesInput, operating_curves,
};
use crate::report::document::Section;
use crate::report::load::ReportInput;
use crate::report::predictions::{PredictedLevel, facets};
use crate::spec::Study;

/// The section, where there are predictions.
pub(super) fn curves(input: &ReportInput, study: Option<&Study>) -> Option<Section> {
    let names = Names::of(&input.comparisons[0], study);
    let of = "test predictions at the largest share of labels";
    let mut roc = Panels::new("fig-roc")
        .telling(|numbers| numbers.how("area", "AUC, mean over seeds").of(of));
    let mut precision = Panels::new("fig-precision-recall")
        .telling(|numbers| numbers.how("area", "average precision, mean over seeds").of(of));
    for levels in by_panel(input) {
        let title = title(levels, &names);
        for (kind, panels) in [
            (OperatingCurveKind::Roc, &mut roc),
            (OperatingCurveKind::PrecisionRecall, &mut precision),
        ] {
            let figure = curves_of(levels, &names, kind);
            let seeds = seeds_of(figure.series.iter().map(|curve| curve.seeds));
            let drawn = operating_curves(&figure);
            panels.add_telling(&title, drawn, figure.csv(), |numbers| numbers.n(seeds));
        }
    }
    let skipped = panels_of(input).saturating_sub(by_panel(input).count());
    roc.skip(skipped);
    precision.skip(skipped);
    let several = input.bundle.carried.predictions.iter().any(|level| level.classes.len() > 1);
    let averaged =
        if several { " Curves of several classes are averaged (macro-average)." } else { "" };
    let thinned = format!("Curves are thinned to {MOST_CURVE_POINTS} points at most.");
    // One run of each level has neither a mean over seeds nor a band.
    let single = input.bundle.carried.predictions.iter().all(|level| level.seeds < 2);
    let over = if single {
        "one run of each level"
    } else {
        "mean over seeds at equal false-positive rates, bands from the lowest to the highest seed"
    };
    let roc = roc.block(&format!(
        "ROC curves on the test cases at the largest share of labels: {over}.{averaged} {thinned}"
    ));
    let precision = precision.block(&format!(
        "Precision-recall curves of the same predictions, without interpolation; the broken line is \
         the share of positives.{averaged} {thinned}"
    ));
    let mut blocks = vec![paragraph(if single {
        "The curves show every threshold; how far they would move on other cases is said by the \
         intervals of their areas."
    } else {
        "The curves show every threshold. Their bands are about other seeds on the same test cases, \
         not about other cases."
    })];
    blocks.extend(roc);
    blocks.extend(precision);
    if blocks.len() == 1 {
        return None;
    }
    for level in &input.bundle.carried.predictions {
        let place = format!("{} / {}", level.block.name(), level.level);
        blocks.extend(level.notes.iter().map(|text| note(&format!("{place}: {text}"))));
    }
    Some(section("curves", "ROC and precision-recall curves", blocks))
}

/// Levels of one block, panel by panel.
pub(super) fn by_panel(input: &ReportInput) -> impl Iterator<Item = &[PredictedLevel]> {
    input.bundle.carried.predictions.chunk_by(|a, b| a.block == b.block)
}

/// Panels there would be if none were left out.
pub(super) fn panels_of(input: &ReportInput) -> usize {
    // Tables of cases have no runs of a study.
    let drawn = by_panel(input).count();
    facets(&input.runs, &input.comparisons[0].options.factors).len().max(drawn)
}

/// `5 seeds`, `3 to 5 seeds`.
pub(super) fn seeds_of(counts: impl IntoIterator<Item = usize>) -> String {
    let (low, high) = counts.into_iter().fold((usize::MAX, 0), |(l, h), n| (l.min(n), h.max(n)));
    match (low, high) {
        (_, 0) => String::new(),
        (1, 1) => "1 seed".into(),
        (low, high) if low == high => format!("{high} seeds"),
        (low, high) => format!("{low} to {high} seeds"),
    }
}

pub(super) fn title(levels: &[PredictedLevel], names: &Names<'_>) -> String {
    levels.first().map_or(String::new(), |level| names.panel(&level.block))
}

fn curves_of(
    levels: &[PredictedLevel],
    names: &Names<'_>,
    kind: OperatingCurveKind,
) -> OperatingCurvesInput {
    let series = levels.iter().map(|level| {
        let curve = match kind {
            OperatingCurveKind::Roc => &level.roc,
            OperatingCurveKind::PrecisionRecall => &level.precision_recall,
        };
        let curve = curve.clone().unwrap_or_default();
        OperatingCurve {
            name: names.level(&level.level).1,
            x: curve.x,
            mean: curve.mean,
            band: curve.band,
            area: curve.area,
            seeds: level.seeds,
        }
    });
    OperatingCurvesInput {
        kind,
        prevalence: levels.first().and_then(|level| level.prevalence),
        cases: levels.first().map_or(0, |level| level.cases),
        series: series.collect(),
    }
}

//! Reads masks and metrics of the cases of a study.

use std::collections::BTreeMap;

use super::{MaskCase, MaskFacet, MaskLevel, Overlay, ShownCase, overlay};
use crate::data::Planes;
use crate::frame::{read_case_masks, read_case_metrics};
use crate::records::{CaseMask, StudyDir};
use crate::report::bundle::RunRow;
use crate::report::predictions::{Facet, MOST_FACETS, OnSet, facets};
use crate::scores::Factors;
use crate::spec::Target;

/// Levels whose masks are drawn beside each other.
const MOST_LEVELS: usize = 4;

/// The masks of the first facets of segmentation; a file that cannot be read is a
/// note.
pub(in crate::report) fn load(
    runs: &[RunRow],
    dir: &StudyDir,
    factors: &Factors,
) -> (Vec<MaskFacet>, Vec<String>) {
    let mut notes = Vec::new();
    let all = facets(runs, factors);
    let of_masks = all.iter().filter(|facet| {
        let mut runs = facet.levels.iter().flat_map(|(_, runs)| runs);
        runs.all(|on| on.run.spec.task_spec.target == Target::Segmentation)
    });
    let found =
        of_masks.take(MOST_FACETS).filter_map(|facet| one(facet, dir, &mut notes)).collect();
    (found, notes)
}

/// The cases of a run: masks, and the Dice of each.
struct Run {
    seed: u64,
    masks: Vec<CaseMask>,
    dice: BTreeMap<String, f64>,
}

fn read(dir: &StudyDir, on: &OnSet<'_>) -> Result<Run, String> {
    let at = on.dir(dir);
    let missing = || format!("{} is missing", at.case_masks().display());
    let masks = read_case_masks(&at.case_masks()).map_err(|e| e.to_string())?;
    let rows = read_case_metrics(&at.case_metrics()).map_err(|e| e.to_string())?;
    let (masks, rows) = masks.zip(rows).ok_or_else(missing)?;
    let dice = rows
        .into_iter()
        .filter(|row| row.metric == "dice" && row.class.is_none())
        .filter_map(|row| Some((row.case, row.value?)))
        .collect();
    Ok(Run { seed: on.run.spec.seed, masks, dice })
}

fn one(facet: &Facet<'_>, dir: &StudyDir, notes: &mut Vec<String>) -> Option<MaskFacet> {
    let mut levels: Vec<(String, Vec<Run>)> = Vec::new();
    for (level, list) in &facet.levels {
        let mut runs = Vec::new();
        for run in list {
            match read(dir, run) {
                Ok(run) => runs.push(run),
                Err(reason) => notes.push(format!("masks are left out: {reason}")),
            }
        }
        if !runs.is_empty() {
            levels.push((level.clone(), runs));
        }
    }
    let first = levels.first()?.1.first()?;
    let shares: Vec<(String, f64)> =
        first.masks.iter().map(|mask| (mask.case.clone(), share(mask))).collect();
    let shown = shown(&levels);
    let level = |(level, runs): &(String, Vec<Run>)| MaskLevel {
        level: level.clone(),
        seeds: runs.len(),
        cases: shares
            .iter()
            .filter_map(|(case, share)| {
                Some(MaskCase { case: case.clone(), share: *share, dice: mean_dice(runs, case)? })
            })
            .collect(),
    };
    Some(MaskFacet {
        block: facet.block.clone(),
        label_fraction: facet.label_fraction,
        levels: levels.iter().map(level).collect(),
        shown,
    })
}

/// Mean over the runs that have the case.
fn mean_dice(runs: &[Run], case: &str) -> Option<f64> {
    let values: Vec<f64> = runs.iter().filter_map(|run| run.dice.get(case).copied()).collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Share of the pixels that count which belong to a structure.
fn share(mask: &CaseMask) -> f64 {
    let Ok(planes) = Planes::from_runs(mask.size.0, mask.size.1, &mask.truth) else { return 0.0 };
    let counted = planes.bits().iter().filter(|bits| **bits & Planes::COUNTS != 0).count();
    let inside = planes.bits().iter().filter(|bits| **bits & !Planes::COUNTS != 0).count();
    if counted == 0 { 0.0 } else { inside as f64 / counted as f64 }
}

/// Worst, median and best case over all levels, of those whose image some run
/// kept.
fn shown(levels: &[(String, Vec<Run>)]) -> Vec<ShownCase> {
    let runs = || levels.iter().flat_map(|(_, runs)| runs);
    let mut pictures: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for mask in runs().flat_map(|run| &run.masks) {
        if let Some(picture) = &mask.picture {
            pictures.entry(&mask.case).or_insert(picture);
        }
    }
    let mean = |case: &str| {
        let values: Vec<f64> = runs().filter_map(|run| run.dice.get(case).copied()).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let mut all: Vec<f64> = levels[0].1[0].dice.keys().map(|case| mean(case)).collect();
    all.sort_by(f64::total_cmp);
    let Some(median) = all.get(all.len().saturating_sub(1) / 2).copied() else { return Vec::new() };
    let mut cases: Vec<(f64, &str)> = pictures.keys().map(|case| (mean(case), *case)).collect();
    cases.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    let near = cases.iter().min_by(|a, b| (a.0 - median).abs().total_cmp(&(b.0 - median).abs()));
    let wanted = [("worst", cases.first()), ("median", near), ("best", cases.last())];
    let mut out: Vec<ShownCase> = Vec::new();
    for (rank, case) in wanted.into_iter().filter_map(|(rank, case)| Some((rank, case?.1))) {
        if out.iter().any(|shown| shown.case == case) {
            continue;
        }
        let Some((size, picture)) = pictures.get(case).and_then(|png| overlay::picture(png)) else {
            continue;
        };
        let overlays = levels.iter().take(MOST_LEVELS).map(|(_, runs)| of_case(runs, case, size));
        let overlays = overlays.collect();
        out.push(ShownCase { case: case.into(), rank: rank.into(), size, picture, overlays });
    }
    out
}

/// What the run of the first seed says of a case.
fn of_case(runs: &[Run], case: &str, size: (u32, u32)) -> Option<Overlay> {
    let run = runs.first()?;
    let mask = run.masks.iter().find(|mask| mask.case == case)?;
    let planes = |runs: &[u8]| Planes::from_runs(mask.size.0, mask.size.1, runs).ok();
    let layer = overlay::layer(&planes(&mask.truth)?, &planes(&mask.predicted)?, size)?;
    Some(Overlay { seed: run.seed, dice: *run.dice.get(case)?, layer })
}

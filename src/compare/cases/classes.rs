//! Every pair on every class: by seeds and by cases.

use rayon::prelude::*;

use super::block::{Block, finite, z_test};
use super::parts::LevelParts;
use super::types::ClassRow;
use crate::compare::types::ComparisonRow;
use crate::stats::contributions::variance_of_difference;
use crate::stats::describe::{mean, sd};
use crate::stats::t_test::{Alternative, paired};

/// One row per test and class; none where the contributions to classes were
/// not kept.
pub(super) fn class_rows(block: &Block, rows: &[&ComparisonRow]) -> Vec<ClassRow> {
    let of_row = |row: &&ComparisonRow| -> Vec<ClassRow> {
        let Some([level, reference]) = block.sides(row) else { return Vec::new() };
        let kept = level.classes.len();
        (0..kept).map(|class| class_row(block, row, [level, reference], class)).collect()
    };
    rows.par_iter().flat_map_iter(of_row).collect()
}

fn class_row(
    block: &Block,
    row: &ComparisonRow,
    [level, reference]: [&LevelParts; 2],
    class: usize,
) -> ClassRow {
    let aucs = |side: &LevelParts| -> Vec<f64> {
        side.runs.iter().map(|run| run.classes.get(class).copied().unwrap_or(f64::NAN)).collect()
    };
    let (x, y) = (aucs(level), aucs(reference));
    let differences: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - y).collect();
    let difference = finite(mean(&differences));
    let variance = variance_of_difference(&level.classes[class], &reference.classes[class]);
    let over_seeds = paired(&x, &y, Alternative::TwoSided, 0.95);
    ClassRow {
        block: row.block.clone(),
        class: block.classes.get(class).cloned().unwrap_or_default(),
        level: row.level.clone(),
        reference: row.reference.clone(),
        seeds: differences.len(),
        cases: block.cases,
        patients: block.patients,
        difference,
        se_seeds: finite(sd(&differences) / (differences.len() as f64).sqrt()),
        se_cases: finite(variance.sqrt()),
        seeds_p: over_seeds.value().map(|test| test.p),
        cases_p: difference.and_then(|estimate| z_test(estimate, variance)),
        note: match difference {
            None => "the class has no AUC in every run".into(),
            Some(_) if variance == 0.0 => {
                "the scores rank all cases alike: nothing distinguishes them".into()
            }
            Some(_) if differences.len() < 2 => String::new(),
            Some(_) => over_seeds.note().unwrap_or_default().into(),
        },
        ..ClassRow::default()
    }
}

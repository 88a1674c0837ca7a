//! Which runs of a block are compared: those of the seeds that all levels have.

use std::collections::BTreeMap;

use crate::compare::types::ComparisonRow;
use crate::scores::RunKey;

/// The levels of the rows, references first.
pub(super) fn levels_of(rows: &[&ComparisonRow]) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    for name in rows.iter().flat_map(|row| [&row.reference, &row.level]) {
        if !levels.contains(name) {
            levels.push(name.clone());
        }
    }
    levels
}

/// Per level the runs of the seeds that every level has, seeds ascending.
pub(super) fn paired<'a>(
    runs: &'a [RunKey],
    levels: &[String],
) -> Result<Vec<Vec<&'a RunKey>>, String> {
    if runs.is_empty() {
        return Err("there are no predictions".into());
    }
    let of = |level: &String| -> BTreeMap<u64, &'a RunKey> {
        runs.iter().filter(|run| run.level == *level).map(|run| (run.seed, run)).collect()
    };
    let by_level: Vec<BTreeMap<u64, &RunKey>> = levels.iter().map(of).collect();
    let first = by_level.first().ok_or("there is nothing to compare")?;
    let shared: Vec<u64> = first
        .keys()
        .copied()
        .filter(|seed| by_level.iter().all(|level| level.contains_key(seed)))
        .collect();
    if shared.is_empty() {
        return Err("no seed has predictions at every level".into());
    }
    let pick = |level: &BTreeMap<u64, &'a RunKey>| {
        shared.iter().filter_map(|seed| level.get(seed).copied()).collect()
    };
    Ok(by_level.iter().map(pick).collect())
}

//! Runs of one study that were computed in different ways: on other kinds of device, or
//! with other threads. Their last digits may differ, so they are never mixed unsaid; and
//! where the ways follow what is compared, a difference is as much one of machines.

use std::collections::{BTreeMap, BTreeSet};

use super::RunIn;
use crate::records::RunState;
use crate::spec::{RunKind, RunSpec};

/// What should be said of how runs were computed, where that differs between them.
pub(super) fn notes(runs: &[RunIn]) -> Vec<String> {
    let made: Vec<(&RunSpec, String)> = (runs.iter())
        .filter_map(|(spec, record, _)| {
            let record = record.as_ref().filter(|record| record.state == RunState::Done)?;
            Some((spec, record.provenance.made_with()?))
        })
        .collect();
    let mut ways: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, way) in &made {
        *ways.entry(way).or_default() += 1;
    }
    if ways.len() < 2 {
        return Vec::new();
    }
    let list: Vec<String> = ways.iter().map(|(way, runs)| format!("{runs} {way}")).collect();
    let mut notes = vec![format!(
        "runs were computed in {} ways ({}): the last digits of their values may differ",
        ways.len(),
        list.join(", ")
    )];
    for (what, level) in [
        ("initialisation", (|spec| &spec.init) as fn(&RunSpec) -> &String),
        ("model", |spec| &spec.model),
    ] {
        notes.extend(apart(&made, level).map(|levels| {
            format!(
                "each {what} was computed in one way, and not all in the same ({levels}): a \
                 difference between them may be one of the machines"
            )
        }));
    }
    notes
}

/// The levels with the one way of each, where no level has two and not all have one.
fn apart(made: &[(&RunSpec, String)], level: fn(&RunSpec) -> &String) -> Option<String> {
    let mut ways: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (spec, way) in made.iter().filter(|(spec, _)| spec.kind == RunKind::Target) {
        ways.entry(level(spec)).or_default().insert(way);
    }
    let different: BTreeSet<&str> = ways.values().flatten().copied().collect();
    if different.len() < 2 || ways.values().any(|ways| ways.len() > 1) {
        return None;
    }
    let list = ways.iter().map(|(level, ways)| {
        let way: Vec<&str> = ways.iter().copied().collect();
        format!("{level} {}", way.join(", "))
    });
    Some(list.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tests::finished;
    use crate::records::Depth;
    use crate::records::{Planned, find};

    /// All runs of a finished study, each made as `way` says: a device and threads.
    fn made(way: impl Fn(&RunSpec) -> (&'static str, u32)) -> Vec<String> {
        let (_folder, dir, _) = finished();
        let study = dir.read_study().expect("a study");
        let planned = Planned::of(&study);
        let runs: Vec<RunIn> = (study.runs.iter())
            .map(|id| {
                let found = find(&dir, id, &planned, Depth::Usual).expect("found");
                let mut record = found.record.expect("a record");
                let (device, threads) = way(&found.spec);
                record.provenance.device = device.into();
                record.provenance.threads = threads;
                (found.spec, Some(record), Vec::new())
            })
            .collect();
        notes(&runs)
    }

    #[test]
    fn one_way_is_not_told() {
        assert!(made(|_| ("cpu", 2)).is_empty());
        // Cards of one kind are one way, whatever their number.
        assert!(
            made(|spec| (
                ["cuda:0 (NVIDIA H100)", "cuda:1 (NVIDIA H100)"][spec.seed as usize % 2],
                1
            ))
            .is_empty()
        );
        // Old records do not say.
        assert!(made(|spec| ("cpu", u32::from(spec.seed % 2 == 0))).is_empty());
    }

    #[test]
    fn ways_are_counted_and_told() {
        let said = made(|spec| ("cpu", 1 + u32::from(spec.seed % 2 == 0)));
        assert_eq!(said.len(), 1, "{said:?}");
        for part in ["computed in 2 ways", "on cpu with 1 thread", "on cpu with 2 threads"] {
            assert!(said[0].contains(part), "{said:?}");
        }
        let said = made(|spec| {
            (["cpu", "cuda:0 (NVIDIA H100)", "cuda:0 (NVIDIA A100)"][spec.seed as usize % 3], 1)
        });
        assert!(said[0].contains("ways") && said[0].contains("on NVIDIA"), "{said:?}");
    }

    #[test]
    fn ways_that_follow_what_is_compared_are_named() {
        let said = made(|spec| match spec.init.as_str() {
            "random" => ("cpu", 1),
            _ => ("cuda:0 (NVIDIA H100)", 1),
        });
        let told = said.iter().find(|note| note.starts_with("each initialisation"));
        let told = told.expect("told");
        assert!(told.contains("random on cpu with 1 thread"), "{told}");
        assert!(told.contains("one of the machines"), "{told}");
    }
}

//! Division of the cases into train, val and test.

use super::dataset::Split;
use super::error::DataError;
use super::rng::Stream;
use super::source::{Pixels, Plan};
use super::strata::{self, Patient};
use crate::records::Division;
use crate::spec::{Role, SplitSpec, Target, Task};

/// The split of every case: the source's own where it has one (with val taken
/// from train where it has none), else by the shares of the task. And which of
/// these it is.
pub(super) fn assign(
    name: &str,
    task: &Task,
    plan: &mut Plan,
) -> Result<(Vec<Split>, Division), DataError> {
    let fail = |reason: String| DataError::Split { task: name.to_owned(), reason };
    let SplitSpec { val, test, .. } = task.split;
    let valid = |share: f64| share.is_finite() && (0.0..1.0).contains(&share);
    if !valid(val) || !valid(test) || val + test >= 1.0 {
        return Err(fail(format!(
            "split.val = {val} and split.test = {test} must be at least 0 and add up to less \
             than 1"
        )));
    }
    let own: Option<Vec<Split>> = plan.rows.iter().map(|row| row.split).collect();
    if task.role.is_test_only() {
        let own = own.filter(|_| task.role == Role::Test);
        return Ok((for_tests(plan, own), Division::TestsOnly));
    }
    if let Some(own) = own {
        complete(task, plan, own).map_err(fail)
    } else {
        let all: Vec<usize> = (0..plan.rows.len()).collect();
        let splits = by_shares(task, plan, &all, (val, test)).map_err(fail)?;
        let unit = if plan.patients_told { "by patient" } else { "image by image" };
        // What masks show is not known yet.
        let strata = if task.target == Target::Segmentation { "" } else { ", stratified by label" };
        plan.notes.push(format!(
            "cases were divided {unit}{strata}: {:.0} % for validation, {:.0} % for \
             testing, seed {}",
            100.0 * val,
            100.0 * test,
            task.split.seed
        ));
        Ok((splits, Division::Shares))
    }
}

/// Keeps what a set is tested on: the test cases that its source tells, or all.
fn for_tests(plan: &mut Plan, own: Option<Vec<Split>>) -> Vec<Split> {
    let all = plan.rows.len();
    let kept: Vec<bool> = match &own {
        Some(own) if own.contains(&Split::Test) => {
            own.iter().map(|split| *split == Split::Test).collect()
        }
        _ => vec![true; all],
    };
    plan.keep(&kept, &vec![Split::Test; all]);
    if let (Pixels::Phantom(phantom), false) = (&mut plan.pixels, plan.rows.len() == all) {
        (phantom.train, phantom.val) = (0, 0);
    }
    plan.notes.push(match (plan.rows.len(), own) {
        (count, _) if count < all => {
            format!("used for tests alone: the {count} test cases that the source tells of {all}")
        }
        (count, _) => format!("used for tests alone: all of its {count} cases"),
    });
    vec![Split::Test; plan.rows.len()]
}

/// Takes val from train where the source has none.
fn complete(
    task: &Task,
    plan: &mut Plan,
    mut own: Vec<Split>,
) -> Result<(Vec<Split>, Division), String> {
    let indices = |own: &[Split], split| -> Vec<usize> {
        (0..own.len()).filter(|&i| own[i] == split).collect()
    };
    for split in [Split::Train, Split::Test] {
        if indices(&own, split).is_empty() {
            return Err(format!(
                "the source has splits but no `{split}` cases; give it some, or leave its splits \
                 out (split.column = \"none\", or class folders without split folders above)"
            ));
        }
    }
    if indices(&own, Split::Val).is_empty() && task.split.val > 0.0 {
        let train = indices(&own, Split::Train);
        let divided = by_shares(task, plan, &train, (task.split.val, 0.0))?;
        for (&case, split) in train.iter().zip(divided) {
            own[case] = split;
        }
        plan.notes.push(format!(
            "the source has no val cases: {:.0} % of the training {} were taken for validation, \
             seed {}",
            100.0 * task.split.val,
            if plan.patients_told { "patients" } else { "images" },
            task.split.seed
        ));
        return Ok((own, Division::OwnWithoutVal));
    }
    Ok((own, Division::Own))
}

/// Divides some of the cases; the result is in their order.
fn by_shares(
    task: &Task,
    plan: &Plan,
    cases: &[usize],
    shares: (f64, f64),
) -> Result<Vec<Split>, String> {
    let rows = cases.iter().enumerate().map(|(position, &case)| {
        let row = &plan.rows[case];
        (position, row.patient.as_str(), &row.truth)
    });
    let patients = strata::patients(rows);
    let strata = strata::count(task.target, plan.classes.len());
    let divided = divide(&patients, strata, shares, task.split.seed)?;
    let mut splits = vec![Split::Train; cases.len()];
    for (patient, split) in patients.iter().zip(divided) {
        for &position in &patient.cases {
            splits[position] = split;
        }
    }
    Ok(splits)
}

/// Divides patients by iterative stratification (Sechidis, Tsoumakas and
/// Vlahavas 2011): the rarest stratum is handed out first, each of its
/// patients to the split that lacks most of it. The number of patients per
/// split is the rounded share exactly; a split with a share above 0 gets at
/// least one patient. O(patients x strata).
pub(super) fn divide(
    patients: &[Patient],
    strata: usize,
    (val, test): (f64, f64),
    seed: u64,
) -> Result<Vec<Split>, String> {
    let quota = quotas(patients.len(), val, test)?;
    let mut order: Vec<usize> = (0..patients.len()).collect();
    Stream::new("split", &[seed]).shuffle(&mut order);

    let mut waiting = vec![0_usize; strata];
    for (stratum, _) in patients.iter().flat_map(|patient| &patient.strata) {
        waiting[*stratum] += 1;
    }
    let mut lacking: Vec<Vec<f64>> = quota
        .iter()
        .map(|&quota| {
            let share = quota as f64 / patients.len().max(1) as f64;
            waiting.iter().map(|&count| count as f64 * share).collect()
        })
        .collect();
    let mut room = quota;
    let mut splits: Vec<Option<Split>> = vec![None; patients.len()];
    while let Some(stratum) =
        (0..strata).filter(|&s| waiting[s] > 0).min_by_key(|&s| (waiting[s], s))
    {
        for &patient in &order {
            if splits[patient].is_some() || !patients[patient].in_stratum(stratum) {
                continue;
            }
            let chosen = most_lacking(&room, &lacking, stratum, &quota);
            splits[patient] = Some(Split::ALL[chosen]);
            room[chosen] -= 1;
            for &(s, _) in &patients[patient].strata {
                lacking[chosen][s] -= 1.0;
                waiting[s] -= 1;
            }
        }
    }
    Ok(splits.into_iter().map(|split| split.unwrap_or(Split::Train)).collect())
}

fn quotas(patients: usize, val: f64, test: f64) -> Result<[usize; 3], String> {
    let wanted = 1 + usize::from(val > 0.0) + usize::from(test > 0.0);
    if patients < wanted {
        return Err(format!("there are {patients} patients for {wanted} splits; add data"));
    }
    let part = |share: f64| {
        let rounded = (share * patients as f64).round() as usize;
        rounded.max(usize::from(share > 0.0))
    };
    let (mut val, mut test) = (part(val), part(test));
    // Rounding up may leave nothing to train on; then the larger part gives.
    while val + test >= patients {
        if test >= val { test -= 1 } else { val -= 1 }
    }
    Ok([patients - val - test, val, test])
}

/// The split with room that lacks most of a stratum; of equals the one with
/// the largest share of its quota left, then the first.
fn most_lacking(
    room: &[usize; 3],
    lacking: &[Vec<f64>],
    stratum: usize,
    quota: &[usize; 3],
) -> usize {
    let mut best = None;
    for split in (0..3).filter(|&split| room[split] > 0) {
        let key = (lacking[split][stratum], room[split] as f64 / quota[split] as f64);
        if best.is_none_or(|(_, other)| key > other) {
            best = Some((split, key));
        }
    }
    best.map_or(0, |(split, _)| split)
}

#[cfg(test)]
mod tests;

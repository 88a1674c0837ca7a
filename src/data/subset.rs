//! Which training cases a run may see.

use std::collections::{BTreeMap, VecDeque};

use super::dataset::{Case, Split};
use super::error::DataError;
use super::python_random::PythonRandom;
use super::rng::Stream;
use super::strata::{self, Patient};
use crate::spec::{Labels, SubsetRule, Target};

/// Seed of the published rule.
const PUBLISHED_SEED: u32 = 99;

/// Indices (into `cases`) of the training cases whose labels a run sees.
///
/// [`SubsetRule::Stratified`]: patients are put in an order by `seed`, and the
/// run takes patients from its front until the number of cases is as near to what
/// it may see as whole patients allow. So for one seed the 10 % are
/// inside the 25 %. The order begins with a patient of every class, rarest
/// first, so that each class keeps a positive case; then every next patient is
/// the one that brings the classes nearest to their shares. Ascending result,
/// which does not depend on the order of `cases`.
///
/// [`SubsetRule::Published`]: the first `int(n * percent / 100)` of the n
/// training cases after Python's `random.Random(99).shuffle`, in shuffled
/// order, by case and not by patient, whatever the seed.
///
/// # Errors
/// [`DataError::Labels`] where a share is not in (0, 1], a number is larger than
/// that of the training cases, or nothing is kept.
pub fn subset(
    cases: &[Case],
    target: Target,
    classes: usize,
    labels: Labels,
    rule: SubsetRule,
    seed: u64,
) -> Result<Vec<usize>, DataError> {
    let train: Vec<usize> = (0..cases.len()).filter(|&i| cases[i].split == Split::Train).collect();
    let fail = |reason: &str| DataError::Labels {
        labels: labels.to_string(),
        cases: train.len(),
        reason: reason.to_owned(),
    };
    match labels {
        Labels::Share(share) if !(share > 0.0 && share <= 1.0) => {
            return Err(fail("a share must be above 0 and at most 1"));
        }
        Labels::Count(count) if count as usize > train.len() => {
            return Err(fail("there are fewer; ask for less, or for \"all\""));
        }
        Labels::Share(_) | Labels::Count(_) => {}
    }
    let wanted = labels.of(train.len() as f64);
    let kept = match rule {
        SubsetRule::Published => published(&train, labels),
        SubsetRule::Stratified if wanted >= train.len() as f64 => train.clone(),
        SubsetRule::Stratified => stratified(cases, &train, target, classes, wanted, seed),
    };
    if kept.is_empty() {
        return Err(fail("none is kept; ask for more"));
    }
    Ok(kept)
}

fn published(train: &[usize], labels: Labels) -> Vec<usize> {
    let mut order = train.to_vec();
    PythonRandom::new(PUBLISHED_SEED).shuffle(&mut order);
    order.truncate(match labels {
        Labels::Share(share) => {
            // The rule is written for percentages; 0.07 * 100 is 7.000000000000001.
            let percent = (share * 1e8).round() / 1e6;
            (train.len() as f64 * percent / 100.0) as usize
        }
        Labels::Count(count) => count as usize,
    });
    order
}

fn stratified(
    cases: &[Case],
    train: &[usize],
    target: Target,
    classes: usize,
    wanted: f64,
    seed: u64,
) -> Vec<usize> {
    let rows = train.iter().map(|&i| (i, cases[i].patient.as_str(), &cases[i].truth));
    let patients = strata::patients(rows);
    let (order, cover) = order(&patients, strata::count(target, classes), seed);
    let mut kept: Vec<usize> = Vec::new();
    for (position, &patient) in order.iter().enumerate() {
        let next = kept.len() + patients[patient].cases.len();
        let nearer = (next as f64 - wanted).abs() <= (kept.len() as f64 - wanted).abs();
        if position >= cover.max(1) && !nearer {
            break;
        }
        kept.extend(&patients[patient].cases);
    }
    kept.sort_unstable();
    kept
}

/// All patients in the order in which fractions take them, and how many at its
/// front it takes to have every stratum.
fn order(patients: &[Patient], strata: usize, seed: u64) -> (Vec<usize>, usize) {
    let mut shuffled: Vec<usize> = (0..patients.len()).collect();
    Stream::new("subset", &[seed]).shuffle(&mut shuffled);
    let mut balance = Balance::new(patients, strata);
    let mut order = cover(patients, &shuffled, strata);
    let covered = order.len();
    for &patient in &order {
        balance.take(&patients[patient]);
    }

    // Patients with the same strata and counts are interchangeable; so only
    // the first of each kind needs to be looked at.
    let mut kinds: BTreeMap<&[(usize, u32)], VecDeque<usize>> = BTreeMap::new();
    for patient in shuffled.into_iter().filter(|patient| !order.contains(patient)) {
        kinds.entry(&patients[patient].strata).or_default().push_back(patient);
    }
    let mut kinds: Vec<VecDeque<usize>> = kinds.into_values().collect();
    while order.len() < patients.len() {
        let costs = kinds.iter().enumerate().filter_map(|(kind, waiting)| {
            waiting.front().map(|&patient| (kind, balance.cost(&patients[patient])))
        });
        let Some((kind, _)) = costs.min_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        let Some(patient) = kinds[kind].pop_front() else { break };
        balance.take(&patients[patient]);
        order.push(patient);
    }
    (order, covered)
}

/// A patient of every stratum, those of the rarest strata first.
fn cover(patients: &[Patient], shuffled: &[usize], strata: usize) -> Vec<usize> {
    let mut by_rarity: Vec<(usize, usize)> = (0..strata)
        .map(|s| (patients.iter().filter(|patient| patient.in_stratum(s)).count(), s))
        .filter(|&(count, _)| count > 0)
        .collect();
    by_rarity.sort_unstable();
    let mut cover: Vec<usize> = Vec::new();
    for (_, stratum) in by_rarity {
        if cover.iter().any(|&patient| patients[patient].in_stratum(stratum)) {
            continue;
        }
        cover.extend(shuffled.iter().find(|&&patient| patients[patient].in_stratum(stratum)));
    }
    cover
}

/// How far the strata of the patients taken so far are from their shares.
///
/// With c cases in a stratum of share s among T cases taken, the cost is the
/// sum over strata of (c - s T)^2 / s. Written out for one more patient it
/// needs only the strata of that patient and three running sums.
struct Balance {
    share: Vec<f64>,
    share_sum: f64,
    /// c - s T by stratum.
    excess: Vec<f64>,
    excess_sum: f64,
}

impl Balance {
    fn new(patients: &[Patient], strata: usize) -> Self {
        let mut share = vec![0.0; strata];
        for &(stratum, count) in patients.iter().flat_map(|patient| &patient.strata) {
            share[stratum] += f64::from(count);
        }
        let total: usize = patients.iter().map(|patient| patient.cases.len()).sum();
        for share in &mut share {
            *share /= total.max(1) as f64;
        }
        let share_sum = share.iter().sum();
        Self { share, share_sum, excess: vec![0.0; strata], excess_sum: 0.0 }
    }

    fn take(&mut self, patient: &Patient) {
        let cases = patient.cases.len() as f64;
        for (excess, share) in self.excess.iter_mut().zip(&self.share) {
            *excess -= share * cases;
        }
        for &(stratum, count) in &patient.strata {
            self.excess[stratum] += f64::from(count);
        }
        self.excess_sum = self.excess.iter().sum();
    }

    /// Cost after taking `patient`, up to a constant.
    fn cost(&self, patient: &Patient) -> f64 {
        let cases = patient.cases.len() as f64;
        // Sum over all strata of ((e - s n)^2 - e^2) / s = s n^2 - 2 e n.
        let everywhere = self.share_sum * cases * cases - 2.0 * self.excess_sum * cases;
        let own: f64 = patient
            .strata
            .iter()
            .map(|&(stratum, count)| {
                let (share, count) = (self.share[stratum], f64::from(count));
                let before = self.excess[stratum] - share * cases;
                (2.0 * before * count + count * count) / share
            })
            .sum();
        everywhere + own
    }
}

#[cfg(test)]
mod tests;

//! Concordance index: of two cases, does the one predicted higher turn out
//! higher?
//!
//! Harrell's C (Harrell et al. 1982): the share of *comparable* pairs of cases in
//! which prediction and outcome have the same order, pairs with equal
//! predictions as one half. 0.5 for chance, 1 for a perfect order; it says
//! nothing about how far off a prediction is ([`super::regression_errors`]).
//!
//! *Values*: pairs with different outcomes are comparable. *Times to an event*,
//! some of them censored: a pair is comparable if the earlier of the two times is
//! that of an event, or if both are equal and one is an event and the other
//! censored, which is then the later. Two events at one time, two censored
//! cases, and a case censored before the other's time are not. The prediction
//! is of the time: a score of risk is to be negated. With binary outcomes C is
//! the AUC.
//!
//! Under heavy censoring C depends on the censoring (Uno et al. 2011), and cases
//! of one patient are not independent: an interval takes a bootstrap over
//! patients ([`super::bootstrap::clustered`]).
//!
//! Unequal lengths, non-finite values, no comparable pair: undefined. Cost O(n
//! log n). Reference: lifelines 0.30.3 `concordance_index`, R survival 3.5-3
//! `concordance`.

use serde::{Deserialize, Serialize};

use super::Outcome;

/// The index and the pairs behind it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concordance {
    /// `(concordant + tied / 2) / (concordant + discordant + tied)`.
    pub index: f64,
    /// Pairs in the same order.
    pub concordant: u64,
    /// Pairs in opposite order.
    pub discordant: u64,
    /// Comparable pairs with equal predictions.
    pub tied: u64,
}

/// Concordance of real-valued outcomes with their predictions.
pub fn concordance_index(outcomes: &[f64], predicted: &[f64]) -> Outcome<Concordance> {
    censored_concordance(outcomes, &vec![true; outcomes.len()], predicted)
}

/// Concordance of times with predicted times; `events` says which times are of
/// an event, the others are censored.
pub fn censored_concordance(
    times: &[f64],
    events: &[bool],
    predicted: &[f64],
) -> Outcome<Concordance> {
    let n = times.len();
    if predicted.len() != n || events.len() != n {
        return Outcome::undefined(format!(
            "{n} outcomes with {} events and {} predictions",
            events.len(),
            predicted.len()
        ));
    }
    if times.iter().chain(predicted).any(|v| !v.is_finite()) {
        return Outcome::undefined("an outcome or a prediction is not finite");
    }
    let counts = count(times, events, predicted);
    let [concordant, discordant, tied] = counts;
    let comparable = concordant + discordant + tied;
    if comparable == 0 {
        return Outcome::undefined(
            "no two cases can be compared: all outcomes are equal or censored",
        );
    }
    let index = (concordant as f64 + tied as f64 / 2.0) / comparable as f64;
    Outcome::of(Concordance { index, concordant, discordant, tied })
}

/// Concordant, discordant and tied pairs, from the latest time to the earliest.
fn count(times: &[f64], events: &[bool], predicted: &[f64]) -> [u64; 3] {
    let mut distinct = predicted.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let place = |i: usize| distinct.partition_point(|v| *v < predicted[i]);
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| times[*b].total_cmp(&times[*a]));
    let mut later = Later::new(distinct.len());
    let mut counts = [0; 3];
    for same in order.chunk_by(|a, b| times[*a] == times[*b]) {
        // Censored at the time of an event: later than it.
        same.iter().filter(|i| !events[**i]).for_each(|i| later.add(place(*i)));
        for i in same.iter().filter(|i| events[**i]) {
            let (below, not_above) = (later.below(place(*i)), later.below(place(*i) + 1));
            counts[0] += later.all - not_above;
            counts[1] += below;
            counts[2] += not_above - below;
        }
        same.iter().filter(|i| events[**i]).for_each(|i| later.add(place(*i)));
    }
    counts
}

/// Counts of the places of later cases, with sums from the lowest on (Fenwick 1994).
struct Later {
    sums: Vec<u64>,
    all: u64,
}

impl Later {
    fn new(places: usize) -> Self {
        Self { sums: vec![0; places + 1], all: 0 }
    }

    fn add(&mut self, place: usize) {
        self.all += 1;
        let mut at = place + 1;
        while at < self.sums.len() {
            self.sums[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    /// Cases at the first `places`.
    fn below(&self, places: usize) -> u64 {
        let (mut at, mut sum) = (places, 0);
        while at > 0 {
            sum += self.sums[at];
            at &= at - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::roc_auc::roc_auc;
    use proptest::prelude::*;

    #[test]
    fn known_orders() {
        let index = |y: &[f64], p: &[f64]| concordance_index(y, p).value().map(|c| c.index);
        assert_eq!(index(&[1.0, 2.0, 3.0], &[0.1, 0.2, 0.9]), Some(1.0));
        assert_eq!(index(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(0.0));
        assert_eq!(index(&[1.0, 2.0, 2.0], &[5.0, 5.0, 6.0]), Some(0.75));
        assert_eq!(index(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    /// pitfall: a case censored early counted as if its event had come later.
    #[test]
    fn censored_cases_are_compared_where_that_is_known() {
        let of = |t: &[f64], e: &[bool]| {
            let c = *censored_concordance(t, e, &[1.0, 2.0, 3.0]).value()?;
            Some((c.concordant, c.discordant, c.tied))
        };
        assert_eq!(of(&[1.0, 2.0, 3.0], &[false, true, true]), Some((1, 0, 0)));
        assert_eq!(of(&[1.0, 2.0, 3.0], &[true, false, false]), Some((2, 0, 0)));
        // Event and censoring at one time: the censored case is the later.
        assert_eq!(of(&[2.0, 2.0, 9.0], &[true, false, false]), Some((2, 0, 0)));
        assert_eq!(of(&[2.0, 2.0, 2.0], &[true, true, true]), None);
        assert_eq!(of(&[1.0, 2.0, 3.0], &[false, false, false]), None);
    }

    proptest! {
        #[test]
        fn equals_the_pairs_one_by_one(
            cases in prop::collection::vec((0u8..6, any::<bool>(), 0u8..6), 0..20),
        ) {
            let t: Vec<f64> = cases.iter().map(|c| f64::from(c.0)).collect();
            let e: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let p: Vec<f64> = cases.iter().map(|c| f64::from(c.2)).collect();
            let mut want = [0u64; 3];
            for i in 0..t.len() {
                for j in 0..t.len() {
                    if e[i] && (t[i] < t[j] || (t[i] == t[j] && !e[j])) {
                        want[usize::from(p[i] > p[j])] += u64::from(p[i] != p[j]);
                        want[2] += u64::from(p[i] == p[j]);
                    }
                }
            }
            let got = censored_concordance(&t, &e, &p);
            let got = got.value().map_or([0; 3], |c| [c.concordant, c.discordant, c.tied]);
            prop_assert_eq!(got, want);
        }

        #[test]
        fn of_binary_outcomes_it_is_the_auc(cases in prop::collection::vec((any::<bool>(), 0u8..9), 2..20)) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let y: Vec<f64> = labels.iter().map(|l| f64::from(u8::from(*l))).collect();
            if let Some(auc) = roc_auc(&scores, &labels).value() {
                let c = concordance_index(&y, &scores);
                prop_assert!((c.value().expect("pairs").index - auc).abs() < 1e-12);
            }
        }
    }
}

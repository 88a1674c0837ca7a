//! Bootstrap of AUCs and of their differences, on the same resamples for all
//! models.
//!
//! Cases are drawn with replacement, either from all of them or within each
//! class (stratified: the class sizes stay). A resample is a vector of counts,
//! one per case, shared by all models, which makes every difference a paired
//! one. Scores are sorted once per model; a resampled AUC is then one pass over
//! the counts in that order, with integer sums. Resample `b` uses stream `b` of
//! the seed, so results do not depend on the number of threads.
//!
//! Percentile, basic and BCa intervals as in `bootstrap`; the jackknife of BCa
//! follows exactly from the placements. A resample without cases of one class
//! has no AUC: it is left out, and every result is degenerate and counts them
//! (stratified resamples always have one). Assumes independent cases: several
//! images of one patient are not. Undefined without cases of a class, with a
//! NaN score or with unequal lengths. Cost O(k n log n + B k n).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::bootstrap::{Bootstrap, Bounds, Draws, Method};
use super::placement::Placements;
use super::score_order::{ascending, check_both, ties};

/// From what resamples are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// From all cases: the number of positives varies, as it would in new data.
    #[default]
    AllCases,
    /// Within each class.
    WithinClasses,
}

/// Bootstrap distributions of the AUCs of models scored on the same cases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AucBootstrap {
    auc: Vec<f64>,
    /// One list per model; the same place is the same resample.
    resampled: Vec<Vec<f64>>,
    /// AUCs with one case left out each, one list per model.
    jackknife: Vec<Vec<f64>>,
    left_out: usize,
}

/// Draws `resamples` for all `models`, each the scores of the same cases.
pub fn auc_bootstrap<S: Copy + Into<f64> + Sync>(
    models: &[&[S]],
    labels: &[bool],
    sampling: Sampling,
    resamples: usize,
    seed: u64,
) -> Outcome<AucBootstrap> {
    let prepared: Result<Vec<(Placements, Vec<Step>)>, String> = models
        .par_iter()
        .map(|scores| {
            let classes = check_both(scores, labels)?;
            Ok((Placements::new(scores, labels, classes), walk(scores, labels)))
        })
        .collect();
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(reason) => return Outcome::undefined(reason),
    };
    if prepared.is_empty() {
        return Outcome::undefined("there are no models");
    }
    let strata = strata(labels, sampling);
    let one = |counts: &mut Vec<u32>, b: usize| -> Option<Vec<f64>> {
        draw_counts(counts, &strata, seed, b);
        prepared.iter().map(|(_, walk)| weighted_auc(walk, counts)).collect()
    };
    let rows: Vec<Option<Vec<f64>>> =
        (0..resamples).into_par_iter().map_init(|| vec![0; labels.len()], one).collect();
    let defined: Vec<&Vec<f64>> = rows.iter().flatten().collect();
    if defined.is_empty() {
        return Outcome::undefined("there is no resample with cases of both classes");
    }
    let of_model = |k: usize| defined.iter().map(|row| row[k]).collect();
    let left_out = resamples - defined.len();
    let result = AucBootstrap {
        auc: prepared.iter().map(|(placements, _)| placements.auc()).collect(),
        resampled: (0..models.len()).map(of_model).collect(),
        jackknife: prepared.iter().map(|(placements, _)| placements.left_out().collect()).collect(),
        left_out,
    };
    flagged(result, left_out)
}

impl AucBootstrap {
    /// AUC of each model on the cases themselves.
    pub fn auc(&self) -> &[f64] {
        &self.auc
    }

    /// Resampled AUCs of a model; the same place is the same resample. Empty
    /// for a model that is not there.
    pub fn resampled(&self, model: usize) -> &[f64] {
        self.resampled.get(model).map(Vec::as_slice).unwrap_or_default()
    }

    /// Resamples left out because they lacked a class.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Interval of a model's AUC.
    pub fn interval(&self, model: usize, method: Method, confidence: f64) -> Outcome<Bounds> {
        match (self.auc.get(model), self.resampled.get(model), self.jackknife.get(model)) {
            (Some(auc), Some(resampled), Some(jackknife)) => {
                let bootstrap = Bootstrap::from_resamples(*auc, resampled.clone());
                self.bounds(&bootstrap.with_jackknife(jackknife.clone()), method, confidence)
            }
            _ => Outcome::undefined(format!("there is no model {model}")),
        }
    }

    /// Interval of the AUC of `first` less that of `second`, on the same resamples.
    pub fn difference(
        &self,
        first: usize,
        second: usize,
        method: Method,
        confidence: f64,
    ) -> Outcome<Bounds> {
        let (Some(a), Some(b)) = (self.auc.get(first), self.auc.get(second)) else {
            return Outcome::undefined(format!("there is no model {first} or {second}"));
        };
        let minus = |lists: &[Vec<f64>]| -> Vec<f64> {
            let pair =
                lists.get(first).into_iter().flatten().zip(lists.get(second).into_iter().flatten());
            pair.map(|(a, b)| a - b).collect()
        };
        let bootstrap = Bootstrap::from_resamples(a - b, minus(&self.resampled));
        self.bounds(&bootstrap.with_jackknife(minus(&self.jackknife)), method, confidence)
    }

    fn bounds(&self, bootstrap: &Bootstrap, method: Method, confidence: f64) -> Outcome<Bounds> {
        match bootstrap.interval(method, confidence) {
            Outcome::Value { value } => flagged(value, self.left_out),
            other => other,
        }
    }
}

fn flagged<T>(value: T, left_out: usize) -> Outcome<T> {
    if left_out == 0 {
        return Outcome::of(value);
    }
    Outcome::degenerate(value, format!("{left_out} resamples without both classes are left out"))
}

/// A case on the way through ascending scores.
#[derive(Clone, Copy, Debug)]
struct Step {
    case: u32,
    /// All bits set for a positive, none for a negative.
    positive: u32,
    /// All bits set where a group of equal scores begins, else none.
    begins: u64,
}

/// Cases by ascending score; within equal scores negatives come first, so that
/// a positive has met all negatives it is tied with.
fn walk<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(labels.len());
    for group in ties(&ascending(scores)) {
        let mut begins = u64::MAX;
        for class in [false, true] {
            for entry in group.iter().filter(|e| labels[e.index as usize] == class) {
                let positive = if class { u32::MAX } else { 0 };
                steps.push(Step { case: entry.index, positive, begins });
                begins = 0;
            }
        }
    }
    steps
}

/// AUC of counted cases; `None` when a class has none.
///
/// Twice the wins of a positive are the negatives strictly below it plus those
/// not above it. The loop has no branch: masks select.
fn weighted_auc(walk: &[Step], counts: &[u32]) -> Option<f64> {
    let (mut twice_u, mut below, mut not_above, mut positives) = (0u64, 0u64, 0u64, 0u64);
    for step in walk {
        let count = counts[step.case as usize];
        let positive = u64::from(count & step.positive);
        below = (not_above & step.begins) | (below & !step.begins);
        not_above += u64::from(count & !step.positive);
        positives += positive;
        twice_u += positive * (below + not_above);
    }
    (positives > 0 && not_above > 0)
        .then(|| twice_u as f64 / 2.0 / (positives as f64 * not_above as f64))
}

/// Lists of cases, each drawn from on its own.
fn strata(labels: &[bool], sampling: Sampling) -> Vec<Vec<u32>> {
    let cases = |keep: &dyn Fn(bool) -> bool| {
        let all = labels.iter().enumerate().filter(|(_, label)| keep(**label));
        all.map(|(case, _)| case as u32).collect()
    };
    match sampling {
        Sampling::AllCases => vec![cases(&|_| true)],
        Sampling::WithinClasses => vec![cases(&|label| label), cases(&|label| !label)],
    }
}

/// How often each case is in resample `b`.
fn draw_counts(counts: &mut [u32], strata: &[Vec<u32>], seed: u64, b: usize) {
    counts.fill(0);
    let mut draws = Draws::of(seed, b);
    if strata.len() == 1 {
        return draws.indices(counts.len(), counts.len(), |case| counts[case] += 1);
    }
    for cases in strata {
        draws.indices(cases.len(), cases.len(), |i| counts[cases[i] as usize] += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{delong::delong, roc_auc::roc_auc};
    use proptest::prelude::*;

    /// Scores of two models, the second noisier, and labels.
    fn example(n: usize) -> ([Vec<f32>; 2], Vec<bool>) {
        let mut draws = Draws::of(11, 0);
        let mut noise = || {
            let mut sum = 0.0;
            draws.indices(1000, 4, |i| sum += i as f32 / 1000.0);
            sum - 2.0
        };
        let labels: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
        let signal = |label: bool| f32::from(u8::from(label));
        let one: Vec<f32> = labels.iter().map(|l| signal(*l) * 0.6 + noise()).collect();
        let two = labels.iter().map(|l| signal(*l) * 0.4 + noise() * 1.5).collect();
        ([one, two], labels)
    }

    #[test]
    fn resamples_are_those_of_explicit_lists() {
        let ([scores, _], labels) = example(60);
        let rounded: Vec<f32> = scores.iter().map(|s| (s * 4.0).round()).collect();
        for (sampling, scores) in
            [(Sampling::AllCases, &scores), (Sampling::WithinClasses, &rounded)]
        {
            let got = auc_bootstrap(&[scores], &labels, sampling, 20, 5);
            let strata = strata(&labels, sampling);
            for b in 0..20 {
                let mut draws = Draws::of(5, b);
                let mut cases = Vec::new();
                for stratum in &strata {
                    draws
                        .indices(stratum.len(), stratum.len(), |i| cases.push(stratum[i] as usize));
                }
                let s: Vec<f32> = cases.iter().map(|i| scores[*i]).collect();
                let l: Vec<bool> = cases.iter().map(|i| labels[*i]).collect();
                assert_eq!(Some(&got.value().unwrap().resampled(0)[b]), roc_auc(&s, &l).value());
            }
        }
    }

    #[test]
    fn its_spread_is_that_of_delong() {
        let ([scores, _], labels) = example(300);
        let se = delong(&scores, &labels, 0.95).value().unwrap().standard_error();
        for sampling in [Sampling::AllCases, Sampling::WithinClasses] {
            let got = auc_bootstrap(&[&scores], &labels, sampling, 2000, 1);
            let sd = crate::stats::describe::sd(got.value().unwrap().resampled(0));
            assert!((sd / se - 1.0).abs() < 0.1, "{sd} {se}");
        }
    }

    #[test]
    fn differences_are_paired_and_intervals_hold_the_estimate() {
        let ([one, two], labels) = example(200);
        let got = auc_bootstrap(&[&one, &two, &one], &labels, Sampling::AllCases, 500, 3);
        let got = got.value().unwrap();
        let alike = got.difference(0, 2, Method::Percentile, 0.95);
        assert!(matches!(
            &alike,
            Outcome::Degenerate { value: Bounds { low: 0.0, high: 0.0 }, .. }
        ));
        for method in [Method::Percentile, Method::Basic, Method::Bca] {
            let bounds = *got.difference(0, 1, method, 0.95).value().unwrap();
            assert!(bounds.contains(got.auc()[0] - got.auc()[1]), "{method:?} {bounds:?}");
            assert!(got.interval(1, method, 0.95).value().unwrap().contains(got.auc()[1]));
        }
        assert!(got.interval(3, Method::Bca, 0.95).any().is_none());
    }

    #[test]
    fn resamples_without_a_class_are_counted() {
        let scores = [0.1, 0.2, 0.3, 0.4, 0.35];
        let labels = [false, false, false, false, true];
        let got = auc_bootstrap(&[&scores], &labels, Sampling::AllCases, 200, 1);
        let Outcome::Degenerate { value, .. } = &got else { panic!("{got:?}") };
        assert_eq!(value.left_out() + value.resampled(0).len(), 200);
        assert!((20..120).contains(&value.left_out()), "{}", value.left_out());
        assert!(value.interval(0, Method::Percentile, 0.9).value().is_none());
        let got = auc_bootstrap(&[&scores], &labels, Sampling::WithinClasses, 200, 1);
        assert_eq!(got.value().unwrap().left_out(), 0);
    }

    #[test]
    fn threads_change_nothing() {
        let ([one, two], labels) = example(100);
        let draw = || auc_bootstrap(&[&one, &two], &labels, Sampling::AllCases, 300, 9);
        let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        assert_eq!(pool(1).install(draw), pool(3).install(draw));
    }

    proptest! {
        #[test]
        fn nothing_panics(a in prop::collection::vec(any::<f64>(), 0..9),
                          b in prop::collection::vec(any::<f64>(), 0..9),
                          labels in prop::collection::vec(any::<bool>(), 0..9),
                          resamples in 0usize..30, confidence in any::<f64>()) {
            for sampling in [Sampling::AllCases, Sampling::WithinClasses] {
                let got = auc_bootstrap(&[&a, &b], &labels, sampling, resamples, 1);
                if let Some(got) = got.any() {
                    for method in [Method::Percentile, Method::Basic, Method::Bca] {
                        let _ = got.interval(0, method, confidence);
                        let _ = got.difference(0, 1, method, 0.95);
                        let _ = got.difference(0, 5, method, 0.95);
                    }
                }
            }
        }
    }
}

//! Confusion matrix and the metrics that follow from it.
//!
//! Rows are the truth, columns the prediction; classes without cases keep their
//! row and column. Precision `tp / (tp + fp)`, recall (sensitivity) `tp / (tp +
//! fn)`, specificity `tn / (tn + fp)`, `F_beta = (1 + beta^2) tp / ((1 +
//! beta^2) tp + beta^2 fn + fp)` (van Rijsbergen 1979). Macro is the mean over
//! all classes (of per-class F, not F of mean precision and recall), weighted
//! the mean with the number of true cases as weights, micro the F of summed
//! counts. Balanced accuracy is the mean recall over the classes that have
//! cases.
//!
//! 0/0 (a class never predicted, or without cases) counts as 0, degenerate, as
//! in scikit-learn; a mean with such a class is degenerate too. Undefined
//! without cases or with a label that is no class. Cost O(n + K^2).

use serde::{Deserialize, Serialize};

use super::Outcome;

/// Counts of cases by true and predicted class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<u64>>", into = "Vec<Vec<u64>>")]
pub struct Confusion {
    counts: Vec<Vec<u64>>,
}

/// How per-class F-scores become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Average {
    /// Mean over classes.
    Macro,
    /// Of the counts summed over classes; equals accuracy.
    Micro,
    /// Mean over classes, weighted by their true cases.
    Weighted,
}

/// A square of counts beyond this many classes would exhaust memory.
const MAX_CLASSES: usize = 4096;

impl TryFrom<Vec<Vec<u64>>> for Confusion {
    type Error = String;

    fn try_from(counts: Vec<Vec<u64>>) -> Result<Self, String> {
        let classes = counts.len();
        let cases = counts.iter().flatten().try_fold(0u64, |sum, count| sum.checked_add(*count));
        // Products of two totals are computed in 128 bits.
        let few_enough = cases.is_some_and(|cases| i64::try_from(cases).is_ok());
        if counts.iter().any(|row| row.len() != classes) || !few_enough {
            return Err("the counts are no square, or too many".into());
        }
        Ok(Self { counts })
    }
}

impl From<Confusion> for Vec<Vec<u64>> {
    fn from(confusion: Confusion) -> Self {
        confusion.counts
    }
}

impl Confusion {
    /// Counts of true and predicted classes in `0..classes`.
    pub fn new(truth: &[usize], predicted: &[usize], classes: usize) -> Outcome<Self> {
        if truth.len() != predicted.len() {
            return Outcome::undefined(format!(
                "{} predictions for {} labels",
                predicted.len(),
                truth.len()
            ));
        }
        if truth.is_empty() {
            return Outcome::undefined("there are no test cases");
        }
        if classes > MAX_CLASSES {
            return Outcome::undefined(format!("{classes} classes, at most {MAX_CLASSES}"));
        }
        let mut counts = vec![vec![0u64; classes]; classes];
        for (t, p) in truth.iter().zip(predicted) {
            let Some(count) = counts.get_mut(*t).and_then(|row| row.get_mut(*p)) else {
                return Outcome::undefined(format!("class {t} or {p} is not below {classes}"));
            };
            *count += 1;
        }
        Outcome::of(Self { counts })
    }

    /// The counts: rows are the truth, columns the prediction.
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.counts.len()
    }

    /// Number of cases.
    pub fn cases(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// True cases of each class.
    pub fn true_totals(&self) -> Vec<u64> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    /// Predictions of each class.
    pub fn predicted_totals(&self) -> Vec<u64> {
        (0..self.classes()).map(|k| self.counts.iter().map(|row| row[k]).sum()).collect()
    }

    /// Cases on the diagonal.
    pub fn right(&self) -> u64 {
        self.counts.iter().enumerate().map(|(k, row)| row[k]).sum()
    }

    /// Share of cases on the diagonal.
    pub fn accuracy(&self) -> Outcome<f64> {
        if self.cases() == 0 {
            return Outcome::undefined("there are no test cases");
        }
        Outcome::of(self.right() as f64 / self.cases() as f64)
    }

    /// Share of right ones among the predictions of each class.
    pub fn precision(&self) -> Vec<Outcome<f64>> {
        self.each(|c| ratio(c.tp, c.tp + c.fp, "the class is never predicted"))
    }

    /// Share found among the cases of each class.
    pub fn recall(&self) -> Vec<Outcome<f64>> {
        self.each(|c| ratio(c.tp, c.tp + c.missed, "the class has no cases"))
    }

    /// Share not called this class among the cases of all others.
    pub fn specificity(&self) -> Vec<Outcome<f64>> {
        self.each(|c| ratio(c.tn, c.tn + c.fp, "all cases are of this class"))
    }

    /// F-score of each class; `beta` above 1 favours recall.
    pub fn f_score(&self, beta: f64) -> Vec<Outcome<f64>> {
        self.each(|c| f_of(c.tp, c.missed, c.fp, beta))
    }

    /// One F-score over all classes.
    pub fn mean_f_score(&self, beta: f64, average: Average) -> Outcome<f64> {
        let totals = self.true_totals();
        let cases = self.cases();
        let weights: Vec<f64> = match average {
            Average::Micro => {
                let wrong = cases - self.right();
                return f_of(self.right(), wrong, wrong, beta);
            }
            Average::Macro => vec![1.0 / totals.len() as f64; totals.len()],
            Average::Weighted => totals.iter().map(|t| *t as f64 / cases as f64).collect(),
        };
        weighted_mean(&self.f_score(beta), &weights)
    }

    /// Mean recall over the classes that have cases.
    pub fn balanced_accuracy(&self) -> Outcome<f64> {
        let present: Vec<f64> =
            self.recall().iter().filter_map(|recall| recall.value().copied()).collect();
        if present.is_empty() {
            return Outcome::undefined("there are no test cases");
        }
        Outcome::of(present.iter().sum::<f64>() / present.len() as f64)
    }

    fn each(&self, f: impl Fn(OneVersusRest) -> Outcome<f64>) -> Vec<Outcome<f64>> {
        let (truth, predicted, cases) = (self.true_totals(), self.predicted_totals(), self.cases());
        let of = |k: usize| {
            let tp = self.counts[k][k];
            let (missed, fp) = (truth[k] - tp, predicted[k] - tp);
            f(OneVersusRest { tp, fp, missed, tn: cases - tp - missed - fp })
        };
        (0..self.classes()).map(of).collect()
    }
}

/// Counts of one class against all others.
#[derive(Clone, Copy)]
struct OneVersusRest {
    tp: u64,
    fp: u64,
    missed: u64,
    tn: u64,
}

fn ratio(part: u64, whole: u64, why: &str) -> Outcome<f64> {
    if whole == 0 {
        return Outcome::degenerate(0.0, format!("{why}: 0/0 counts as 0"));
    }
    Outcome::of(part as f64 / whole as f64)
}

fn f_of(tp: u64, missed: u64, fp: u64, beta: f64) -> Outcome<f64> {
    let square = beta * beta;
    if !square.is_finite() {
        return Outcome::undefined(format!("beta is {beta}"));
    }
    let part = (1.0 + square) * tp as f64;
    let whole = part + square * missed as f64 + fp as f64;
    if whole == 0.0 {
        return Outcome::degenerate(0.0, "no case and no prediction to score: 0/0 counts as 0");
    }
    Outcome::of(part / whole)
}

fn weighted_mean(values: &[Outcome<f64>], weights: &[f64]) -> Outcome<f64> {
    let mut sum = 0.0;
    let mut missing = 0;
    for (value, weight) in values.iter().zip(weights) {
        let Some(number) = value.any() else {
            return Outcome::undefined(value.note().unwrap_or_default());
        };
        sum += number * weight;
        missing += usize::from(value.value().is_none());
    }
    if values.is_empty() || !sum.is_finite() {
        return Outcome::undefined("there are no classes or no cases");
    }
    if missing > 0 {
        return Outcome::degenerate(sum, format!("{missing} classes without a score count as 0"));
    }
    Outcome::of(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_absent_class_counts_as_zero_and_says_so() {
        let m = Confusion::new(&[0, 0, 1], &[0, 1, 1], 3);
        let m = m.value().unwrap();
        assert!(matches!(m.precision()[2], Outcome::Degenerate { value: 0.0, .. }));
        assert!(matches!(m.mean_f_score(1.0, Average::Macro), Outcome::Degenerate { .. }));
        assert_eq!(m.balanced_accuracy().value(), Some(&0.75));
        assert_eq!(m.specificity()[2].value(), Some(&1.0));
    }

    #[test]
    fn only_squares_are_read_back() {
        let m = Confusion::new(&[0, 1], &[1, 1], 2).value().cloned().unwrap();
        let text = serde_json::to_string(&m).unwrap();
        assert_eq!(serde_json::from_str::<Confusion>(&text).unwrap(), m);
        assert!(serde_json::from_str::<Confusion>("[[1, 2], [3]]").is_err());
    }

    proptest! {
        #[test]
        fn f1_is_the_harmonic_mean_and_micro_is_accuracy(
            cases in prop::collection::vec((0usize..4, 0usize..4), 1..60)
        ) {
            let (t, p): (Vec<usize>, Vec<usize>) = cases.into_iter().unzip();
            let m = Confusion::new(&t, &p, 4);
            let m = m.value().unwrap();
            for k in 0..4 {
                let (Some(p), Some(r)) = (m.precision()[k].value().copied(), m.recall()[k].value().copied())
                else { continue };
                let f = *m.f_score(1.0)[k].any().unwrap();
                let harmonic = if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) };
                prop_assert!((f - harmonic).abs() < 1e-14);
            }
            let micro = m.mean_f_score(2.0, Average::Micro);
            prop_assert!((micro.value().unwrap() - m.accuracy().value().unwrap()).abs() < 1e-14);
            prop_assert_eq!(m.cases(), t.len() as u64);
        }

        #[test]
        fn nothing_panics(t in prop::collection::vec(0usize..5, 0..8),
                          p in prop::collection::vec(0usize..5, 0..8),
                          classes in 0usize..6, beta in any::<f64>()) {
            if let Some(m) = Confusion::new(&t, &p, classes).any() {
                for average in [Average::Macro, Average::Micro, Average::Weighted] {
                    let _ = (m.mean_f_score(beta, average), m.mean_f_score(1.0, average));
                }
                let _ = (m.accuracy(), m.balanced_accuracy(), m.specificity(), m.f_score(beta));
            }
            prop_assert!(Confusion::new(&t, &p, usize::MAX).any().is_none());
        }
    }
}

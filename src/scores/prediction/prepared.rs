//! A run, sorted and called once, so that each resample is one pass.

use super::counts::{Counts, Table};
use crate::scores::CaseRun;

/// Metrics that predictions define, by key.
pub const METRICS: [&str; 12] = [
    "auc",
    "average_precision",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "sensitivity",
    "specificity",
    "mcc",
    "kappa",
    "brier",
    "log_loss",
    "ece",
];
const COUNT: usize = METRICS.len();
/// Metrics that the order of the cases decides; all others need a probability,
/// or a call that is made from one.
const BY_ORDER: usize = 2;
/// Bins of the expected calibration error.
const BINS: usize = 10;
/// A single label is called from this probability on.
const THRESHOLD: f64 = 0.5;

/// A run whose metrics can be computed with any weights of its cases.
#[derive(Debug)]
pub struct Prepared {
    /// Per class the cases from the highest score down; the sign marks the last
    /// of a group of equal scores.
    orders: Vec<Vec<(u32, bool)>>,
    labels: Vec<Vec<bool>>,
    /// Per class whether each case is called.
    calls: Vec<Vec<bool>>,
    /// True and called class of each case, where one class alone is right.
    one: Option<Vec<(usize, usize)>>,
    /// Per class the squared error and the log loss of each case; of exclusive
    /// classes one list.
    losses: Vec<Vec<[f64; 2]>>,
    /// Bin, confidence and whether it was right of each decision of each case.
    decisions: Vec<Vec<(u8, f64, bool)>>,
}

impl Prepared {
    /// Sorts and calls; without `probabilities` only order counts.
    pub fn new(run: &CaseRun, probabilities: bool) -> Self {
        let labels = run.table.labels.clone();
        let cases = labels.first().map_or(0, Vec::len);
        let mut prepared = Self {
            orders: run.scores.iter().map(|scores| order(scores)).collect(),
            labels,
            calls: Vec::new(),
            one: None,
            losses: Vec::new(),
            decisions: Vec::new(),
        };
        if probabilities {
            if run.table.exclusive && run.scores.len() > 1 {
                prepared.call_one(run, cases);
            } else {
                prepared.call_each(run);
            }
        }
        prepared
    }

    fn call_each(&mut self, run: &CaseRun) {
        for (scores, labels) in run.scores.iter().zip(&self.labels) {
            self.calls.push(scores.iter().map(|score| *score >= THRESHOLD).collect());
            let pairs = || scores.iter().zip(labels);
            self.losses.push(
                pairs()
                    .map(|(p, label)| {
                        let hit = if *label { *p } else { 1.0 - *p };
                        [(1.0 - hit) * (1.0 - hit), log_loss(hit)]
                    })
                    .collect(),
            );
            self.decisions.push(pairs().map(|(p, label)| (bin(*p), *p, *label)).collect());
        }
    }

    fn call_one(&mut self, run: &CaseRun, cases: usize) {
        let (mut one, mut losses, mut decisions) = (Vec::new(), Vec::new(), Vec::new());
        self.calls = vec![vec![false; cases]; run.scores.len()];
        for case in 0..cases {
            let of = |class: usize| run.scores[class][case];
            let best =
                (0..run.scores.len()).fold(0, |best, k| if of(k) > of(best) { k } else { best });
            let truth = self.labels.iter().position(|labels| labels[case]).unwrap_or(0);
            self.calls[best][case] = true;
            one.push((truth, best));
            let square = |k: usize| (of(k) - f64::from(u8::from(k == truth))).powi(2);
            let squares: f64 = (0..run.scores.len()).map(square).sum();
            losses.push([squares, log_loss(of(truth))]);
            decisions.push((bin(of(best)), of(best), best == truth));
        }
        self.one = Some(one);
        self.losses = vec![losses];
        self.decisions = vec![decisions];
    }

    /// All metrics, in the order of [`METRICS`], with each case as often as
    /// `weights` says; NaN where there is none.
    pub fn weighted(&self, weights: &[u32]) -> [f64; COUNT] {
        let classes = self.of_classes(weights);
        let mut all: [f64; COUNT] =
            std::array::from_fn(|at| mean(classes.iter().map(|class| class[at])));
        if self.decisions.is_empty() {
            return all;
        }
        if let Some(one) = &self.one {
            let mut table = Table::new(self.labels.len());
            for ((truth, call), weight) in one.iter().zip(weights) {
                table.add(*truth, *call, f64::from(*weight));
            }
            all[2] = table.accuracy();
            all[3] = all[5];
            all[7] = table.mcc();
            all[8] = table.kappa();
            [all[9], all[10]] = losses(&self.losses[0], weights);
        }
        all[11] = calibration(&self.decisions, weights);
        all
    }

    /// The metrics of each class by itself, every case once.
    pub fn by_class(&self) -> Vec<[f64; COUNT]> {
        let cases = self.labels.first().map_or(0, Vec::len);
        self.of_classes(&vec![1; cases])
    }

    fn of_classes(&self, weights: &[u32]) -> Vec<[f64; COUNT]> {
        (0..self.orders.len()).map(|class| self.of_class(class, weights)).collect()
    }

    fn of_class(&self, class: usize, weights: &[u32]) -> [f64; COUNT] {
        let mut out = [f64::NAN; COUNT];
        let labels = &self.labels[class];
        [out[0], out[1]] = areas(&self.orders[class], labels, weights);
        let Some(calls) = self.calls.get(class) else { return out };
        let mut counts = Counts::default();
        for ((label, call), weight) in labels.iter().zip(calls).zip(weights) {
            counts.add(*label, *call, f64::from(*weight));
        }
        out[4] = counts.f1();
        out[5] = counts.sensitivity();
        out[6] = counts.specificity();
        if self.one.is_none() {
            out[2] = counts.accuracy();
            out[3] = counts.balanced_accuracy();
            out[7] = counts.mcc();
            out[8] = counts.kappa();
            [out[9], out[10]] = losses(&self.losses[class], weights);
            out[11] = calibration(&self.decisions[class..=class], weights);
        }
        out
    }

    /// Cases that one pass visits, over all classes.
    pub(super) fn visits(&self) -> usize {
        self.orders.iter().map(Vec::len).sum()
    }

    /// Why a metric has no value though others have.
    pub fn reason(metric: usize) -> &'static str {
        if metric < BY_ORDER {
            "all test cases of a class are of one kind"
        } else {
            "it is 0/0 on these calls"
        }
    }

    /// Whether a metric needs probabilities.
    pub fn needs_probabilities(metric: usize) -> bool {
        metric >= BY_ORDER
    }
}

fn order(scores: &[f64]) -> Vec<(u32, bool)> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]));
    let last = |at: usize| {
        order.get(at + 1).is_none_or(|next| scores[*next as usize] != scores[order[at] as usize])
    };
    (0..order.len()).map(|at| (order[at], last(at))).collect()
}

/// AUC and average precision.
fn areas(order: &[(u32, bool)], labels: &[bool], weights: &[u32]) -> [f64; 2] {
    let (mut above, mut below, mut area, mut precision) = (0.0, 0.0, 0.0, 0.0);
    let (mut p, mut n) = (0.0, 0.0);
    for (case, last) in order {
        let weight = f64::from(weights[*case as usize]);
        if labels[*case as usize] {
            p += weight;
        } else {
            n += weight;
        }
        if *last {
            area += n * (above + p / 2.0);
            above += p;
            below += n;
            if p > 0.0 {
                precision += p * above / (above + below);
            }
            (p, n) = (0.0, 0.0);
        }
    }
    [area / (above * below), precision / above]
}

/// Weighted means of both losses.
fn losses(of_cases: &[[f64; 2]], weights: &[u32]) -> [f64; 2] {
    let (mut sums, mut all) = ([0.0; 2], 0.0);
    for (loss, weight) in of_cases.iter().zip(weights) {
        let weight = f64::from(*weight);
        all += weight;
        sums[0] += weight * loss[0];
        sums[1] += weight * loss[1];
    }
    sums.map(|sum| sum / all)
}

/// Expected calibration error over all decisions.
fn calibration(decisions: &[Vec<(u8, f64, bool)>], weights: &[u32]) -> f64 {
    let (mut bins, mut all) = ([0.0; BINS], 0.0);
    for class in decisions {
        for ((bin, confidence, right), weight) in class.iter().zip(weights) {
            let weight = f64::from(*weight);
            all += weight;
            bins[usize::from(*bin)] += weight * (f64::from(u8::from(*right)) - confidence);
        }
    }
    bins.iter().map(|gap| gap.abs()).sum::<f64>() / all
}

fn bin(p: f64) -> u8 {
    ((p * BINS as f64).ceil() as usize).saturating_sub(1).min(BINS - 1) as u8
}

/// Clipped at the machine epsilon, as [`crate::stats::log_loss`] does.
fn log_loss(p: f64) -> f64 {
    -p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}

/// Over what is a number; NaN without any.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0u32);
    for value in values.filter(|value| !value.is_nan()) {
        sum += value;
        count += 1;
    }
    sum / f64::from(count)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::scores::CaseTable;
    use crate::stats::{average_precision, brier, calibration, log_loss, roc_auc};

    fn run(scores: Vec<Vec<f64>>, labels: Vec<Vec<bool>>, exclusive: bool) -> CaseRun {
        let classes = (0..labels.len()).map(|k| format!("k{k}")).collect();
        CaseRun {
            table: Arc::new(CaseTable { classes, labels, exclusive, ..CaseTable::default() }),
            scores,
        }
    }

    #[test]
    fn weights_of_one_give_what_the_statistics_give() {
        let scores = [0.9, 0.4, 0.35, 0.8, 0.1, 0.4, 0.55, 0.0, 1.0, 0.62];
        let labels = [true, false, true, true, false, true, false, false, true, false];
        let prepared =
            Prepared::new(&run(vec![scores.to_vec()], vec![labels.to_vec()], false), true);
        let got = prepared.weighted(&[1; 10]);
        let near = |at: usize, want: f64| assert!((got[at] - want).abs() < 1e-14, "{at} {got:?}");
        near(0, *roc_auc::roc_auc(&scores, &labels).any().expect("an area"));
        near(1, *average_precision::average_precision(&scores, &labels).any().expect("one"));
        near(9, *brier::binary(&scores, &labels).any().expect("a score"));
        near(10, *log_loss::binary(&scores, &labels).any().expect("a loss"));
        let found = calibration::binary(&scores, &labels, BINS);
        near(11, found.any().expect("bins").expected_error);
        // scikit-learn 1.9.1: accuracy, balanced accuracy, F1, recall, recall of
        // the other class, MCC and kappa of scores from 0.5 on.
        near(2, 0.6);
        near(3, 0.6);
        near(4, 0.6);
        near(5, 0.6);
        near(6, 0.6);
        near(7, 0.2);
        near(8, 0.2);
    }

    #[test]
    fn a_case_drawn_twice_is_two_cases() {
        let scores = vec![0.9, 0.4, 0.35, 0.8, 0.1];
        let labels = vec![true, false, true, true, false];
        let whole = Prepared::new(&run(vec![scores.clone()], vec![labels.clone()], false), true);
        let twice = |v: &[f64]| vec![v[0], v[0], v[1], v[3], v[4], v[4], v[4]];
        let mark = |v: &[bool]| vec![v[0], v[0], v[1], v[3], v[4], v[4], v[4]];
        let drawn = Prepared::new(&run(vec![twice(&scores)], vec![mark(&labels)], false), true);
        let (a, b) = (whole.weighted(&[2, 1, 0, 1, 3]), drawn.weighted(&[1; 7]));
        for (a, b) in a.iter().zip(&b) {
            assert!((a - b).abs() < 1e-14 || (a.is_nan() && b.is_nan()), "{a} {b}");
        }
    }

    #[test]
    fn one_right_class_is_called_by_the_highest_score() {
        let scores =
            vec![vec![0.7, 0.2, 0.3, 0.1], vec![0.2, 0.5, 0.4, 0.3], vec![0.1, 0.3, 0.3, 0.6]];
        let labels = vec![
            vec![true, false, true, false],
            vec![false, true, false, false],
            vec![false, false, false, true],
        ];
        let got = Prepared::new(&run(scores, labels, true), true).weighted(&[1; 4]);
        assert!((got[2] - 0.75).abs() < 1e-15, "{got:?}");
        // scikit-learn 1.9.1: balanced_accuracy_score, matthews_corrcoef and
        // cohen_kappa_score of [0, 1, 0, 2] and [0, 1, 1, 2].
        assert!((got[3] - 0.833_333_333_333_333_3).abs() < 1e-12, "{got:?}");
        assert!((got[7] - 0.7).abs() < 1e-12, "{got:?}");
        assert!((got[8] - 0.636_363_636_363_636_4).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn order_alone_has_areas_and_nothing_else() {
        let run = run(vec![vec![3.0, -1.0]], vec![vec![true, false]], false);
        let got = Prepared::new(&run, false).weighted(&[1, 1]);
        assert_eq!((got[0], got[1]), (1.0, 1.0));
        assert!(got[2..].iter().all(|v| v.is_nan()));
    }
}

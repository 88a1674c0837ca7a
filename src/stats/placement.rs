//! Placements: the part of each case in an AUC.
//!
//! The placement of a positive is the share of negatives it beats, that of a
//! negative the share of positives that beat it; ties count half (DeLong,
//! DeLong and Clarke-Pearson 1988). Both follow from one sort (Sun and Xu 2014
//! take three, of mid-ranks): within a group of equal scores every positive has
//! the same number of negatives below. Doubled, placements are integers, so
//! sums, variances and covariances are exact, and two models that rank the
//! cases alike differ by exactly nothing. Cost O(n log n).

use super::score_order::{Classes, ascending, ties};

/// Doubled placements of one model's scores.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placements {
    /// `2 #{negatives below} + #{negatives tied}` of each positive, in case order.
    positives: Vec<u32>,
    /// `2 #{positives above} + #{positives tied}` of each negative, in case order.
    negatives: Vec<u32>,
}

impl Placements {
    /// Of scores that passed `score_order::check_both` with these labels.
    pub(super) fn new<S: Copy + Into<f64>>(
        scores: &[S],
        labels: &[bool],
        classes: Classes,
    ) -> Self {
        let mut doubled = vec![0u32; labels.len()];
        let (mut below, mut above) = (0u32, classes.positives as u32);
        for group in ties(&ascending(scores)) {
            let p = group.iter().filter(|e| labels[e.index as usize]).count() as u32;
            let n = group.len() as u32 - p;
            above -= p;
            for entry in group {
                let case = entry.index as usize;
                doubled[case] = if labels[case] { 2 * below + n } else { 2 * above + p };
            }
            below += n;
        }
        let of = |class: bool| {
            let cases = doubled.iter().zip(labels).filter(|(_, l)| **l == class);
            cases.map(|(d, _)| *d).collect()
        };
        Self { positives: of(true), negatives: of(false) }
    }

    /// The AUC: the mean placement of the positives.
    pub(super) fn auc(&self) -> f64 {
        let (m, n) = (self.positives.len() as f64, self.negatives.len() as f64);
        total(&self.positives) as f64 / 2.0 / (m * n)
    }

    /// Placements of the positives and of the negatives in case order, still to
    /// be divided by the size of the other class.
    pub(super) fn halves(
        &self,
    ) -> (impl Iterator<Item = f64> + '_, impl Iterator<Item = f64> + '_) {
        let half = |part: &u32| f64::from(*part) / 2.0;
        (self.positives.iter().map(half), self.negatives.iter().map(half))
    }

    /// AUCs with one case left out each: positives in case order, then negatives.
    /// NaN where that leaves a class empty.
    pub(super) fn left_out(&self) -> impl Iterator<Item = f64> {
        let twice_u = total(&self.positives);
        let (m, n) = (self.positives.len() as f64, self.negatives.len() as f64);
        let without =
            move |part: &u32, pairs: f64| (twice_u - u64::from(*part)) as f64 / 2.0 / pairs;
        let positives = self.positives.iter().map(move |part| without(part, (m - 1.0) * n));
        positives.chain(self.negatives.iter().map(move |part| without(part, m * (n - 1.0))))
    }
}

/// Covariance of two AUCs on the same cases, as exact integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Covariance {
    /// `m sum(ab) - sum(a) sum(b)` over the positives.
    positives: i128,
    /// The same over the negatives.
    negatives: i128,
    m: usize,
    n: usize,
}

impl Covariance {
    /// DeLong's covariance; of a model with itself, its variance.
    pub(super) fn new(a: &Placements, b: &Placements) -> Self {
        Self {
            positives: scatter(&a.positives, &b.positives),
            negatives: scatter(&a.negatives, &b.negatives),
            m: a.positives.len(),
            n: a.negatives.len(),
        }
    }

    /// Variance of the difference: exactly 0 for models that rank alike.
    pub(super) fn of_difference(first: Self, second: Self, both: Self) -> Self {
        Self {
            positives: first.positives + second.positives - 2 * both.positives,
            negatives: first.negatives + second.negatives - 2 * both.negatives,
            ..first
        }
    }

    /// As a number; NaN when a class has a single case.
    pub(super) fn value(self) -> f64 {
        let [positives, negatives] = self.parts();
        positives + negatives
    }

    /// `S10 / m` and `S01 / n` of DeLong.
    fn parts(self) -> [f64; 2] {
        let (m, n) = (self.m as f64, self.n as f64);
        // sum (a - mean a)(b - mean b) = scatter / count, over count (count - 1),
        // over the square of the doubled size of the other class.
        let part = |scatter: i128, own: f64, other: f64| {
            if own < 2.0 {
                return f64::NAN;
            }
            scatter as f64 / (own * own * (own - 1.0)) / (4.0 * other * other)
        };
        [part(self.positives, m, n), part(self.negatives, n, m)]
    }
}

fn total(parts: &[u32]) -> u64 {
    parts.iter().map(|part| u64::from(*part)).sum()
}

fn scatter(a: &[u32], b: &[u32]) -> i128 {
    let products = products(a, b) as i128;
    a.len() as i128 * products - i128::from(total(a)) * i128::from(total(b))
}

/// `sum a b`. Blocks of 64-bit sums vectorise; their length cannot overflow.
fn products(a: &[u32], b: &[u32]) -> u128 {
    let largest = |x: &[u32]| x.iter().copied().max().unwrap_or(0).max(1);
    let product = u64::from(largest(a)) * u64::from(largest(b));
    let block = (u64::MAX / product).clamp(1, 4096) as usize;
    let of_block = |(a, b): (&[u32], &[u32])| -> u64 {
        a.iter().zip(b).map(|(a, b)| u64::from(*a) * u64::from(*b)).sum()
    };
    a.chunks(block).zip(b.chunks(block)).map(|blocks| u128::from(of_block(blocks))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::score_order::check_both;

    #[test]
    fn known_placements() {
        let labels = [false, true, false, true];
        let scores = [0.1, 0.5, 0.5, 0.9];
        let got = Placements::new(&scores, &labels, check_both(&scores, &labels).unwrap());
        assert_eq!(
            (got.positives.as_slice(), got.negatives.as_slice()),
            (&[3, 4][..], &[4, 3][..])
        );
        assert_eq!(got.auc(), 0.875);
        assert_eq!(got.left_out().collect::<Vec<_>>(), [1.0, 0.75, 0.75, 1.0]);
    }

    /// pitfall: sums of many cases that overflow, and an interval from 1 to 1.
    #[test]
    fn large_placements_do_not_overflow() {
        let a = vec![u32::MAX; 5000];
        assert_eq!(products(&a, &a), 5000 * u128::from(u32::MAX).pow(2));
        assert_eq!(scatter(&a, &a), 0);
    }
}

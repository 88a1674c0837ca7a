//! Tests and the families they are adjusted in.
//!
//! A family is the set of tests that answer one declared question together; a
//! test without p stays in the ledger, with its reason, and does not count.

use serde::{Deserialize, Serialize};

use super::ledger::LedgerEntry;
use super::test_kind::TestKind;
use crate::scores::Unit;
use crate::spec::FamilyAdjustment;
use crate::stats::adjust::adjust;
use crate::stats::t_test::TTest;
use crate::text::p_value;

/// A test: its line in the ledger, and its statistic as papers write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// `t(4) = 3.21`; absent without a p.
    pub statistic: Option<String>,
    /// The line in the ledger.
    pub entry: LedgerEntry,
}

impl Test {
    /// A test that has no p (yet).
    pub(super) fn new(
        family: &str,
        question: String,
        test: TestKind,
        unit: Unit,
        n: String,
    ) -> Self {
        Self {
            statistic: None,
            entry: LedgerEntry {
                family: family.into(),
                question,
                test: Some(test),
                unit,
                n,
                estimate: None,
                p: None,
                adjusted_p: None,
                adjustment: FamilyAdjustment::None.title().into(),
                note: String::new(),
            },
        }
    }

    /// With what came out; a p that is no probability is none.
    pub(super) fn found(mut self, p: f64, statistic: String) -> Self {
        if (0.0..=1.0).contains(&p) {
            self.entry.p = Some(p);
            self.statistic = Some(statistic);
        }
        self
    }

    /// With the estimate that the test is about.
    pub(super) fn estimating(mut self, estimate: Option<f64>) -> Self {
        self.entry.estimate = estimate.filter(|v| v.is_finite());
        self
    }

    /// With what should be known about it.
    pub(super) fn noting(mut self, note: Option<&str>) -> Self {
        if let Some(note) = note {
            if !self.entry.note.is_empty() {
                self.entry.note.push_str("; ");
            }
            self.entry.note.push_str(note);
        }
        self
    }
}

/// Adjusts the tests, which are one family, and returns how many have a p.
pub(super) fn adjust_tests<'a>(
    tests: impl IntoIterator<Item = &'a mut Test>,
    adjustment: FamilyAdjustment,
) -> usize {
    let mut tests: Vec<&mut Test> = tests.into_iter().collect();
    let p: Vec<f64> = tests.iter().map(|t| t.entry.p.unwrap_or(f64::NAN)).collect();
    let adjusted = adjustment.method().map_or(p.clone(), |method| adjust(&p, method));
    for (test, adjusted) in tests.iter_mut().zip(adjusted) {
        test.entry.adjusted_p = (!adjusted.is_nan()).then_some(adjusted);
        test.entry.adjustment = adjustment.title().into();
    }
    p.iter().filter(|p| !p.is_nan()).count()
}

/// `t(4) = 3.210`; degrees of freedom whole, or with one decimal.
pub(super) fn t_words(test: &TTest) -> String {
    let decimals = usize::from(test.df.fract() != 0.0);
    format!("t({:.decimals$}) = {:.3}", test.df, test.t)
}

/// `adjusted p 0.012`, `p < 0.0001` where p-values are raw.
pub(super) fn p_words(entry: &LedgerEntry) -> String {
    let raw = entry.adjustment == FamilyAdjustment::None.title();
    let kind = if raw { "p" } else { "adjusted p" };
    let p = p_value(entry.adjusted_p.or(entry.p));
    match p.strip_prefix('<') {
        Some(limit) => format!("{kind} < {limit}"),
        None => format!("{kind} {p}"),
    }
}

/// `5`, or `5, 4` where the sides differ.
pub(super) fn sizes(n: [usize; 2]) -> String {
    if n[0] == n[1] { n[0].to_string() } else { format!("{}, {}", n[0], n[1]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Outcome, t_test};

    #[test]
    fn tests_without_p_do_not_count() {
        let test = || Test::new("f", "q".into(), TestKind::PairedT, Unit::Seeds, sizes([3, 2]));
        let mut tests = [
            test().found(0.01, "t".into()),
            test(),
            test().found(f64::NAN, "t".into()),
            test().found(0.04, "t".into()),
        ];
        assert_eq!(adjust_tests(&mut tests, FamilyAdjustment::Holm), 2);
        let adjusted: Vec<_> = tests.iter().map(|t| t.entry.adjusted_p).collect();
        assert_eq!(adjusted, [Some(0.02), None, None, Some(0.04)]);
        assert_eq!((tests[2].statistic.clone(), tests[0].entry.n.as_str()), (None, "3, 2"));
        assert_eq!(adjust_tests(&mut tests[..1], FamilyAdjustment::None), 1);
        assert_eq!(tests[0].entry.adjustment, "no");
    }

    #[test]
    fn degrees_of_freedom_are_short() {
        let (x, y) = ([1.0, 2.0, 4.0], [0.0, 0.5, 0.7, 9.0]);
        let words = |t: &Outcome<TTest>| t_words(t.value().expect("a test"));
        assert!(
            words(&t_test::student(&x, &y, t_test::Alternative::TwoSided, 0.95))
                .starts_with("t(5) = ")
        );
        assert!(
            words(&t_test::welch(&x, &y, t_test::Alternative::TwoSided, 0.95))
                .starts_with("t(3.9) = ")
        );
    }
}

//! Two samples: t tests and rank tests with their defaults.

use crate::stats::Outcome;
use crate::stats::mann_whitney::{self, MannWhitney};
use crate::stats::t_test::{self, Alternative, TTest};
use crate::stats::wilcoxon::{self, Method, SignedRank, Zeros};

/// Which t test.
#[derive(Clone, Copy, Debug)]
enum Design {
    Welch,
    Student,
    Paired,
}

/// A t test that is being described; [`TTestBuilder::run`] computes it.
#[derive(Clone, Debug)]
#[must_use = "nothing is computed before `run`"]
pub struct TTestBuilder<'a> {
    x: &'a [f64],
    y: &'a [f64],
    design: Design,
    alternative: Alternative,
    confidence: f64,
}

/// Welch's t test of `x` against `y`, two-sided, with a 95 % interval, unless
/// the builder is told otherwise.
pub fn t_test<'a>(x: &'a [f64], y: &'a [f64]) -> TTestBuilder<'a> {
    TTestBuilder {
        x,
        y,
        design: Design::Welch,
        alternative: Alternative::TwoSided,
        confidence: 0.95,
    }
}

impl TTestBuilder<'_> {
    /// Values of one place belong together (the same seed, fold or case).
    pub fn paired(mut self) -> Self {
        self.design = Design::Paired;
        self
    }

    /// Student's test: the two have one variance.
    pub fn equal_variances(mut self) -> Self {
        self.design = Design::Student;
        self
    }

    /// The alternative about `x - y`.
    pub fn alternative(mut self, alternative: Alternative) -> Self {
        self.alternative = alternative;
        self
    }

    /// Level of the interval, in (0, 1).
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// The test.
    pub fn run(self) -> Outcome<TTest> {
        let test = match self.design {
            Design::Welch => t_test::welch,
            Design::Student => t_test::student,
            Design::Paired => t_test::paired,
        };
        test(self.x, self.y, self.alternative, self.confidence)
    }
}

/// The paired t test, two-sided, with a 95 % interval.
pub fn paired_t(x: &[f64], y: &[f64]) -> Outcome<TTest> {
    t_test(x, y).paired().run()
}

/// Welch's t test, two-sided, with a 95 % interval.
pub fn welch_t(x: &[f64], y: &[f64]) -> Outcome<TTest> {
    t_test(x, y).run()
}

/// Student's t test, two-sided, with a 95 % interval.
pub fn student_t(x: &[f64], y: &[f64]) -> Outcome<TTest> {
    t_test(x, y).equal_variances().run()
}

/// Wilcoxon's signed-rank test: exact where that is possible, zeros left out.
pub fn signed_rank(x: &[f64], y: &[f64]) -> Outcome<SignedRank> {
    wilcoxon::signed_rank(x, y, Zeros::Wilcox, Method::Auto)
}

/// The Mann-Whitney test: exact where that is possible.
pub fn mann_whitney(x: &[f64], y: &[f64]) -> Outcome<MannWhitney> {
    mann_whitney::mann_whitney(x, y, Method::Auto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builders_are_the_methods() {
        let (x, y) = ([0.8, 0.82, 0.79, 0.85], [0.7, 0.75, 0.72, 0.71]);
        let two = Alternative::TwoSided;
        assert_eq!(welch_t(&x, &y), t_test::welch(&x, &y, two, 0.95));
        assert_eq!(student_t(&x, &y), t_test::student(&x, &y, two, 0.95));
        assert_eq!(paired_t(&x, &y), t_test::paired(&x, &y, two, 0.95));
        let less = t_test(&x, &y).paired().alternative(Alternative::Less).confidence(0.8).run();
        assert_eq!(less, t_test::paired(&x, &y, Alternative::Less, 0.8));
        assert_eq!(
            signed_rank(&x, &y).to_string(),
            "shift 0.09250, W = 0 of 4 pairs, p = 0.125 (exact)"
        );
        assert_eq!(mann_whitney(&x, &y).to_string(), "A12 1.000, U = 16.00, p = 0.029 (exact)");
    }
}

//! Two curves and everything that is asked of both.

use std::cell::OnceCell;

use super::Resampling;
use super::curve::Curve;
use super::redraw::Resamples;

/// Two curves whose runs are redrawn once for all questions about them: where
/// they cross ([`CurvePair::crossover`]), with how many labels one reaches the
/// other's score ([`CurvePair::efficiency`], [`CurvePair::reverse_efficiency`])
/// and how many times the labels one needs ([`CurvePair::label_ratio`]).
pub struct CurvePair<'a> {
    pub(super) a: &'a Curve,
    pub(super) b: &'a Curve,
    pub(super) how: Resampling,
    /// Drawn by the first question with an interval.
    resamples: OnceCell<Resamples>,
}

impl<'a> CurvePair<'a> {
    /// Two curves, and how their runs are redrawn.
    pub fn new(a: &'a Curve, b: &'a Curve, how: Resampling) -> Self {
        Self { a, b, how, resamples: OnceCell::new() }
    }

    /// The first curve and the second.
    pub fn curves(&self) -> [&'a Curve; 2] {
        [self.a, self.b]
    }

    /// Mean rows of both curves in every resample.
    pub(super) fn resamples(&self) -> &Resamples {
        self.resamples.get_or_init(|| Resamples::of(self.a.runs(), self.b.runs(), &self.how))
    }

    /// Whether there is no run to be exchanged for another.
    pub(super) fn single_runs(&self) -> bool {
        self.a.runs().len() < 2 && self.b.runs().len() < 2
    }
}

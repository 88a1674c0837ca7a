//! The bootstrap with its defaults.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::stats::bootstrap::{Bootstrap, Method, paired_difference, paired_mean_difference};
use crate::stats::{Bounds, Outcome};

type Statistic<'a> = Box<dyn Fn(&[f64]) -> f64 + Sync + 'a>;

/// A bootstrap that is being described; [`BootstrapBuilder::run`] draws it.
#[must_use = "nothing is drawn before `run`"]
pub struct BootstrapBuilder<'a> {
    x: &'a [f64],
    y: Option<&'a [f64]>,
    /// Absent: the mean, which is faster.
    statistic: Option<Statistic<'a>>,
    resamples: usize,
    method: Method,
    confidence: f64,
    seed: u64,
}

/// A bootstrap interval, and how it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BootstrapInterval {
    /// The statistic of the sample.
    pub estimate: f64,
    /// Its interval.
    pub bounds: Bounds,
    /// Standard deviation of the resampled statistic.
    pub standard_error: f64,
    /// How resamples became an interval.
    pub method: Method,
    /// Level of the interval.
    pub confidence: f64,
    /// Number of resamples.
    pub resamples: usize,
    /// Their seed.
    pub seed: u64,
}

/// The mean of `x` with its 95 % BCa interval from 10,000 resamples of seed 0,
/// unless the builder is told otherwise.
pub fn bootstrap(x: &[f64]) -> BootstrapBuilder<'_> {
    BootstrapBuilder {
        x,
        y: None,
        statistic: None,
        resamples: 10_000,
        method: Method::Bca,
        confidence: 0.95,
        seed: 0,
    }
}

impl<'a> BootstrapBuilder<'a> {
    /// Another statistic than the mean.
    pub fn statistic(mut self, statistic: impl Fn(&[f64]) -> f64 + Sync + 'a) -> Self {
        self.statistic = Some(Box::new(statistic));
        self
    }

    /// The difference to `y`, pairs drawn together.
    pub fn against(mut self, y: &'a [f64]) -> Self {
        self.y = Some(y);
        self
    }

    /// Number of resamples.
    pub fn resamples(mut self, resamples: usize) -> Self {
        self.resamples = resamples;
        self
    }

    /// How resamples become an interval.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Level of the interval, in (0, 1).
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// Seed of the resamples.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// All resamples, for more than an interval.
    pub fn draw(&self) -> Bootstrap {
        let Self { x, resamples, seed, .. } = *self;
        match (self.y, &self.statistic) {
            (None, None) => Bootstrap::draw_mean(x, resamples, seed),
            (None, Some(of)) => Bootstrap::draw(x, resamples, seed, of),
            (Some(y), None) => paired_mean_difference(x, y, resamples, seed),
            (Some(y), Some(of)) => paired_difference(x, y, resamples, seed, of),
        }
    }

    /// The interval.
    pub fn run(&self) -> Outcome<BootstrapInterval> {
        let drawn = self.draw();
        let Self { method, confidence, resamples, seed, .. } = *self;
        drawn.interval(method, confidence).map(|bounds| BootstrapInterval {
            estimate: drawn.estimate(),
            bounds,
            standard_error: drawn.standard_error(),
            method,
            confidence,
            resamples,
            seed,
        })
    }
}

impl fmt::Display for BootstrapInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = match self.method {
            Method::Percentile => "percentile",
            Method::Basic => "basic",
            Method::Bca => "BCa",
        };
        let Self { estimate, bounds, resamples, seed, .. } = self;
        let level = self.confidence * 100.0;
        write!(f, "{estimate:.4} {bounds} ({level} % {method}, {resamples} resamples, seed {seed})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::describe::median;

    #[test]
    fn builders_are_the_methods() {
        let (x, y) = ([0.8, 0.82, 0.79, 0.85, 0.9], [0.7, 0.75, 0.72, 0.71, 0.8]);
        let mean = bootstrap(&x).resamples(500).seed(3);
        assert_eq!(mean.draw(), Bootstrap::draw_mean(&x, 500, 3));
        let expected = Bootstrap::draw_mean(&x, 500, 3).interval(Method::Bca, 0.95);
        assert_eq!(mean.run().map(|found| found.bounds), expected);
        let text = mean.run().to_string();
        assert!(
            text.starts_with("0.8320 [") && text.ends_with("(95 % BCa, 500 resamples, seed 3)")
        );

        let difference = bootstrap(&x).against(&y).statistic(median).resamples(50);
        assert_eq!(difference.draw(), paired_difference(&x, &y, 50, 0, median));
        let basic = bootstrap(&x).method(Method::Basic).confidence(0.8).resamples(50).run();
        assert!(basic.to_string().contains("80 % basic"), "{basic}");
        assert!(bootstrap(&[]).run().to_string().starts_with("undefined"));
    }
}

//! The permutation test with its defaults.

use crate::stats::Outcome;
use crate::stats::permutation::{self, Effort, Permutation};

/// A permutation test that is being described.
#[derive(Clone, Debug)]
#[must_use = "nothing is computed before `run`"]
pub struct PermutationBuilder<'a> {
    x: &'a [f64],
    y: &'a [f64],
    paired: bool,
    effort: Effort,
}

/// Permutation test of the difference of means of two independent samples;
/// exact where all arrangements can be listed, else 9,999 are drawn.
pub fn permutation_test<'a>(x: &'a [f64], y: &'a [f64]) -> PermutationBuilder<'a> {
    PermutationBuilder { x, y, paired: false, effort: Effort::default() }
}

impl PermutationBuilder<'_> {
    /// Values of one place belong together: signs of differences are flipped.
    pub fn paired(mut self) -> Self {
        self.paired = true;
        self
    }

    /// Arrangements that are drawn where they are too many to be listed.
    pub fn draws(mut self, draws: usize) -> Self {
        self.effort.draws = draws;
        self
    }

    /// Most arrangements that are listed.
    pub fn exact_up_to(mut self, arrangements: u64) -> Self {
        self.effort.exact_up_to = arrangements;
        self
    }

    /// Seed of the draws.
    pub fn seed(mut self, seed: u64) -> Self {
        self.effort.seed = seed;
        self
    }

    /// The test.
    pub fn run(self) -> Outcome<Permutation> {
        let test = if self.paired { permutation::paired } else { permutation::independent };
        test(self.x, self.y, &self.effort)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_and_drawn() {
        let (x, y) = ([0.8, 0.82, 0.79, 0.85], [0.7, 0.75, 0.72, 0.71]);
        let exact = permutation_test(&x, &y).paired().run();
        assert!(exact.to_string().ends_with("p = 0.125 (16 arrangements, all)"), "{exact}");
        let drawn = permutation_test(&x, &y).exact_up_to(0).draws(99).seed(1).run();
        assert!(drawn.value().is_some_and(|test| !test.exact), "{drawn}");
    }
}

//! p-values of the three alternatives of one test.

use serde::{Deserialize, Serialize};

use super::t_test::Alternative;

/// p for each alternative; what the alternatives are about stands at the test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PValues {
    /// Of a difference in either direction.
    pub two_sided: f64,
    /// Of a value below the hypothesis.
    pub less: f64,
    /// Of a value above the hypothesis.
    pub greater: f64,
}

impl PValues {
    /// From two one-sided tails; two-sided by doubling the smaller.
    pub fn doubled(less: f64, greater: f64) -> Self {
        Self { two_sided: (2.0 * less.min(greater)).min(1.0), less, greater }
    }

    /// p of one alternative.
    pub fn of(&self, alternative: Alternative) -> f64 {
        match alternative {
            Alternative::TwoSided => self.two_sided,
            Alternative::Less => self.less,
            Alternative::Greater => self.greater,
        }
    }

    /// 1 for all: nothing was observed that speaks against the hypothesis.
    pub(super) fn ones() -> Self {
        Self { two_sided: 1.0, less: 1.0, greater: 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_stops_at_one() {
        let p = PValues::doubled(0.6, 0.7);
        assert_eq!(
            (p.two_sided, p.of(Alternative::Less), p.of(Alternative::Greater)),
            (1.0, 0.6, 0.7)
        );
        assert_eq!(PValues::doubled(0.01, 0.99).of(Alternative::TwoSided), 0.02);
    }
}

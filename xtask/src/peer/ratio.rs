//! Figures of both sides, and their ratio.

use std::fmt;

/// One quantity, measured in several rounds on both sides.
pub(super) struct Figure {
    name: String,
    unit: &'static str,
    better: Better,
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

/// Which way the ratio counts.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Better {
    /// Ours over theirs is a speed-up.
    Higher,
    /// Theirs over ours is a speed-up.
    Lower,
    /// Ours over theirs, to be small.
    Less,
}

impl Figure {
    pub(super) fn new(name: impl Into<String>, unit: &'static str, better: Better) -> Self {
        Self { name: name.into(), unit, better, ours: Vec::new(), theirs: Vec::new() }
    }

    /// Adds one round.
    pub(super) fn add(&mut self, ours: f64, theirs: f64) {
        self.ours.push(ours);
        self.theirs.push(theirs);
    }

    /// The ratio of each round.
    fn ratios(&self) -> Vec<f64> {
        let pair = self.ours.iter().zip(&self.theirs);
        pair.map(|(o, t)| if self.better == Better::Lower { t / o } else { o / t }).collect()
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    match n {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratios = self.ratios();
        let low = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let high = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let ratio = match self.better {
            Better::Higher | Better::Lower => "times as fast",
            Better::Less => "times as much",
        };
        write!(
            f,
            "{:<34} {:>10.2} against {:>10.2} {:<9} {:>6.2} {ratio} ({low:.2} to {high:.2})",
            self.name,
            median(&self.ours),
            median(&self.theirs),
            self.unit,
            median(&ratios)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_above_one_is_a_gain_for_speeds_and_for_times() {
        for (better, want) in [(Better::Higher, 0.5), (Better::Lower, 2.0), (Better::Less, 0.5)] {
            let mut figure = Figure::new("x", "s", better);
            figure.add(1.0, 2.0);
            assert_eq!(figure.ratios(), [want]);
        }
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0]), 2.5);
    }
}

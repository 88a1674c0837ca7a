//! How often the intervals of a mean cover it: a simulation, and its figures.
//!
//! TABLE_HERE
//!
//! [`simulate`] repeats any cell. Sample `s` of a simulation draws from stream
//! `s` of its own generator, its resamples from seed `s`: results do not depend
//! on threads. Cost O(simulations (resamples n + resamples log resamples)).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bootstrap::{Bootstrap, Centred, Draws, Method, jackknife_of_mean};
use super::describe::mean;
use super::mean_interval::{IntervalMethod, t_interval};
use super::random::Random;
use super::{Bounds, Outcome};

/// The distribution that values are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Standard normal.
    Normal,
    /// Exponential with mean 1: skewness 2.
    Exponential,
    /// Exponential of a standard normal: skewness 6.2.
    Lognormal,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Exponential, Self::Lognormal];

    fn mean(self) -> f64 {
        match self {
            Self::Normal => 0.0,
            Self::Exponential => 1.0,
            Self::Lognormal => 0.5f64.exp(),
        }
    }

    fn draw(self, random: &mut Random) -> f64 {
        match self {
            Self::Normal => random.normal(),
            Self::Exponential => random.exponential(),
            Self::Lognormal => random.normal().exp(),
        }
    }
}

/// One cell of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Distribution of the values.
    pub shape: Shape,
    /// Values per sample.
    pub n: usize,
    /// Nominal level, in (0, 1).
    pub confidence: f64,
    /// Number of samples.
    pub simulations: usize,
    /// Resamples of each.
    pub resamples: usize,
    /// Seed of the samples.
    pub seed: u64,
}

/// What one method did in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// The method.
    pub method: IntervalMethod,
    /// Share of the intervals that cover the true mean; NaN without intervals.
    pub covered: f64,
    /// Share of samples without an interval.
    pub undefined: f64,
    /// Median length of the intervals; NaN without intervals.
    pub median_length: f64,
}

/// Coverage of each method, in the order of [`IntervalMethod::ALL`].
pub fn simulate(setting: &Setting) -> Vec<Coverage> {
    let samples: Vec<[Option<Bounds>; 5]> =
        (0..setting.simulations).into_par_iter().map(|s| intervals(setting, s)).collect();
    let truth = setting.shape.mean();
    IntervalMethod::ALL
        .into_iter()
        .enumerate()
        .map(|(at, method)| {
            let found: Vec<Bounds> = samples.iter().filter_map(|s| s[at]).collect();
            let hits = found.iter().filter(|b| b.contains(truth)).count();
            let lengths: Vec<f64> = found.iter().map(|b| b.high - b.low).collect();
            Coverage {
                method,
                covered: hits as f64 / found.len() as f64,
                undefined: (samples.len() - found.len()) as f64 / samples.len() as f64,
                median_length: super::describe::median(&lengths),
            }
        })
        .collect()
}

/// The intervals of one sample, in the order of [`IntervalMethod::ALL`]. All
/// bootstrap intervals use the same resamples.
fn intervals(setting: &Setting, sample: usize) -> [Option<Bounds>; 5] {
    let mut random = Random::of(setting.seed, sample);
    let x: Vec<f64> = (0..setting.n).map(|_| setting.shape.draw(&mut random)).collect();
    if x.len() < 2 {
        return [None; 5];
    }
    let centred = Centred::of(&x);
    let draw = |b| centred.resample(&mut Draws::of(sample as u64, b));
    let (means, t): (Vec<f64>, Vec<f64>) = (0..setting.resamples).map(draw).unzip();
    let drawn = Bootstrap::from_resamples(mean(&x), means).with_jackknife(jackknife_of_mean(&x));
    let of = |outcome: Outcome<Bounds>| outcome.value().copied();
    [
        of(t_interval(&x, setting.confidence)),
        of(drawn.interval(Method::Percentile, setting.confidence)),
        of(drawn.interval(Method::Basic, setting.confidence)),
        of(drawn.interval(Method::Bca, setting.confidence)),
        of(centred.interval(t, setting.confidence)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small() {
        let setting = Setting {
            shape: Shape::Normal,
            n: 10,
            confidence: 0.95,
            simulations: 400,
            resamples: 400,
            seed: 1,
        };
        let got = simulate(&setting);
        assert!((0.93..=0.97).contains(&got[0].covered), "{got:?}");
    }
}

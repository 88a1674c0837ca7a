//! The figures on level and coverage that the docs of the analyses give, by
//! simulation: small here, within four standard errors.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::CompareOptions;
use super::fractions::fractions;
use super::pooled::granularity;
use crate::scores::Cell;

const SIMULATIONS: usize = 1500;
const SEEDS: usize = 5;

struct Normal(ChaCha8Rng);

impl Normal {
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    fn draw(&mut self, sd: f64) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        sd * radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn draws(&mut self, n: usize, sd: f64) -> Vec<f64> {
        (0..n).map(|_| self.draw(sd)).collect()
    }
}

fn cell(task: &str, level: &str, label_fraction: f64, values: Vec<f64>) -> Cell {
    Cell {
        task: task.into(),
        init: level.into(),
        granularity: Some(level.into()),
        label_fraction,
        seeds: (0..values.len() as u64).collect(),
        values,
        ..Cell::default()
    }
}

fn near(got: usize, want: f64) {
    let share = got as f64 / SIMULATIONS as f64;
    let error = (want * (1.0 - want) / SIMULATIONS as f64).sqrt();
    assert!((share - want).abs() < 4.0 * error + 0.005, "{share} {want}");
}

/// Two inits without a trend: offsets of seeds (sd 0.02), slopes of runs (sd
/// 0.02 per tenfold labels) and noise (sd 0.01).
fn inits(random: &mut Normal) -> Vec<Cell> {
    let offsets = random.draws(SEEDS, 0.02);
    let mut cells = Vec::new();
    for init in ["a", "b"] {
        let slopes = random.draws(SEEDS, 0.02);
        for fraction in [0.01f64, 0.1, 1.0] {
            let x = fraction.log10();
            let runs = offsets.iter().zip(&slopes);
            let values = runs.map(|(o, s)| 0.8 + o + s * x + random.draw(0.01)).collect();
            cells.push(cell("t", init, fraction, values));
        }
    }
    cells
}

#[test]
fn level_of_interaction_and_trend() {
    let mut random = Normal(ChaCha8Rng::seed_from_u64(1));
    let options = CompareOptions { resamples: 2, ..CompareOptions::default() };
    let (mut slopes, mut anova, mut page) = (0, 0, 0);
    for _ in 0..SIMULATIONS {
        let got = fractions(&inits(&mut random), &options);
        let rejects = |p: Option<f64>| usize::from(p.is_some_and(|p| p < 0.05));
        slopes += rejects(got.pairs[0].interaction.slopes.entry.p);
        anova += rejects(got.pairs[0].interaction.anova.entry.p);
        page += rejects(got.curves[0].trend.entry.p);
    }
    near(slopes, 0.05);
    near(anova, 0.014);
    near(page, 0.08);
}

#[test]
fn coverage_of_the_pooled_contrast() {
    let mut random = Normal(ChaCha8Rng::seed_from_u64(2));
    // Standard deviation between tasks, in units of that of a seed's difference.
    for (between, want) in [(0.0, 0.906), (2.0, 0.95)] {
        let mut covered = 0;
        for _ in 0..SIMULATIONS {
            let mut cells = Vec::new();
            for task in 0..8 {
                let effect = random.draw(between);
                let fine = random.draws(SEEDS, 1.0).iter().map(|d| effect + d).collect();
                cells.push(cell(&format!("t{task}"), "fine", 1.0, fine));
                cells.push(cell(&format!("t{task}"), "coarse", 1.0, vec![0.0; SEEDS]));
            }
            let got = granularity(&cells, &CompareOptions::default());
            let interval = got.pooled[0].difference.bounds().expect("an interval");
            covered += usize::from(interval.low <= 0.0 && 0.0 <= interval.high);
        }
        near(covered, want);
    }
}

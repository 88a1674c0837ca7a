//! Random variates from a seeded generator: uniform, normal, gamma.
//!
//! Gamma after Marsaglia and Tsang (2000), with shape below 1 by the power of a
//! uniform; normal by the polar method of Box and Muller's transform. Sample
//! `b` of a simulation uses stream `b` of ChaCha8, as the bootstrap does: the
//! result does not depend on threads.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Random numbers of one sample.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    /// Those of sample `b` under `seed`.
    pub(super) fn of(seed: u64, b: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(b as u64);
        Self(rng)
    }

    /// In the open interval (0, 1): its logarithm is finite and not 0.
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Exponential with mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Standard normal.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }

    /// Gamma of a shape and scale 1; 0 for a shape that is not positive.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape == 1.0 {
            return self.exponential();
        }
        if !(shape > 0.0 && shape.is_finite()) {
            return 0.0;
        }
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            let bound = 0.5 * x * x + d - d * v + d * v.ln();
            if v > 0.0 && self.uniform().ln() < bound {
                return d * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::describe::{mean, variance};

    /// Mean and variance of a gamma variate are its shape.
    #[test]
    fn moments_of_the_gamma_distribution() {
        for shape in [0.5, 1.0, 2.5, 40.0] {
            let x: Vec<f64> = (0..40_000).map(|b| Random::of(3, b).gamma(shape)).collect();
            let error = 5.0 * (shape / 40_000.0f64).sqrt();
            assert!((mean(&x) - shape).abs() < error, "{shape}: {}", mean(&x));
            assert!((variance(&x) / shape - 1.0).abs() < 0.06, "{shape}: {}", variance(&x));
        }
        assert_eq!(Random::of(1, 1).gamma(0.0), 0.0);
        assert_eq!(Random::of(1, 1).gamma(f64::NAN), 0.0);
    }

    #[test]
    fn moments_of_the_normal_distribution() {
        let mut random = Random::of(1, 0);
        let x: Vec<f64> = (0..40_000).map(|_| random.normal()).collect();
        assert!(mean(&x).abs() < 0.025 && (variance(&x) - 1.0).abs() < 0.04);
    }
}

//! Random streams that are the same on every machine and with every version
//! of the `rand` crates: only the raw words of `ChaCha8` are used.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// A stream of random numbers for one purpose.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of `purpose` and `numbers`: different names or numbers give
    /// independent streams.
    pub(crate) fn new(purpose: &str, numbers: &[u64]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(purpose.as_bytes());
        for number in numbers {
            hasher.update(number.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(hasher.finalize().into()))
    }

    /// Uniform in [0, 1), a multiple of 2^-32.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in [low, high).
    pub(crate) fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Uniform in 0..limit. The bias of the modulus is below limit / 2^64.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.0.next_u64() % limit.max(1) as u64) as usize
    }

    /// About standard normal: the sum of eight uniforms (Irwin-Hall), scaled.
    /// Needs no logarithm, whose last bit differs between machines.
    pub(crate) fn normal(&mut self) -> f64 {
        const SCALE: f64 = 1.224_744_871_391_589; // sqrt(12 / 8)
        let mut sum = -4.0;
        for _ in 0..4 {
            let word = self.0.next_u64();
            sum += ((word & 0xffff_ffff) as f64 + (word >> 32) as f64) / 4_294_967_296.0;
        }
        sum * SCALE
    }

    /// Fisher-Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i + 1);
            items.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_fixed_and_apart() {
        let first = |purpose, numbers: &[u64]| Stream::new(purpose, numbers).unit();
        assert_eq!(first("a", &[1]), first("a", &[1]));
        assert_ne!(first("a", &[1]), first("a", &[2]));
        assert_ne!(first("a", &[1]), first("b", &[1]));
    }

    #[test]
    fn normal_has_mean_0_and_variance_1() {
        let mut stream = Stream::new("test", &[]);
        let values: Vec<f64> = (0..20_000).map(|_| stream.normal()).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.04, "{variance}");
    }

    #[test]
    fn below_reaches_every_value() {
        let mut stream = Stream::new("test", &[7]);
        let mut seen = [0_u32; 5];
        for _ in 0..5000 {
            seen[stream.below(5)] += 1;
        }
        assert!(seen.iter().all(|&count| (850..1150).contains(&count)), "{seen:?}");
    }
}

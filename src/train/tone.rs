//! Brightness, contrast and gamma, as tables of 256 values (albumentations 1.3.0).

use rand::{Rng, RngExt};

/// What becomes of the values of an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tone {
    /// Times a factor, plus a share of white.
    Linear { contrast: f64, brightness: f64 },
    /// To a power.
    Gamma(f64),
}

impl Tone {
    /// One of the two, drawn.
    pub(super) fn drawn(rng: &mut impl Rng) -> Self {
        let linear = rng.random::<f64>() < 0.5;
        let mut within = || 0.2 * (2.0 * rng.random::<f64>() - 1.0);
        if linear {
            Self::Linear { contrast: 1.0 + within(), brightness: within() }
        } else {
            Self::Gamma(1.0 + within())
        }
    }

    /// The table; values are cut to whole ones as bytes are.
    pub(super) fn table(self) -> Vec<f32> {
        let value = |at: u32| {
            let at = f64::from(at);
            match self {
                Self::Linear { contrast, brightness } => at * contrast + 255.0 * brightness,
                Self::Gamma(gamma) => (at / 255.0).powf(gamma) * 255.0,
            }
        };
        (0..256).map(|at| value(at).clamp(0.0, 255.0).floor() as f32).collect()
    }

    /// The table that changes nothing.
    pub(super) fn same() -> Vec<f32> {
        (0..256_u16).map(f32::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NumPy 1.26: `np.clip(np.arange(256, dtype="float32") * 1.1 + 255 * -.05, 0, 255)` and
    /// `(np.arange(256) / 255) ** 1.15 * 255`, both cast to bytes.
    #[test]
    fn tables_are_those_of_bytes() {
        let linear = Tone::Linear { contrast: 1.1, brightness: -0.05 }.table();
        assert_eq!([0, 10, 100, 250].map(|at| linear[at] as u8), [0, 0, 97, 255]);
        let gamma = Tone::Gamma(1.15).table();
        assert_eq!([0, 10, 100, 255].map(|at| gamma[at] as u8), [0, 6, 86, 255]);
        assert_eq!(Tone::same()[200], 200.0);
    }
}

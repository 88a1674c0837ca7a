//! From stored numbers to 8 bits.

/// Which numbers are black and white.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scale {
    /// 0 stays 0, 65535 becomes 255: `round(v / 257)`.
    Full16,
    /// As stated; what lies outside is black or white.
    Stated { low: f64, high: f64 },
}

impl Scale {
    /// That of 16-bit numbers: the full range unless one is stated.
    pub(super) fn of_16_bits(range: Option<(f64, f64)>) -> Self {
        range.map_or(Self::Full16, |(low, high)| Self::Stated { low, high })
    }

    pub(super) fn of_u16(self, value: u16) -> u8 {
        match self {
            Self::Full16 => ((u32::from(value) + 128) / 257) as u8,
            Self::Stated { .. } => self.of(f64::from(value)),
        }
    }

    /// A number that is not one is black.
    pub(super) fn of(self, value: f64) -> u8 {
        let (low, high) = match self {
            Self::Full16 => (0.0, f64::from(u16::MAX)),
            Self::Stated { low, high } => (low, high),
        };
        let share = (value - low) / (high - low);
        (share.clamp(0.0, 1.0) * 255.0).round() as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_from_black_to_white() {
        let full = Scale::of_16_bits(None);
        for value in 0..=u16::MAX {
            assert_eq!(full.of_u16(value), (f64::from(value) / 257.0).round() as u8);
        }
        let stated = Scale::of_16_bits(Some((-1000.0, 400.0)));
        let values = [-3000.0, -1000.0, -300.0, 400.0, 3000.0, f64::NAN, f64::INFINITY];
        assert_eq!(values.map(|v| stated.of(v)), [0, 0, 128, 255, 255, 0, 255]);
        assert_eq!(Scale::of_16_bits(Some((0.0, 4095.0))).of_u16(4095), 255);
    }
}

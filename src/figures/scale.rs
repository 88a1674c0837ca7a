//! From values to pixels, with round ticks.

/// A linear scale with ticks at round values.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale that holds all of `values`, from pixel `from` to pixel `to`.
    pub(super) fn around(values: impl Iterator<Item = f64>, from: i32, to: i32) -> Self {
        let (mut low, mut high) = values
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let pad = if high > low { (high - low) * 0.06 } else { low.abs().max(1.0) * 0.05 };
        Self::between(low - pad, high + pad, from, to)
    }

    /// A scale between two values, widened to round ticks.
    pub(super) fn between(low: f64, high: f64, from: i32, to: i32) -> Self {
        let step = round_step((high - low) / 5.0);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let ticks: Vec<f64> = (first..=last).map(|i| i as f64 * step).collect();
        let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
        Self { low, high, ticks, from: f64::from(from), to: f64::from(to) }
    }

    pub(super) fn pixel(&self, value: f64) -> i32 {
        let share = (value - self.low) / (self.high - self.low);
        (self.from + (self.to - self.from) * share.clamp(-0.2, 1.2)).round() as i32
    }

    /// Decimals that tell the ticks apart.
    pub(super) fn decimals(&self) -> usize {
        let step = self.ticks[1] - self.ticks[0];
        (0..6)
            .find(|d| (step * 10f64.powi(*d) - (step * 10f64.powi(*d)).round()).abs() < 1e-6)
            .unwrap_or(6) as usize
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, at least `raw`.
fn round_step(raw: f64) -> f64 {
    let raw = if raw > 0.0 && raw.is_finite() { raw } else { 0.1 };
    let power = 10f64.powf(raw.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        let scale = Scale::around([0.713, 0.894].into_iter(), 100, 0);
        assert!(scale.low <= 0.713 && scale.high >= 0.894);
        assert_eq!(scale.decimals(), 2);
        assert!(scale.pixel(0.72) > scale.pixel(0.88));
    }

    #[test]
    fn no_spread_and_no_values_are_fine() {
        for values in [vec![], vec![0.5], vec![f64::NAN, 0.0]] {
            let scale = Scale::around(values.into_iter(), 100, 0);
            assert!(scale.high > scale.low && scale.ticks.len() > 1);
        }
    }
}

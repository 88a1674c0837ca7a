//! From values to pixels, with round ticks.

/// A linear or logarithmic scale with ticks at round values.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    from: f64,
    to: f64,
    logarithmic: bool,
}

/// Values beyond this have no difference that a double can hold.
const LARGEST: f64 = 1e300;
/// More ticks than this on a logarithmic scale are thinned.
const MOST_TICKS: usize = 8;

impl Scale {
    /// The scale of a score: what it cannot pass, the scale does not pass either,
    /// though intervals may ([`Self::end`]).
    pub(super) fn ending(mut self, highest: Option<f64>) -> Self {
        if let Some(most) = highest.filter(|most| self.high > *most && self.low < *most) {
            self.high = most;
            self.ticks.retain(|tick| *tick <= most + most.abs() * 1e-9);
        }
        self
    }

    /// The same at the other end.
    pub(super) fn starting(mut self, lowest: Option<f64>) -> Self {
        if let Some(least) = lowest.filter(|least| self.low < *least && self.high > *least) {
            self.low = least;
            self.ticks.retain(|tick| *tick >= least - least.abs() * 1e-9);
        }
        self
    }

    /// The pixel of an end of an interval, and whether it is within the scale; an
    /// end outside is cut there.
    pub(super) fn end(&self, value: f64) -> (i32, bool) {
        let cut = value.min(self.high).max(self.low);
        (self.pixel(cut), cut == value)
    }

    /// A scale that holds all of `values`, from pixel `from` to pixel `to`.
    pub(super) fn around(values: impl Iterator<Item = f64>, from: i32, to: i32) -> Self {
        let (mut low, mut high) = range(values);
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let pad = if high > low { (high - low) * 0.06 } else { low.abs().max(1.0) * 0.05 };
        Self::between(low - pad, high + pad, from, to)
    }

    /// The same of values that nobody knows more of than they say: where none is
    /// below zero the scale is not, and where all are whole numbers the ticks are.
    pub(super) fn of_data(values: impl Iterator<Item = f64> + Clone, from: i32, to: i32) -> Self {
        let positive = values.clone().all(|value| value >= 0.0);
        let whole = values.clone().all(|value| value.fract() == 0.0);
        let mut scale = Self::around(values, from, to).starting(positive.then_some(0.0));
        let ticks = scale.ticks.iter().copied().filter(|tick| tick.fract() == 0.0);
        let ticks: Vec<f64> = ticks.collect();
        if whole && ticks.len() > 1 {
            scale.ticks = ticks;
        }
        scale
    }

    /// A scale between two values, widened to round ticks.
    pub(super) fn between(low: f64, high: f64, from: i32, to: i32) -> Self {
        let (low, high) = (low.clamp(-LARGEST, LARGEST), high.clamp(-LARGEST, LARGEST));
        let step = round_step((high - low) / 5.0);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        // Two ticks at least, also where rounding swallows the step.
        let count = (last - first).clamp(1.0, 100.0) as usize;
        let ticks: Vec<f64> = (0..=count).map(|i| (first + i as f64) * step).collect();
        let (low, high) = (first * step, (first + count as f64) * step);
        Self { low, high, ticks, from: f64::from(from), to: f64::from(to), logarithmic: false }
    }

    /// From `low` to `high` exactly, with ticks at the round values between.
    pub(super) fn exactly(low: f64, high: f64, from: i32, to: i32) -> Self {
        let mut scale = Self::between(low, high, from, to);
        let slack = (high - low) * 1e-9;
        scale.ticks.retain(|t| *t >= low - slack && *t <= high + slack);
        (scale.low, scale.high) = (low, high);
        scale
    }

    /// A logarithmic scale that holds all of `values`; linear where one of them
    /// is not positive (or next to nothing, or beyond all reason).
    pub(super) fn logarithmic(values: impl Iterator<Item = f64>, from: i32, to: i32) -> Self {
        let (low, high) = range(values);
        if low > high || low < 1.0 / LARGEST || high > LARGEST {
            return Self::around([low, high].into_iter(), from, to);
        }
        let (low, high) = (below(low / 1.1), above(high * 1.1));
        let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
        let within = |tick: &f64| *tick >= low * (1.0 - 1e-9) && *tick <= high * (1.0 + 1e-9);
        let of = |factors: &[f64]| -> Vec<f64> {
            let decade = |d: i32| factors.iter().map(move |f| f * 10f64.powi(d));
            decades.clone().flat_map(decade).filter(within).collect()
        };
        let mut ticks = of(&[1.0, 2.0, 5.0]);
        if ticks.len() < 4 {
            ticks = of(&[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0]);
        }
        if ticks.len() > MOST_TICKS {
            ticks = of(&[1.0]);
        }
        let stride = ticks.len().div_ceil(MOST_TICKS).max(1);
        let ticks = ticks.into_iter().step_by(stride).collect();
        Self { low, high, ticks, from: f64::from(from), to: f64::from(to), logarithmic: true }
    }

    pub(super) fn pixel(&self, value: f64) -> i32 {
        let share = if self.logarithmic {
            (value.max(f64::MIN_POSITIVE) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        (self.from + (self.to - self.from) * share.clamp(-0.2, 1.2)).round() as i32
    }

    /// Decimals that tell the ticks apart.
    pub(super) fn decimals(&self) -> usize {
        let [first, second, ..] = self.ticks[..] else { return 2 };
        let step = second - first;
        (0..6)
            .find(|d| (step * 10f64.powi(*d) - (step * 10f64.powi(*d)).round()).abs() < 1e-6)
            .unwrap_or(6) as usize
    }

    /// The ticks that have room for their labels beside each other, which are `wide`
    /// pixels at most: each, every second, and so on; 0 stays where it is one.
    pub(super) fn spaced(&self, wide: i32) -> Vec<f64> {
        let gaps =
            self.ticks.windows(2).map(|pair| (self.pixel(pair[1]) - self.pixel(pair[0])).abs());
        let apart = gaps.min().unwrap_or(wide + 1).max(1);
        let stride = (wide / apart + 1) as usize;
        let zero = self.ticks.iter().position(|tick| *tick == 0.0).unwrap_or(0);
        let kept = |(at, _): &(usize, &f64)| at % stride == zero % stride;
        self.ticks.iter().enumerate().filter(kept).map(|(_, tick)| *tick).collect()
    }

    /// A tick as it is printed.
    pub(super) fn label(&self, tick: f64) -> String {
        // Without the noise of the last bits.
        let round = || format!("{tick:.5e}").parse().unwrap_or(tick);
        let large = tick.abs() >= 1e6;
        let small = |tick: f64| tick != 0.0 && tick.abs() < 1e-4;
        // All ticks of a linear axis alike.
        let any = !self.logarithmic && self.ticks.iter().any(|tick| small(*tick));
        if tick == 0.0 && any {
            return "0".into();
        }
        if large || any || small(tick) {
            return format!("{:e}", round());
        }
        if self.logarithmic { round().to_string() } else { format!("{tick:.*}", self.decimals()) }
    }
}

/// Lowest and highest finite value; crossed over without one.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
}

/// The largest of 1, 2 or 5 times a power of ten that is at most `value`.
fn below(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let fits = |factor: &f64| factor * power <= value * (1.0 + 1e-9);
    [5.0, 2.0, 1.0].into_iter().find(fits).unwrap_or(1.0) * power
}

/// The smallest of 1, 2 or 5 times a power of ten that is at least `value`.
fn above(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let fits = |factor: &f64| factor * power >= value * (1.0 - 1e-9);
    [1.0, 2.0, 5.0].into_iter().find(fits).unwrap_or(10.0) * power
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
    fn a_score_that_cannot_pass_one_has_no_axis_beyond() {
        let ends = [0.6, 1.02];
        let scale = |highest| Scale::around(ends.into_iter(), 100, 0).ending(highest);
        let auc = scale(Some(1.0));
        assert_eq!((auc.high, auc.ticks.last().copied()), (1.0, Some(1.0)));
        assert_eq!((auc.end(1.02), auc.end(0.9).1), ((0, false), true));
        assert!(scale(None).high > 1.0 && scale(Some(0.5)).high > 1.0);
        let distance = Scale::around([-0.8, 9.0].into_iter(), 100, 0).starting(Some(0.0));
        assert_eq!((distance.low, distance.ticks.first().copied()), (0.0, Some(0.0)));
        assert_eq!((distance.end(-0.8), distance.end(0.0).1), ((100, false), true));
    }

    #[test]
    fn counts_have_whole_ticks_and_nothing_below_zero() {
        let scale = |values: &[f64]| Scale::of_data(values.iter().copied(), 0, 100);
        assert_eq!(scale(&[0.0, 1.0, 3.0]).ticks, [0.0, 1.0, 2.0, 3.0, 4.0]);
        let epochs = scale(&[1.0, 40.0]);
        assert!(epochs.low == 0.0 && epochs.ticks.iter().all(|t| t.fract() == 0.0 && *t >= 0.0));
        assert!(scale(&[0.1, 0.5]).low >= 0.0);
        assert!(scale(&[-1.0, 4.0]).low <= -1.0);
        assert!(scale(&[0.2, 1.5]).ticks.iter().any(|t| t.fract() != 0.0));
        assert!(scale(&[7.0]).ticks.len() > 1 && scale(&[]).ticks.len() > 1);
    }

    #[test]
    fn tiny_values_have_ticks_that_say_something() {
        let scale = Scale::between(0.0, 7.4e-8, 100, 0);
        let labels: Vec<String> = scale.ticks.iter().map(|tick| scale.label(*tick)).collect();
        assert_eq!(labels, ["0", "2e-8", "4e-8", "6e-8", "8e-8"]);
    }

    #[test]
    fn no_spread_and_no_values_are_fine() {
        let odd = [-f64::MAX, f64::MAX];
        for values in [vec![], vec![0.5], vec![f64::NAN, 0.0], odd.to_vec(), vec![1e20; 2]] {
            let scale = Scale::around(values.into_iter(), 100, 0);
            assert!(scale.high > scale.low && (2..102).contains(&scale.ticks.len()));
        }
    }

    #[test]
    fn logarithmic_ticks_are_few_and_within() {
        for values in [vec![3.0, 70.0], vec![1e-9, 1e9], vec![5.0], vec![f64::MIN_POSITIVE, 1.0]] {
            let scale = Scale::logarithmic(values.iter().copied(), 0, 500);
            assert!(!scale.ticks.is_empty() && scale.ticks.len() <= MOST_TICKS, "{values:?}");
            for value in values {
                assert!((0..=500).contains(&scale.pixel(value)), "{value}");
            }
        }
        assert_eq!(
            Scale::logarithmic([3.0, 70.0].into_iter(), 0, 9).ticks,
            [2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        );
        // Zero has no logarithm.
        assert!(Scale::logarithmic([0.0, 70.0].into_iter(), 0, 500).low < 0.0);
    }
}

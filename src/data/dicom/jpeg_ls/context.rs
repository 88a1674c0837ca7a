//! Settings of a scan and what it has learnt so far.

/// Settings that follow from the number of bits and the allowed error.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) largest: i32,
    pub(super) near: i32,
    thresholds: [i32; 3],
    pub(super) reset: i32,
    pub(super) range: i32,
    pub(super) range_bits: u32,
    pub(super) limit: u32,
}

impl Limits {
    /// Those of a scan, with what presets state.
    pub(super) fn new(precision: u32, near: i32, preset: &[i32; 5]) -> Option<Self> {
        let largest = if preset[0] > 0 { preset[0] } else { (1 << precision) - 1 };
        if largest < 1 || largest >= 1 << precision || near > largest / 2 || near > 255 {
            return None;
        }
        let clamp = |value: i32, low: i32| if value > largest || value < low { low } else { value };
        let [t1, t2, t3] = if largest >= 128 {
            let factor = (largest.min(4095) + 128) / 256;
            [factor + 2 + 3 * near, factor * 4 + 3 + 5 * near, factor * 17 + 4 + 7 * near]
        } else {
            let factor = 256 / (largest + 1);
            [
                (3 / factor + 3 * near).max(2),
                (7 / factor + 5 * near).max(3),
                (21 / factor + 7 * near).max(4),
            ]
        };
        let t1 = clamp(t1, near + 1);
        let t2 = clamp(t2, t1);
        let t3 = clamp(t3, t2);
        let stated = |value: i32, own| if value > 0 { value } else { own };
        let thresholds = [stated(preset[1], t1), stated(preset[2], t2), stated(preset[3], t3)];
        let range = (largest + 2 * near) / (2 * near + 1) + 1;
        let bits = |count: i32| 32 - (count - 1).leading_zeros();
        let value_bits = bits(largest + 1).max(2);
        Some(Self {
            largest,
            near,
            thresholds,
            reset: stated(preset[4], 64).max(3),
            range,
            range_bits: bits(range),
            limit: 2 * (value_bits + value_bits.max(8)),
        })
    }

    /// The class of a difference of neighbours, -4 to 4.
    pub(super) fn class(&self, difference: i32) -> i32 {
        let [t1, t2, t3] = self.thresholds;
        let size = difference.abs();
        let class = if size <= self.near {
            0
        } else if size < t1 {
            1
        } else if size < t2 {
            2
        } else if size < t3 {
            3
        } else {
            4
        };
        if difference < 0 { -class } else { class }
    }

    /// A value from what was told of it and the error of that.
    pub(super) fn mended(&self, told: i32, error: i32) -> i32 {
        let step = 2 * self.near + 1;
        let mut value = told + error * step;
        if value < -self.near {
            value += self.range * step;
        } else if value > self.largest + self.near {
            value -= self.range * step;
        }
        value.clamp(0, self.largest)
    }
}

/// What is known of values in one kind of neighbourhood.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// Sum of the sizes of errors.
    pub(super) sizes: i32,
    /// Sum of the errors.
    pub(super) bias: i32,
    /// What is added to the next guess.
    pub(super) correction: i32,
    pub(super) count: i32,
}

/// What is known of values that end a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunContext {
    pub(super) sizes: i32,
    pub(super) count: i32,
    pub(super) negative: i32,
}

pub(super) struct Contexts {
    pub(super) regular: Vec<Context>,
    pub(super) run: [RunContext; 2],
}

impl Contexts {
    pub(super) fn new(limits: &Limits) -> Self {
        let sizes = ((limits.range + 32) / 64).max(2);
        let context = Context { sizes, bias: 0, correction: 0, count: 1 };
        Self { regular: vec![context; 365], run: [RunContext { sizes, count: 1, negative: 0 }; 2] }
    }
}

/// The number of low bits that are written as they are.
pub(super) fn low_bits(count: i32, sizes: i32) -> Option<u32> {
    (0..24).find(|k| i64::from(count) << k >= i64::from(sizes))
}

impl Context {
    pub(super) fn learn(&mut self, error: i32, limits: &Limits) {
        self.bias += error * (2 * limits.near + 1);
        self.sizes += error.abs();
        if self.count >= limits.reset {
            self.sizes >>= 1;
            self.bias >>= 1;
            self.count >>= 1;
        }
        self.count += 1;
        if self.bias <= -self.count {
            self.bias = (self.bias + self.count).max(1 - self.count);
            self.correction = (self.correction - 1).max(-128);
        } else if self.bias > 0 {
            self.bias = (self.bias - self.count).min(0);
            self.correction = (self.correction + 1).min(127);
        }
    }
}

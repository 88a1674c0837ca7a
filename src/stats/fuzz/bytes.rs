//! Arguments made of bytes.

/// Numbers on which methods have stumbled, here and elsewhere.
const SPECIAL: [f64; 22] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    0.95,
    1.0 - f64::EPSILON,
    1.0 + f64::EPSILON,
    f64::EPSILON,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    // The smallest subnormal number and a large one.
    5e-324,
    2.2e-308,
    1e154,
    1e-154,
    9_007_199_254_740_993.0,
    4_294_967_296.0,
    0.1 + 0.2,
];

/// Reads arguments from bytes; past their end all are 0.
pub(super) struct Bytes<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    pub(super) fn byte(&mut self) -> u8 {
        let byte = self.data.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    pub(super) fn bool(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// True once in `n` bytes.
    pub(super) fn one_in(&mut self, n: u8) -> bool {
        self.byte().checked_rem(n) == Some(0)
    }

    /// A number below `n`, or 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { usize::from(self.byte()) % n }
    }

    pub(super) fn word(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | u64::from(self.byte()))
    }

    /// A count that nothing is allocated for.
    pub(super) fn count(&mut self) -> u64 {
        match self.byte() % 8 {
            0 => 0,
            1 => 1,
            2..=4 => u64::from(self.byte()),
            5 => u64::MAX,
            6 => u64::from(u32::MAX) + 1,
            _ => self.word(),
        }
    }

    pub(super) fn large(&mut self) -> usize {
        self.count() as usize
    }

    /// Any bits: NaN with a payload, infinities and subnormal numbers too.
    pub(super) fn number(&mut self) -> f64 {
        match self.byte() % 8 {
            0 => f64::from_bits(self.word()),
            1 | 2 => SPECIAL[self.below(SPECIAL.len())],
            3 => f64::from(self.byte()) / 8.0,
            4 => f64::from(self.byte() as i8),
            _ => self.unit(),
        }
    }

    /// In [0, 1].
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.byte()) / 255.0
    }

    /// Mostly a level in (0, 1), sometimes anything.
    pub(super) fn level(&mut self) -> f64 {
        match self.byte() % 4 {
            0 => self.number(),
            1 => 0.95,
            _ => self.unit(),
        }
    }

    /// One kind of numbers all along: methods refuse NaN at the door, so that
    /// most lists must be without.
    pub(super) fn numbers_of(&mut self, len: usize) -> Vec<f64> {
        let kind = self.byte() % 8;
        let constant = self.number();
        let one = |bytes: &mut Self| match kind {
            0 => f64::from_bits(bytes.word()),
            1 => bytes.number(),
            2 => f64::from(bytes.byte() % 4),
            3 => constant,
            4 => f64::from(bytes.byte() as i8) * 1e306,
            5 => f64::from(bytes.byte() as i8) * 5e-324,
            6 => 1.0 + f64::from(bytes.byte() % 3) * f64::EPSILON,
            _ => bytes.unit(),
        };
        (0..len).map(|_| one(self)).collect()
    }

    pub(super) fn numbers(&mut self) -> Vec<f64> {
        let len = self.len();
        self.numbers_of(len)
    }

    /// Mostly short, now and then beyond the limits of exact methods.
    pub(super) fn len(&mut self) -> usize {
        match self.byte() % 16 {
            0 => 0,
            1 => 1,
            2 => 2,
            3 => usize::from(self.byte()),
            _ => 3 + self.below(12),
        }
    }

    /// Two lists, mostly of one length.
    pub(super) fn pair(&mut self) -> (Vec<f64>, Vec<f64>) {
        let x = self.numbers();
        let y = if self.one_in(8) { self.numbers() } else { self.numbers_of(x.len()) };
        (x, y)
    }

    /// Rows, mostly of one length.
    pub(super) fn rows(&mut self) -> Vec<Vec<f64>> {
        let (rows, columns) = (self.below(9), self.below(6));
        let ragged = self.one_in(8);
        (0..rows)
            .map(|_| {
                let columns = if ragged { self.below(6) } else { columns };
                self.numbers_of(columns)
            })
            .collect()
    }

    pub(super) fn bools(&mut self, len: usize) -> Vec<bool> {
        (0..len).map(|_| self.bool()).collect()
    }

    /// Scores with labels, mostly as many.
    pub(super) fn scored(&mut self) -> (Vec<f64>, Vec<bool>) {
        let scores = self.numbers();
        let labels = if self.one_in(8) { self.len() } else { scores.len() };
        let labels = self.bools(labels);
        (scores, labels)
    }

    /// Rows of scores with class labels, mostly below the number of classes.
    pub(super) fn classified(&mut self) -> (Vec<Vec<f64>>, Vec<usize>) {
        let rows = self.rows();
        let labels = (0..rows.len()).map(|_| self.class()).collect();
        (rows, labels)
    }

    pub(super) fn class(&mut self) -> usize {
        if self.one_in(32) { self.large() } else { self.below(5) }
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Few enough to be computed.
    pub(super) fn resamples(&mut self) -> usize {
        self.below(40)
    }
}

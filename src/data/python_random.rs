//! `CPython`'s `random.Random(seed)`, as far as the published subset rule needs
//! it: MT19937 (Matsumoto and Nishimura 1998) seeded by `init_by_array`, and
//! `shuffle` with `_randbelow_with_getrandbits`.

const N: usize = 624;
const M: usize = 397;

/// `random.Random` of `CPython` 3 for a seed below 2^32.
pub(crate) struct PythonRandom {
    state: [u32; N],
    next: usize,
}

impl PythonRandom {
    pub(crate) fn new(seed: u32) -> Self {
        let mut random = Self { state: [0; N], next: N };
        random.init(19_650_218);
        random.init_by_array(seed);
        random
    }

    fn init(&mut self, seed: u32) {
        self.state[0] = seed;
        for i in 1..N {
            let last = self.state[i - 1];
            self.state[i] =
                1_812_433_253_u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
        }
    }

    /// `init_by_array` with a key of one word.
    fn init_by_array(&mut self, key: u32) {
        let mut i = 1;
        for _ in 0..N {
            let last = self.state[i - 1];
            self.state[i] =
                (self.state[i] ^ (last ^ (last >> 30)).wrapping_mul(1_664_525)).wrapping_add(key);
            i = self.advance(i);
        }
        for _ in 0..N - 1 {
            let last = self.state[i - 1];
            self.state[i] = (self.state[i] ^ (last ^ (last >> 30)).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            i = self.advance(i);
        }
        self.state[0] = 0x8000_0000;
    }

    fn advance(&mut self, i: usize) -> usize {
        if i + 1 < N {
            return i + 1;
        }
        self.state[0] = self.state[N - 1];
        1
    }

    fn refill(&mut self) {
        for i in 0..N {
            let joined = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7fff_ffff);
            let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + M) % N] ^ (joined >> 1) ^ odd;
        }
        self.next = 0;
    }

    /// `getrandbits(32)`.
    pub(crate) fn next_u32(&mut self) -> u32 {
        if self.next == N {
            self.refill();
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `_randbelow_with_getrandbits(limit)` for a limit in 1..2^32.
    fn below(&mut self, limit: u32) -> u32 {
        let bits = u32::BITS - limit.leading_zeros();
        loop {
            let drawn = self.next_u32() >> (u32::BITS - bits);
            if drawn < limit {
                return drawn;
            }
        }
    }

    /// `shuffle(items)`.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u32 + 1) as usize;
            items.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shuffled(n: usize) -> Vec<usize> {
        let mut items: Vec<usize> = (0..n).collect();
        PythonRandom::new(99).shuffle(&mut items);
        items
    }

    /// Expected values: `CPython` 3.11, `r = random.Random(99); r.shuffle(list(range(n)))`;
    /// poly = `sum((i + 1) * x for i, x in enumerate(items)) % 1000000007`.
    #[derive(serde::Deserialize)]
    struct Golden {
        getrandbits32: Vec<u32>,
        whole: std::collections::BTreeMap<usize, Vec<usize>>,
        first10_last5: std::collections::BTreeMap<usize, Vec<usize>>,
        poly: std::collections::BTreeMap<usize, u64>,
    }

    fn golden() -> Golden {
        let text = include_str!("../../tests/golden/data/python_shuffle.json");
        serde_json::from_str(text).expect("golden file")
    }

    #[test]
    fn bits_equal_cpython() {
        let mut random = PythonRandom::new(99);
        for expected in golden().getrandbits32 {
            assert_eq!(random.next_u32(), expected);
        }
    }

    #[test]
    fn shuffles_equal_cpython() {
        let golden = golden();
        assert!(golden.whole.len() >= 6 && golden.poly.len() >= 6);
        for (n, expected) in golden.whole {
            assert_eq!(shuffled(n), expected, "n = {n}");
        }
        for (n, expected) in golden.first10_last5 {
            let items = shuffled(n);
            assert_eq!(items[..10], expected[..10], "n = {n}");
            assert_eq!(items[n - 5..], expected[10..], "n = {n}");
        }
        for (n, expected) in golden.poly {
            let poly = shuffled(n)
                .iter()
                .enumerate()
                .fold(0_u64, |sum, (i, &x)| (sum + (i as u64 + 1) * x as u64) % 1_000_000_007);
            assert_eq!(poly, expected, "n = {n}");
        }
    }
}

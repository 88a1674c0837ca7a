//! Values of a costly function that is asked for the same arguments again and
//! again: the quantile of t in every interval of a table, say.
//!
//! What is remembered is what would be computed, bit for bit, so that nobody can
//! tell but by the clock. Each thread remembers by itself (`thread_local!`), so
//! that none waits for another.

use std::cell::RefCell;
use std::collections::HashMap;

/// Values that are kept; a memory that is full starts anew.
const MOST: usize = 4096;

/// Values by arguments, which are told apart bit by bit.
pub(super) struct Memo<const N: usize, V>(RefCell<HashMap<[u64; N], V>>);

impl<const N: usize, V: Copy> Memo<N, V> {
    pub(super) fn new() -> Self {
        Self(RefCell::default())
    }

    /// The value of `compute`, a function of `arguments` and of nothing else.
    pub(super) fn get(&self, arguments: [f64; N], compute: impl FnOnce() -> V) -> V {
        let key = arguments.map(f64::to_bits);
        if let Some(known) = self.0.borrow().get(&key) {
            return *known;
        }
        // Not borrowed meanwhile: the function may ask the same memory.
        let value = compute();
        let mut known = self.0.borrow_mut();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, value);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_once_per_arguments_and_forgets_when_full() {
        let memo = Memo::new();
        let computed = std::cell::Cell::new(0);
        let sum = |x: f64, y: f64| {
            memo.get([x, y], || {
                computed.set(computed.get() + 1);
                x + y
            })
        };
        assert_eq!((sum(1.0, 2.0), sum(1.0, 2.0), computed.get()), (3.0, 3.0, 1));
        assert_eq!((sum(2.0, 2.0), computed.get()), (4.0, 2));
        // Zeros of either sign are equal, and not the same argument.
        assert!(sum(-0.0, -0.0).is_sign_negative() && sum(0.0, 0.0).is_sign_positive());
        for k in 0..MOST {
            assert_eq!(sum(k as f64, 0.5), k as f64 + 0.5);
        }
        assert!(memo.0.borrow().len() <= MOST);
    }

    #[test]
    fn a_function_may_ask_for_itself() {
        let memo: Memo<1, f64> = Memo::new();
        let value = memo.get([2.0], || memo.get([1.0], || 1.0) + 1.0);
        assert_eq!(value, 2.0);
    }
}

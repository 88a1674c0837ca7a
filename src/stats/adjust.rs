//! p-values adjusted for the number of tests in a family.
//!
//! Single step: Bonferroni `min(1, m p)`, Sidak `1 - (1 - p)^m`. Step-down
//! (from the smallest p): Holm (1979), Holm-Sidak. Step-up (from the largest):
//! Hochberg (1988), Benjamini-Hochberg (1995), Benjamini-Yekutieli (2001).
//! Hommel (1988) in the form of Wright (1992). All are made monotone and capped at 1; output is in input
//! order. Holm needs no assumption on the dependence between the tests.
//!
//! A p that is NaN or outside 0..=1 was no test: it stays NaN and does not
//! count in `m`. Ties keep their order and get the same value. Cost
//! O(m log m); Hommel O(m^2).

/// An adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Adjustment {
    Bonferroni,
    Holm,
    Hochberg,
    Hommel,
    BenjaminiHochberg,
    BenjaminiYekutieli,
    Sidak,
    HolmSidak,
}

/// Adjusted p-values, in the order of `p`.
pub fn adjust(p: &[f64], method: Adjustment) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|i| (0.0..=1.0).contains(&p[*i])).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let sorted: Vec<f64> = order.iter().map(|i| p[*i]).collect();
    let adjusted = adjust_sorted(&sorted, method);
    let mut out = vec![f64::NAN; p.len()];
    for (index, value) in order.into_iter().zip(adjusted) {
        out[index] = value;
    }
    out
}

fn adjust_sorted(p: &[f64], method: Adjustment) -> Vec<f64> {
    let m = p.len() as f64;
    // 1 - (1 - p)^k without cancellation for small p.
    let sidak = |p: f64, k: f64| -(k * (-p).ln_1p()).exp_m1();
    let each = |f: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        p.iter().enumerate().map(|(i, p)| f(i, *p)).collect()
    };
    match method {
        Adjustment::Bonferroni => capped(each(&|_, p| p * m)),
        Adjustment::Sidak => capped(each(&|_, p| sidak(p, m))),
        Adjustment::Holm => rising(each(&|i, p| p * (m - i as f64))),
        Adjustment::HolmSidak => rising(each(&|i, p| sidak(p, m - i as f64))),
        Adjustment::Hochberg => falling(each(&|i, p| p * (m - i as f64))),
        Adjustment::BenjaminiHochberg => falling(each(&|i, p| p * m / (i + 1) as f64)),
        Adjustment::BenjaminiYekutieli => {
            let harmonic: f64 = (1..=p.len()).map(|k| 1.0 / k as f64).sum();
            falling(each(&|i, p| p * m * harmonic / (i + 1) as f64))
        }
        Adjustment::Hommel => hommel(p),
    }
}

fn capped(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|v| v.min(1.0)).collect()
}

/// Running maximum from the smallest p up.
fn rising(mut values: Vec<f64>) -> Vec<f64> {
    let mut largest = 0.0f64;
    for value in &mut values {
        largest = largest.max(*value);
        *value = largest;
    }
    capped(values)
}

/// Running minimum from the largest p down.
fn falling(mut values: Vec<f64>) -> Vec<f64> {
    let mut smallest = f64::INFINITY;
    for value in values.iter_mut().rev() {
        smallest = smallest.min(*value);
        *value = smallest;
    }
    capped(values)
}

/// Wright (1992), the algorithm of R's `p.adjust`, on ascending p.
fn hommel(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    if n == 0 {
        return Vec::new();
    }
    let bound = |j: usize, from: usize| {
        (from..n).map(|i| j as f64 * p[i] / (i + 1 - from) as f64).fold(f64::INFINITY, f64::min)
    };
    let first = bound(n, 0);
    let mut adjusted = vec![first; n];
    let mut q = vec![first; n];
    for j in (2..n).rev() {
        let split = n - j + 1;
        let smallest = (split..n)
            .map(|i| j as f64 * p[i] / (i + 2 - split) as f64)
            .fold(f64::INFINITY, f64::min);
        for i in 0..split {
            q[i] = (j as f64 * p[i]).min(smallest);
        }
        let last = q[split - 1];
        q[split..].fill(last);
        for (a, q) in adjusted.iter_mut().zip(&q) {
            *a = a.max(*q);
        }
    }
    capped(adjusted.iter().zip(p).map(|(a, p)| a.max(*p)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Adjustment; 8] = [
        Adjustment::Bonferroni,
        Adjustment::Holm,
        Adjustment::Hochberg,
        Adjustment::Hommel,
        Adjustment::BenjaminiHochberg,
        Adjustment::BenjaminiYekutieli,
        Adjustment::Sidak,
        Adjustment::HolmSidak,
    ];

    #[test]
    fn a_missing_test_does_not_count() {
        let got = adjust(&[0.01, f64::NAN, 0.04], Adjustment::Holm);
        assert_eq!(got[0], 0.02);
        assert!(got[1].is_nan());
        assert_eq!(got[2], 0.04);
    }

    proptest! {
        #[test]
        fn adjusted_is_never_below_raw_and_keeps_the_order(
            p in prop::collection::vec(0.0..=1.0f64, 0..30)
        ) {
            for method in ALL {
                let adjusted = adjust(&p, method);
                for (a, raw) in adjusted.iter().zip(&p) {
                    prop_assert!(*a >= raw * (1.0 - 1e-12) && *a <= 1.0, "{method:?} {raw} {a}");
                }
                for i in 0..p.len() {
                    for j in 0..p.len() {
                        if p[i] < p[j] {
                            prop_assert!(adjusted[i] <= adjusted[j] * (1.0 + 1e-12));
                        }
                    }
                }
            }
        }

        #[test]
        fn nothing_panics(p in prop::collection::vec(any::<f64>(), 0..10)) {
            for method in ALL {
                prop_assert_eq!(adjust(&p, method).len(), p.len());
            }
        }
    }
}

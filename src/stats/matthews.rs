//! Matthews correlation coefficient, for two or more classes.
//!
//! `(c s - sum t_k p_k) / sqrt((s^2 - sum p_k^2) (s^2 - sum t_k^2))` with `s`
//! cases, `c` right ones, and true and predicted totals `t_k`, `p_k` (Gorodkin
//! 2004; Matthews 1975 for two classes). In -1..=1 for two classes, 0 at
//! chance.
//!
//! 0/0 (one class only, among the labels or the predictions) counts as 0,
//! degenerate, as in scikit-learn. Sums are integers, so a zero denominator is
//! found exactly. Cost O(K^2).

use super::Outcome;
use super::confusion::Confusion;

/// Matthews correlation coefficient of a confusion matrix.
pub fn matthews(confusion: &Confusion) -> Outcome<f64> {
    let wide = i128::from;
    let (truth, predicted) = (confusion.true_totals(), confusion.predicted_totals());
    let products = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| wide(*a) * wide(*b)).sum();
    let s = wide(confusion.cases());
    let chance: i128 = products(&truth, &predicted);
    let truth_spread = s * s - products(&truth, &truth);
    let predicted_spread = s * s - products(&predicted, &predicted);
    if s == 0 {
        return Outcome::undefined("there are no test cases");
    }
    if truth_spread == 0 || predicted_spread == 0 {
        return Outcome::degenerate(0.0, "labels or predictions hold one class: 0/0 counts as 0");
    }
    let covariance = (wide(confusion.right()) * s - chance) as f64;
    Outcome::of(covariance / ((truth_spread as f64).sqrt() * (predicted_spread as f64).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// For two classes it is the phi coefficient.
        #[test]
        fn equals_phi(a in 0usize..20, b in 0usize..20, c in 0usize..20, d in 0usize..20) {
            let cases = [(a, 0, 0), (b, 0, 1), (c, 1, 0), (d, 1, 1)];
            let expand = |f: fn(&(usize, usize, usize)) -> usize| -> Vec<usize> {
                cases.iter().flat_map(|case| vec![f(case); case.0]).collect()
            };
            let confusion = Confusion::new(&expand(|c| c.1), &expand(|c| c.2), 2);
            let Some(confusion) = confusion.any() else { return Ok(()) };
            let got = matthews(confusion);
            let margins = ((a + b) * (c + d) * (a + c) * (b + d)) as f64;
            if let Some(got) = got.value() {
                let phi = (a as f64 * d as f64 - b as f64 * c as f64) / margins.sqrt();
                prop_assert!((got - phi).abs() < 1e-12);
            } else {
                prop_assert!(margins == 0.0 && got.any() == Some(&0.0));
            }
        }
    }
}

//! Brier score: mean squared distance of probabilities from what happened.
//!
//! Binary: `mean (p - y)^2`, in 0..=1. Multi-class: `mean over cases of sum_k
//! (p_k - y_k)^2`, in 0..=2 (Brier 1950, the original form); for two classes it
//! is twice the binary one. Proper: it is least in expectation for the true
//! probabilities.
//!
//! Undefined without cases, with a probability outside 0..=1 (a logit, say) or
//! NaN, or with a class that has no probability. Cost O(n K).

use super::Outcome;

/// Brier score of probabilities of "positive".
pub fn binary<S: Copy + Into<f64>>(probabilities: &[S], labels: &[bool]) -> Outcome<f64> {
    let case = |p: f64, label: bool| (p - f64::from(u8::from(label))).powi(2);
    match mean_of_binary(probabilities, labels, case) {
        Ok(score) => Outcome::of(score),
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Brier score of one row of class probabilities per case.
pub fn multi_class<R: AsRef<[f64]>>(probabilities: &[R], labels: &[usize]) -> Outcome<f64> {
    let case = |row: &[f64], label: usize| {
        let target = |k: usize| f64::from(u8::from(k == label));
        row.iter().enumerate().map(|(k, p)| (p - target(k)).powi(2)).sum()
    };
    match mean_of_rows(probabilities, labels, case) {
        Ok(score) => Outcome::of(score),
        Err(reason) => Outcome::undefined(reason),
    }
}

/// Mean over cases of a score of a probability and its label.
pub(super) fn mean_of_binary<S: Copy + Into<f64>>(
    probabilities: &[S],
    labels: &[bool],
    case: impl Fn(f64, bool) -> f64,
) -> Result<f64, String> {
    if probabilities.len() != labels.len() {
        return Err(format!("{} probabilities for {} labels", probabilities.len(), labels.len()));
    }
    if labels.is_empty() {
        return Err("there are no test cases".into());
    }
    let mut sum = 0.0;
    for (p, label) in probabilities.iter().zip(labels) {
        let p = (*p).into();
        if !(0.0..=1.0).contains(&p) {
            return Err(format!("{p} is not a probability"));
        }
        sum += case(p, *label);
    }
    Ok(sum / labels.len() as f64)
}

/// Mean over cases of a score of a row of probabilities and its label.
pub(super) fn mean_of_rows<R: AsRef<[f64]>>(
    probabilities: &[R],
    labels: &[usize],
    case: impl Fn(&[f64], usize) -> f64,
) -> Result<f64, String> {
    check_rows(probabilities, labels)?;
    let sum: f64 = probabilities.iter().zip(labels).map(|(row, l)| case(row.as_ref(), *l)).sum();
    Ok(sum / labels.len() as f64)
}

/// Rows of equal length, of probabilities, with labels that have one.
pub(super) fn check_rows<R: AsRef<[f64]>>(
    probabilities: &[R],
    labels: &[usize],
) -> Result<(), String> {
    if probabilities.len() != labels.len() {
        return Err(format!("{} rows for {} labels", probabilities.len(), labels.len()));
    }
    let Some(first) = probabilities.first() else { return Err("there are no test cases".into()) };
    let classes = first.as_ref().len();
    for (row, label) in probabilities.iter().zip(labels) {
        let row = row.as_ref();
        if row.len() != classes || *label >= classes {
            return Err(format!("a case of class {label} has {} probabilities", row.len()));
        }
        if let Some(p) = row.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(format!("{p} is not a probability"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_classes_are_twice_the_binary_score() {
        let p = [0.2, 0.7, 1.0];
        let rows: Vec<[f64; 2]> = p.iter().map(|p| [1.0 - p, *p]).collect();
        let one = *binary(&p, &[false, true, false]).value().unwrap();
        let two = *multi_class(&rows, &[0, 1, 0]).value().unwrap();
        assert!((two - 2.0 * one).abs() < 1e-15 && (one - (0.04 + 0.09 + 1.0) / 3.0).abs() < 1e-15);
        assert!(binary(&[3.2], &[true]).any().is_none());
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in prop::collection::vec(prop::collection::vec(any::<f64>(), 0..4), 0..5),
                          labels in prop::collection::vec(0usize..5, 0..5),
                          p in prop::collection::vec(any::<f64>(), 0..5),
                          y in prop::collection::vec(any::<bool>(), 0..5)) {
            let _ = (multi_class(&rows, &labels), binary(&p, &y));
        }
    }
}

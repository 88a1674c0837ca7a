//! Share of right decisions.
//!
//! Binary and multi-label: a score of at least 0.5 is a "yes"; multi-label
//! accuracy is the mean over all case-label pairs. Multi-class: the class with
//! the highest score, the first of several. Undefined without cases or with a
//! NaN score. Cost O(n K).

use super::Outcome;

/// Accuracy of yes/no decisions at 0.5.
pub fn binary(scores: &[f32], labels: &[bool]) -> Outcome<f64> {
    if scores.is_empty() || scores.len() != labels.len() {
        return Outcome::undefined("there are no test cases");
    }
    if scores.iter().any(|s| s.is_nan()) {
        return Outcome::undefined("a score is not a number");
    }
    let right = scores.iter().zip(labels).filter(|(s, l)| (**s >= 0.5) == **l).count();
    Outcome::of(right as f64 / scores.len() as f64)
}

/// Accuracy of the highest-scored class.
pub fn multi_class<S: Copy + Into<f64>, R: AsRef<[S]>>(
    scores: &[R],
    labels: &[usize],
) -> Outcome<f64> {
    if scores.is_empty() || scores.len() != labels.len() {
        return Outcome::undefined("there are no test cases");
    }
    let bad = |row: &[S]| row.is_empty() || row.iter().any(|s| (*s).into().is_nan());
    if scores.iter().any(|row| bad(row.as_ref())) {
        return Outcome::undefined("a score is not a number");
    }
    let best = |row: &[S]| {
        (1..row.len()).fold(0, |best, i| if row[i].into() > row[best].into() { i } else { best })
    };
    let right = scores.iter().zip(labels).filter(|(row, label)| best(row.as_ref()) == **label);
    Outcome::of(right.count() as f64 / scores.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(binary(&[0.5, 0.4, 0.9], &[true, true, true]).value(), Some(&(2.0 / 3.0)));
        let rows: [&[f32]; 2] = [&[0.2, 0.5, 0.3], &[0.4, 0.4, 0.2]];
        assert_eq!(multi_class(&rows, &[1, 1]).value(), Some(&0.5));
        assert!(binary(&[], &[]).any().is_none());
        assert!(multi_class(&[[f32::NAN]], &[0]).any().is_none());
    }
}

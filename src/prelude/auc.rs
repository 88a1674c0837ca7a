//! Areas under ROC curves with their defaults.

use crate::stats::Outcome;
use crate::stats::delong::{self, AucEstimate};
use crate::stats::delong_test::{self, Paired};

/// AUC with DeLong's variance and 95 % interval.
pub fn auc<S: Copy + Into<f64>>(scores: &[S], labels: &[bool]) -> Outcome<AucEstimate> {
    delong::delong(scores, labels, 0.95)
}

/// Two AUCs on the same cases: DeLong's paired test, with a 95 % interval of
/// the difference.
pub fn compare_aucs<S: Copy + Into<f64> + Sync>(
    first: &[S],
    second: &[S],
    labels: &[bool],
) -> Outcome<Paired> {
    delong_test::paired(first, second, labels, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_line() {
        let labels = [false, true, false, true, true, false];
        let (a, b) = ([0.1, 0.4, 0.35, 0.8, 0.7, 0.5], [0.2, 0.6, 0.3, 0.1, 0.9, 0.4]);
        let text = auc(&a, &labels).to_string();
        assert!(
            text.starts_with("AUC 0.8889 [") && text.contains("3 positive, 3 negative"),
            "{text}"
        );
        let text = compare_aucs(&a, &b, &labels).to_string();
        assert!(text.starts_with("AUC 0.8889 against 0.6667: 0.2222 ["), "{text}");
        assert!(auc(&a[..2], &labels[..1]).to_string().starts_with("undefined"));
    }
}

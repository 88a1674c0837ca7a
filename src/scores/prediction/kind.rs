//! What the scores of predictions are.

use serde::{Deserialize, Serialize};

/// What the scores of predictions are, where a user says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreKind {
    /// Probabilities: a score outside of 0 to 1 is an error.
    Probabilities,
    /// Logits: the sigmoid of each, or the softmax where one class alone is
    /// right.
    Logits,
    /// Numbers that order the cases and mean nothing else: metrics that need a
    /// probability or a call are left out.
    Ranks,
}

impl ScoreKind {
    /// Turns logits into probabilities, case by case.
    pub fn probabilities(self, scores: &mut [Vec<f64>], exclusive: bool) {
        if self != Self::Logits {
            return;
        }
        if !exclusive || scores.len() < 2 {
            for score in scores.iter_mut().flatten() {
                *score = sigmoid(*score);
            }
            return;
        }
        for case in 0..scores[0].len() {
            let highest = scores.iter().map(|of| of[case]).fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = scores.iter().map(|of| (of[case] - highest).exp()).sum();
            for of in scores.iter_mut() {
                of[case] = (of[case] - highest).exp() / sum;
            }
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

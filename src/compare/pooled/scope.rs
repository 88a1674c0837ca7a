//! What a contrast is about: one level of the other factors or all, one label
//! fraction or all.

use serde::{Deserialize, Serialize};

use super::contrast::Asked;
use crate::text::percent;

/// Levels of the other factors and label fractions that a contrast is taken over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// Levels of the other factors in words; all of them where absent.
    pub other: Option<String>,
    /// What all of them are: `all models`.
    pub all: String,
    /// The label fraction; all of them where absent.
    pub label_fraction: Option<f64>,
    /// It takes in everything that the analysis has.
    pub overall: bool,
}

impl Scope {
    /// All others together, each of them where `each` asks for it, with each
    /// fraction and all together; "all" only where there is more than one.
    pub(super) fn every(others: &[String], all: &str, fractions: &[f64], each: bool) -> Vec<Self> {
        let whole = (others.len() < 2, fractions.len() < 2);
        let fractions = with_all(fractions);
        let others = if each || whole.0 { with_all(others) } else { vec![None] };
        others
            .into_iter()
            .flat_map(|other| fractions.iter().map(move |fraction| (other.clone(), *fraction)))
            .map(|(other, label_fraction)| {
                let overall = (other.is_none() || whole.0) && (label_fraction.is_none() || whole.1);
                Self { other, all: all.into(), label_fraction, overall }
            })
            .collect()
    }

    /// Whether it takes in these levels and a fraction.
    pub(super) fn holds(&self, other: &str, fraction: f64) -> bool {
        self.other.as_deref().is_none_or(|o| o == other)
            && self.label_fraction.is_none_or(|f| f == fraction)
    }

    /// The family of its tests: what holds overall is a question of its own.
    pub(super) fn family(&self, asked: &Asked, over: &str) -> String {
        let options = asked.options;
        let part = match (self.overall, self.other.is_some()) {
            (true, _) => "overall",
            (false, true) => "by model and label fraction",
            (false, false) => "by label fraction",
        };
        let levels = asked.question.plural(options);
        format!("{}: contrast of {levels}, {over}, {part}", options.metric.key)
    }

    /// `resnet18`, `all models`.
    pub fn other_words(&self) -> String {
        self.other.clone().unwrap_or_else(|| self.all.clone())
    }

    /// `findings / resnet18 at 10 %`: the task, or what stands for several, in this
    /// scope.
    pub(super) fn of_task(&self, task: &str) -> String {
        let other = self.other_words();
        let other = if other.is_empty() { other } else { format!(" / {other}") };
        format!("{task}{other} at {}", self.fraction_words())
    }

    /// `10 %`, `all fractions`.
    pub fn fraction_words(&self) -> String {
        self.label_fraction.map_or_else(|| "all fractions".into(), percent)
    }
}

/// Each item, and none for all of them where there are several.
fn with_all<T: Clone>(items: &[T]) -> Vec<Option<T>> {
    items.iter().cloned().map(Some).chain((items.len() > 1).then_some(None)).collect()
}

//! What a contrast is about: one model or all, one label fraction or all.

use serde::{Deserialize, Serialize};

use crate::text::percent;

/// Models and label fractions that a contrast is taken over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// The model; all of them where absent.
    pub model: Option<String>,
    /// The label fraction; all of them where absent.
    pub label_fraction: Option<f64>,
    /// It takes in every model and every fraction of the analysis.
    pub overall: bool,
}

impl Scope {
    /// Each model and all together, with each fraction and all together; "all"
    /// only where there is more than one.
    pub(super) fn all(models: &[String], fractions: &[f64]) -> Vec<Self> {
        let whole = (models.len() < 2, fractions.len() < 2);
        let fractions = with_all(fractions);
        with_all(models)
            .into_iter()
            .flat_map(|model| fractions.iter().map(move |fraction| (model.clone(), *fraction)))
            .map(|(model, label_fraction)| {
                let overall = (model.is_none() || whole.0) && (label_fraction.is_none() || whole.1);
                Self { model, label_fraction, overall }
            })
            .collect()
    }

    /// Whether it takes in a model and a fraction.
    pub(super) fn holds(&self, model: &str, fraction: f64) -> bool {
        self.model.as_deref().is_none_or(|m| m == model)
            && self.label_fraction.is_none_or(|f| f == fraction)
    }

    /// The family of its tests: what holds overall is a question of its own.
    pub(super) fn family(&self, metric: &str, over: &str) -> String {
        let part = if self.overall { "overall" } else { "by model and label fraction" };
        format!("{metric}: contrast of granularities, {over}, {part}")
    }

    /// `resnet18`, `all models`.
    pub fn model_words(&self) -> String {
        self.model.clone().unwrap_or_else(|| "all models".into())
    }

    /// `10 %`, `all fractions`.
    pub fn fraction_words(&self) -> String {
        self.label_fraction.map_or("all fractions".into(), percent)
    }
}

/// Each item, and none for all of them where there are several.
fn with_all<T: Clone>(items: &[T]) -> Vec<Option<T>> {
    items.iter().cloned().map(Some).chain((items.len() > 1).then_some(None)).collect()
}

//! Numbers that know where they come from.

use std::sync::Arc;

use serde::Serialize;

pub(super) use crate::text::{id, sentence_slug, slug};

/// A shown number with all that is needed to check it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Bound {
    /// What it is: `tests.phantom.resnet18.0.1.fine-coarse.adjusted_p`. The
    /// part before the last dot names a row, the part after it a column.
    pub(super) id: String,
    /// As a reader sees it.
    pub(super) shown: String,
    /// At full precision; two numbers for an interval. Empty where there is none.
    pub(super) value: String,
    /// The method, in words.
    pub(super) how: String,
    /// What went in: cells, runs.
    pub(super) of: Arc<str>,
    /// How many of what went in: `5 seeds`. Empty where that says nothing.
    pub(super) n: Arc<str>,
    /// Seed of what is random.
    pub(super) seed: Option<u64>,
}

/// What numbers of one row have in common.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    id: String,
    of: Arc<str>,
    n: Arc<str>,
    seed: Option<u64>,
}

impl Origin {
    /// The origin with an id made of names; see [`id`].
    pub(super) fn new<T: AsRef<str>>(names: &[T]) -> Self {
        Self { id: id(names), of: "".into(), n: "".into(), seed: None }
    }

    /// The origin with an id that is one already.
    pub(super) fn named(id: String) -> Self {
        Self { id, of: "".into(), n: "".into(), seed: None }
    }

    /// What went in.
    pub(super) fn of(mut self, inputs: &str) -> Self {
        self.of = inputs.into();
        self
    }

    /// How many of what.
    pub(super) fn n(mut self, n: impl AsRef<str>) -> Self {
        self.n = n.as_ref().into();
        self
    }

    /// Seed of what is random.
    pub(super) fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The id of the row: what stands before the name of a number.
    pub(super) fn row(&self) -> &str {
        &self.id
    }

    /// A number of it: `name` must have no dot.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass plain numbers")]
    pub(super) fn bind(
        &self,
        name: &str,
        value: impl Full,
        shown: impl Into<String>,
        how: impl Into<String>,
    ) -> Bound {
        Bound {
            id: format!("{}.{name}", self.id),
            shown: shown.into(),
            value: value.full(),
            how: how.into(),
            of: Arc::clone(&self.of),
            n: Arc::clone(&self.n),
            seed: self.seed,
        }
    }
}

/// A number written so that it reads back the same.
pub(super) trait Full {
    /// The text; empty for no number.
    fn full(&self) -> String;
}

impl Full for f64 {
    fn full(&self) -> String {
        self.to_string()
    }
}

impl Full for usize {
    fn full(&self) -> String {
        self.to_string()
    }
}

impl<T: Full> Full for Option<T> {
    fn full(&self) -> String {
        self.as_ref().map_or(String::new(), Full::full)
    }
}

impl Full for (f64, f64) {
    fn full(&self) -> String {
        format!("{} {}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_what_a_number_is() {
        let origin = Origin::new(&["tests", "phantom", "resnet18", "0.1", "fine-coarse"]);
        let bound = origin.n("5 seeds").bind("adjusted_p", Some(0.0123), "0.012", "Holm");
        assert_eq!(bound.id, "tests.phantom.resnet18.0.1.fine-coarse.adjusted_p");
        assert_eq!((bound.value.as_str(), &*bound.n), ("0.0123", "5 seeds"));
        assert_eq!(None::<f64>.full(), "");
    }
}

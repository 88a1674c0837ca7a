//! Numbers that know where they come from.

use std::sync::Arc;

pub(super) use crate::text::{Bound, Full, id, sentence_slug, slug};
use crate::text::{Column, Value};

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

    /// Tells the numbers of a row what they are: their ids, what went in, how many.
    pub(super) fn own(&self, columns: &[Column], cells: &mut [Value]) {
        for (column, cell) in columns.iter().zip(cells) {
            let Some(bound) = cell.bound.as_mut().filter(|bound| bound.id.is_empty()) else {
                continue;
            };
            bound.id = format!("{}.{}", self.id, column.key);
            (bound.of, bound.n) = (Arc::clone(&self.of), Arc::clone(&self.n));
            bound.seed = self.seed;
        }
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

//! What a difference says, in the words of its metric.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::known::Better;
use crate::stats::verdict::Verdict as Side;

/// Outcome of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The level has the better values.
    Better,
    /// The level has the worse values.
    Worse,
    /// The level has the higher values, of a metric without a known direction.
    Higher,
    /// The level has the lower values, of a metric without a known direction.
    Lower,
    /// The difference is smaller than the margin either way.
    Equivalent,
    /// Both no difference and a relevant one remain possible.
    Inconclusive,
}

impl Verdict {
    /// The verdict of a difference that lies on one side, or on neither.
    pub fn of(side: Side, better: Better) -> Self {
        match (side, better) {
            (Side::Equivalent, _) => Self::Equivalent,
            (Side::Inconclusive, _) => Self::Inconclusive,
            (Side::Better, Better::Higher) | (Side::Worse, Better::Lower) => Self::Better,
            (Side::Better, Better::Lower) | (Side::Worse, Better::Higher) => Self::Worse,
            (Side::Better, Better::Unknown) => Self::Higher,
            (Side::Worse, Better::Unknown) => Self::Lower,
        }
    }

    /// The same with the sides exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Better => Self::Worse,
            Self::Worse => Self::Better,
            Self::Higher => Self::Lower,
            Self::Lower => Self::Higher,
            same => same,
        }
    }

    /// Whether the sides were told apart.
    pub fn is_decided(self) -> bool {
        !matches!(self, Self::Equivalent | Self::Inconclusive)
    }

    /// The word for tables, of the level against the reference.
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Equivalent => "equivalent",
            Self::Inconclusive => "inconclusive",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_the_direction_and_the_difference_changes_nothing() {
        for (side, turned) in [
            (Side::Better, Side::Worse),
            (Side::Equivalent, Side::Equivalent),
            (Side::Inconclusive, Side::Inconclusive),
        ] {
            let (high, low) =
                (Verdict::of(side, Better::Higher), Verdict::of(turned, Better::Lower));
            assert_eq!(high, low);
            assert_eq!(Verdict::of(turned, Better::Higher), high.turned());
        }
        assert_eq!(Verdict::of(Side::Better, Better::Unknown), Verdict::Higher);
    }
}

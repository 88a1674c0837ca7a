//! What differs between two reports.

use serde::Serialize;

use super::story::Story;
use crate::report::error::ReportError;
use crate::report::verify::{Against, clean, verify};

/// What one page says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The file, as it was named.
    pub name: String,
    /// The program that wrote it.
    pub written_by: String,
    /// SHA-256 of the data inside it.
    pub data_sha256: String,
    /// Why its numbers cannot be relied on, where they cannot: the outcome of its
    /// verification.
    pub unverified: Option<String>,
    /// Whether it is not what its data give.
    pub forged: bool,
}

/// How much a change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// A verdict is another one.
    Verdict,
    /// The number lies outside of the other's interval, or has none and prints
    /// differently.
    Number,
    /// Data or their counts: hashes, seeds, numbers of runs.
    Data,
    /// Versions, devices, platforms, times.
    Environment,
    /// A setting of the study or the comparison.
    Setting,
    /// The number moved within the other's interval, or below its last digit,
    /// or belongs to an estimate that did.
    Noise,
}

/// One number that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The number.
    pub id: String,
    /// How much the change means.
    pub weight: Weight,
    /// As the first page shows it.
    pub old: String,
    /// As the second page shows it.
    pub new: String,
    /// Intervals of the two, where they have some.
    pub intervals: Option<[[f64; 2]; 2]>,
    /// Length that the intervals share over the shorter one's, in 0..=1.
    pub overlap: Option<f64>,
}

/// Everything that differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// The two pages.
    pub sides: [Side; 2],
    /// Numbers on both pages that were compared.
    pub compared: usize,
    /// What changed, by weight and then in the order of the first page.
    pub changes: Vec<Change>,
    /// Rows of numbers that the second page alone has.
    pub added: Vec<String>,
    /// Rows of numbers that the first page alone has.
    pub removed: Vec<String>,
    /// Figures that are drawn differently, by label.
    pub figures: Vec<String>,
    /// Input, settings, verdicts and answers, in words; none where a page cannot be
    /// computed again here.
    pub story: Option<Story>,
    /// Why there is no such story.
    pub untold: Option<String>,
}

/// The rule by which noise is told from change, for readers.
pub(super) const RULE: &str = "noise: the new number lies in the old one's interval and the old in the \
                        new one's, or both print alike; numbers of a row (p, spread, effect) follow \
                        its estimate";

impl Diff {
    /// Changes that are not noise.
    pub fn real(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.weight != Weight::Noise)
    }

    /// The same, with what [`verify`] says of the two pages; none stands for a side
    /// that was made just now, from records.
    ///
    /// # Errors
    /// Those of [`verify`].
    pub fn verified(mut self, pages: [Option<&[u8]>; 2]) -> Result<Self, ReportError> {
        for (side, page) in self.sides.iter_mut().zip(pages) {
            let Some(page) = page else { continue };
            let found = verify(page, &Against::Embedded, None)?;
            side.forged = !found.differences.is_empty() && found.cannot.is_none();
            let known = found.own_templates.is_empty();
            side.unverified = (!found.agrees() || !known).then(|| clean(&found.outcome()));
        }
        Ok(self)
    }

    /// Whether anything but noise and environment differs, or a page is not what
    /// its data give.
    pub fn differs(&self) -> bool {
        let real = self.real().any(|change| change.weight != Weight::Environment);
        let forged = self.sides.iter().any(|side| side.forged);
        real || forged || !self.added.is_empty() || !self.removed.is_empty()
    }
}

impl Weight {
    /// The heading of its changes.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Changed verdicts",
            Self::Number => "Changed numbers",
            Self::Data => "Changed data",
            Self::Environment => "Changed environment",
            Self::Setting => "Changed settings",
            Self::Noise => "Noise",
        }
    }
}

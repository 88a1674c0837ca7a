//! A diff as text: in words, and number by number.

use std::fmt;

use super::types::{Change, Diff, RULE, Weight};
use crate::report::verify::clean;

/// The weights that are listed, in order.
pub(super) const LISTED: [Weight; 5] =
    [Weight::Verdict, Weight::Number, Weight::Data, Weight::Setting, Weight::Environment];

impl fmt::Display for Diff {
    /// Ten lines in words; of pages that cannot be computed here, every number that
    /// they show otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.digest(false) {
            writeln!(f, "{line}")?;
        }
        if self.story.is_none() { self.detail(f) } else { Ok(()) }
    }
}

/// A diff with everything in it.
pub struct Everything<'a>(&'a Diff);

impl fmt::Display for Everything<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.digest(true) {
            writeln!(f, "{line}")?;
        }
        writeln!(f)?;
        self.0.detail(f)
    }
}

impl Diff {
    /// The same with every row, verdict and sentence, and the numbers by their ids.
    pub fn everything(&self) -> Everything<'_> {
        Everything(self)
    }

    /// Every number by its id.
    fn detail(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (mark, side) in ["old", "new"].iter().zip(&self.sides) {
            let (name, written_by) = (clean(&side.name), clean(&side.written_by));
            writeln!(f, "{mark}: {name} ({written_by}, data {})", side.data_sha256)?;
        }
        let of = |weight| self.changes.iter().filter(move |c| c.weight == weight);
        for weight in LISTED {
            let lines: Vec<String> = of(weight).map(line).collect();
            list(f, weight.title(), &lines)?;
        }
        list(f, "Added", &self.added)?;
        list(f, "Removed", &self.removed)?;
        if !self.figures.is_empty() {
            writeln!(f, "Redrawn figures: {}", self.figures.join(", "))?;
        }
        let (noise, compared) = (of(Weight::Noise).count(), self.compared);
        writeln!(f, "{compared} numbers compared, {noise} differ by noise ({RULE})")
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}: {}", lines.len())?;
    lines.iter().try_for_each(|line| writeln!(f, "  {}", clean(line)))
}

fn line(change: &Change) -> String {
    let Change { id, old, new, .. } = change;
    let overlap = overlap_words(change);
    if overlap.is_empty() {
        format!("{id}: {old} -> {new}")
    } else {
        format!("{id}: {old} -> {new} ({overlap})")
    }
}

/// How the intervals lie.
pub(super) fn overlap_words(change: &Change) -> String {
    match change.overlap {
        None => String::new(),
        Some(0.0) => "intervals do not overlap".into(),
        Some(share) => format!("intervals overlap by {:.0} % of the shorter", share * 100.0),
    }
}

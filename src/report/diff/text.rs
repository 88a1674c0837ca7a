//! A diff as text.

use std::fmt;

use super::types::{Change, Diff, RULE, Weight};
use crate::report::verify::clean;

/// More entries of one kind than this are counted, not listed.
const MOST: usize = 40;

/// The weights that are listed, in order.
pub(super) const LISTED: [Weight; 5] =
    [Weight::Verdict, Weight::Number, Weight::Data, Weight::Setting, Weight::Environment];

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (mark, side) in ["old", "new"].iter().zip(&self.sides) {
            let written_by = clean(&side.written_by);
            writeln!(f, "{mark}: {} ({written_by}, data {})", side.name, side.data_sha256)?;
            if let Some(why) = &side.unverified {
                let name = &side.name;
                writeln!(f, "  BEWARE: {why}; `transfolio verify {name}` says more")?;
            }
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
    for line in lines.iter().take(MOST) {
        writeln!(f, "  {}", clean(line))?;
    }
    if lines.len() > MOST {
        writeln!(f, "  ... and {} more; --format json lists all", lines.len() - MOST)?;
    }
    Ok(())
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

//! Two levels over label fractions: interaction, crossover, data efficiency,
//! ratio.

use serde::{Deserialize, Serialize};

use super::crossing::{Crossing, crossing};
use super::efficiency::{DataEfficiency, Direction, data_efficiency};
use super::interaction::{Interaction, interaction};
use super::ratio::{EfficiencyRatio, efficiency_ratio};
use super::series::Series;
use super::sides::{Asked, Sides};
use crate::compare::types::{CompareOptions, Design};
use crate::scores::Block;
use crate::stats::Outcome;

/// `level` against `reference` over label fractions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairRow {
    /// What both sides share, at all fractions.
    pub block: Block,
    /// The level that is compared.
    pub level: String,
    /// The level it is compared with.
    pub reference: String,
    /// Paired by shared seeds, or independent.
    pub design: Design,
    /// Seeds on each side.
    pub n: [usize; 2],
    /// Interaction of label fraction and init.
    pub interaction: Interaction,
    /// Where the curves cross.
    pub crossing: Outcome<Crossing>,
    /// Labels with which the level reaches the reference's score.
    pub efficiency: Outcome<DataEfficiency>,
    /// Labels with which the reference reaches the level's score.
    pub reverse: Outcome<DataEfficiency>,
    /// Labels of the reference over labels of the level.
    pub ratio: Outcome<EfficiencyRatio>,
    /// Why a number is missing or degenerate; empty otherwise.
    pub notes: Vec<String>,
}

/// Everything about one pair.
pub(super) fn pair_row(level: &Series, reference: &Series, options: &CompareOptions) -> PairRow {
    let sign = options.metric.sign().unwrap_or(1.0);
    let sides = Sides::of(
        level,
        reference,
        [&level.fractions(), &reference.fractions()],
        sign,
        options.design,
    );
    let curves = sides.pair(options);
    let asked = Asked { curves: curves.as_ref(), method: sides.method(options), sign, options };
    let mut row = PairRow {
        block: level.block.clone(),
        level: level.level.clone(),
        reference: reference.level.clone(),
        design: if sides.paired { Design::Paired } else { Design::Independent },
        n: sides.n,
        interaction: interaction(level, reference, options),
        crossing: crossing(&asked),
        efficiency: data_efficiency(&asked, Direction::Forward),
        reverse: data_efficiency(&asked, Direction::Backward),
        ratio: efficiency_ratio(&asked),
        notes: Vec::new(),
    };
    row.notes = notes(&row, &sides, options.metric.is_directed());
    row
}

/// `directed`: whether which end of the metric is good is known; that it is not is
/// said once for the whole comparison.
fn notes(row: &PairRow, sides: &Sides, directed: bool) -> Vec<String> {
    let mut notes = sides.notes.clone();
    if let Err(reason) = sides.curves() {
        notes.push(format!("no curves to compare: {reason}"));
        return notes;
    }
    let deciding = &row.interaction.deciding().entry;
    if deciding.p.is_none() {
        notes.push(format!("interaction: {}", deciding.note));
    }
    let whole = [
        ("crossover", row.crossing.note()),
        ("data efficiency", row.efficiency.note().filter(|_| directed)),
        ("label ratio", row.ratio.note().filter(|_| directed)),
    ];
    let ends = [
        ("interval of the crossover", row.crossing.any().and_then(crossing_note)),
        ("interval of the data efficiency", row.efficiency.any().and_then(|e| e.interval.note())),
        ("interval of the label ratio", row.ratio.any().and_then(|r| r.interval.note())),
    ];
    let named = whole.into_iter().chain(ends);
    notes.extend(named.filter_map(|(name, note)| note.map(|note| format!("{name}: {note}"))));
    notes
}

/// That nothing crosses is a finding, and stands in the sentence.
fn crossing_note(crossing: &Crossing) -> Option<&str> {
    crossing.fraction.and_then(|_| crossing.interval.note())
}

impl PairRow {
    /// Whether one of its intervals is from the bootstrap.
    pub(super) fn bootstrapped(&self) -> bool {
        self.crossing.any().is_some_and(|c| c.interval.any().is_some())
            || [&self.efficiency, &self.reverse]
                .iter()
                .any(|e| e.any().is_some_and(|e| e.interval.any().is_some()))
            || self.ratio.any().is_some_and(|r| r.interval.any().is_some())
    }
}

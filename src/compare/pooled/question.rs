//! Whose levels are contrasted, and over what else they are averaged.

use serde::{Deserialize, Serialize};

use crate::compare::pairs::distinct;
use crate::compare::types::CompareOptions;
use crate::scores::{Cell, Factor};

/// Whose levels are contrasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Kinds of labels behind the inits; inits of one kind are averaged.
    Granularity,
    /// The compared factors.
    Factors,
}

impl Question {
    /// The level of a cell; none of a cell that does not say it.
    pub(super) fn level(self, cell: &Cell, options: &CompareOptions) -> Option<String> {
        match self {
            Self::Granularity => cell.granularity.clone(),
            Self::Factors => Some(options.factors.level(cell)),
        }
    }

    /// The factors that are neither contrasted nor task nor label fraction.
    pub(super) fn others(self, cell: &Cell, options: &CompareOptions) -> Vec<(Factor, String)> {
        let block = match self {
            Self::Granularity => crate::scores::Factors::one(Factor::init()).block(cell),
            Self::Factors => options.factors.block(cell),
        };
        let is_other = |(factor, _): &(Factor, String)| factor.name() != Factor::TASK;
        block.factors.into_iter().filter(is_other).collect()
    }

    /// What is averaged where all levels of the other factors are taken: `all
    /// models`.
    pub(super) fn all(self, cells: &[&Cell], options: &CompareOptions) -> String {
        let others: Vec<Vec<(Factor, String)>> =
            cells.iter().map(|cell| self.others(cell, options)).collect();
        let varying = others.iter().flatten().filter(|(factor, level)| {
            let differs = |(other, name): &(Factor, String)| other == factor && name != level;
            others.iter().flatten().any(differs)
        });
        let names = distinct(varying.map(|(factor, _)| plural(factor)));
        format!("all {}", if names.is_empty() { "results".into() } else { names.join(" and ") })
    }

    /// Several of the levels, for the names of families.
    pub(super) fn plural(self, options: &CompareOptions) -> String {
        match self {
            Self::Granularity => "granularities".into(),
            Self::Factors => options.factors.plural(),
        }
    }
}

fn plural(factor: &Factor) -> String {
    match factor.name() {
        Factor::MODEL => "models".into(),
        Factor::INIT => "inits".into(),
        other => format!("levels of {}", other.replace('_', " ")),
    }
}

//! Values over replications, for one combination of the factors.

use serde::{Deserialize, Serialize};

use super::factor::Factor;
use super::over_cases::OverCases;
use crate::stats::describe;
use crate::stats::t_summary::Summary;
use crate::text::percent;

/// What was drawn independently: the thing that n counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Runs that differ in their seed.
    #[default]
    Seeds,
    /// Test cases, or patients where cases belong to patients.
    Cases,
    /// Tasks.
    Tasks,
    /// Seeds, and cases within each.
    SeedsAndCases,
}

impl Unit {
    /// The word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Seeds => "seeds",
            Self::Cases => "cases",
            Self::Tasks => "tasks",
            Self::SeedsAndCases => "seeds and cases",
        }
    }

    /// One of them.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Seeds => "seed",
            Self::Cases => "case",
            Self::Tasks => "task",
            Self::SeedsAndCases => "seed and case",
        }
    }
}

/// Values of one metric over seeds (or cases), for one combination of the
/// factors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Task; this and the next two are empty where the results have no such column.
    pub task: String,
    /// Model.
    pub model: String,
    /// Init.
    pub init: String,
    /// Share of the training labels, in (0, 1].
    pub label_fraction: f64,
    /// Further factors with their levels, in the order of the table's columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(String, String)>,
    /// Metric.
    pub metric: String,
    /// What the values are replications over.
    #[serde(default)]
    pub unit: Unit,
    /// Seeds with a value, ascending; of cases their places in the list of cases
    /// that all cells of the task share.
    pub seeds: Vec<u64>,
    /// Values, in the order of `seeds`.
    pub values: Vec<f64>,
    /// Seeds without a value, each with the reason.
    pub undefined: Vec<(u64, String)>,
    /// The patient of each value, by number; empty where cases are no patient's.
    #[serde(skip)]
    pub clusters: Vec<u32>,
    /// How the one value of a run varies over its test cases, where that is
    /// what is compared.
    #[serde(skip)]
    pub over_cases: Option<Box<OverCases>>,
    /// Kind of labels behind the init, where the results say.
    pub granularity: Option<String>,
    /// Mean, standard deviation and n, where no single values are known (a
    /// published table); `values` is empty then.
    pub summary: Option<Summary>,
}

impl Cell {
    /// The value of a seed.
    pub fn value_of(&self, seed: u64) -> Option<f64> {
        self.seeds.binary_search(&seed).ok().and_then(|index| self.values.get(index).copied())
    }

    /// Mean, standard deviation and n: as published, or of the values.
    pub fn summarized(&self) -> Summary {
        self.summary.unwrap_or_else(|| Summary {
            n: self.values.len(),
            mean: describe::mean(&self.values),
            sd: describe::sd(&self.values),
        })
    }

    /// Levels of every factor but the label fraction: what tells a cell apart.
    pub fn levels(&self) -> Vec<&str> {
        self.factors().map(|(_, level)| level).collect()
    }

    /// Every factor but the label fraction that the results have, with its level:
    /// task, model, init, then the further ones.
    pub fn factors(&self) -> impl Iterator<Item = (&str, &str)> {
        let named =
            [(Factor::TASK, &self.task), (Factor::MODEL, &self.model), (Factor::INIT, &self.init)];
        let named = named.into_iter().filter(|(_, level)| !level.is_empty());
        let others = self.others.iter().map(|(name, level)| (name.as_str(), level));
        named.chain(others).map(|(name, level)| (name, level.as_str()))
    }

    /// `findings / resnet18 / fine / 10 %`.
    pub fn words(&self) -> String {
        let fraction = percent(self.label_fraction);
        let levels = self.levels().into_iter().map(String::from);
        levels.chain([fraction]).collect::<Vec<_>>().join(" / ")
    }

    /// Whether two cells differ in nothing but their metric.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.levels() == other.levels() && self.label_fraction == other.label_fraction
    }
}

/// What compared cells share: every factor that is not compared, with its level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Factors but the label fraction, in the order task, model, init, further
    /// ones.
    pub factors: Vec<(Factor, String)>,
    /// Share of the training labels; absent where it is compared itself, or
    /// where all of them are meant.
    pub label_fraction: Option<f64>,
}

impl Block {
    /// The level of a factor.
    pub fn level(&self, column: &str) -> Option<&str> {
        let of = |(factor, _): &&(Factor, String)| factor.name() == column;
        self.factors.iter().find(of).map(|(_, level)| level.as_str())
    }

    /// The factors of blocks, each once, in order of appearance.
    pub fn columns<'a>(blocks: impl IntoIterator<Item = &'a Self>) -> Vec<Factor> {
        let mut known: Vec<Factor> = Vec::new();
        for (factor, _) in blocks.into_iter().flat_map(|block| &block.factors) {
            if !known.contains(factor) {
                known.push(factor.clone());
            }
        }
        known
    }

    /// The task; empty where tasks are compared.
    pub fn task(&self) -> &str {
        self.level(Factor::TASK).unwrap_or_default()
    }

    /// Levels of the factors, in order.
    pub fn levels(&self) -> Vec<&str> {
        self.factors.iter().map(|(_, level)| level.as_str()).collect()
    }

    /// The same without the task.
    pub fn others(&self) -> Vec<&str> {
        let others = self.factors.iter().filter(|(factor, _)| factor.name() != Factor::TASK);
        others.map(|(_, level)| level.as_str()).collect()
    }

    /// Without its label fraction: all fractions of it.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { factors: self.factors.clone(), label_fraction: None }
    }

    /// The label fraction as ids and keys have it.
    pub fn fraction_key(&self) -> String {
        self.label_fraction.map_or_else(|| "all".into(), |fraction| fraction.to_string())
    }

    /// Every level, the fraction last: what tells blocks apart.
    pub fn key(&self) -> Vec<String> {
        let levels = self.factors.iter().map(|(_, level)| level.clone());
        levels.chain([self.fraction_key()]).collect()
    }

    /// The fraction as tables have it.
    pub fn fraction_words(&self) -> String {
        self.label_fraction.map_or_else(|| "\u{2013}".into(), percent)
    }

    /// `findings / resnet18`; `all results` where nothing is shared.
    pub fn name(&self) -> String {
        if self.factors.is_empty() { "all results".into() } else { self.levels().join(" / ") }
    }

    /// `findings with resnet18 / fine`, for sentences.
    pub fn place(&self) -> String {
        match (self.task(), &self.others()[..]) {
            (task, [_, ..]) if !task.is_empty() => {
                format!("{task} with {}", self.others().join(" / "))
            }
            _ => self.name(),
        }
    }

    /// `findings / resnet18 at 10 %`.
    pub fn words(&self) -> String {
        match self.label_fraction {
            Some(fraction) => format!("{} at {}", self.name(), percent(fraction)),
            None => self.name(),
        }
    }
}

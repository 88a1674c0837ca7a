//! Named columns whose levels can be compared, and what they are compared with.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cell::{Block, Cell};
use crate::text::percent;

/// A factor: a column of a table of results.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Factor(String);

/// Between the levels of several factors, where they make one name.
const JOINT: &str = " / ";

impl Factor {
    /// The task.
    pub const TASK: &'static str = "task";
    /// The network.
    pub const MODEL: &'static str = "model";
    /// The weights that a run starts from.
    pub const INIT: &'static str = "init";
    /// The share of the training labels.
    pub const LABEL_FRACTION: &'static str = "label_fraction";

    /// The factor of a column.
    pub fn new(column: impl Into<String>) -> Self {
        Self(column.into())
    }

    /// The column `init`.
    pub fn init() -> Self {
        Self::new(Self::INIT)
    }

    /// The column `model`.
    pub fn model() -> Self {
        Self::new(Self::MODEL)
    }

    /// The column.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The factors of cells but the label fraction, in the order of the cells'
    /// levels; a column that the results lack is none of them.
    pub fn of_all<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Vec<Self> {
        let mut known: Vec<Self> = Vec::new();
        for (name, _) in cells.into_iter().flat_map(Cell::factors) {
            if !known.iter().any(|factor| factor.0 == name) {
                known.push(Self::new(name));
            }
        }
        let place = |factor: &Self| {
            [Self::TASK, Self::MODEL, Self::INIT].iter().position(|name| *name == factor.0)
        };
        known.sort_by_key(|factor| place(factor).unwrap_or(3));
        known
    }

    /// For the heads of tables: `Init`, `Labels`, `Optimizer`.
    pub fn title(&self) -> String {
        if self.0 == Self::LABEL_FRACTION {
            return "Labels".into();
        }
        let words = self.0.replace('_', " ");
        let mut rest = words.chars();
        rest.next().map(char::to_uppercase).into_iter().flatten().chain(rest).collect()
    }

    /// The level of a cell; empty where it has no such factor.
    pub fn level(&self, cell: &Cell) -> String {
        match self.0.as_str() {
            Self::TASK => cell.task.clone(),
            Self::MODEL => cell.model.clone(),
            Self::INIT => cell.init.clone(),
            Self::LABEL_FRACTION => percent(cell.label_fraction),
            name => cell
                .others
                .iter()
                .find(|(other, _)| other == name)
                .map_or_else(String::new, |(_, level)| level.clone()),
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The factors that are compared: usually one; of several, every combination of
/// their levels is a level. None yet where nobody has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Factors(Vec<Factor>);

impl Factors {
    /// These factors, each once, in this order.
    pub fn new(factors: impl IntoIterator<Item = Factor>) -> Self {
        let mut known: Vec<Factor> = Vec::new();
        for factor in factors {
            if !known.contains(&factor) {
                known.push(factor);
            }
        }
        Self(known)
    }

    /// One factor.
    pub fn one(factor: Factor) -> Self {
        Self(vec![factor])
    }

    /// The factor that varies: init, then model, then any further one.
    pub fn of_cells(cells: &[Cell]) -> Self {
        let varies = |factor: &Factor| {
            let first = cells.first().map(|cell| factor.level(cell));
            cells.iter().any(|cell| Some(factor.level(cell)) != first)
        };
        let further = cells.iter().flat_map(|cell| &cell.others).map(|(name, _)| Factor::new(name));
        let mut candidates = [Factor::init(), Factor::model()].into_iter().chain(further);
        Self::one(candidates.find(varies).unwrap_or_else(Factor::init))
    }

    /// These, or where nobody has decided the one that varies.
    #[must_use]
    pub fn or_varying(&self, cells: &[Cell]) -> Self {
        if self.is_empty() { Self::of_cells(cells) } else { self.clone() }
    }

    /// Whether nobody has decided.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The factors.
    pub fn iter(&self) -> impl Iterator<Item = &Factor> {
        self.0.iter()
    }

    /// Whether a column is among them.
    pub fn has(&self, column: &str) -> bool {
        self.0.iter().any(|factor| factor.0 == column)
    }

    /// Whether a column is the only one.
    pub fn is(&self, column: &str) -> bool {
        self.0.len() == 1 && self.has(column)
    }

    /// The level of a cell.
    pub fn level(&self, cell: &Cell) -> String {
        let levels: Vec<String> = self.0.iter().map(|factor| factor.level(cell)).collect();
        levels.join(JOINT)
    }

    /// What a cell shares with those it is compared with: every other factor.
    pub fn block(&self, cell: &Cell) -> Block {
        Block {
            factors: cell
                .factors()
                .filter(|(name, _)| !self.has(name))
                .map(|(name, level)| (Factor::new(name), level.into()))
                .collect(),
            label_fraction: (!self.has(Factor::LABEL_FRACTION)).then_some(cell.label_fraction),
        }
    }

    /// For the heads of tables: `Init`, `Init / Optimizer`.
    pub fn title(&self) -> String {
        let titles: Vec<String> = self.0.iter().map(Factor::title).collect();
        titles.join(JOINT)
    }

    /// One of the levels, for sentences: `init`, `combination of init and model`.
    pub fn noun(&self) -> String {
        match &self.0[..] {
            [one] => one.0.replace('_', " "),
            several => {
                let names: Vec<String> = several.iter().map(|f| f.0.replace('_', " ")).collect();
                format!("combination of {}", names.join(" and "))
            }
        }
    }

    /// Several of the levels: `initialisations`, `levels of optimizer`.
    pub fn plural(&self) -> String {
        match &self.0[..] {
            [one] => match one.0.as_str() {
                Factor::INIT => "initialisations".into(),
                Factor::MODEL => "models".into(),
                Factor::TASK => "tasks".into(),
                Factor::LABEL_FRACTION => "label fractions".into(),
                super::test_sets::TEST_SET => "test sets".into(),
                other => format!("levels of {}", other.replace('_', " ")),
            },
            _ => self.noun().replacen("combination", "combinations", 1),
        }
    }
}

impl fmt::Display for Factors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(Factor::name).collect();
        f.pad(&names.join(", "))
    }
}

/// Levels that the others are compared with: of a named factor, or of whichever
/// factor is compared. In a study file a plain string is an init.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baselines {
    /// The level of whichever factor is compared.
    pub level: Option<String>,
    /// By factor.
    pub by_factor: BTreeMap<Factor, String>,
}

impl Baselines {
    /// A level of whichever factor is compared.
    pub fn level(name: impl Into<String>) -> Self {
        Self { level: Some(name.into()), ..Self::default() }
    }

    /// A level of one factor.
    pub fn of(factor: Factor, level: impl Into<String>) -> Self {
        Self { level: None, by_factor: BTreeMap::from([(factor, level.into())]) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.level.is_none() && self.by_factor.is_empty()
    }

    /// What is stated here, over what is stated there.
    #[must_use]
    pub fn over(mut self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if self.level.is_none() {
            for (factor, level) in &other.by_factor {
                self.by_factor.entry(factor.clone()).or_insert_with(|| level.clone());
            }
        }
        self
    }

    /// The level that a cell is compared with; none where all pairs are compared.
    /// Factors without a baseline keep the level of the cell.
    pub fn reference(&self, factors: &Factors, cell: &Cell) -> Option<String> {
        if let Some(level) = &self.level {
            return Some(level.clone());
        }
        let stated = |factor: &Factor| self.by_factor.get(factor);
        if !factors.iter().any(|factor| stated(factor).is_some()) {
            return None;
        }
        let level = |factor: &Factor| stated(factor).cloned().unwrap_or_else(|| factor.level(cell));
        Some(factors.iter().map(level).collect::<Vec<_>>().join(JOINT))
    }

    /// The one level that all others are compared with.
    pub fn single(&self, factors: &Factors) -> Option<String> {
        let all = factors.iter().all(|factor| self.by_factor.contains_key(factor));
        if self.level.is_none() && !all {
            return None;
        }
        self.reference(factors, &Cell::default())
    }
}

impl Serialize for Baselines {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.level {
            Some(level) => serializer.serialize_str(level),
            None => self.by_factor.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Baselines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Baselines;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a level such as \"random\", or levels by factor such as { init = \"random\" }",
                )
            }

            fn visit_str<E: de::Error>(self, level: &str) -> Result<Baselines, E> {
                Ok(Baselines::level(level))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Baselines, E> {
                Ok(Baselines::default())
            }

            fn visit_none<E: de::Error>(self) -> Result<Baselines, E> {
                Ok(Baselines::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Baselines, A::Error> {
                let mut by_factor = BTreeMap::new();
                while let Some((factor, level)) = map.next_entry::<Factor, String>()? {
                    by_factor.insert(factor, level);
                }
                Ok(Baselines { level: None, by_factor })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(init: &str, optimizer: &str) -> Cell {
        Cell {
            task: "t".into(),
            model: "m".into(),
            init: init.into(),
            label_fraction: 0.1,
            others: vec![("optimizer".into(), optimizer.into())],
            ..Cell::default()
        }
    }

    #[test]
    fn the_block_is_every_other_factor() {
        let optimizer = Factors::one(Factor::new("optimizer"));
        let block = optimizer.block(&cell("fine", "adam"));
        assert_eq!(
            (optimizer.level(&cell("fine", "adam")), block.words()),
            ("adam".into(), "t / m / fine at 10 %".into())
        );
        let both = Factors::new([Factor::init(), Factor::new("optimizer")]);
        assert_eq!(both.level(&cell("fine", "adam")), "fine / adam");
        assert_eq!(both.block(&cell("fine", "adam")), both.block(&cell("coarse", "sgd")));
    }

    #[test]
    fn a_column_that_the_results_lack_is_no_factor() {
        let bare = Cell { task: String::new(), model: String::new(), ..cell("x", "adam") };
        let names: Vec<String> = Factor::of_all([&bare]).iter().map(Factor::title).collect();
        assert_eq!(names, ["Init", "Optimizer"]);
        assert_eq!((bare.words(), bare.levels()), ("x / adam / 10 %".into(), vec!["x", "adam"]));
        let both = Factors::new([Factor::init(), Factor::new("optimizer")]);
        assert_eq!(both.block(&bare).words(), "all results at 10 %");
    }

    #[test]
    fn the_factor_that_varies_is_compared() {
        let of = |cells: &[Cell]| Factors::of_cells(cells).to_string();
        assert_eq!(of(&[cell("a", "x"), cell("b", "x")]), "init");
        assert_eq!(of(&[cell("a", "x"), cell("a", "y")]), "optimizer");
        assert_eq!(of(&[]), "init");
    }

    #[test]
    fn baselines_may_be_of_each_factor() {
        let both = Factors::new([Factor::init(), Factor::new("optimizer")]);
        let init = Baselines::of(Factor::init(), "random");
        assert_eq!(init.reference(&both, &cell("fine", "adam")).as_deref(), Some("random / adam"));
        assert_eq!(init.single(&both), None);
        let whole = Baselines::of(Factor::new("optimizer"), "sgd").over(&init);
        assert_eq!(whole.single(&both).as_deref(), Some("random / sgd"));
        let model = Factors::one(Factor::model());
        assert_eq!(init.reference(&model, &cell("fine", "adam")), None);
        let json = serde_json::to_string(&whole).expect("json");
        assert_eq!(serde_json::from_str::<Baselines>(&json).expect("back"), whole);
        assert_eq!(
            serde_json::from_str::<Baselines>("\"x\"").expect("a level"),
            Baselines::level("x")
        );
    }
}

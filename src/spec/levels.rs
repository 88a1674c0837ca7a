//! Levels by factor: a side of a claim, and where a claim holds.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::scores::{Cell, Factor};
use crate::text::percent;

/// Largest whole number that a double holds with all its neighbours.
const WHOLE: i64 = 1 << 53;

/// Levels by factor, `{ optimizer = "adam", label_fraction = 0.1 }`: the runs
/// that have all of them. Any column of the results is a factor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Levels(BTreeMap<Factor, Level>);

/// One side of a claim.
pub type Side = Levels;

/// Where a claim holds; everywhere where it is empty.
pub type Scope = Levels;

/// A level as somebody writes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Level {
    /// By its name.
    Name(String),
    /// By a number: a label fraction, a batch size.
    Number(f64),
}

impl Levels {
    /// One level of one factor.
    pub fn one(factor: impl Into<String>, level: impl Into<Level>) -> Self {
        Self::default().and(factor, level)
    }

    /// An init.
    pub fn init(name: impl Into<String>) -> Self {
        Self::one(Factor::INIT, name.into())
    }

    /// With a level of a further factor; in the place of one of the same factor.
    #[must_use]
    pub fn and(mut self, factor: impl Into<String>, level: impl Into<Level>) -> Self {
        self.0.insert(Factor::new(factor), level.into());
        self
    }

    /// Whether no factor is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The level of a factor.
    pub fn get(&self, factor: &Factor) -> Option<&Level> {
        self.0.get(factor)
    }

    /// Factors with their levels, in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Factor, &Level)> {
        self.0.iter()
    }

    /// With the factors by other names.
    #[must_use]
    pub fn with_factors(&self, name: impl Fn(&str) -> String) -> Self {
        let renamed =
            |(factor, level): (&Factor, &Level)| (Factor::new(name(factor.name())), level.clone());
        Self(self.0.iter().map(renamed).collect())
    }

    /// Whether a cell has every level.
    pub fn hold(&self, cell: &Cell) -> bool {
        self.0.iter().all(|(factor, level)| level.is_of(factor, cell))
    }

    /// `fine / resnet50`, `optimizer adam`: task, model and init need no name
    /// before them, nor does a share of labels.
    pub fn words(&self) -> String {
        let words: Vec<String> = self.0.iter().map(|(f, level)| level.words(f)).collect();
        words.join(" / ")
    }
}

impl Level {
    /// Whether a cell has it. Numbers are equal by value, however they are
    /// written (`1e-3`, `0.001`); a label fraction may be `0.1` or `"10 %"`.
    pub fn is_of(&self, factor: &Factor, cell: &Cell) -> bool {
        if factor.name() == Factor::LABEL_FRACTION && self.number() == Some(cell.label_fraction) {
            return true;
        }
        self.is(&factor.level(cell))
    }

    /// Whether it is the level of that name.
    pub fn is(&self, name: &str) -> bool {
        match self {
            Self::Name(own) if own == name => true,
            _ => self.number().is_some_and(|own| name.trim().parse() == Ok(own)),
        }
    }

    /// As a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Name(name) => name.trim().parse().ok().filter(|v: &f64| v.is_finite()),
        }
    }

    /// The level of a factor, for sentences.
    pub fn words(&self, factor: &Factor) -> String {
        match factor.name() {
            Factor::LABEL_FRACTION => self.number().map_or_else(|| self.to_string(), percent),
            Factor::TASK | Factor::MODEL | Factor::INIT => self.to_string(),
            other => format!("{} {self}", other.replace('_', " ")),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

impl From<&str> for Level {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}

impl From<String> for Level {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<f64> for Level {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => serializer.serialize_str(name),
            Self::Number(number) => serializer.serialize_f64(*number),
        }
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Level;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a level such as \"fine\" or 0.1")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Level, E> {
                Ok(name.into())
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Level, E> {
                Ok(Level::Name(flag.to_string()))
            }

            // A long number is a name: as a double it would be another one.
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Level, E> {
                let exact = number.unsigned_abs() <= WHOLE.unsigned_abs();
                Ok(if exact { (number as f64).into() } else { number.to_string().into() })
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Level, E> {
                let exact = number <= WHOLE.unsigned_abs();
                Ok(if exact { (number as f64).into() } else { number.to_string().into() })
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Level, E> {
                if number.is_finite() {
                    return Ok(number.into());
                }
                Err(E::invalid_value(de::Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_column_is_named_and_numbers_are_equal_by_value() {
        let levels: Levels = toml::from_str(
            "optimizer = \"adam\"\nlr = 0.001\nbatch_size = 32\nlabel_fraction = 0.1\nema = true",
        )
        .expect("levels");
        let others = [("optimizer", "adam"), ("lr", "1e-3"), ("batch_size", "32"), ("ema", "true")];
        let others = others.map(|(name, level)| (name.to_string(), level.to_string())).to_vec();
        let cell = Cell { label_fraction: 0.1, others, ..Cell::default() };
        assert!(levels.hold(&cell));
        assert!(!levels.clone().and("optimizer", "sgd").hold(&cell));
        assert!(Levels::one("label_fraction", "10 %").hold(&cell));
        assert_eq!(levels.words(), "batch size 32 / ema true / 10 % / lr 0.001 / optimizer adam");
        let json = serde_json::to_string(&levels).expect("json");
        assert_eq!(serde_json::from_str::<Levels>(&json).expect("back"), levels);
    }

    #[test]
    fn a_level_is_a_name_or_a_number() {
        let error = toml::from_str::<Levels>("init = [1]").expect_err("a list").to_string();
        assert!(error.contains("a level such as"), "{error}");
        assert!(toml::from_str::<Levels>("lr = nan").is_err());
        let long = toml::from_str::<Levels>("id = 9007199254740993").expect("levels");
        assert_eq!(long.words(), "id 9007199254740993");
    }
}

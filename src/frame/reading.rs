//! How a table is read, as far as the table does not say it itself.

use serde::{Deserialize, Serialize};

use super::layout::{Mapping, Step};
use crate::scores::{MetricRules, ScoreKind, Unit};
use crate::table::{Decimal, SheetOptions, names};

/// How a table of results is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// The rows that count.
    pub filters: Vec<Filter>,
    /// Columns that are factors though they might be taken for notes.
    pub factors: Vec<String>,
    /// What is stated of metrics.
    #[serde(skip_serializing_if = "MetricRules::is_empty")]
    pub rules: MetricRules,
    /// What the scores of predictions are, where they do not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<ScoreKind>,
    /// What is drawn independently, where a table of cases has several seeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Cases that one model has and another lacks.
    #[serde(skip_serializing_if = "MissingCases::is_common")]
    pub missing_cases: MissingCases,
    /// Which column holds what, where it is not guessed.
    #[serde(skip_serializing_if = "Mapping::is_empty")]
    pub mapping: Mapping,
    /// Which step of a history of training is the result.
    #[serde(skip_serializing_if = "Step::is_last")]
    pub step: Step,
    /// Levels that have other names than the table gives them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renames: Vec<Rename>,
    /// Metrics that are asked for of a study whose records do not hold them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// The mark before decimals, where the table does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<Decimal>,
    /// The sheet of a workbook, where it has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

/// What becomes of cases that one model has and another lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingCases {
    /// Compared are the cases that all have; how many are left out is said.
    #[default]
    Common,
    /// They are an error.
    Refuse,
    /// A missing value counts as the worst there can be.
    Worst,
}

/// `--where COLUMN=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Column of the file.
    pub column: String,
    /// Value that rows must have.
    pub value: String,
}

impl std::str::FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, value) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is not COLUMN=VALUE"))?;
        Ok(Self { column: column.trim().into(), value: value.trim().into() })
    }
}

/// `--rename OLD=NEW`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// A level as the table has it.
    pub from: String,
    /// The level that is meant.
    pub to: String,
}

impl std::str::FromStr for Rename {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once('=').ok_or_else(|| format!("{text:?} is not OLD=NEW"))?;
        let clean = |name: &str| names::clean(name).into_owned();
        let (from, to) = (clean(from), clean(to));
        if to.is_empty() {
            return Err(format!("{text:?} gives no new name, expected OLD=NEW"));
        }
        Ok(Self { from, to })
    }
}

impl MissingCases {
    // serde hands a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_common(&self) -> bool {
        *self == Self::Common
    }
}

impl Reading {
    /// How the files are read.
    pub(super) fn sheet_options(&self) -> SheetOptions {
        SheetOptions { decimal: self.decimal, sheet: self.sheet.clone() }
    }

    /// Only these rows.
    pub fn only(filters: &[Filter]) -> Self {
        Self { filters: filters.to_vec(), ..Self::default() }
    }
}

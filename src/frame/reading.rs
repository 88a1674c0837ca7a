//! How a table is read, as far as the table does not say it itself.

use serde::{Deserialize, Serialize};

use crate::scores::{MetricRules, ScoreKind, Unit};

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

impl MissingCases {
    // serde hands a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_common(&self) -> bool {
        *self == Self::Common
    }
}

impl Reading {
    /// Only these rows.
    pub fn only(filters: &[Filter]) -> Self {
        Self { filters: filters.to_vec(), ..Self::default() }
    }
}

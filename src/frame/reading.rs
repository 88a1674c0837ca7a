//! How a table is read, as far as the table does not say it itself.

use serde::{Deserialize, Serialize};

use crate::scores::MetricRules;

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

impl Reading {
    /// Only these rows.
    pub fn only(filters: &[Filter]) -> Self {
        Self { filters: filters.to_vec(), ..Self::default() }
    }
}

//! One golden case: what is read from its input, what is put into its results.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::stats::Outcome;

/// Results of one case, by the keys of the golden file.
#[derive(Default)]
pub(super) struct Got {
    pub(super) values: BTreeMap<String, Value>,
    pub(super) degenerate: bool,
    pub(super) undefined: bool,
}

impl Got {
    /// A case that flags itself as its outcome does; the values follow.
    pub(super) fn flagged<T>(outcome: &Outcome<T>) -> Self {
        Self {
            degenerate: matches!(outcome, Outcome::Degenerate { .. }),
            undefined: outcome.any().is_none(),
            ..Self::default()
        }
    }

    pub(super) fn put(&mut self, key: &str, value: f64) {
        self.values.insert(key.into(), encode(value));
    }

    pub(super) fn put_vector(&mut self, key: &str, values: impl IntoIterator<Item = f64>) {
        let values = values.into_iter().map(encode).collect();
        self.values.insert(key.into(), Value::Array(values));
    }

    pub(super) fn put_matrix(&mut self, key: &str, rows: &[Vec<f64>]) {
        let rows = rows.iter().map(|row| row.iter().copied().map(encode).collect()).collect();
        self.values.insert(key.into(), Value::Array(rows));
    }

    pub(super) fn put_fields(&mut self, key: &str, fields: &[(&str, f64)]) {
        let fields = fields.iter().map(|(name, v)| ((*name).to_string(), encode(*v))).collect();
        self.values.insert(key.into(), Value::Object(fields));
    }

    /// A number of several: an undefined one is NaN and flags the case.
    pub(super) fn put_outcome(&mut self, key: &str, outcome: &Outcome<f64>) {
        self.degenerate |= outcome.value().is_none();
        self.put(key, outcome.any().copied().unwrap_or(f64::NAN));
    }
}

fn encode(value: f64) -> Value {
    if value.is_nan() {
        json!("NaN")
    } else if value.is_infinite() {
        json!(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        json!(value)
    }
}

/// Numbers; the strings of non-finite ones; null counts as NaN.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::Null => Some(f64::NAN),
        Value::String(s) => match s.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// A list of numbers; anything else is NaN.
pub(super) fn numbers(value: &Value) -> Vec<f64> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|v| number(v).unwrap_or(f64::NAN)).collect()
}

/// A list of lists of numbers.
pub(super) fn matrix(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(numbers).collect()
}

/// A list of indices.
pub(super) fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|v| v as usize).collect()
}

/// A list of binary labels: what is above 0.5 is positive.
pub(super) fn labels(value: &Value) -> Vec<bool> {
    numbers(value).into_iter().map(|v| v > 0.5).collect()
}

/// `options.confidence_level`, 0.95 where it is not given.
pub(super) fn confidence(options: &Value) -> f64 {
    options["confidence_level"].as_f64().unwrap_or(0.95)
}

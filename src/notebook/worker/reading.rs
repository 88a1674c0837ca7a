//! How a table is read, as a cell states it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::frame::{Mapping, Reading};
use crate::notebook::NotebookError;

/// The reading with what is stated over it: pairs of a name and a text.
pub(super) fn stated(pairs: &Value, mut reading: Reading) -> Result<Reading, NotebookError> {
    let mut mapping = Mapping::default();
    for pair in pairs.as_array().into_iter().flatten() {
        let (name, text) = (pair[0].as_str().unwrap_or(""), pair[1].as_str().unwrap_or(""));
        let refused = |reason: String| {
            NotebookError::Request(format!(".{name}({text:?}): {}", reason.trim_end_matches('.')))
        };
        match name {
            "map" => {
                let one: Mapping = text.parse().map_err(refused)?;
                mapping.add(&one).map_err(refused)?;
            }
            "rename" => reading.renames.push(text.parse().map_err(refused)?),
            "decimal" => reading.decimal = Some(text.parse().map_err(refused)?),
            "sheet" => reading.sheet = Some(text.into()),
            "unit" => reading.unit = Some(named(text).map_err(refused)?),
            "missing_cases" => reading.missing_cases = named(text).map_err(refused)?,
            "step" => reading.step = named(text).map_err(refused)?,
            "scores" => reading.scores = Some(named(text).map_err(refused)?),
            _ => {
                return Err(NotebookError::Request(format!("there is no reading option {name:?}")));
            }
        }
    }
    if !mapping.is_empty() {
        reading.mapping = mapping;
    }
    Ok(reading)
}

/// A value by its name in files.
fn named<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::frame::MissingCases;

    #[test]
    fn what_a_cell_states_of_a_table_reaches_its_reading() {
        let pairs = json!([
            ["map", "value=test/auc"],
            ["rename", "imgnet=ImageNet"],
            ["decimal", "comma"],
            ["sheet", "Runs"],
            ["missing_cases", "worst"],
            ["unit", "cases"],
        ]);
        let reading = stated(&pairs, Reading::default()).expect("a reading");
        assert!(!reading.mapping.is_empty() && reading.decimal.is_some());
        assert_eq!(reading.renames[0].to, "ImageNet");
        assert_eq!(
            (reading.sheet.as_deref(), reading.missing_cases),
            (Some("Runs"), MissingCases::Worst)
        );
        let none = stated(&Value::Null, Reading::default()).expect("a reading");
        assert_eq!(none, Reading::default());
        for (pair, part) in [
            (json!([["map", "value"]]), ".map(\"value\")"),
            (json!([["unit", "moons"]]), ".unit(\"moons\")"),
            (json!([["decimal", "sign"]]), ".decimal(\"sign\")"),
            (json!([["colour", "red"]]), "colour"),
        ] {
            let error = stated(&pair, Reading::default()).expect_err("refused").to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}

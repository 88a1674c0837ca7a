//! A statistic: one line, and every number by its name.

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::display::Rich;
use crate::error::{Error, Kind, Result};
use crate::html;
use crate::table::{Cell, Column, ColumnType, Table};
use crate::value::Value;

/// Fields that come first, in this order.
const ORDER: [&str; 20] = [
    "estimate",
    "mean",
    "auc",
    "auc1",
    "auc2",
    "difference",
    "coefficient",
    "hodges_lehmann",
    "low",
    "high",
    "standard_error",
    "sd",
    "median",
    "n",
    "t",
    "z",
    "f",
    "df",
    "p",
    "p_less",
];

/// The result of a test or an estimate. It prints as one line; under a cell it
/// shows the line and all numbers. A result that is undefined says why, and then
/// has no numbers.
#[derive(Clone, PartialEq)]
pub struct Statistic {
    name: String,
    line: String,
    note: Option<String>,
    defined: bool,
    fields: Map<String, Json>,
}

impl Statistic {
    pub(crate) fn of_json(json: &Json) -> Result<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let (Some(name), Some(line)) = (text("name"), text("line")) else {
            return Err(Error::new(Kind::Worker, "the worker sent a statistic without a line"));
        };
        Ok(Self {
            name,
            line,
            note: text("note"),
            defined: json["state"] != "undefined",
            fields: json["fields"].as_object().cloned().unwrap_or_default(),
        })
    }

    /// Which test or estimate it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The result in one line.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Why it is no ordinary value: degenerate, or undefined.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Whether there is a value at all.
    pub fn is_defined(&self) -> bool {
        self.defined
    }

    /// A number by its name, as the table names it.
    pub fn get(&self, name: &str) -> Result<f64> {
        if !self.defined {
            return Err(Error::request(format!("{} has no {name}: {}", self.name, self.line)));
        }
        match self.fields.get(name) {
            Some(Json::Number(number)) => Ok(number.as_f64().unwrap_or(f64::NAN)),
            Some(_) => Err(Error::request(format!("{name} of {} is not finite", self.name))),
            None => {
                let known: Vec<&str> = self.fields.keys().map(String::as_str).collect();
                Err(Error::request(format!("{} has no {name:?}", self.name))
                    .hint(format!("it has {}", known.join(", "))))
            }
        }
    }

    /// The p-value.
    pub fn p(&self) -> Result<f64> {
        self.get("p")
    }

    /// What was estimated: a difference, an area, a coefficient, a mean.
    pub fn estimate(&self) -> Result<f64> {
        let names = ["estimate", "difference", "auc", "coefficient", "mean", "shift"];
        let name = names.into_iter().find(|name| self.fields.contains_key(*name));
        self.get(name.unwrap_or("estimate"))
    }

    /// The interval: low and high end.
    pub fn interval(&self) -> Result<(f64, f64)> {
        Ok((self.get("low")?, self.get("high")?))
    }

    /// A number for [`crate::bind`], p as papers write it.
    pub fn value(&self, name: &str) -> Result<Value> {
        let number = self.get(name)?;
        let mut value = match name {
            "p" if number < 0.001 => Value { text: "< 0.001".into(), ..Value::from(number) },
            "p" => Value::from(number).digits(3),
            _ => Value::from(number),
        };
        value.about = format!("{}: {name}", self.name);
        Ok(value)
    }

    /// All numbers, in one row.
    pub fn table(&self) -> Table {
        let column = |(name, value): (&String, &Json)| {
            let (kind, format) = match value {
                Json::Number(number) if number.is_f64() && !is_whole(name, number) => {
                    let p = name == "p" || name.starts_with("p_");
                    (ColumnType::Number, if p { "p" } else { "" })
                }
                Json::Number(_) => (ColumnType::Integer, ""),
                _ => (ColumnType::Text, ""),
            };
            Column { name: name.clone(), kind, format: format.into() }
        };
        let cell = |value: &Json| match value {
            Json::Number(number) => number.as_f64().map_or(Cell::Empty, Cell::Number),
            Json::String(text) => Cell::Text(text.clone()),
            Json::Bool(yes) => Cell::Text(if *yes { "yes" } else { "no" }.into()),
            _ => Cell::Empty,
        };
        let fields = self.ordered();
        Table::of_parts(
            &self.name,
            fields.iter().copied().map(column).collect(),
            vec![fields.iter().map(|(_, value)| cell(value)).collect()],
        )
    }

    /// The fields as they are read: the estimate, its interval, the statistic, p.
    fn ordered(&self) -> Vec<(&String, &Json)> {
        let mut fields: Vec<(&String, &Json)> = self.fields.iter().collect();
        let place =
            |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
        fields.sort_by_key(|(name, _)| place(name));
        fields
    }

    /// Shown by the kernel when a statistic is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

/// Degrees of freedom and sizes are whole numbers in all but their type.
fn is_whole(name: &str, number: &serde_json::Number) -> bool {
    matches!(name, "df" | "df1" | "df2" | "estimate" | "w_plus" | "w_minus" | "u1" | "u2")
        && number.as_f64().is_some_and(|value| value.fract() == 0.0 && value.abs() >= 1.0)
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl fmt::Debug for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

impl Rich for Statistic {
    fn plain(&self) -> String {
        format!("{}: {}", self.name, self.line)
    }

    fn html(&self) -> String {
        let (name, line) = (html::escape(&self.name), html::escape(&self.line));
        let head = format!("<p class=\"transfolio\"><b>{name}</b>: {line}</p>");
        if self.fields.is_empty() { head } else { head + &self.table().html_without_caption() }
    }
}

//! Values that the text of a notebook refers to.

use std::fmt;

use serde_json::json;

use crate::cell::{emit, in_kernel};
use crate::display::Rich;
use crate::error::{Error, Result};
use crate::html;

/// A value with the words that stand for it and where it comes from.
#[derive(Clone, PartialEq)]
pub struct Value {
    /// As it is written.
    pub text: String,
    /// All digits, where it is a number.
    pub number: Option<f64>,
    /// Where it comes from.
    pub about: String,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if crate::display::is_last(f) {
            self.evcxr_display();
            return Ok(());
        }
        fmt::Display::fmt(self, f)
    }
}

/// Decimals that anybody can want; thousands of them are refused by a panic.
const MOST_DECIMALS: usize = 100;

impl Value {
    /// With this many decimals.
    #[must_use]
    pub fn digits(mut self, decimals: usize) -> Self {
        if let Some(number) = self.number {
            let decimals = decimals.min(MOST_DECIMALS);
            self.text = format!("{number:.decimals$}");
        }
        self
    }

    /// A share in percent, with this many decimals: 0.125 is `12.5 %`.
    #[must_use]
    pub fn percent(mut self, decimals: usize) -> Self {
        if let Some(number) = self.number {
            let decimals = decimals.min(MOST_DECIMALS);
            self.text = format!("{:.decimals$} %", number * 100.0);
        }
        self
    }

    /// With words behind it: `Value::from(3.2).digits(1).unit("mm")`.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.text = format!("{} {unit}", self.text);
        self
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        let small = number != 0.0 && number.abs() < 5e-4;
        let text = if small { format!("{number:.2e}") } else { format!("{number:.4}") };
        Self { text, number: Some(number), about: String::new() }
    }
}

impl From<f32> for Value {
    fn from(number: f32) -> Self {
        Self::from(f64::from(number))
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::from(if yes { "yes" } else { "no" })
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self { text: text.into(), number: None, about: String::new() }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self { text, number: None, about: String::new() }
    }
}

macro_rules! from_integers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Value {
            fn from(number: $kind) -> Self {
                let text = number.to_string();
                Self { text, number: Some(number as f64), about: String::new() }
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

/// Gives a value a name: `{{ name }}` in a Markdown cell of a rendered
/// notebook becomes its text.
pub fn bind(name: &str, value: impl Into<Value>) -> Result<Value> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Error::request(format!("{name:?} cannot name a value"))
            .hint("use lower-case letters, digits and _"));
    }
    let value = value.into();
    if in_kernel() {
        // A media type of its own for each name: a kernel keeps one content
        // per type and cell.
        let mime = format!("application/vnd.transfolio.value.{name}+json");
        let json = json!({
            "name": name, "text": value.text, "number": value.number, "about": value.about,
        });
        emit(&[(&mime, &json.to_string())], false);
    }
    Ok(value)
}

impl Value {
    /// Shown by the kernel when a value is the last expression of a cell.
    pub fn evcxr_display(&self) {
        crate::display::result(self);
    }
}

impl Rich for Value {
    fn plain(&self) -> String {
        self.text.clone()
    }

    fn html(&self) -> String {
        let (text, about) = (html::escape(&self.text), html::escape(&self.about));
        format!("<span class=\"transfolio\" title=\"{about}\">{text}</span>")
    }
}

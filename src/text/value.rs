//! A cell of a table: words, or a number with what is known of it.

use serde::Serialize;

use super::bound::{Bound, Full};
use super::numbers::percent;

/// What stands where there is nothing.
const NONE: &str = "\u{2013}";

/// A cell: what is shown, and what a reader sees who asks for more.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Value {
    /// As it is shown.
    pub text: String,
    /// A note of its own.
    pub title: String,
    /// The best of its kind.
    pub best: bool,
    /// Raised behind the text: what sets the cell apart without a number.
    pub mark: String,
    /// The number, or the verdict that rests on numbers; none where the cell is
    /// words.
    pub bound: Option<Box<Bound>>,
    /// What the cell says at a glance.
    pub tone: Tone,
    /// The label of what stands behind it; mostly empty.
    pub link: String,
}

/// The colour of a cell: a verdict at a glance. The text of the cell says it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// None.
    #[default]
    Plain,
    /// Better; of a metric without direction, higher.
    Better,
    /// Worse, or lower.
    Worse,
    /// Equivalent.
    Equal,
    /// Open.
    Open,
}

impl Tone {
    /// Its class in a page; empty for none.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Equal => "equal",
            Self::Open => "open",
        }
    }
}

impl Value {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Nothing, shown as a dash.
    pub fn none() -> Self {
        Self::text(NONE)
    }

    /// Words with a note.
    pub fn noted(text: impl Into<String>, title: impl Into<String>) -> Self {
        Self { text: text.into(), title: title.into(), ..Self::default() }
    }

    /// A number at full precision, as it is shown, and its method in words. A
    /// number that there is not has a method all the same: why it is missing.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass plain numbers")]
    pub fn number(value: impl Full, shown: impl Into<String>, how: impl Into<String>) -> Self {
        let (value, shown, how) = (value.full(), shown.into(), how.into());
        Self::bound(Bound { shown, value, how, ..Bound::default() })
    }

    /// A number that is what is shown, as a count or a printed one; a dash is none.
    pub fn shown(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() || text == NONE {
            return Self::text(text);
        }
        Self::number(text.as_str(), text.as_str(), "")
    }

    /// A count.
    pub fn count(count: usize) -> Self {
        Self::shown(count.to_string())
    }

    /// A share of the labels, in percent.
    pub fn share(share: Option<f64>) -> Self {
        share.map_or_else(Self::none, |share| Self::number(share, percent(share), ""))
    }

    /// A number with its origin; the text is the shown one.
    pub fn bound(bound: Bound) -> Self {
        Self { text: bound.shown.clone(), bound: Some(Box::new(bound)), ..Self::default() }
    }

    /// The same with a note.
    #[must_use]
    pub fn with_note(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        let text = self.text.trim();
        text.is_empty() || text == NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_value_and_dashes_have_none() {
        let value = |value: &Value| value.bound.as_ref().map(|bound| bound.value.clone());
        let share = Value::share(Some(0.025));
        assert_eq!((share.text.as_str(), value(&share)), ("2.5 %", Some("0.025".into())));
        assert_eq!(value(&Value::share(None)), None);
        assert_eq!(value(&Value::shown("\u{2013}")), None);
        assert_eq!(value(&Value::count(5)), Some("5".into()));
        let missing = Value::number(None::<f64>, "\u{2013}", "one seed");
        assert_eq!((missing.is_empty(), value(&missing)), (true, Some(String::new())));
    }
}

//! A sentence whose numbers keep their type until somebody shows them.

use std::fmt;

/// A number in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What it is of, outermost first: the row of its id.
    pub row: Vec<String>,
    /// Its name in that row.
    pub name: &'static str,
    /// At full precision; two numbers for an interval.
    pub value: String,
    /// As a reader sees it.
    pub shown: String,
    /// The method, in words.
    pub how: String,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words as they are; names from the data among them.
    Words(String),
    /// A number.
    Quantity(Quantity),
}

/// A sentence, or a part of one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    /// In order; no two pieces of words beside each other.
    pub parts: Vec<Part>,
}

impl Phrase {
    /// Adds more at its end.
    pub fn push(&mut self, more: impl Into<Self>) {
        for part in more.into().parts {
            match (self.parts.last_mut(), part) {
                (_, Part::Words(words)) if words.is_empty() => {}
                (Some(Part::Words(words)), Part::Words(more)) => words.push_str(&more),
                (_, part) => self.parts.push(part),
            }
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The same with a capital at its head, unless it begins with a number.
    #[must_use]
    pub fn capital(mut self) -> Self {
        if let Some(Part::Words(words)) = self.parts.first_mut() {
            let mut rest = words.chars();
            let head: String = rest.next().map(char::to_uppercase).into_iter().flatten().collect();
            *words = head + rest.as_str();
        }
        self
    }
}

/// As a terminal shows it.
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Words(words) => f.write_str(words),
            Part::Quantity(quantity) => f.write_str(&quantity.shown),
        })
    }
}

impl From<&str> for Phrase {
    fn from(words: &str) -> Self {
        Self::from(words.to_string())
    }
}

impl From<&String> for Phrase {
    fn from(words: &String) -> Self {
        Self::from(words.clone())
    }
}

impl From<String> for Phrase {
    fn from(words: String) -> Self {
        if words.is_empty() { Self::default() } else { Self { parts: vec![Part::Words(words)] } }
    }
}

impl From<Quantity> for Phrase {
    fn from(quantity: Quantity) -> Self {
        Self { parts: vec![Part::Quantity(quantity)] }
    }
}

/// A sentence from pieces: `phrase!["on ", count, " tasks"]`.
macro_rules! phrase {
    ($($piece:expr),* $(,)?) => {{
        let mut phrase = $crate::text::Phrase::default();
        $(phrase.push($piece);)*
        phrase
    }};
}
pub(crate) use phrase;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_join_and_numbers_stay() {
        let quantity = Quantity {
            row: vec!["answer".into()],
            name: "tasks",
            value: "4".into(),
            shown: "4".into(),
            how: String::new(),
        };
        let phrase = phrase!["on ", "all ", quantity, String::new(), " tasks"];
        assert_eq!(phrase.parts.len(), 3);
        assert_eq!(phrase.capital().to_string(), "On all 4 tasks");
        assert!(Phrase::from("").is_empty());
        assert_eq!(Phrase::from("état").capital().to_string(), "État");
    }
}

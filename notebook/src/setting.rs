//! Values of a study file, as TOML writes them.

use std::fmt::Write as _;
use std::ops::{Range, RangeInclusive};

/// A value of a study file: text, number, yes or no, a list, or a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting(pub(crate) String);

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        let mut out = String::from("\"");
        for c in text.chars() {
            match c {
                '"' => out += "\\\"",
                '\\' => out += "\\\\",
                '\n' => out += "\\n",
                '\t' => out += "\\t",
                c if c.is_control() => {
                    let _ = write!(out, "\\u{:04X}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        Self(out + "\"")
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for Setting {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<f64> for Setting {
    fn from(number: f64) -> Self {
        // `{:?}` keeps a point, without which TOML has a whole number.
        let text = format!("{number:?}");
        Self(match text.as_str() {
            "NaN" => "nan".into(),
            _ => text,
        })
    }
}

impl From<bool> for Setting {
    fn from(yes: bool) -> Self {
        Self(yes.to_string())
    }
}

macro_rules! from_whole_numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Setting {
            fn from(number: $kind) -> Self {
                Self(number.to_string())
            }
        }
        impl From<Range<$kind>> for Setting {
            fn from(numbers: Range<$kind>) -> Self {
                Self::from(numbers.collect::<Vec<_>>())
            }
        }
        impl From<RangeInclusive<$kind>> for Setting {
            fn from(numbers: RangeInclusive<$kind>) -> Self {
                Self::from(numbers.collect::<Vec<_>>())
            }
        }
    )*};
}

from_whole_numbers!(i32, i64, u8, u16, u32, u64);

impl From<usize> for Setting {
    fn from(number: usize) -> Self {
        Self(number.to_string())
    }
}

impl<T: Into<Setting>> From<Vec<T>> for Setting {
    fn from(list: Vec<T>) -> Self {
        let items: Vec<String> = list.into_iter().map(|item| item.into().0).collect();
        Self(format!("[{}]", items.join(", ")))
    }
}

impl<T: Into<Setting> + Clone> From<&[T]> for Setting {
    fn from(list: &[T]) -> Self {
        Self::from(list.to_vec())
    }
}

impl<T: Into<Setting>, const N: usize> From<[T; N]> for Setting {
    fn from(list: [T; N]) -> Self {
        Self::from(Vec::from(list))
    }
}

/// Settings by name, in the order in which they were made; the last of a name
/// counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings(pub(crate) Vec<(String, Setting)>);

impl Settings {
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Setting>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    pub(crate) fn lines(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{} = {}\n", key(name), value.0)).collect()
    }
}

impl From<Settings> for Setting {
    fn from(settings: Settings) -> Self {
        let items: Vec<String> = (settings.0.iter())
            .map(|(name, value)| format!("{} = {}", key(name), value.0))
            .collect();
        Self(format!("{{ {} }}", items.join(", ")))
    }
}

/// One entry more in a table.
pub(crate) fn add(table: &mut Setting, name: &str, value: &Setting) {
    let old = table.0.strip_suffix(" }").unwrap_or(&table.0);
    table.0 = format!("{old}, {} = {} }}", key(name), value.0);
}

/// A name as TOML has it.
pub(crate) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match !name.is_empty() && name.chars().all(bare) {
        true => name.to_owned(),
        false => Setting::from(name).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_toml_has_them() {
        let written = |setting: Setting| setting.0;
        assert_eq!(written("a\\\n\u{1}".into()), "\"a\\\\\\n\\u0001\"");
        assert_eq!(written(1e-10.into()), "1e-10");
        assert_eq!(written(f64::NAN.into()), "nan");
        assert_eq!(written(vec!["a", "b"].into()), "[\"a\", \"b\"]");
        assert_eq!(written((1..=3_u64).into()), "[1, 2, 3]");
        assert_eq!((key("a-b_1"), key("a b")), ("a-b_1".into(), "\"a b\"".into()));
    }
}

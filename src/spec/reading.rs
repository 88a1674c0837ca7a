//! How the images and labels of a task are to be read where the files alone do
//! not say.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What happens where an image of the test set is in the training set too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duplicates {
    /// Nothing is trained.
    #[default]
    Error,
    /// The training image is left out; the test set stays as it is.
    DropFromTrain,
    /// Both are used; the report says so.
    Allow,
}

/// Whether the orientation that a camera wrote into a file (EXIF) turns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// Pixels are taken as they are stored, as most training code does; files
    /// with such a tag are counted.
    #[default]
    Ignore,
    /// Images are turned as the tag says.
    Apply,
}

/// Which values of images with more than 8 bits are black and white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRange {
    /// From 0 to the largest value that as many bits hold as the largest value
    /// of all images needs: 4095 for files with 12 bits in 16.
    Auto,
    /// As stated: smaller values are black, larger ones white.
    Stated(f64, f64),
}

impl Serialize for ValueRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Stated(low, high) => [low, high].serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ValueRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RangeVisitor)
    }
}

struct RangeVisitor;

impl<'de> Visitor<'de> for RangeVisitor {
    type Value = ValueRange;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"auto\" or two numbers, the values of black and white: [0, 4095]")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ValueRange, E> {
        match text {
            "auto" => Ok(ValueRange::Auto),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ValueRange, A::Error> {
        let mut values = Vec::new();
        while let Some(Number(value)) = list.next_element()? {
            values.push(value);
        }
        match values.as_slice() {
            &[low, high] if low.is_finite() && high.is_finite() && low < high => {
                Ok(ValueRange::Stated(low, high))
            }
            &[low, high] => {
                let reason = format!("range [{low}, {high}]: the first is not below the second");
                Err(de::Error::custom(reason))
            }
            other => Err(de::Error::invalid_length(other.len(), &self)),
        }
    }
}

/// A number, written as a whole one or not.
pub(super) struct Number(pub(super) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number(value))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// Whether a setting is what it is where a study file does not name it; then
/// it is not written, and runs keep the names they had before it existed.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        range: ValueRange,
    }

    #[test]
    fn ranges_are_a_word_or_two_numbers() {
        for (text, expected) in [
            ("range = \"auto\"", ValueRange::Auto),
            ("range = [0, 4095]", ValueRange::Stated(0.0, 4095.0)),
            ("range = [-1000, 0.5]", ValueRange::Stated(-1000.0, 0.5)),
        ] {
            let held: Holder = toml::from_str(text).expect(text);
            assert_eq!(held.range, expected);
            let json = serde_json::to_string(&held).expect("JSON");
            assert_eq!(serde_json::from_str::<Holder>(&json).expect("JSON"), held);
        }
        for (text, part) in [
            ("range = \"full\"", "\"auto\" or two numbers"),
            ("range = [1]", "\"auto\" or two numbers"),
            ("range = [1, 2, 3]", "\"auto\" or two numbers"),
            ("range = [5, 5]", "is not below"),
            ("range = [0, inf]", "is not below"),
            ("range = [0, \"x\"]", "a number"),
            ("range = 3", "\"auto\" or two numbers"),
        ] {
            let error = toml::from_str::<Holder>(text).expect_err(text).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}

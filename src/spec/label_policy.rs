//! What labels that say nothing count as.

use std::fmt;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::reading::Number;

/// What a label that is blank or uncertain (-1) counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LabelPolicy {
    /// Nothing: it is an error.
    #[default]
    Error,
    /// The class is there ("U-Ones").
    Ones,
    /// The class is not there ("U-Zeros").
    Zeros,
    /// Nobody knows ("U-Ignore"): the label counts neither in the loss nor in
    /// any metric.
    Ignore,
    /// The class may be there ("LSR"): training aims at a value between 0 and
    /// 1; validation and testing know nothing of it.
    Soft(SoftLabel),
}

/// What training aims at where a label is uncertain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SoftLabel {
    /// The same value for every such label.
    Fixed(f64),
    /// A value in `[low, high)`, drawn once for each case and class.
    Drawn(f64, f64),
}

impl SoftLabel {
    /// What `"soft"` stands for: the middle of the published range, 0.55 to
    /// 0.85 (Pham et al. 2021). Cross-entropy is linear in its target, so the
    /// gradient is the mean of what drawing anew in every epoch gives.
    pub const DEFAULT: Self = Self::Fixed(0.7);

    /// What is wrong with it, and the way out.
    pub(super) fn fault(self) -> Option<(String, &'static str)> {
        let inside = "write a value between 0 and 1: { soft = 0.7 }";
        match self {
            Self::Fixed(0.0) => Some(("soft is 0".into(), "write \"zeros\"")),
            Self::Fixed(1.0) => Some(("soft is 1".into(), "write \"ones\"")),
            Self::Fixed(value) if !(value > 0.0 && value < 1.0) => {
                Some((format!("soft is {value}"), inside))
            }
            Self::Drawn(low, high) if !(low < high && low >= 0.0 && high <= 1.0) => Some((
                format!("soft is [{low}, {high}]"),
                "write two values between 0 and 1, the smaller first: { soft = [0.55, 0.85] }",
            )),
            Self::Fixed(_) | Self::Drawn(..) => None,
        }
    }
}

impl LabelPolicy {
    /// What stands in a study file, as it is written there.
    pub fn in_toml(self) -> String {
        match self {
            Self::Error => "\"error\"".into(),
            Self::Ones => "\"ones\"".into(),
            Self::Zeros => "\"zeros\"".into(),
            Self::Ignore => "\"ignore\"".into(),
            Self::Soft(SoftLabel::Fixed(value)) => format!("{{ soft = {value} }}"),
            Self::Soft(SoftLabel::Drawn(low, high)) => format!("{{ soft = [{low}, {high}] }}"),
        }
    }
}

impl Serialize for LabelPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let soft = match self {
            Self::Error => return serializer.serialize_str("error"),
            Self::Ones => return serializer.serialize_str("ones"),
            Self::Zeros => return serializer.serialize_str("zeros"),
            Self::Ignore => return serializer.serialize_str("ignore"),
            Self::Soft(soft) => soft,
        };
        let mut map = serializer.serialize_map(Some(1))?;
        match soft {
            SoftLabel::Fixed(value) => map.serialize_entry("soft", value)?,
            SoftLabel::Drawn(low, high) => map.serialize_entry("soft", &[low, high])?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LabelPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PolicyVisitor)
    }
}

const EXPECTED: &str = "\"ones\", \"zeros\", \"ignore\", \"error\", \"soft\", \
                        { soft = 0.7 } or { soft = [0.55, 0.85] }";

struct PolicyVisitor;

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = LabelPolicy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<LabelPolicy, E> {
        match text {
            "error" => Ok(LabelPolicy::Error),
            "ones" => Ok(LabelPolicy::Ones),
            "zeros" => Ok(LabelPolicy::Zeros),
            "ignore" => Ok(LabelPolicy::Ignore),
            "soft" => Ok(LabelPolicy::Soft(SoftLabel::DEFAULT)),
            _ => Err(E::custom(format!("unknown variant `{text}`, expected {EXPECTED}"))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LabelPolicy, A::Error> {
        let mut soft = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "soft" {
                soft = Some(map.next_value::<SoftLabel>()?);
            } else {
                map.next_value::<IgnoredAny>()?;
                let text = format!("unknown field `{key}`, expected `soft`");
                return Err(de::Error::custom(text));
            }
        }
        soft.map(LabelPolicy::Soft).ok_or_else(|| de::Error::missing_field("soft"))
    }
}

impl<'de> Deserialize<'de> for SoftLabel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SoftVisitor)
    }
}

struct SoftVisitor;

impl<'de> Visitor<'de> for SoftVisitor {
    type Value = SoftLabel;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value between 0 and 1, or two: { soft = 0.7 }, { soft = [0.55, 0.85] }")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<SoftLabel, E> {
        Ok(SoftLabel::Fixed(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<SoftLabel, E> {
        Ok(SoftLabel::Fixed(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<SoftLabel, E> {
        Ok(SoftLabel::Fixed(value as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<SoftLabel, A::Error> {
        let mut values = Vec::new();
        while let Some(Number(value)) = list.next_element()? {
            values.push(value);
        }
        match values.as_slice() {
            &[low, high] => Ok(SoftLabel::Drawn(low, high)),
            other => Err(de::Error::invalid_length(other.len(), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        uncertain: LabelPolicy,
    }

    #[test]
    fn policies_are_words_or_soft_values() {
        let soft = |value| LabelPolicy::Soft(SoftLabel::Fixed(value));
        for (text, expected, json) in [
            ("\"ones\"", LabelPolicy::Ones, "\"ones\""),
            ("\"zeros\"", LabelPolicy::Zeros, "\"zeros\""),
            ("\"ignore\"", LabelPolicy::Ignore, "\"ignore\""),
            ("\"error\"", LabelPolicy::Error, "\"error\""),
            ("\"soft\"", soft(0.7), "{\"soft\":0.7}"),
            ("{ soft = 0.7 }", soft(0.7), "{\"soft\":0.7}"),
            ("{ soft = 1 }", soft(1.0), "{\"soft\":1.0}"),
            (
                "{ soft = [0.55, 0.85] }",
                LabelPolicy::Soft(SoftLabel::Drawn(0.55, 0.85)),
                "{\"soft\":[0.55,0.85]}",
            ),
        ] {
            let held: Holder = toml::from_str(&format!("uncertain = {text}")).expect(text);
            assert_eq!(held.uncertain, expected, "{text}");
            let written = serde_json::to_string(&held).expect("JSON");
            assert_eq!(written, format!("{{\"uncertain\":{json}}}"));
            assert_eq!(serde_json::from_str::<Holder>(&written).expect("JSON"), held);
            let toml = toml::to_string(&held).expect("TOML");
            assert_eq!(toml::from_str::<Holder>(&toml).expect("TOML"), held);
            let said: Holder = toml::from_str(&format!("uncertain = {}", expected.in_toml()))
                .expect("what is said");
            assert_eq!(said, held);
        }
    }

    #[test]
    fn anything_else_names_what_may_be_written() {
        for (text, part) in [
            ("\"maybe\"", "unknown variant `maybe`, expected \"ones\", \"zeros\", \"ignore\""),
            ("0.7", "{ soft = 0.7 }"),
            ("[0.55, 0.85]", "{ soft = [0.55, 0.85] }"),
            ("{ hard = 1 }", "unknown field `hard`, expected `soft`"),
            ("{}", "missing field `soft`"),
            ("{ soft = \"a\" }", "a value between 0 and 1"),
            ("{ soft = [0.5] }", "a value between 0 and 1, or two"),
            ("{ soft = [0.1, 0.2, 0.3] }", "a value between 0 and 1, or two"),
        ] {
            let error = toml::from_str::<Holder>(&format!("uncertain = {text}")).expect_err(text);
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn soft_values_lie_between_0_and_1() {
        let fault = |soft: SoftLabel| soft.fault().map(|(what, way)| format!("{what}; {way}"));
        for good in [SoftLabel::DEFAULT, SoftLabel::Fixed(0.01), SoftLabel::Drawn(0.0, 0.3)] {
            assert_eq!(fault(good), None, "{good:?}");
        }
        for (bad, part) in [
            (SoftLabel::Fixed(1.5), "soft is 1.5"),
            (SoftLabel::Fixed(-0.1), "soft is -0.1"),
            (SoftLabel::Fixed(f64::NAN), "soft is NaN"),
            (SoftLabel::Fixed(1.0), "write \"ones\""),
            (SoftLabel::Fixed(0.0), "write \"zeros\""),
            (SoftLabel::Drawn(0.85, 0.55), "the smaller first"),
            (SoftLabel::Drawn(0.5, 0.5), "the smaller first"),
            (SoftLabel::Drawn(0.5, 1.1), "[0.5, 1.1]"),
            (SoftLabel::Drawn(f64::NAN, 0.5), "[NaN, 0.5]"),
        ] {
            let said = fault(bad).expect("a fault");
            assert!(said.contains(part), "{bad:?}: {said}");
        }
    }
}

//! How many of a task's training labels a run sees: a share of them, or a number.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text::percent;

/// Labels that a run trains on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels {
    /// A share of the training cases, in (0, 1].
    Share(f64),
    /// So many training cases.
    Count(u32),
}

impl Labels {
    /// Of so many training cases, how many are kept.
    pub fn of(self, cases: f64) -> f64 {
        match self {
            Self::Share(share) => cases * share,
            Self::Count(count) => cases.min(f64::from(count)),
        }
    }

    /// How many training cases there are where so many were kept; of a number no
    /// more is known than that they were there.
    pub fn whole(self, kept: f64) -> f64 {
        match self {
            Self::Share(share) => kept / share.max(f64::MIN_POSITIVE),
            Self::Count(_) => kept,
        }
    }

    /// The share that they are of so many training cases, in the digits that a
    /// reader wants: results of a number of labels stand among those of shares.
    pub fn share(self, cases: usize) -> f64 {
        match self {
            Self::Share(share) => share,
            Self::Count(count) => {
                let share = f64::from(count) / (cases.max(1) as f64);
                // Two numbers never become one share.
                let digits = if cases <= 5000 { 4 } else { 10 };
                format!("{share:.*e}", digits - 1).parse().unwrap_or(share).min(1.0)
            }
        }
    }
}

/// `10 %`, `50 labels`.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => f.write_str(&percent(*share)),
            Self::Count(1) => f.write_str("1 label"),
            Self::Count(count) => write!(f, "{count} labels"),
        }
    }
}

/// An item of `label_counts`: a number, or `"all"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelCount {
    /// So many training cases.
    Count(u32),
    /// All of them.
    All,
}

impl LabelCount {
    const ALL: &str = "all";

    /// What is kept.
    pub fn labels(self) -> Labels {
        match self {
            Self::Count(count) => Labels::Count(count),
            Self::All => Labels::Share(1.0),
        }
    }
}

/// `50`, `all`.
impl fmt::Display for LabelCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::All => f.write_str(Self::ALL),
        }
    }
}

impl Serialize for LabelCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::All => serializer.serialize_str(Self::ALL),
        }
    }
}

impl<'de> Deserialize<'de> for LabelCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Item;
        impl de::Visitor<'_> for Item {
            type Value = LabelCount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of labels, at least 1, or \"all\"")
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<LabelCount, E> {
                let fits = u32::try_from(count).ok().filter(|count| *count > 0);
                let wrong = || E::invalid_value(de::Unexpected::Signed(count), &self);
                fits.map(LabelCount::Count).ok_or_else(wrong)
            }

            fn visit_u64<E: de::Error>(self, count: u64) -> Result<LabelCount, E> {
                self.visit_i64(i64::try_from(count).unwrap_or(i64::MAX))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<LabelCount, E> {
                match text {
                    LabelCount::ALL => Ok(LabelCount::All),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(Item)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::spec::{Fingerprints, expand, parse};

    fn study(header: &str) -> Result<crate::spec::Study, String> {
        let text = format!(
            "[study]\nname = \"s\"\nseeds = [1]\n{header}\n[tasks.t]\nsource = \"phantom\"\n\
             target = \"multi-label\"\nphantom = {{ labels = \"finding\" }}\n[models.m]\n\
             backbone = \"resnet18\"\n[inits.a]\nrandom = true\n"
        );
        parse(Path::new("study.toml"), &text, &indexmap::IndexMap::new()).map_err(|e| e.to_string())
    }

    #[test]
    fn numbers_take_the_place_of_shares() {
        let counts = study("label_counts = [25, \"all\", 100]").unwrap();
        let runs = expand(&counts, &Fingerprints::default());
        let labels: Vec<String> = runs.iter().map(|run| run.labels().to_string()).collect();
        assert_eq!(labels, ["25 labels", "100 %", "100 labels"]);
        let prints =
            Fingerprints { train: [("t".to_owned(), 463)].into(), ..Fingerprints::default() };
        let shares: Vec<f64> = expand(&counts, &prints).iter().map(|r| r.label_fraction).collect();
        assert_eq!(shares, [0.054, 1.0, 0.216]);
        let all = expand(&study("label_fractions = [1.0]").unwrap(), &prints);
        assert_eq!(all[0].id(), expand(&counts, &prints)[1].id());
        // A number that is all of a task's cases is one run with all of them.
        let few = Fingerprints { train: [("t".to_owned(), 100)].into(), ..prints };
        let runs = expand(&counts, &few);
        let labels: Vec<String> = runs.iter().map(|run| run.labels().to_string()).collect();
        assert_eq!(labels, ["25 labels", "100 %"]);
    }

    #[test]
    fn what_is_no_number_of_labels_is_refused_where_it_stands() {
        for (header, words) in [
            ("label_counts = [0]", "at least 1, or \"all\""),
            ("label_counts = [-5]", "at least 1"),
            ("label_counts = [0.5]", "at least 1"),
            ("label_counts = [\"most\"]", "\"all\""),
            ("label_counts = [5, 5]", "named twice"),
            ("label_counts = [\"all\", \"all\"]", "label count all is named twice"),
            ("label_counts = [5]\nlabel_fractions = [0.5]", "both say how many"),
        ] {
            let error = study(header).unwrap_err();
            assert!(error.contains(words) && error.contains("study.toml:4:"), "{header}: {error}");
        }
    }

    #[test]
    fn of_so_many_cases_so_many_are_kept() {
        assert!((Labels::Share(0.25).of(80.0) - 20.0).abs() < 1e-12);
        assert!((Labels::Count(50).of(80.0) - 50.0).abs() < 1e-12);
        assert!((Labels::Count(50).of(30.0) - 30.0).abs() < 1e-12);
        assert!((Labels::Share(0.25).whole(20.0) - 80.0).abs() < 1e-12);
        for count in 1..5000 {
            let [one, next] = [count, count + 1].map(|count| Labels::Count(count).share(5000));
            assert!(one < next && next <= 1.0, "{count}");
        }
        assert!(Labels::Count(99_999).share(200_000) < Labels::Count(100_000).share(200_000));
    }
}

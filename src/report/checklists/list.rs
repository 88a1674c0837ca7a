//! Which checklists there are.

use std::str::FromStr;

use super::topic::Topic;
use super::{claim, stard_ai, tripod_ai};

/// One item of a checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its official number.
    pub(super) number: &'static str,
    /// The section of a paper that it is about.
    pub(super) section: &'static str,
    /// What it asks for, in short words of our own.
    pub(super) asks: &'static str,
    /// What that is.
    pub(super) topic: Topic,
}

/// An item in one line.
pub(super) const fn item(
    number: &'static str,
    section: &'static str,
    asks: &'static str,
    topic: Topic,
) -> Item {
    Item { number, section, asks, topic }
}

/// The name of a checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChecklistName {
    /// TRIPOD+AI 2024.
    TripodAi,
    /// CLAIM, update of 2024.
    Claim2024,
    /// STARD-AI 2025.
    StardAi,
}

/// A checklist with its source.
#[derive(Clone, Copy, Debug)]
pub struct Checklist {
    /// As papers name it.
    pub title: &'static str,
    /// Where it is published.
    pub source: &'static str,
    pub(super) items: &'static [Item],
}

impl ChecklistName {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::TripodAi, Self::Claim2024, Self::StardAi];

    /// As the command line and files name it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::TripodAi => "tripod-ai",
            Self::Claim2024 => "claim-2024",
            Self::StardAi => "stard-ai",
        }
    }

    /// The checklist.
    pub fn checklist(self) -> Checklist {
        match self {
            Self::TripodAi => Checklist {
                title: "TRIPOD+AI 2024",
                source: "Collins et al., BMJ 2024;385:e078378, doi:10.1136/bmj-2023-078378",
                items: &tripod_ai::ITEMS,
            },
            Self::Claim2024 => Checklist {
                title: "CLAIM 2024",
                source: "Tejani et al., Radiology: Artificial Intelligence 2024;6(4):e240300, \
                         doi:10.1148/ryai.240300",
                items: &claim::ITEMS,
            },
            Self::StardAi => Checklist {
                title: "STARD-AI 2025",
                source: "Sounderajah et al., Nature Medicine 2025;31:3283-3289, \
                         doi:10.1038/s41591-025-03953-8",
                items: &stard_ai::ITEMS,
            },
        }
    }
}

/// By the name as papers write it or as files have it, with or without the year.
impl FromStr for ChecklistName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        };
        let without_year = |text: &str| -> String {
            let text = plain(text);
            text.strip_suffix("2024").or(text.strip_suffix("2025")).unwrap_or(&text).to_string()
        };
        let has = |name: &&Self| {
            let title = plain(name.checklist().title);
            [title.clone(), without_year(&title)].contains(&plain(text))
        };
        Self::ALL.iter().find(has).copied().ok_or_else(|| {
            let known: Vec<String> = Self::ALL
                .iter()
                .map(|name| format!("{} ({})", name.slug(), name.checklist().title))
                .collect();
            format!("there is no checklist {text:?}; there are {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_write_them() {
        for (text, name) in [
            ("tripod-ai", ChecklistName::TripodAi),
            ("TRIPOD+AI", ChecklistName::TripodAi),
            ("TRIPOD+AI 2024", ChecklistName::TripodAi),
            ("claim", ChecklistName::Claim2024),
            ("CLAIM 2024", ChecklistName::Claim2024),
            ("stard_ai", ChecklistName::StardAi),
            ("STARD-AI 2025", ChecklistName::StardAi),
        ] {
            assert_eq!(text.parse(), Ok(name), "{text}");
        }
        for text in ["tripod", "claim 2020", "stard", "", "tripod-ai 2025"] {
            let refused = text.parse::<ChecklistName>().expect_err(text);
            assert!(refused.contains("tripod-ai (TRIPOD+AI 2024), claim-2024"), "{refused}");
        }
    }

    /// The numbers of the published tables, each once and in their order.
    #[test]
    fn items_have_the_official_numbers() {
        let numbers = |name: ChecklistName| -> Vec<&str> {
            name.checklist().items.iter().map(|item| item.number).collect()
        };
        let tripod = "1 2 3a 3b 3c 4 5a 5b 6a 6b 6c 7 8a 8b 8c 9a 9b 9c 10 11 12a 12b 12c 12d 12e \
                      12f 12g 13 14 15 16 17 18a 18b 18c 18d 18e 18f 19 20a 20b 20c 21 22 23a 23b \
                      24 25 26 27a 27b 27c";
        assert_eq!(numbers(ChecklistName::TripodAi), tripod.split_whitespace().collect::<Vec<_>>());
        let claim: Vec<String> = (1..=44).map(|n| n.to_string()).collect();
        assert_eq!(numbers(ChecklistName::Claim2024), claim);
        let stard = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15a 15b 15c 15d 16a 16b 16c 17a 17b 18 19 20 \
                     21 22 23 24 25 26a 26b 27 28 29 30 31 32 33 34 35 36 37 38 39 40a 40b";
        assert_eq!(numbers(ChecklistName::StardAi), stard.split_whitespace().collect::<Vec<_>>());
    }
}

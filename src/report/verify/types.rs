//! What comes out of a verification.

use std::fmt;

use serde::Serialize;

/// A page, computed again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verification {
    /// What the page was computed from this time.
    pub against: String,
    /// The program that wrote the page.
    pub written_by: String,
    /// SHA-256 of the data inside the page, as computed.
    pub data_sha256: String,
    /// Bound numbers that were compared.
    pub numbers: usize,
    /// Files (CSV, SVG, data) that were compared.
    pub files: usize,
    /// Drawings that were compared.
    pub drawings: usize,
    /// Numbers that those show.
    pub drawn: usize,
    /// Pieces of text that were compared; absent where the page's templates
    /// are not at hand.
    pub texts: Option<usize>,
    /// What was not computed again, and why.
    pub not_recomputed: Vec<String>,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The data inside the page.
    Data,
    /// A bound number, or what the page says of its origin.
    Number,
    /// A file inside the page.
    File,
    /// A drawing.
    Drawing,
    /// Text outside of numbers.
    Text,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What differs.
    pub kind: Kind,
    /// The number, file, figure or place.
    pub id: String,
    /// The section, figure or table it stands in.
    pub place: String,
    /// What the page shows.
    pub shown: String,
    /// What was computed.
    pub recomputed: String,
}

/// More differences than this are counted, not listed, in text.
const MOST: usize = 50;

impl Verification {
    /// Whether the page is as computed.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "written by: {}", self.written_by)?;
        writeln!(f, "computed from: {}", self.against)?;
        writeln!(f, "embedded data, SHA-256: {}", self.data_sha256)?;
        let texts = self.texts.map_or("no text".into(), |n| format!("{n} pieces of text"));
        writeln!(
            f,
            "compared: {} numbers, {} files, {} drawings with {} numbers, {texts}",
            self.numbers, self.files, self.drawings, self.drawn
        )?;
        for what in &self.not_recomputed {
            writeln!(f, "not computed again: {what}")?;
        }
        for difference in self.differences.iter().take(MOST) {
            writeln!(f, "differs: {difference}")?;
        }
        let count = self.differences.len();
        if count > MOST {
            writeln!(f, "... and {} more; --format json lists all", count - MOST)?;
        }
        match count {
            0 => writeln!(f, "the page agrees with what was computed"),
            1 => writeln!(f, "the page does NOT agree: 1 difference"),
            _ => writeln!(f, "the page does NOT agree: {count} differences"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Data => "data",
            Kind::Number => "number",
            Kind::File => "file",
            Kind::Drawing => "drawing",
            Kind::Text => "text",
        };
        write!(f, "{kind} {}", self.id)?;
        if !self.place.is_empty() {
            write!(f, " in {}", self.place)?;
        }
        write!(f, ": shown {:?}, computed {:?}", self.shown, self.recomputed)
    }
}

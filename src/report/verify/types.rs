//! What comes out of a verification.

use serde::Serialize;

use crate::report::fingerprint::Fingerprint;

/// A page, rendered again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Verification {
    /// What the page was computed from this time.
    pub against: String,
    /// The program that wrote the page.
    pub written_by: String,
    /// SHA-256 of the data inside the page, as computed.
    pub data_sha256: String,
    /// Of the data and conclusions that were computed, where they could be.
    pub fingerprint: Option<Fingerprint>,
    /// Name of the template.
    pub template: String,
    /// Templates that the page brings and that are not part of the program. They
    /// can say anything.
    pub own_templates: Vec<OwnTemplate>,
    /// Numbers that those templates say by themselves, with file and line.
    pub typed: Vec<String>,
    /// Whether the templates are those that the caller passed, and so knows.
    pub templates_known: bool,
    /// Bytes of the page, which were all compared.
    pub bytes: usize,
    /// Bound numbers among them.
    pub numbers: usize,
    /// Files (CSV, SVG, data).
    pub files: usize,
    /// Drawings.
    pub drawings: usize,
    /// Numbers that those show.
    pub drawn: usize,
    /// Pieces of text outside of all these; absent where words could not be
    /// compared.
    pub texts: Option<usize>,
    /// What was set aside, because a page gets it on its way without anybody's
    /// intent: line ends, a byte-order mark.
    pub set_aside: Vec<String>,
    /// What was not computed again, and why.
    pub not_recomputed: Vec<String>,
    /// Why the page as a whole cannot be verified here, where it cannot.
    pub cannot: Option<String>,
    /// What should be known to read the differences.
    pub notes: Vec<String>,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// A template that a page brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnTemplate {
    /// Its name (`parts/footer.html`).
    pub name: String,
    /// Its size.
    pub bytes: usize,
    /// SHA-256 of its text.
    pub sha256: String,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The data inside the page.
    Data,
    /// The page is not the text that it should be.
    Page,
    /// A template is not the one that was passed.
    Template,
    /// A bound number, or what the page says of its origin.
    Number,
    /// A file inside the page.
    File,
    /// A drawing.
    Drawing,
    /// Text outside of numbers.
    Text,
    /// A line of the page, as it stands: what is none of the above.
    Line,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What differs.
    pub kind: Kind,
    /// The number, file, figure, place or line.
    pub id: String,
    /// The section, figure or table it stands in.
    pub place: String,
    /// What the page shows.
    pub shown: String,
    /// What was computed.
    pub recomputed: String,
}

impl Verification {
    /// Whether the whole page is as computed.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.cannot.is_none()
    }

    /// The outcome in one line.
    pub fn outcome(&self) -> String {
        let count = match self.differences.len() {
            0 => String::new(),
            1 => "1 difference".into(),
            count => format!("{count} differences"),
        };
        match (&self.cannot, self.differences.is_empty()) {
            (Some(why), true) => format!("the page CANNOT be verified: {why}"),
            (Some(why), false) => format!("the page CANNOT be verified: {why}; {count}"),
            (None, false) => format!("the page does NOT agree: {count}"),
            (None, true) if self.own_templates.is_empty() => {
                "the page agrees with what was computed".into()
            }
            (None, true) if self.templates_known => {
                "the page agrees with what was computed, in the templates that you passed".into()
            }
            (None, true) => {
                "the page agrees with what was computed, but in a template of its own: \
                             what that says by itself is verified by nobody"
                    .into()
            }
        }
    }

    pub(super) fn differs(&mut self, kind: Kind, id: &str, shown: String, recomputed: &str) {
        self.differences.push(Difference {
            kind,
            id: id.into(),
            place: String::new(),
            shown,
            recomputed: recomputed.into(),
        });
    }
}

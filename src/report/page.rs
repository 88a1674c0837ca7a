//! The strings that templates are given: everything is escaped and finished,
//! and a template decides where it stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::bibliography::{self, Cited, Reference};
use super::bound::Bound;
use super::document::{Block, Document, FigureBlock, NoteItem, Section, TableBlock};
use super::error::ReportError;
use super::escape::{attribute, escape};
use super::math::{Place, mathml};
use super::numbering::{Numbering, anchor};
use super::table_html::table_html;
use super::text::{Piece, Text};

/// A page, as templates see it. Fields named `html` and `back` are HTML, all
/// others are plain text that the template escapes.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Page {
    title: String,
    subtitle: String,
    sections: Vec<PageSection>,
}

/// A section; inner ones follow their outer one.
#[derive(Clone, Debug, Serialize)]
struct PageSection {
    id: String,
    number: String,
    /// Level of the heading: 2 for outer sections, 3 for those inside, ...
    level: usize,
    heading: String,
    back: String,
    blocks: Vec<PageBlock>,
    /// Closed at first.
    folded: bool,
}

/// A block; which fields it has depends on `kind`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
enum PageBlock {
    Paragraph {
        html: String,
    },
    Lead {
        html: String,
    },
    Note {
        html: String,
    },
    Notes {
        summary: String,
        items: Vec<PageNote>,
    },
    Preformatted {
        summary: String,
        text: String,
    },
    Equation {
        label: String,
        number: usize,
        html: String,
        back: String,
    },
    Figure {
        label: String,
        number: usize,
        caption: String,
        back: String,
        panels: Vec<PagePanel>,
    },
    Table {
        label: String,
        number: usize,
        caption: String,
        back: String,
        /// `<thead>` and `<tbody>`.
        html: String,
        rows: usize,
        /// What opens it; empty where it is open.
        fold: String,
    },
    References {
        items: Vec<PageReference>,
    },
}

/// A note with those that say the same of other places.
#[derive(Clone, Debug, Serialize)]
struct PageNote {
    html: String,
    alike: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct PageReference {
    /// Anchor of the entry.
    id: String,
    /// `[1]`; empty where the style has none.
    label: String,
    html: String,
    /// Links to the citations.
    back: String,
}

#[derive(Clone, Debug, Serialize)]
struct PagePanel {
    title: String,
    /// The drawing as inline SVG.
    html: String,
}

impl Page {
    /// The page of a numbered document.
    ///
    /// # Errors
    /// Maths that is none.
    pub(super) fn of(
        document: &Document,
        numbering: &Numbering,
        cited: &Cited,
    ) -> Result<Self, ReportError> {
        let mut writer = Writer {
            numbering,
            citations: cited.html.iter(),
            used: BTreeMap::new(),
            place: String::new(),
            failed: None,
            sections: Vec::new(),
        };
        for section in &document.sections {
            writer.section(section, 2);
        }
        match writer.failed {
            Some(error) => Err(error),
            None => Ok(Self {
                title: document.title.clone(),
                subtitle: document.subtitle.clone(),
                sections: writer.sections,
            }),
        }
    }
}

struct Writer<'a> {
    numbering: &'a Numbering,
    /// Finished citations, in the order they are read.
    citations: std::slice::Iter<'a, String>,
    /// Where the writer is, for messages.
    place: String,
    /// The first thing that could not be written.
    failed: Option<ReportError>,
    /// References written so far, by label.
    used: BTreeMap<String, usize>,
    sections: Vec<PageSection>,
}

impl Writer<'_> {
    fn section(&mut self, section: &Section, level: usize) {
        let mut blocks = Vec::new();
        let mut inner = Vec::new();
        self.place = format!("section {:?}", section.heading);
        for block in &section.blocks {
            match block {
                Block::Section(section) => inner.push(section),
                Block::Paragraph { text } => {
                    blocks.push(PageBlock::Paragraph { html: self.text(text) });
                }
                Block::Lead { text } => blocks.push(PageBlock::Lead { html: self.text(text) }),
                Block::Notes { summary, items } => {
                    let summary = self.text(summary);
                    let items = items.iter().map(|item| self.note(item)).collect();
                    blocks.push(PageBlock::Notes { summary, items });
                }
                Block::Note { text } => blocks.push(PageBlock::Note { html: self.text(text) }),
                Block::Preformatted { summary, text } => {
                    blocks.push(PageBlock::Preformatted {
                        summary: summary.clone(),
                        text: text.clone(),
                    });
                }
                Block::Equation(equation) => blocks.push(PageBlock::Equation {
                    label: equation.label.clone(),
                    number: equation.number,
                    html: self.maths(&equation.maths, Place::Display),
                    back: self.back(&equation.label),
                }),
                Block::Figure(figure) => blocks.push(self.figure(figure)),
                Block::Table(table) => blocks.push(self.table(table)),
                Block::References(list) => blocks.push(references(list)),
            }
        }
        self.sections.push(PageSection {
            id: section.id.clone(),
            number: self.numbering.section(&section.id).into(),
            level,
            heading: section.heading.clone(),
            back: self.back(&section.id),
            blocks,
            folded: section.folded,
        });
        for section in inner {
            self.section(section, (level + 1).min(6));
        }
    }

    fn note(&mut self, item: &NoteItem) -> PageNote {
        let html = self.text(&item.text);
        PageNote { html, alike: item.alike.iter().map(|text| self.text(text)).collect() }
    }

    fn figure(&self, figure: &FigureBlock) -> PageBlock {
        let panel = |panel: &super::document::Panel| PagePanel {
            title: panel.title.clone(),
            html: panel.svg.clone(),
        };
        PageBlock::Figure {
            label: figure.label.clone(),
            number: figure.number,
            caption: figure.full_caption(),
            back: self.back(&figure.label),
            panels: figure.panels.iter().map(panel).collect(),
        }
    }

    fn table(&self, table: &TableBlock) -> PageBlock {
        PageBlock::Table {
            label: table.label.clone(),
            number: table.number,
            caption: table.full_caption(),
            back: self.back(&table.label),
            html: table_html(table),
            rows: table.grid.rows.len(),
            fold: table.fold.clone(),
        }
    }

    /// Links to the sections that refer to a label, each to its first place.
    fn back(&self, label: &str) -> String {
        let mut sections = BTreeSet::new();
        let links: Vec<String> = self
            .numbering
            .back(label)
            .iter()
            .filter(|back| sections.insert(&back.section))
            .map(|back| {
                format!("<a href=\"#{}\">Section {}</a>", escape(&back.anchor), back.section)
            })
            .collect();
        if links.is_empty() {
            return String::new();
        }
        format!("Referred to in {}.", links.join(", "))
    }

    fn maths(&mut self, source: &str, place: Place) -> String {
        mathml(source, place).unwrap_or_else(|reason| {
            let reason = format!("{source:?}: {reason}");
            self.failed
                .get_or_insert_with(|| ReportError::Maths { place: self.place.clone(), reason });
            String::new()
        })
    }

    fn text(&mut self, text: &Text) -> String {
        text.pieces.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&mut self, piece: &Piece) -> String {
        match piece {
            Piece::Plain(words) => escape(words),
            Piece::Value(bound) => value_html(bound),
            Piece::Reference { label, .. } => {
                let at = self.used.entry(label.clone()).or_default();
                let anchor = anchor(label, *at);
                *at += 1;
                let name = self.numbering.name(label).unwrap_or(label);
                format!(
                    "<a id=\"{}\" href=\"#{}\">{}</a>",
                    escape(&anchor),
                    escape(label),
                    escape(name)
                )
            }
            // All were resolved before the page was begun.
            Piece::Citation { .. } => self.citations.next().cloned().unwrap_or_default(),
            Piece::Emphasis(words) => format!("<em>{}</em>", escape(words)),
            Piece::Code(words) => format!("<code>{}</code>", escape(words)),
            Piece::Maths(source) => self.maths(source, Place::Inline),
        }
    }
}

fn references(list: &[Reference]) -> PageBlock {
    let item = |reference: &Reference| {
        let links = reference.back.iter().enumerate().map(|(index, anchor)| {
            let name = if index == 0 { "back to the text".into() } else { (index + 1).to_string() };
            format!("<a href=\"#{}\">{name}</a>", escape(anchor))
        });
        PageReference {
            id: bibliography::anchor(&reference.key),
            label: reference.label.clone(),
            html: bibliography::html(&reference.text),
            back: links.collect::<Vec<_>>().join(", "),
        }
    };
    PageBlock::References { items: list.iter().map(item).collect() }
}

/// A number in prose: it can be focused, and carries all that is known of it.
pub(super) fn value_html(bound: &Bound) -> String {
    let mut html = String::from("<data class=\"v\" tabindex=\"0\"");
    attribute(&mut html, "data-id", &bound.id);
    html += &format!(" value=\"{}\"", escape(&bound.value));
    attribute(&mut html, "data-how", &bound.how);
    attribute(&mut html, "data-of", &bound.of);
    attribute(&mut html, "data-n", &bound.n);
    if let Some(seed) = bound.seed {
        attribute(&mut html, "data-seed", &seed.to_string());
    }
    format!("{html}>{}</data>", escape(&bound.shown))
}

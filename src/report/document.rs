//! A report as data: sections of blocks.
//!
//! Authors leave every `number` at 0 and name what they refer to by label;
//! [`super::numbering`] numbers and checks, [`super::page`] makes the strings
//! that templates are given.

use serde::Serialize;

use super::bibliography::Reference;
use super::bound::Origin;
use super::escape;
use super::text::Text;
use crate::text::Table;
pub(super) use crate::text::{Tone, Value};

/// A whole report.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) sections: Vec<Section>,
}

/// A section with a heading; `id` is its label.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
    /// Evidence to look things up in: on the screen closed until somebody asks.
    pub(super) folded: bool,
}

/// What a section is made of.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(super) enum Block {
    Paragraph {
        text: Text,
    },
    /// The sentence that answers the question of the study.
    Lead {
        text: Text,
    },
    /// Something beside the text, set off from it.
    Note {
        text: Text,
    },
    /// Many notes behind one line that counts them.
    Notes {
        summary: Text,
        items: Vec<NoteItem>,
    },
    /// Behind a summary line that opens it.
    Preformatted {
        summary: String,
        text: String,
    },
    Equation(EquationBlock),
    Figure(FigureBlock),
    Table(TableBlock),
    /// The list of references.
    References(Vec<Reference>),
    /// A section inside a section; stands after the blocks of the outer one.
    Section(Section),
}

/// A note, with those that say the same of other places behind it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct NoteItem {
    pub(super) text: Text,
    pub(super) alike: Vec<Text>,
}

/// A numbered equation in LaTeX notation.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct EquationBlock {
    pub(super) label: String,
    pub(super) number: usize,
    pub(super) maths: String,
}

/// A numbered figure of one or more panels.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct FigureBlock {
    pub(super) label: String,
    pub(super) number: usize,
    pub(super) caption: String,
    pub(super) panels: Vec<Panel>,
    /// How many panels there were before some were left out; 0 where none was.
    pub(super) all: usize,
    /// The numbers behind it; empty where the page is too large for them.
    pub(super) csv: String,
}

/// One drawing of a figure.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Panel {
    pub(super) title: String,
    /// For the page.
    pub(super) svg: String,
    /// For download.
    pub(super) file: String,
}

/// A numbered table.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct TableBlock {
    pub(super) label: String,
    pub(super) number: usize,
    pub(super) caption: String,
    pub(super) grid: Table,
    /// How many rows there are where not all are shown; else 0.
    pub(super) all: usize,
    /// All rows; empty where the page is too large for them.
    pub(super) csv: String,
    /// What opens it, where it is closed at first; else empty.
    pub(super) fold: String,
}

impl TableBlock {
    /// A table; its CSV has what it shows.
    pub(super) fn new(label: &str, caption: impl Into<String>, grid: Table) -> Self {
        let csv = escape::csv(grid.texts());
        Self { label: label.into(), caption: caption.into(), csv, grid, ..Self::default() }
    }

    /// The same with a CSV of its own.
    pub(super) fn with_csv(self, csv: String) -> Self {
        Self { csv, ..self }
    }

    /// The same with the numbers of its rows owned, from the top; at most so many rows
    /// are shown.
    pub(super) fn owned(mut self, most: usize, origins: impl Iterator<Item = Origin>) -> Self {
        self.keep(most);
        for (cells, origin) in self.grid.rows.iter_mut().zip(origins) {
            origin.own(&self.grid.columns, cells);
        }
        self
    }
}

impl Block {
    /// The runs of prose in it.
    pub(super) fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Paragraph { text } | Self::Lead { text } | Self::Note { text } => vec![text],
            Self::Notes { summary, items } => std::iter::once(summary)
                .chain(items.iter().flat_map(|item| std::iter::once(&item.text).chain(&item.alike)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The table, where it is one.
    pub(super) fn table(&self) -> Option<&TableBlock> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }
}

impl Document {
    /// Every block, those of inner sections after their own section's.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let mut out = Vec::new();
        for section in &self.sections {
            section.collect(&mut out);
        }
        out.into_iter()
    }

    /// Does something to every block but sections.
    pub(super) fn each_block(&mut self, mut f: impl FnMut(&mut Block)) {
        for section in &mut self.sections {
            section.each_block(&mut f);
        }
    }
}

impl Section {
    fn collect<'a>(&'a self, out: &mut Vec<&'a Block>) {
        for block in &self.blocks {
            match block {
                Block::Section(inner) => inner.collect(out),
                block => out.push(block),
            }
        }
    }

    fn each_block(&mut self, f: &mut impl FnMut(&mut Block)) {
        for block in &mut self.blocks {
            match block {
                Block::Section(inner) => inner.each_block(f),
                block => f(block),
            }
        }
    }
}

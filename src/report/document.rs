//! A report as data: sections of blocks.
//!
//! Authors leave every `number` at 0 and name what they refer to by label;
//! [`super::numbering`] numbers and checks, [`super::page`] makes the strings
//! that templates are given.

use serde::Serialize;

use super::bibliography::Reference;
use super::bound::Bound;
use super::text::Text;

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
    pub(super) head: Vec<Head>,
    pub(super) rows: Vec<Vec<Value>>,
    /// How many rows there are where not all are shown; else 0.
    pub(super) all: usize,
    /// All rows; empty where the page is too large for them.
    pub(super) csv: String,
    /// What opens it, where it is closed at first; else empty.
    pub(super) fold: String,
}

/// A column head.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Head {
    pub(super) text: String,
    pub(super) numeric: bool,
    /// Above it and its neighbours of the same group; mostly empty.
    pub(super) over: String,
}

/// A finished cell: what is shown, and what a reader sees who asks for more.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) title: String,
    pub(super) best: bool,
    /// Raised behind the text: what sets the cell apart without a number.
    pub(super) mark: String,
    /// Where the number comes from; of a cell in a numeric column that has
    /// none, [`super::binding`] makes one from row and column.
    pub(super) bound: Option<Box<Bound>>,
    /// What the cell says at a glance.
    pub(super) tone: Tone,
    /// The label of what stands behind it; mostly empty.
    pub(super) link: String,
}

/// The colour of a cell: a verdict at a glance. The text of the cell says it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tone {
    /// None.
    #[default]
    Plain,
    /// Better; of a metric without direction, higher.
    Better,
    /// Worse, or lower.
    Worse,
    /// Equivalent.
    Equal,
    /// Open.
    Open,
}

impl Tone {
    /// Its class in a page; empty for none.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Equal => "equal",
            Self::Open => "open",
        }
    }
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn noted(text: impl Into<String>, title: impl Into<String>) -> Self {
        Self { text: text.into(), title: title.into(), ..Self::default() }
    }

    /// A number with its origin; the text is the shown one.
    pub(super) fn bound(bound: Bound) -> Self {
        Self { text: bound.shown.clone(), bound: Some(Box::new(bound)), ..Self::default() }
    }

    /// Gives a cell's number its origin.
    pub(super) fn bind(&mut self, bound: Bound) {
        self.text.clone_from(&bound.shown);
        self.bound = Some(Box::new(bound));
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

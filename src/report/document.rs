//! A report as data: sections of blocks, numbered and labelled.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::ReportError;

/// A whole report.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) sections: Vec<Section>,
}

/// A section with a heading.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

/// What a section is made of. Texts are plain; `[[label]]` in a paragraph
/// becomes a link to the numbered figure or table of that label.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(super) enum Block {
    Paragraph { text: String },
    Preformatted { summary: String, text: String },
    Figure(FigureBlock),
    Table(TableBlock),
}

/// A numbered figure of one or more panels.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FigureBlock {
    pub(super) label: String,
    pub(super) number: usize,
    pub(super) caption: String,
    pub(super) panels: Vec<Panel>,
    pub(super) csv: String,
}

/// One drawing of a figure.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Panel {
    pub(super) title: String,
    /// For the page.
    pub(super) svg: String,
    /// For download.
    pub(super) file: String,
}

/// A numbered table.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TableBlock {
    pub(super) label: String,
    pub(super) number: usize,
    pub(super) caption: String,
    pub(super) head: Vec<Head>,
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) csv: String,
}

/// A column head.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Head {
    pub(super) text: String,
    pub(super) numeric: bool,
}

/// A finished cell: what is shown, and what a reader sees who asks for more.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) title: String,
    pub(super) best: bool,
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn noted(text: impl Into<String>, title: impl Into<String>) -> Self {
        Self { text: text.into(), title: title.into(), best: false }
    }
}

impl Document {
    /// Numbers figures and tables in order and resolves `[[label]]`.
    pub(super) fn number(&mut self) -> Result<(), ReportError> {
        let (mut figures, mut tables) = (0, 0);
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for block in self.sections.iter_mut().flat_map(|section| &mut section.blocks) {
            match block {
                Block::Figure(figure) => {
                    figures += 1;
                    figure.number = figures;
                    names.insert(figure.label.clone(), format!("Figure {figures}"));
                }
                Block::Table(table) => {
                    tables += 1;
                    table.number = tables;
                    names.insert(table.label.clone(), format!("Table {tables}"));
                }
                Block::Paragraph { .. } | Block::Preformatted { .. } => {}
            }
        }
        for block in self.sections.iter().flat_map(|section| &section.blocks) {
            if let Block::Paragraph { text } = block {
                for label in labels(text) {
                    if !names.contains_key(label) {
                        return Err(ReportError::UnresolvedLabel { label: label.into() });
                    }
                }
            }
        }
        for block in self.sections.iter_mut().flat_map(|section| &mut section.blocks) {
            if let Block::Paragraph { text } = block {
                *text = linked(text, &names);
            }
        }
        Ok(())
    }
}

fn labels(text: &str) -> impl Iterator<Item = &str> {
    text.split("[[").skip(1).filter_map(|rest| rest.split_once("]]").map(|(label, _)| label))
}

/// Paragraph text as HTML: everything escaped, references linked.
fn linked(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut html = escape(text);
    for (label, name) in names {
        html = html.replace(&format!("[[{label}]]"), &format!("<a href=\"#{label}\">{name}</a>"));
    }
    html
}

/// Text safe in HTML, in content and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(label: &str) -> Block {
        Block::Table(TableBlock {
            label: label.into(),
            number: 0,
            caption: String::new(),
            head: Vec::new(),
            rows: Vec::new(),
            csv: String::new(),
        })
    }

    fn document(text: &str) -> Document {
        let blocks = vec![Block::Paragraph { text: text.into() }, table("tab-a"), table("tab-b")];
        let section = Section { id: "s".into(), heading: "S".into(), blocks };
        Document { sections: vec![section], ..Document::default() }
    }

    #[test]
    fn references_become_links_and_text_is_escaped() {
        let mut document = document("see [[tab-b]] <script>");
        document.number().expect("numbered");
        let Block::Paragraph { text } = &document.sections[0].blocks[0] else { panic!("a text") };
        assert_eq!(text, "see <a href=\"#tab-b\">Table 2</a> &lt;script&gt;");
    }

    #[test]
    fn a_reference_to_nothing_is_an_error() {
        assert!(document("see [[tab-c]]").number().is_err());
    }
}

//! Numbers of sections, figures, tables and equations, and the references
//! between them, both ways.

use std::collections::BTreeMap;

use super::document::{Block, Document, Section};
use super::error::ReportError;
use super::text::{Piece, Text};

/// What every label is called, and from where it is referred to.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbering {
    names: BTreeMap<String, String>,
    back: BTreeMap<String, Vec<Back>>,
    sections: BTreeMap<String, String>,
}

/// One reference, seen from its target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Back {
    /// Number of the section it stands in.
    pub(super) section: String,
    /// Anchor of the reference itself.
    pub(super) anchor: String,
}

impl Numbering {
    /// `Table 2`, for a label.
    pub(super) fn name(&self, label: &str) -> Option<&str> {
        self.names.get(label).map(String::as_str)
    }

    /// The number of a section: `3`, `3.1`.
    pub(super) fn section(&self, id: &str) -> &str {
        self.sections.get(id).map_or("", String::as_str)
    }

    /// References to a label, in order.
    pub(super) fn back(&self, label: &str) -> &[Back] {
        self.back.get(label).map_or(&[], Vec::as_slice)
    }

    fn define(&mut self, label: &str, name: String, place: &str) -> Result<(), ReportError> {
        if let Some(first) = self.names.insert(label.to_string(), name) {
            return Err(ReportError::DuplicateLabel {
                label: label.into(),
                place: place.into(),
                first,
            });
        }
        Ok(())
    }

    fn define_section(&mut self, section: &Section, number: String) -> Result<(), ReportError> {
        self.define(&section.id, format!("Section {number}"), &section.heading)?;
        let inner = section.blocks.iter().filter_map(|block| match block {
            Block::Section(inner) => Some(inner),
            _ => None,
        });
        for (index, inner) in inner.enumerate() {
            self.define_section(inner, format!("{number}.{}", index + 1))?;
        }
        self.sections.insert(section.id.clone(), number);
        Ok(())
    }

    fn refer(&mut self, text: &Text, place: &Standing<'_>) -> Result<(), ReportError> {
        for piece in &text.pieces {
            let Piece::Reference { label, place: written } = piece else { continue };
            if !self.names.contains_key(label) {
                return Err(ReportError::UnresolvedLabel {
                    label: label.clone(),
                    place: written.clone().unwrap_or_else(|| place.words()),
                });
            }
            let list = self.back.entry(label.clone()).or_default();
            let anchor = anchor(label, list.len());
            list.push(Back { section: place.number.to_string(), anchor });
        }
        Ok(())
    }
}

/// Where a reference stands.
struct Standing<'a> {
    heading: &'a str,
    number: &'a str,
    paragraph: usize,
}

impl Standing<'_> {
    fn words(&self) -> String {
        format!("section {:?}, paragraph {}", self.heading, self.paragraph)
    }
}

/// The anchor of reference `index` to a label.
pub(super) fn anchor(label: &str, index: usize) -> String {
    format!("ref-{label}-{}", index + 1)
}

impl Document {
    /// Numbers figures, tables, equations and sections in order, and checks
    /// that every label is there once and every reference has its label.
    pub(super) fn number(&mut self) -> Result<Numbering, ReportError> {
        let mut numbering = Numbering::default();
        for (index, section) in self.sections.iter().enumerate() {
            numbering.define_section(section, (index + 1).to_string())?;
        }
        let (mut figures, mut tables, mut equations) = (0, 0, 0);
        let mut labels: Vec<(String, String)> = Vec::new();
        self.each_block(|block| match block {
            Block::Figure(figure) => {
                figures += 1;
                figure.number = figures;
                labels.push((figure.label.clone(), format!("Figure {figures}")));
            }
            Block::Table(table) => {
                tables += 1;
                table.number = tables;
                labels.push((table.label.clone(), format!("Table {tables}")));
            }
            Block::Equation(equation) => {
                equations += 1;
                equation.number = equations;
                labels.push((equation.label.clone(), format!("Equation {equations}")));
            }
            _ => {}
        });
        for (label, name) in labels {
            numbering.define(&label, name.clone(), &name)?;
        }
        for section in &self.sections {
            refer(section, &mut numbering)?;
        }
        Ok(numbering)
    }
}

fn refer(section: &Section, numbering: &mut Numbering) -> Result<(), ReportError> {
    let number = numbering.section(&section.id).to_string();
    let mut paragraph = 0;
    for block in &section.blocks {
        match block {
            Block::Section(inner) => refer(inner, numbering)?,
            block => {
                for text in block.texts() {
                    paragraph += 1;
                    let place = Standing { heading: &section.heading, number: &number, paragraph };
                    numbering.refer(text, &place)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{EquationBlock, TableBlock};

    fn table(label: &str) -> Block {
        Block::Table(TableBlock { label: label.into(), ..TableBlock::default() })
    }

    fn document(text: &str) -> Document {
        let inner = Section {
            id: "inner".into(),
            heading: "Inner".into(),
            folded: false,
            blocks: vec![
                Block::Paragraph { text: Text::from("and [[tab-b]]") },
                Block::Equation(EquationBlock { label: "eq-g".into(), ..Default::default() }),
            ],
        };
        let blocks = vec![
            Block::Paragraph { text: Text::from(text) },
            table("tab-a"),
            table("tab-b"),
            Block::Section(inner),
        ];
        let section =
            Section { id: "outer".into(), heading: "Outer".into(), blocks, folded: false };
        Document { sections: vec![section], ..Document::default() }
    }

    #[test]
    fn labels_are_numbered_and_linked_both_ways() {
        let mut document = document("see [[tab-b]], [[eq-g]] and [[inner]]");
        let numbering = document.number().expect("numbered");
        assert_eq!(numbering.name("tab-b"), Some("Table 2"));
        assert_eq!(numbering.name("inner"), Some("Section 1.1"));
        assert_eq!(numbering.name("eq-g"), Some("Equation 1"));
        let back: Vec<(&str, &str)> = numbering
            .back("tab-b")
            .iter()
            .map(|b| (b.section.as_str(), b.anchor.as_str()))
            .collect();
        assert_eq!(back, [("1", "ref-tab-b-1"), ("1.1", "ref-tab-b-2")]);
    }

    #[test]
    fn a_reference_to_nothing_says_where_it_stands() {
        let error = document("see [[tab-c]]").number().expect_err("an error").to_string();
        assert!(error.contains("tab-c") && error.contains("\"Outer\", paragraph 1"), "{error}");
        let mut document = document("fine");
        let text = Text::markup("one\n[[tab-d]]", "study.toml", 3);
        document.sections[0].blocks.push(Block::Note { text });
        let error = document.number().expect_err("an error").to_string();
        assert!(error.contains("tab-d") && error.contains("study.toml:4"), "{error}");
    }

    #[test]
    fn a_label_that_stands_twice_is_an_error() {
        let mut document = document("fine");
        document.sections[0].blocks.insert(0, table("tab-b"));
        let error = document.number().expect_err("an error").to_string();
        assert!(error.contains("tab-b") && error.contains("Table 1"), "{error}");
    }
}

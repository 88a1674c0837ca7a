//! The report as a document for Word: the same sections as in the paper, tables to be
//! edited, figures as pictures.

use super::figures::panel_name;
use super::folder::file_name;
use super::tables::is_long;
use crate::report::bibliography::Cited;
use crate::report::document::{Block, Document, FigureBlock, NoteItem, Section, TableBlock, Value};
use crate::report::numbering::Numbering;
use crate::report::text::{Piece, Text};
use crate::report::typeset::{WordBlock, WordCell, WordPanel, WordRequest, WordRun, WordStyle};
use crate::text::Table;

/// A figure of more panels shows these, and says where the others are.
const MOST_PANELS: usize = 12;

/// What the helper is asked to write. Panels are named by their places among those of
/// all figures, in the order of the document.
pub(super) fn word(document: &Document, numbering: &Numbering, cited: &Cited) -> WordRequest {
    let mut writer = Writer {
        numbering,
        citations: cited.html.iter(),
        pictures: first_pictures(document),
        blocks: Vec::new(),
    };
    if !document.subtitle.is_empty() {
        writer.paragraph(WordStyle::Note, vec![WordRun::plain(&document.subtitle)]);
    }
    for section in &document.sections {
        writer.section(section, 1);
    }
    writer.references(cited);
    WordRequest { title: document.title.clone(), blocks: writer.blocks }
}

/// The place of the first panel of each figure, by label.
fn first_pictures(document: &Document) -> Vec<(String, usize)> {
    let mut at = 0;
    let mut out = Vec::new();
    for block in document.blocks() {
        if let Block::Figure(figure) = block {
            out.push((figure.label.clone(), at));
            at += figure.panels.len();
        }
    }
    out
}

struct Writer<'a> {
    numbering: &'a Numbering,
    /// Finished citations, in the order that the page has them.
    citations: std::slice::Iter<'a, String>,
    pictures: Vec<(String, usize)>,
    blocks: Vec<WordBlock>,
}

impl Writer<'_> {
    fn section(&mut self, section: &Section, level: usize) {
        if section.blocks.iter().all(|block| matches!(block, Block::References(_))) {
            return;
        }
        let number = self.numbering.section(&section.id);
        let text = format!("{number} {}", section.heading);
        self.blocks.push(WordBlock::Heading { level, text: text.trim().into() });
        for block in &section.blocks {
            self.block(block);
        }
        for block in &section.blocks {
            if let Block::Section(inner) = block {
                self.section(inner, level + 1);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { text } => self.text(WordStyle::Body, text),
            Block::Lead { text } => self.text(WordStyle::Lead, text),
            Block::Note { text } => self.text(WordStyle::Note, text),
            Block::Notes { summary, items } => {
                self.text(WordStyle::Body, summary);
                for item in items {
                    self.note(item);
                }
            }
            Block::Equation(equation) => {
                let run = WordRun { code: true, ..WordRun::plain(&equation.maths) };
                let number = WordRun::plain(&format!("  ({})", equation.number));
                self.paragraph(WordStyle::Body, vec![run, number]);
            }
            Block::Figure(figure) => self.figure(figure),
            Block::Table(table) => self.table(table),
            // Code stays in the report; the list of references and inner sections
            // come after.
            Block::Preformatted { .. } | Block::References(_) | Block::Section(_) => {}
        }
    }

    fn paragraph(&mut self, style: WordStyle, runs: Vec<WordRun>) {
        self.blocks.push(WordBlock::Paragraph { style, runs });
    }

    fn text(&mut self, style: WordStyle, text: &Text) {
        let runs = self.runs(text);
        self.paragraph(style, runs);
    }

    /// Of notes alike the first, and how many follow it.
    fn note(&mut self, item: &NoteItem) {
        let mut runs = self.runs(&item.text);
        // Their citations count all the same.
        for text in &item.alike {
            self.runs(text);
        }
        if !item.alike.is_empty() {
            let more = format!(" ({} more of the kind are in the report.)", item.alike.len());
            runs.push(WordRun::plain(&more));
        }
        self.paragraph(WordStyle::Note, runs);
    }

    fn runs(&mut self, text: &Text) -> Vec<WordRun> {
        text.pieces.iter().map(|piece| self.run(piece)).collect()
    }

    fn run(&mut self, piece: &Piece) -> WordRun {
        match piece {
            Piece::Plain(words) => WordRun::plain(words),
            Piece::Value(bound) => WordRun::plain(&bound.shown),
            Piece::Reference { label, .. } => {
                WordRun::plain(self.numbering.name(label).unwrap_or(label))
            }
            Piece::Citation { keys, .. } => {
                let citation = self.citations.next().map(|html| without_tags(html));
                WordRun::plain(&citation.unwrap_or_else(|| keys.join(", ")))
            }
            Piece::Emphasis(words) => WordRun { italic: true, ..WordRun::plain(words) },
            Piece::Code(words) => WordRun { code: true, ..WordRun::plain(words) },
            Piece::Maths(source) => WordRun { italic: true, ..WordRun::plain(source) },
        }
    }

    /// A table to be edited; a long one is named with the file that has its rows.
    fn table(&mut self, table: &TableBlock) {
        let caption = |rest: String| {
            vec![
                WordRun { bold: true, ..WordRun::plain(&format!("Table {}. ", table.number)) },
                WordRun::plain(&format!("{}{rest}", table.full_caption())),
            ]
        };
        if is_long(table) {
            let name = file_name(&table.label);
            let rest = format!(" Its {} rows are in tables/{name}.csv.", table.grid.rows.len());
            self.paragraph(WordStyle::Caption, caption(rest));
            return;
        }
        self.paragraph(WordStyle::CaptionAbove, caption(String::new()));
        let Table { columns, rows } = &table.grid;
        let head = columns.iter().map(|column| WordCell {
            text: column.full_title(": "),
            right: column.kind.is_numeric(),
            bold: true,
        });
        let rows = rows.iter().map(|row| {
            let cells = row.iter().zip(columns);
            cells.map(|(value, column)| cell(value, column.kind.is_numeric())).collect()
        });
        self.blocks.push(WordBlock::Table { head: head.collect(), rows: rows.collect() });
        self.paragraph(WordStyle::Body, Vec::new());
    }

    fn figure(&mut self, figure: &FigureBlock) {
        let first = self.pictures.iter().find(|(label, _)| *label == figure.label);
        let first = first.map_or(0, |(_, at)| *at);
        let panels: Vec<WordPanel> = figure
            .panels
            .iter()
            .take(MOST_PANELS)
            .enumerate()
            .map(|(at, panel)| WordPanel { title: panel.title.clone(), picture: first + at })
            .collect();
        if !panels.is_empty() {
            self.blocks.push(WordBlock::Pictures { panels });
        }
        let mut runs = vec![
            WordRun { bold: true, ..WordRun::plain(&format!("Figure {}. ", figure.number)) },
            WordRun::plain(&figure.full_caption()),
        ];
        if figure.panels.len() > MOST_PANELS {
            let name = panel_name(figure, MOST_PANELS);
            let left = figure.panels.len() - MOST_PANELS;
            runs.push(WordRun::plain(&format!(
                " {left} further panels are in figures, from {name}.svg on."
            )));
        }
        self.paragraph(WordStyle::Caption, runs);
    }

    fn references(&mut self, cited: &Cited) {
        if cited.references.is_empty() {
            return;
        }
        self.blocks.push(WordBlock::Heading { level: 1, text: "References".into() });
        for reference in &cited.references {
            let mut runs = Vec::new();
            if !reference.label.is_empty() {
                runs.push(WordRun::plain(&format!("{} ", reference.label)));
            }
            runs.extend(reference.text.iter().map(|run| WordRun {
                text: run.text.clone(),
                bold: run.bold,
                italic: run.italic,
                code: false,
            }));
            self.paragraph(WordStyle::Reference, runs);
        }
    }
}

fn cell(value: &Value, numeric: bool) -> WordCell {
    WordCell { text: format!("{}{}", value.text, value.mark), bold: value.best, right: numeric }
}

impl WordRun {
    fn plain(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// What a reader sees of HTML that this program wrote.
fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    for (entity, c) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        out = out.replace(entity, c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_lose_their_links_and_keep_their_text() {
        let html = "[<a href=\"#bib-a\" id=\"x\">1</a>, A &amp; &lt;B&gt;]";
        assert_eq!(without_tags(html), "[1, A & <B>]");
    }

    #[test]
    fn panels_are_found_among_those_of_all_figures() {
        let figure = |label: &str, panels: usize| {
            Block::Figure(FigureBlock {
                label: label.into(),
                panels: vec![crate::report::document::Panel::default(); panels],
                ..FigureBlock::default()
            })
        };
        let document = Document {
            sections: vec![Section {
                id: "s".into(),
                heading: "S".into(),
                blocks: vec![figure("fig-a", 2), figure("fig-b", 14)],
                folded: false,
            }],
            ..Document::default()
        };
        let asked = word(&document, &Numbering::default(), &Cited::default());
        let places: Vec<usize> = asked
            .blocks
            .iter()
            .filter_map(|block| match block {
                WordBlock::Pictures { panels } => Some(panels),
                _ => None,
            })
            .flatten()
            .map(|panel| panel.picture)
            .collect();
        assert_eq!(places, (0..14).collect::<Vec<usize>>());
        let said = format!("{:?}", asked.blocks.last());
        assert!(said.contains("2 further panels are in figures"), "{said}");
    }
}
